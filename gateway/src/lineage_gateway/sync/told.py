"""What the agents declare about names, as their domains' words, for whoever brings declarations into the mesh."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from lineage_gateway.identity import DomainDeclared, DomainLimits, declared_by

_log = logging.getLogger(__name__)

LOGGED_MAX = 10
"""Refused declarations of one domain that are logged; all of them are shown."""

_Given = Sequence[Mapping[str, Any]]


class Told:
    """Reads what agents publish (`wire.About.declarations`) when it changes, and tells who waits for that."""

    def __init__(self, limits: DomainLimits) -> None:
        self._limits = limits
        self._known: dict[str, tuple[_Given, DomainDeclared]] = {}
        self._changed = asyncio.Event()
        self.said: tuple[DomainDeclared, ...] = ()

    def tell(self, given: Mapping[str, _Given]) -> None:
        """Take what all followed domains declare now; of the others nothing is left."""
        known = {domain: self._read(domain, each) for domain, each in sorted(given.items()) if each}
        said = tuple(declared for _, declared in known.values())
        self._known = known
        if said != self.said:
            self.said = said
            self._changed.set()
            self._changed = asyncio.Event()

    def _read(self, domain: str, given: _Given) -> tuple[_Given, DomainDeclared]:
        known = self._known.get(domain)
        if known is not None and known[0] == given:
            return known
        declared = declared_by(domain, given, self._limits)
        for each in declared.refused[:LOGGED_MAX]:
            _log.warning("%s: a declaration has no effect: %s", domain, each.why)
        if len(declared.refused) > LOGGED_MAX:
            _log.warning("%s: %d more declarations have no effect", domain, len(declared.refused) - LOGGED_MAX)
        return given, declared

    async def changed(self, seen: tuple[DomainDeclared, ...]) -> tuple[DomainDeclared, ...]:
        """Wait until something else than `seen` is declared; return it."""
        while self.said == seen:
            await self._changed.wait()
        return self.said

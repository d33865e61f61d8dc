"""Declaring as a use case: the configuration's declarations and those of the file, brought into the mesh.

`Declaring` watches both: a registry that was read anew, or another gateway's write to the shared file, changes the mesh
within a poll. A write of this gateway does so before it is answered. A file that cannot be read changes nothing: what
was declared stays in force, and `problem` says why.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Self

from lineage_gateway.declarations import Decision, DeclarationFile, Stored, declaration_id
from lineage_gateway.identity import Declared, Pair, declared_of
from lineage_gateway.mesh import Mesh, MeshWriter
from lineage_gateway.registry import Registry
from lineage_shared.claims import ends
from lineage_shared.errors import Conflict, InvalidInput, LineageError, NotFound, TooLarge, Unavailable
from lineage_shared.naming import Declaration, Unidentifiable, canonical

_log = logging.getLogger(__name__)

_NOBODY = "\0"

ACCEPTED, REJECTED = "accepted", "rejected"


class Declaring:
    """Holds what is declared, from entering to leaving the context."""

    def __init__(
        self,
        registry: Registry,
        writer: MeshWriter,
        file: DeclarationFile | None,
        *,
        poll_s: float,
        declarations_max: int,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._registry = registry
        self._writer = writer
        self._file = file
        self._poll_s = poll_s
        self._declarations_max = declarations_max
        self._wall_us = wall_us
        self._configured = registry.declarations
        self._revision = -1
        self._applied = False
        self._tasks: list[asyncio.Task[None]] = []
        self._writing = asyncio.Lock()
        self.stored: dict[str, Stored] = {}
        self.decisions: dict[str, Decision] = {}
        self.problem: LineageError | None = None

    async def __aenter__(self) -> Self:
        await self._read()
        await self._apply()
        self._tasks = [
            asyncio.create_task(self._follow_file(), name="watch the declarations"),
            asyncio.create_task(self._follow_registry(), name="follow the registry's declarations"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    @property
    def configured(self) -> tuple[Declaration, ...]:
        """What the configuration declares."""
        return self._configured

    @property
    def mesh(self) -> Mesh:
        """The present version of the mesh, with everything that is declared."""
        return self._writer.keeper.mesh

    @property
    def declared(self) -> Declared:
        """What holds."""
        return self._writer.keeper.identities.declared

    async def declare(self, declaration: Declaration, by: str) -> Stored:
        """Declare durably; raise `Conflict` (DECLARATION_OVERRULED) for the opposite of the configuration."""
        file = self._writable()
        if len(self.stored) >= self._declarations_max:
            raise TooLarge(f"there are {self._declarations_max} declarations already", code="DECLARATIONS_TOO_MANY")
        if isinstance(declaration, Pair):
            self._check_ends(declaration)
        if any(each.declaration == declaration for each in declared_of(self._configured, [declaration]).overruled):
            raise Conflict(
                "the configuration of this gateway declares otherwise",
                hint="change [[declarations]] in the registry file",
                code="DECLARATION_OVERRULED",
            )
        async with self._writing:
            stored = await asyncio.to_thread(file.add, declaration, by, self._wall_us())
            await self._reread()
        return self.stored.get(stored.id, stored)

    async def retract(self, declared: str, by: str) -> Stored:
        """Take back a declaration by its id; raise DECLARATION_NOT_FOUND, or DECLARATION_CONFIGURED."""
        file = self._writable()
        known = self.stored.get(declared)
        if known is None:
            if any(declaration_id(each) == declared for each in self._configured):
                raise Conflict(
                    "this declaration is part of the configuration",
                    hint="take it out of [[declarations]] in the registry file",
                    code="DECLARATION_CONFIGURED",
                )
            raise NotFound(f"there is no declaration {declared[:100]!r}", code="DECLARATION_NOT_FOUND")
        async with self._writing:
            await asyncio.to_thread(file.retract, declared, by, self._wall_us())
            await self._reread()
        return known

    async def decide(self, suggestion: str, state: str, by: str) -> None:
        """Keep a person's decision about a suggestion."""
        file = self._writable()
        async with self._writing:
            await asyncio.to_thread(file.decide, Decision(suggestion, state, by, self._wall_us()))
            await self._reread()

    def _check_ends(self, declared: Pair) -> None:
        """Refuse what says nothing, because a name denotes nothing, or not what it seems to."""
        names = self.declared.names
        for end in ends(declared):
            key = canonical(end, declared.domain, names)
            local = canonical(end, end.domain or declared.domain or _NOBODY, names)
            if isinstance(key, Unidentifiable) or isinstance(local, Unidentifiable):
                why = f"{end.namespace[:100]} {end.name[:100]}{end.id[:200]} denotes nothing"
                raise InvalidInput(why, code="REFERENCE_INVALID")
            if local.domain == _NOBODY:
                raise InvalidInput(
                    f"{end.namespace[:100]} {end.name[:100]} means something inside one domain only",
                    hint="say which one, with `domain`",
                    code="DOMAIN_MISSING",
                )

    def _writable(self) -> DeclarationFile:
        if self._file is None:
            hint = "set declarations_db to a file"
            raise Unavailable("this gateway keeps no declarations", hint=hint, code="DECLARATIONS_READ_ONLY")
        return self._file

    async def _reread(self) -> None:
        await self._read()
        # Also what a caller who went away has left undone.
        if not self._applied:
            await self._apply()

    async def _read(self) -> None:
        """Read the file when it changed."""
        if self._file is None:
            return
        try:
            revision = await asyncio.to_thread(self._file.revision)
            if revision == self._revision:
                self.problem = None
                return
            stored = await asyncio.to_thread(self._file.active)
            decisions = await asyncio.to_thread(self._file.decisions)
        except LineageError as error:
            if self.problem is None:
                _log.error("%s; what was declared before stays in force", error.message)
            self.problem = error
            return
        self._revision, self.problem = revision, None
        self.stored, self.decisions = {each.id: each for each in stored}, decisions
        self._applied = False

    async def _apply(self) -> None:
        declared = declared_of(self._configured, [each.declaration for each in self.stored.values()])
        for each in declared.overruled:
            _log.warning("the declaration %s has no effect: %s", declaration_id(each.declaration), each.why)
        self._applied = False
        await self._writer.declare(declared)
        self._applied = True
        await self._writer.tidy()

    async def _follow_file(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            async with self._writing:
                await self._reread()

    async def _follow_registry(self) -> None:
        while True:
            self._configured = await self._registry.declarations_changed(self._configured)
            async with self._writing:
                await self._apply()

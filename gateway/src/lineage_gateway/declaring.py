"""Declaring as a use case: the declarations of the configuration, the file and the domains, brought into the mesh.

`Declaring` watches all three: a registry that was read anew, another gateway's write to the shared file, or an agent
that declares something else, changes the mesh within a poll. A write of this gateway does so before it is answered. A
file that cannot be read changes nothing: what was declared stays in force, and `problem` says why.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, Self

import msgspec

from lineage_gateway.declarations import Decision, DeclarationFile, Stored, declaration_id
from lineage_gateway.identity import Declared, DomainDeclared, Pair, declared_of
from lineage_gateway.identity.classes import NOBODY
from lineage_gateway.mesh import Mesh, MeshWriter
from lineage_gateway.registry import Registry
from lineage_shared.claims import ends, why_unusable
from lineage_shared.errors import Conflict, InvalidInput, LineageError, NotFound, TooLarge, Unavailable
from lineage_shared.naming import UNBOUND, Declaration, Declarations, Unidentifiable, canonical
from lineage_shared.naming.declared import Alias, DifferentFrom

_log = logging.getLogger(__name__)


class Domains(Protocol):
    """Who knows what domains declare: `lineage_gateway.sync.Followers`."""

    @property
    def said(self) -> tuple[DomainDeclared, ...]:
        """What domains declare now."""

    async def said_changed(self, seen: tuple[DomainDeclared, ...]) -> tuple[DomainDeclared, ...]:
        """Wait until they declare something else than `seen`; return that."""


class Declaring:
    """Holds what is declared, from entering to leaving the context."""

    def __init__(
        self,
        registry: Registry,
        writer: MeshWriter,
        file: DeclarationFile | None,
        domains: Domains | None = None,
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
        self._domains = domains
        self._said = domains.said if domains is not None else ()
        self._revision = -1
        self._applied = False
        self._tasks: list[asyncio.Task[None]] = []
        self._writing = asyncio.Lock()
        self.stored: dict[str, Stored] = {}
        self.decisions: dict[str, Decision] = {}
        self.problem: LineageError | None = None

    async def __aenter__(self) -> Self:
        await self._read()
        if self.problem is not None:
            # Without what was declared, names would be joined that people parted.
            raise self.problem
        await self._apply()
        self._tasks = [
            asyncio.create_task(self._follow_file(), name="watch the declarations"),
            asyncio.create_task(self._follow_registry(), name="follow the registry's declarations"),
        ]
        if self._domains is not None:
            following = self._follow_domains(self._domains)
            self._tasks.append(asyncio.create_task(following, name="follow the domains' declarations"))
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
        file, declaration = self._writable(), said_by(declaration, by)
        self.check(declaration)
        async with self._writing:
            stored = await asyncio.to_thread(file.add, declaration, by, self._wall_us())
            await self._show()
        return self.stored.get(stored.id, stored)

    def check(self, declaration: Declaration, further: int = 1) -> None:
        """Raise what `declare` would raise for a declaration, and for that many more."""
        if len(self.stored) + further > self._declarations_max:
            raise TooLarge(f"there are {self._declarations_max} declarations already", code="DECLARATIONS_TOO_MANY")
        check_sense(declaration, self.declared.names)
        if any(each.declaration == declaration for each in declared_of(self._configured, [declaration]).overruled):
            raise Conflict(
                "the configuration of this gateway declares otherwise",
                hint="change [[declarations]] in the registry file",
                code="DECLARATION_OVERRULED",
            )

    async def retract(self, declared: str, by: str) -> Stored:
        """Take back a declaration by its id.

        Raises DECLARATION_NOT_FOUND, DECLARATION_CONFIGURED, or DECLARATION_OF_DOMAIN for what an agent declares.
        """
        file = self._writable()
        known = self.stored.get(declared)
        if known is None:
            raise self._not_retractable(declared)
        async with self._writing:
            await asyncio.to_thread(file.retract, declared, by, self._wall_us())
            await self._show()
        return known

    def _not_retractable(self, declared: str) -> LineageError:
        if any(declaration_id(each) == declared for each in self._configured):
            return Conflict(
                "this declaration is part of the configuration",
                hint="take it out of [[declarations]] in the registry file",
                code="DECLARATION_CONFIGURED",
            )
        for said in self._said:
            if any(declaration_id(each, said.domain) == declared for each in said.declarations):
                return Conflict(
                    f"this declaration is the domain {said.domain}'s",
                    hint="take it out of [[declarations]] in the configuration of that domain's agent, or overrule it",
                    code="DECLARATION_OF_DOMAIN",
                )
        return NotFound(f"there is no declaration {declared[:100]!r}", code="DECLARATION_NOT_FOUND")

    async def decide(self, decisions: Sequence[tuple[Decision, Declaration]]) -> list[Decision]:
        """Keep decisions about suggestions with what they declare; return those that nobody else made before.

        Raises what `declare` does.
        """
        file = self._writable()
        for _, declaration in decisions:
            self.check(declaration, len(decisions))
        async with self._writing:
            taken = await asyncio.to_thread(file.decide, decisions)
            await self._show()
        return taken

    def _writable(self) -> DeclarationFile:
        if self._file is None:
            hint = "set declarations_db to a file"
            raise Unavailable("this gateway keeps no declarations", hint=hint, code="DECLARATIONS_READ_ONLY")
        return self._file

    async def _show(self) -> None:
        """Bring what was written into the mesh, or say that it is kept and does not show yet."""
        await self._reread()
        if self.problem is not None:
            why = f"the change is kept, and does not show yet: {self.problem.message}"
            raise Unavailable(why, hint="ask again later", code=self.problem.code)

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
                _log.error("%s; what was read before stays in force", error.message)
            self.problem = error
            return
        self._revision, self.problem = revision, None
        self.stored, self.decisions = {each.id: each for each in stored}, decisions
        self._applied = False

    async def _apply(self) -> None:
        before = self.declared.overruled
        stored = [each.declaration for each in self.stored.values()]
        # In a thread, because a hundred thousand declarations take a second.
        declared = await asyncio.to_thread(declared_of, self._configured, stored, self._said)
        for each in declared.overruled:
            if each not in before:
                whose = declaration_id(each.declaration, each.domain)
                _log.warning("the declaration %s%s has no effect: %s", whose, _of(each.domain), each.why)
        self._applied = False
        await self._writer.declare(declared)
        self._applied = True
        await self._writer.tidy()

    async def _follow_file(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            await self._round(self._reread)

    async def _follow_registry(self) -> None:
        while True:
            self._configured = await self._registry.declarations_changed(self._configured)
            await self._round(self._apply)

    async def _follow_domains(self, domains: Domains) -> None:
        while True:
            self._said = await domains.said_changed(self._said)
            await self._round(self._apply)

    async def _round(self, work: Callable[[], Awaitable[None]]) -> None:
        """Watch once; what goes wrong is logged, and tried again with the next look at the file."""
        try:
            async with self._writing:
                await work()
        except Exception:  # noqa: BLE001 - one round must not end the watch
            self._applied = False
            _log.exception("what is declared could not be brought into the mesh")


def said_by(declared: Declaration, by: str) -> Declaration:
    """Return a declaration about a pair with the name of who declares it, unless it holds one; others have none."""
    if isinstance(declared, Alias | DifferentFrom) and by and not declared.by:
        return msgspec.structs.replace(declared, by=by)
    return declared


def check_sense(declared: Declaration, names: Declarations) -> None:
    """Raise `InvalidInput` for what says nothing, or of which a name denotes nothing, or not what it seems to."""
    if isinstance(declared, Pair):
        _check_ends(declared, names)
    if (reason := why_unusable(declared, names)) is not None:
        raise InvalidInput(f"the declaration says nothing ({reason})", code="DECLARATION_INVALID")


def _check_ends(declared: Pair, names: Declarations) -> None:
    for end in ends(declared):
        key = canonical(end, declared.domain, names)
        local = canonical(end, end.domain or declared.domain or NOBODY, names)
        if isinstance(key, Unidentifiable) or isinstance(local, Unidentifiable):
            why = f"{end.namespace[:100]} {end.name[:100]}{end.id[:200]} denotes nothing"
            raise InvalidInput(why, code="REFERENCE_INVALID")
        # Operators may speak of a catalog that is no single domain's.
        if local.domain == NOBODY and UNBOUND not in local.rules:
            raise InvalidInput(
                f"{end.namespace[:100]} {end.name[:100]} means something inside one domain only",
                hint="say which one, with `domain`",
                code="DOMAIN_MISSING",
            )


def _of(domain: str | None) -> str:
    return f" of the domain {domain}" if domain is not None else ""

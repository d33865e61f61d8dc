"""From a reference, in any system's spelling, to the node that it means in this domain.

A name that events report means itself. Any other reference means what is the same by the rules (`spellings`), by the
domain's declarations and by its producers' symlinks, weighed as a gateway weighs them (`lineage_shared.claims`), but
only those that hang together with what was asked for. Of several nodes that are one thing the anchor is meant: one that
events report before one that facets alone mention, a name in a catalog before a path, then the smallest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from lineage_agent.projection import Names
from lineage_agent.store import catalog, publication, spellings
from lineage_agent.store.driver import Connection
from lineage_shared.claims import Claim, ClaimKind, Classes
from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import Key, Reference, System
from lineage_shared.naming.namespaces import read_namespace
from lineage_shared.naming.platforms import Naming

KEYS_MAX: Final = 500
"""Keys that claims connect with the one asked for, and claims of one name; beyond, claims are left out of account."""


class Alike(NamedTuple):
    """A node that is what was asked for. Ordered: the anchor first."""

    mentioned: bool
    path: bool
    namespace: str
    name: str
    number: int


def find(connection: Connection, names: Names, reference: Reference) -> int | None:
    """Return the number of the published node that a reference means, None when there is none."""
    found = candidates(connection, names, reference)
    return found[0].number if found else None


def candidates(connection: Connection, names: Names, reference: Reference) -> list[Alike]:
    """Return the published nodes that a reference may mean: a name that events report means itself alone."""
    exact = _exact(connection, reference)
    if exact is not None and not exact.mentioned:
        return [exact]
    found = alike(connection, names, reference)
    if exact is not None and (not found or found[0].mentioned):
        return [exact]
    return found


def alike(connection: Connection, names: Names, reference: Reference) -> list[Alike]:
    """Return all published nodes that are one with what a reference denotes, the anchor first."""
    key = names.key(reference)
    if key is None:
        return []
    keys = _Claimed(connection, names).members(key)
    found = {number for text in keys for number in spellings.numbers(connection, text)}
    records = (publication.record(connection, number) for number in found)
    return sorted(_alike(record) for record in records if record is not None)


def _exact(connection: Connection, reference: Reference) -> Alike | None:
    if reference.system is not System.OPENLINEAGE or reference.id or reference.column is not None:
        return None
    number = catalog.find(connection, reference.kind, reference.namespace, reference.name)
    record = publication.record(connection, number) if number is not None else None
    return _alike(record) if record is not None else None


def _alike(record: NodeRecord) -> Alike:
    path = record.kind is Kind.DATASET and read_namespace(record.namespace).platform.naming is Naming.PATH
    return Alike(record.mentioned, path, record.namespace, record.name, record.number)


class _Claimed:
    """The claims that hang together with a key, gathered from key to key."""

    def __init__(self, connection: Connection, names: Names) -> None:
        self._connection = connection
        self._names = names

    def members(self, key: Key) -> tuple[str, ...]:
        """Return the class of a key: all keys that are held to be one with it; itself alone where there are too many.

        The verdict on a claim depends on the claims that hang together with it, and on no others.
        """
        claims: set[Claim] = set()
        seen, frontier = {key.text}, [key.text]
        while frontier:
            for claim in self._claims(frontier.pop()):
                claims.add(claim)
                ends = {claim.source.text, claim.target.text}
                if claim.kind is not ClaimKind.DIFFERENT_FROM:
                    frontier += ends - seen
                    seen |= ends
            if max(len(seen), len(claims)) > KEYS_MAX:
                return (key.text,)
        return Classes(claims).members(key.text) if claims else (key.text,)

    def _claims(self, text: str) -> Iterator[Claim]:
        """Give the claims that name a key: the domain's own, those of its nodes, and those of others about them."""
        yield from self._names.claims.get(text, ())
        for number in spellings.numbers(self._connection, text):
            record = publication.record(self._connection, number)
            if record is not None and record.kind is Kind.DATASET:
                yield from self._symlinks(record, {claim.target for claim in record.claims})
                for source in self._claiming(number):
                    yield from self._symlinks(source, {number})

    def _claiming(self, target: int) -> Iterator[NodeRecord]:
        """Give the datasets that claim to be known as another one now."""
        rows = self._connection.execute(
            "SELECT DISTINCT dataset FROM claim WHERE target = ? LIMIT ?", (target, KEYS_MAX + 1)
        ).fetchall()
        for (number,) in rows:
            record = publication.record(self._connection, number)
            if record is not None and any(claim.target == target for claim in record.claims):
                yield record

    def _symlinks(self, record: NodeRecord, targets: set[int]) -> Iterator[Claim]:
        source = self._names.key(Reference(namespace=record.namespace, name=record.name))
        for target in catalog.names(self._connection, targets).values():
            end = self._names.key(Reference(namespace=target.namespace, name=target.name))
            if source is not None and end is not None:
                yield self._names.symlink(source, end)

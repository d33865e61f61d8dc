"""The claims of a dataset that hold: those of its newest `symlinks` facet, whatever arrived last.

A claim is kept with the stamp of the newest event that made it, and a facet with that of the newest event that stated
it. Where the two are equal the newest facet makes the claim; where the facet's is greater, that facet says otherwise or
was deleted, and the claim has ended. So what holds follows from the events alone, and a facet that says the same again
brings a claim back.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from lineage_agent.store import codec
from lineage_agent.store.contributions import time_of
from lineage_agent.store.driver import Connection
from lineage_shared.openlineage import parse, read_event
from lineage_shared.openlineage.canonical import HASH_BYTES
from lineage_shared.wire import ClaimsDetail, SourceEvent, SymlinkDetail

SYMLINKS_SHOWN_MAX: Final = 500

_CURRENT: Final = (
    "SELECT target, type, first_ns, claim.stamp FROM claim JOIN node_facet"
    " ON node_facet.node = claim.dataset AND node_facet.name = 'symlinks' AND node_facet.stamp = claim.stamp"
    " WHERE claim.dataset = ? AND node_facet.body IS NOT NULL ORDER BY target, type"
)


class CurrentClaim(NamedTuple):
    """A claim that holds: the number of the other name, and when it was first and last made."""

    target: int
    type: str
    first_ns: int
    stamp: bytes


def current(connection: Connection, dataset: int) -> list[CurrentClaim]:
    """Return the claims of a dataset that hold, by target and type."""
    return [CurrentClaim(*row) for row in connection.execute(_CURRENT, (dataset,)).fetchall()]


def detail(connection: Connection, dataset: int) -> ClaimsDetail:
    """Return what holds, at most `SYMLINKS_SHOWN_MAX` of it, with the event that says so: it is one for all."""
    found = current(connection, dataset)[:SYMLINKS_SHOWN_MAX]
    if not found:
        return ClaimsDetail()
    symlinks = (SymlinkDetail(*_name(connection, each.target), each.type, each.first_ns // 1000) for each in found)
    return ClaimsDetail(event=_event(connection, found[0].stamp), symlinks=tuple(symlinks))


def _name(connection: Connection, node: int) -> tuple[str, str]:
    namespace, name = connection.execute(
        "SELECT namespace.name, node.name FROM node JOIN namespace ON namespace.id = namespace WHERE node.id = ?",
        (node,),
    ).fetchone()
    return namespace, name


def _event(connection: Connection, stamp: bytes) -> SourceEvent:
    digest = stamp[-HASH_BYTES:]
    at_us = time_of(stamp) // 1000
    row = connection.execute("SELECT body FROM event WHERE hash = ?", (digest,)).fetchone()
    if row is None:
        return SourceEvent(digest.hex(), at_us)
    raw = parse(codec.expand(row[0]))
    event = read_event(raw)
    producer = raw.get("producer")
    return SourceEvent(
        digest.hex(),
        at_us,
        producer if isinstance(producer, str) else "",
        event.run_id,
        event.job.namespace if event.job is not None else "",
        event.job.name if event.job is not None else "",
    )

"""One number for all projected facts: equal for equal facts, whatever the order in which they came to be known.

Every row of every fact table is spelled with natural keys (names, facet hashes, event times), hashed, and the hashes
are added up. Numbers of rows, times of receipt, epoch, sequence and dead letters are left out, since they depend on
arrival. Addition makes the order of rows irrelevant and, unlike exclusive or, notices a row that is there twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from hashlib import blake2b
from typing import Any, Final

import msgspec

from lineage_agent.store.driver import Connection
from lineage_shared.model import NodeRecord

_BYTES: Final = 32


class _Link(Enum):
    """What a column refers to: it is spelled by the natural key of that."""

    NODE = "{to}.kind, {to}_space.name, {to}.name"
    CONTRIBUTION = "{to}_owner.kind, {to}_owner_space.name, {to}_owner.name, {to}.source, {to}.run_id"
    COLUMN = "{to}_owner.kind, {to}_owner_space.name, {to}_owner.name, {to}.name"
    BODY = "{to}.hash"


_NODE_JOIN: Final = (
    " LEFT JOIN node AS {to} ON {to}.id = {by} LEFT JOIN namespace AS {to}_space ON {to}_space.id = {to}.namespace"
)


def _joined(table: str, owner: str) -> str:
    return f" JOIN {table} AS {{to}} ON {{to}}.id = {{by}}" + _NODE_JOIN.format(to="{to}_owner", by=f"{{to}}.{owner}")


_JOINS: Final = {
    _Link.NODE: _NODE_JOIN,
    _Link.CONTRIBUTION: _joined("contribution", "owner"),
    _Link.COLUMN: _joined("dataset_column", "dataset"),
    _Link.BODY: " LEFT JOIN facet_body AS {to} ON {to}.id = {by}",
}

# Table: (columns that refer to others, columns that are values).
_FACTS: Final[dict[str, tuple[dict[str, _Link], str]]] = {
    "node": ({"id": _Link.NODE}, "named updated_ns output_stamp drop_stamp retire_stamp"),
    "contribution": (
        {"owner": _Link.NODE},
        (
            "source run_id first_ns last_ns start_ns state state_stamp terminal terminal_stamp last_stamp io_stamp"
            " began_ns ended_ns reported"
        ),
    ),
    "contribution_io": (
        {"contribution": _Link.CONTRIBUTION, "dataset": _Link.NODE},
        "direction first_ns stamp listed",
    ),
    "node_facet": ({"node": _Link.NODE, "body": _Link.BODY}, "name stamp"),
    "run_facet": ({"contribution": _Link.CONTRIBUTION, "body": _Link.BODY}, "scope name stamp"),
    "io_facet": (
        {"contribution": _Link.CONTRIBUTION, "dataset": _Link.NODE, "body": _Link.BODY},
        "direction name stamp",
    ),
    "schema_version": ({"dataset": _Link.NODE, "body": _Link.BODY}, "first_ns last_ns"),
    "claim": ({"dataset": _Link.NODE, "target": _Link.NODE}, "type first_ns stamp"),
    "lifecycle": ({"dataset": _Link.NODE, "previous": _Link.NODE}, "change at_ns"),
    "dependency": ({"job": _Link.NODE, "upstream": _Link.NODE}, "first_ns last_ns"),
    "edge": ({"owner": _Link.NODE, "dataset": _Link.NODE}, "direction first_ns last_ns current"),
    "column_edge": ({"output": _Link.COLUMN, "input": _Link.COLUMN}, "sources"),
    "column_source": ({"dataset": _Link.NODE, "owner": _Link.NODE, "body": _Link.BODY}, "form"),
}


def digest(connection: Connection) -> str:
    """Return the digest of all facts as 64 hexadecimal digits. It reads the whole projection."""
    pack = msgspec.msgpack.Encoder()
    total = 0
    for table in _FACTS:
        for row in connection.execute(_select(table)):
            total += _number(pack.encode((table, *row)))
    for step in _steps(connection):
        total += _number(pack.encode(("step", *step)))
    remainder: int = total % 2 ** (8 * _BYTES)
    return remainder.to_bytes(_BYTES, "big").hex()


def _number(spelled: bytes) -> int:
    return int.from_bytes(blake2b(spelled, digest_size=_BYTES).digest(), "big")


def _select(table: str) -> str:
    links, values = _FACTS[table]
    spelled = [link.value.format(to=f"to_{column}") for column, link in links.items()]
    joins = [_JOINS[link].format(to=f"to_{column}", by=f"fact.{column}") for column, link in links.items()]
    chosen = ", ".join([*spelled, *(f"fact.{column}" for column in values.split())])
    return f"SELECT {chosen} FROM {table} AS fact{''.join(joins)}"  # noqa: S608 - made of constants


def _steps(connection: Connection) -> Iterator[tuple[Any, ...]]:
    """Yield (owner, origin, inputs, outputs) of every published step, by names."""
    rows = connection.execute(
        "SELECT node.id, kind, namespace.name, node.name FROM node JOIN namespace ON namespace.id = namespace"
    )
    names = {number: msgspec.msgpack.encode(key) for number, *key in rows}
    decoder = msgspec.msgpack.Decoder(NodeRecord)
    for (packed,) in connection.execute("SELECT record FROM publication WHERE record IS NOT NULL"):
        record = decoder.decode(packed)
        owner = names.get(record.number, b"")
        for step in record.steps:
            sides = (sorted(names.get(number, b"") for number in side) for side in (step.inputs, step.outputs))
            yield (owner, step.origin, *sides)

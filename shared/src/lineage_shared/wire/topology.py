"""The topology side of the protocol: who an agent is, snapshots, and the feed of changes."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from lineage_shared.errors import InvalidInput
from lineage_shared.model import NodeRecord, Number, TimeUs, Volatile

PROTOCOL: Final = "1"
PREFIX: Final = "/mesh/v1"
EVENT_STREAM: Final = "text/event-stream"

HEARTBEAT_S: Final = 10.0
DETAIL_NODES_MAX: Final = 10_000
DETAIL_BYTES_MAX: Final = 16 * 1024 * 1024
MESSAGE_BYTES_MAX: Final = 64 * 1024 * 1024

Numbers = tuple[Number, ...]
TimesUs = tuple[TimeUs, ...]

_POSITION = re.compile(r"(?P<epoch>[0-9a-f]{1,64})\.(?P<sequence>[0-9]{1,18})\.(?P<nonce>[0-9a-f]{1,64})")


class Position(msgspec.Struct, frozen=True):
    """A point in one agent's history. `nonce` tells a commit apart from another file's commit of the same sequence."""

    epoch: str
    sequence: int
    nonce: str

    def __str__(self) -> str:
        """Return the opaque text form, used as the `id:` of server-sent events."""
        return f"{self.epoch}.{self.sequence}.{self.nonce}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read the text form; raise `InvalidInput` (code POSITION_INVALID) for anything else."""
        match = _POSITION.fullmatch(text)
        if match is None:
            raise InvalidInput(f"not a position: {text[:80]!r}", code="POSITION_INVALID")
        return cls(match["epoch"], int(match["sequence"]), match["nonce"])


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /about`: who this agent is. `namespaces` are the prefixes of dataset namespaces that the domain owns.

    `declarations` are what the domain declares about names, in the form of the configuration (docs/identifiers.md);
    none of them names another domain.
    """

    domain: str
    version: str
    position: str
    protocol: str = PROTOCOL
    description: str = ""
    contacts: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    declarations: tuple[dict[str, Any], ...] = ()
    datasets: int = 0
    jobs: int = 0
    runs: int = 0
    edges: int = 0
    dead_letters: int = 0


class SnapshotHeader(msgspec.Struct, frozen=True, kw_only=True, tag="header", tag_field="message"):
    """Opens a snapshot, which is consistent at `position`."""

    domain: str
    position: str
    protocol: str = PROTOCOL


class NodeBlock(msgspec.Struct, frozen=True, kw_only=True, tag="nodes", tag_field="message"):
    """Many node records, column by column; each string of `strings` is stored once and named by its index.

    `steps` holds (row, origin, inputs, outputs) and `claims` (row, target, type), where row is an index into the
    columns; `owners` holds (row, name, type) and `tags` (row, tag). `edges` holds, at most once a row, (row, inputs,
    outputs, and their first and then last times seen: inputs_first, outputs_first, inputs_last, outputs_last). Times
    are microseconds; -1 stands for no time and no state. Kinds, states and origins are places in the lists of `model`.
    `blocks` converts.
    """

    strings: list[str]
    numbers: list[Number]
    kinds: list[int]
    namespaces: list[int]
    names: list[str]
    mentioned: list[int]
    types: list[int]
    integrations: list[int]
    states: list[int]
    updated_us: list[TimeUs]
    revisions: list[tuple[Number, Number, Number, Number, Number]]
    tags: list[tuple[int, int]]
    owners: list[tuple[int, int, int]]
    steps: list[tuple[int, int, Numbers, Numbers]]
    edges: list[tuple[int, Numbers, Numbers, TimesUs, TimesUs, TimesUs, TimesUs]]
    claims: list[tuple[int, Number, int]]


class SnapshotTrailer(msgspec.Struct, frozen=True, kw_only=True, tag="trailer", tag_field="message"):
    """Closes a snapshot: a reader that has not seen a matching trailer has not seen a snapshot.

    `checksum` is the hexadecimal BLAKE2b-128 of all encoded blocks in their order.
    """

    position: str
    nodes: int
    checksum: str


SnapshotMessage = SnapshotHeader | NodeBlock | SnapshotTrailer


class Touch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What moved on a node without touching its topology: volatile fields and detail revisions."""

    number: Number
    volatile: Volatile
    schema: Number = 0
    columns: Number = 0
    runs: Number = 0
    facets: Number = 0


class Commit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The data of a `commit` event: full new states, tombstones and touches up to `position`, applied whole."""

    position: str
    nodes: tuple[NodeRecord, ...] = ()
    gone: Numbers = ()
    touched: tuple[Touch, ...] = ()
    dead_letters: int = 0
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse records whose times do not run parallel to their edges."""
        for record in self.nodes:
            check_times(record)


def check_times(record: NodeRecord) -> None:
    """Raise `ValueError` unless first and last times are given for each input and output, or for none of them."""
    volatile = record.volatile
    inputs = (record.inputs_first_seen_us, volatile.inputs_last_seen_us)
    outputs = (record.outputs_first_seen_us, volatile.outputs_last_seen_us)
    for numbers, times in ((record.inputs, inputs), (record.outputs, outputs)):
        if any(each and len(each) != len(numbers) for each in times):
            raise ValueError(f"the times of node {record.number} do not run parallel to its edges")

"""One domain's assertions, by number, exactly as its agent published them (ARCHITECTURE rule 7).

A snapshot is collected in a `MirrorDraft`, apart from what is being served, and becomes a `DomainMirror` whole or not
at all. A commit is checked first and then applied, so that a message that does not fit leaves the mirror as it was and
the caller can fetch a fresh snapshot. `lineage_gateway.mesh` joins the mirrors of all domains.

What does not fit (`ProtocolViolation`): a step that names a number which is no dataset of this domain, or which is a
tombstone while some record still names it; one number twice, or beyond 63 bits; a jobless step into anything but its
own dataset. Touches and tombstones of unknown numbers are ignored: a touch may cross the tombstone of its node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from lineage_shared.blocks import unpack
from lineage_shared.errors import ProtocolViolation
from lineage_shared.model import Kind, NodeRecord, Revisions
from lineage_shared.wire import Commit, NodeBlock, Touch

NUMBER_LIMIT = 1 << 63

Records = Mapping[int, NodeRecord]
Change = dict[int, tuple[NodeRecord | None, NodeRecord | None]]
"""What a commit changed: number -> (record before, record after); None = not there."""


class DomainMirror:
    """The records of one domain. Whoever hands it to the mesh does not change it any more."""

    def __init__(self, domain: str, records: Iterable[NodeRecord] = ()) -> None:
        """Raise `ProtocolViolation` when the records do not fit together."""
        self.domain = domain
        self._records = _by_number(records)
        self._named: Counter[int] | None = None
        _check_all(self._records)

    @property
    def records(self) -> Records:
        """All records by number; not to be changed."""
        return self._records

    def apply(self, commit: Commit) -> Change:
        """Apply a commit whole, and return what it changed; raise `ProtocolViolation` and change nothing otherwise."""
        change = self.change_of(commit)
        self.accept(change)
        return change

    def change_of(self, commit: Commit) -> Change:
        """Return what a commit would change, after checking all of it; raise `ProtocolViolation` where it does not."""
        fresh = _by_number(commit.nodes)
        gone = {number for number in commit.gone if number in self._records}
        if not gone.isdisjoint(fresh):
            raise ProtocolViolation(f"a commit of {self.domain} has record and tombstone of one node")
        self._check(fresh, gone)
        after: dict[int, NodeRecord | None] = {**fresh, **dict.fromkeys(gone)}
        for touch in commit.touched:
            record = after[touch.number] if touch.number in after else self._records.get(touch.number)
            if record is not None:
                after[touch.number] = touched(record, touch)
        pairs = ((number, (self._records.get(number), record)) for number, record in after.items())
        return {number: (before, record) for number, (before, record) in pairs if before != record}

    def accept(self, change: Change) -> None:
        """Make a change that `change_of` returned; it cannot fail."""
        for number, (before, record) in change.items():
            if self._named is not None:
                self._named.update(_references(record) if record is not None else ())
                _release(self._named, before)
            if record is None:
                del self._records[number]
            else:
                self._records[number] = record

    def _check(self, fresh: dict[int, NodeRecord], gone: set[int]) -> None:
        def is_dataset(number: int) -> bool:
            record = fresh.get(number) or self._records.get(number)
            return number not in gone and record is not None and record.kind is Kind.DATASET

        for record in fresh.values():
            _check_record(record, is_dataset)
        lost = {number for number in gone if self._was_dataset(number)}
        lost |= {number for number in fresh if self._was_dataset(number) and not is_dataset(number)}
        if lost:
            self._check_unreferenced(lost, fresh.keys() | gone)

    def _was_dataset(self, number: int) -> bool:
        record = self._records.get(number)
        return record is not None and record.kind is Kind.DATASET

    def _check_unreferenced(self, lost: set[int], replaced: set[int]) -> None:
        """Raise where a record that stays names a dataset that is lost.

        References are counted from the first loss on: most domains never lose a dataset, some lose many.
        """
        if self._named is None:
            self._named = Counter(number for record in self._records.values() for number in _references(record))
        given_up = (record for number in replaced if (record := self._records.get(number)) is not None)
        released = Counter(number for record in given_up for number in _references(record))
        for number in sorted(lost):
            if self._named[number] > released[number]:
                raise ProtocolViolation(f"a commit of {self.domain} removes dataset {number}, which a node still names")


class MirrorDraft:
    """Collects the blocks of one snapshot until `finish` makes a mirror of them."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._records: list[NodeRecord] = []

    def add(self, block: NodeBlock) -> None:
        """Take one block; raise `ProtocolViolation` when its columns or indices do not fit together."""
        self._records.extend(unpack(block))

    def __len__(self) -> int:
        return len(self._records)

    def finish(self) -> DomainMirror:
        """Return the mirror; raise `ProtocolViolation` when the records do not fit together."""
        return DomainMirror(self._domain, self._records)


def touched(record: NodeRecord, touch: Touch) -> NodeRecord:
    """Return the record with the touch's volatile fields, and revisions that never go back; 0 leaves one as it is."""
    was = record.revisions
    revisions = Revisions(
        topology=was.topology,
        schema=max(was.schema, touch.schema),
        columns=max(was.columns, touch.columns),
        runs=max(was.runs, touch.runs),
        facets=max(was.facets, touch.facets),
    )
    return msgspec.structs.replace(record, volatile=touch.volatile, revisions=revisions)


def _release(named: Counter[int], record: NodeRecord | None) -> None:
    for number in _references(record) if record is not None else ():
        named[number] -= 1
        if not named[number]:
            del named[number]


def _by_number(records: Iterable[NodeRecord]) -> dict[int, NodeRecord]:
    given = list(records)
    by_number = {record.number: record for record in given}
    if len(by_number) != len(given):
        raise ProtocolViolation("a node number is given twice")
    if by_number and not 0 <= min(by_number) <= max(by_number) < NUMBER_LIMIT:
        raise ProtocolViolation(f"a node number is not between 0 and {NUMBER_LIMIT}")
    return by_number


def _check_all(records: dict[int, NodeRecord]) -> None:
    datasets = {number for number, record in records.items() if record.kind is Kind.DATASET}
    for record in records.values():
        _check_record(record, datasets.__contains__)


def _check_record(record: NodeRecord, is_dataset: Callable[[int], bool]) -> None:
    if not all(map(is_dataset, _references(record))):
        raise ProtocolViolation(f"a step of node {record.number} names a number that is no dataset")
    if record.kind is Kind.DATASET and any(step.outputs != (record.number,) for step in record.steps):
        raise ProtocolViolation(f"a jobless step of dataset {record.number} has other outputs than itself")


def _references(record: NodeRecord) -> Iterator[int]:
    for step in record.steps:
        yield from step.inputs
        yield from step.outputs

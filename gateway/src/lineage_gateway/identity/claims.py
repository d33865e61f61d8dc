"""Claims: what producers say about the names of a dataset (`symlinks` facets), as each domain published it.

`Asserted` holds those of all domains by the record that makes them, and says what a change of records changes about
them. It joins nothing; `lineage_gateway.identity.identities` weighs what comes out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from lineage_gateway.mirror import Change
from lineage_shared.model import DatasetRef, NodeRecord


class AssertedClaim(msgspec.Struct, frozen=True, order=True, gc=False):
    """`domain` says that `source` is also known as `target`; `type` is the symlink's type, e.g. TABLE."""

    source: DatasetRef
    target: DatasetRef
    type: str
    domain: str


class RecordClaims(msgspec.Struct, frozen=True, gc=False):
    """What one record claims, and the numbers of the records that it names, published or not."""

    claims: tuple[AssertedClaim, ...] = ()
    named: tuple[int, ...] = ()


NOTHING = RecordClaims()

_Numbers = int | set[int]
"""Nearly always one, which stands there by itself."""

ByRecord = dict[int, RecordClaims]
_RecordAt = Callable[[int], NodeRecord | None]


def claims_of(domain: str, records: Mapping[int, NodeRecord]) -> Iterator[AssertedClaim]:
    """Give the claims of one domain; a claim whose target the domain did not publish (any more) says nothing."""
    for record in records.values():
        yield from _claimed(domain, record, records.get).claims


def _claimed(domain: str, record: NodeRecord | None, record_at: _RecordAt) -> RecordClaims:
    if record is None or not record.claims:
        return NOTHING
    source = DatasetRef(record.namespace, record.name)
    targets = ((claim, record_at(claim.target)) for claim in record.claims)
    claims = (
        AssertedClaim(source, DatasetRef(target.namespace, target.name), claim.type, domain)
        for claim, target in targets
        if target is not None
    )
    return RecordClaims(tuple(claims), tuple({claim.target for claim in record.claims}))


class Asserted:
    """The claims of all domains: by domain and number of the record that makes them."""

    def __init__(self) -> None:
        self._claims: dict[str, ByRecord] = {}
        self._naming: dict[str, dict[int, _Numbers]] = {}

    def __iter__(self) -> Iterator[AssertedClaim]:
        return (claim for by_record in self._claims.values() for each in by_record.values() for claim in each.claims)

    def concerned(self, domain: str, change: Change, part: Iterable[int]) -> set[int]:
        """Return the records that may claim something else after these numbers of a change.

        A record also claims something else when its target comes, goes, or has another name.
        """
        naming = self._naming.get(domain, {})
        found: set[int] = set()
        for number in part:
            before, after = change[number]
            if (before and before.claims) or (after and after.claims):
                found.add(number)
            if number in naming and not same_reference(before, after):
                found |= _all(naming[number])
        return found

    def after(self, domain: str, change: Change, records: Mapping[int, NodeRecord], numbers: Iterable[int]) -> ByRecord:
        """Return what records claim after a change; of `records` those that did not change are read."""

        def record_at(number: int) -> NodeRecord | None:
            return change[number][1] if number in change else records.get(number)

        return {number: _claimed(domain, record_at(number), record_at) for number in numbers}

    def put(self, domain: str, claims: ByRecord) -> ByRecord:
        """Take the claims of records in place of those that they made before, which are returned."""
        known, naming = self._claims.setdefault(domain, {}), self._naming.setdefault(domain, {})
        before: ByRecord = {}
        for number, now in claims.items():
            before[number] = was = known.pop(number, NOTHING)
            if now != NOTHING:
                known[number] = now
            for target in was.named:
                left = _without(naming.pop(target), number)
                if left is not None:
                    naming[target] = left
            for target in now.named:
                naming[target] = _with(naming.get(target), number)
        if not known:
            del self._claims[domain], self._naming[domain]
        return before


def _with(numbers: _Numbers | None, number: int) -> _Numbers:
    if numbers is None:
        return number
    if isinstance(numbers, set):
        numbers.add(number)
        return numbers
    return {numbers, number}


def _without(numbers: _Numbers, number: int) -> _Numbers | None:
    """Return what is left of the numbers; None when that is nothing."""
    if not isinstance(numbers, set):
        return None
    numbers.discard(number)
    return numbers or None


def _all(numbers: _Numbers) -> set[int]:
    return numbers if isinstance(numbers, set) else {numbers}


def same_reference(one: NodeRecord | None, other: NodeRecord | None) -> bool:
    """Tell whether a record is under the same name before and after a change, if it is there at all."""
    if one is None or other is None:
        return one is other
    return one.name == other.name and one.namespace == other.namespace and one.kind is other.kind

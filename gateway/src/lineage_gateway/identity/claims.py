"""Claims: what producers say about the names of a dataset (`symlinks` facets), as each domain published it.

`Asserted` holds those of all domains by the record that makes them, and says what a change of records changes about
them. It joins nothing; `lineage_gateway.identity.identities` weighs what comes out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lineage_gateway.mirror import Change
from lineage_shared.model import DatasetRef, NodeRecord


@dataclass(frozen=True, slots=True, order=True)
class AssertedClaim:
    """`domain` says that `source` is also known as `target`; `type` is the symlink's type, e.g. TABLE."""

    source: DatasetRef
    target: DatasetRef
    type: str
    domain: str


class RecordClaims(NamedTuple):
    """What one record claims, and the numbers of the records that it names, published or not."""

    claims: tuple[AssertedClaim, ...] = ()
    named: frozenset[int] = frozenset()


NOTHING = RecordClaims()
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
    return RecordClaims(tuple(claims), frozenset(claim.target for claim in record.claims))


class Asserted:
    """The claims of all domains: by domain and number of the record that makes them."""

    def __init__(self) -> None:
        self._claims: dict[str, ByRecord] = {}
        self._naming: dict[str, dict[int, set[int]]] = {}

    def __iter__(self) -> Iterator[AssertedClaim]:
        return (claim for by_record in self._claims.values() for each in by_record.values() for claim in each.claims)

    def changed_by(
        self, domain: str, change: Change, records: Mapping[int, NodeRecord], part: Iterable[int] | None = None
    ) -> ByRecord:
        """Return the claims, after a change, of every record that may claim something else then.

        Of `records` those that did not change are read: a record also claims something else when its target changed.
        With `part`, only what follows from these numbers of the change.
        """

        def after(number: int) -> NodeRecord | None:
            return change[number][1] if number in change else records.get(number)

        naming = self._naming.get(domain, {})
        numbers = list(change if part is None else part)
        sources = {number for number in numbers if any(each and each.claims for each in change[number])}
        if naming:
            sources.update(source for number in numbers if number in naming for source in naming[number])
        return {number: _claimed(domain, after(number), after) for number in sources}

    def put(self, domain: str, claims: ByRecord) -> ByRecord:
        """Take the claims of records in place of those that they made before, which are returned."""
        known, naming = self._claims.setdefault(domain, {}), self._naming.setdefault(domain, {})
        before: ByRecord = {}
        for number, now in claims.items():
            before[number] = was = known.pop(number, NOTHING)
            if now != NOTHING:
                known[number] = now
            for target in was.named - now.named:
                naming[target].discard(number)
                if not naming[target]:
                    del naming[target]
            for target in now.named - was.named:
                naming.setdefault(target, set()).add(number)
        return before

"""What agents told about datasets, as far as suggestions look at it: columns, and whom column lineage names.

A schema becomes its folded columns, which most datasets share, and column lineage the jobs with the datasets that they
name as sources: a hundred bytes where the details would be kilobytes. Everything is kept under the revision that it
had, so that only what changed is asked for again. At most `datasets_max` of each: what is not in the mesh any more is
forgotten, and when there is no room, nothing more is asked for.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Generic, NamedTuple, TypeVar

from lineage_gateway.identity.likeness import Column, column
from lineage_gateway.mesh import Member
from lineage_shared.model import Part
from lineage_shared.wire import DatasetColumns, SchemaDetail

COLUMNS_MAX = 2000
"""Columns of one dataset that are compared."""

Place = tuple[str, int]
Source = tuple[int, int]
T = TypeVar("T")


class Wish(NamedTuple):
    """A detail of a member that is not known in its present revision."""

    member: Member
    part: Part


class _Told(Generic[T]):
    """One kind of evidence, by place, with the epoch and the revision in which it was told."""

    def __init__(self, datasets_max: int) -> None:
        self._datasets_max = datasets_max
        self.by_place: dict[Place, tuple[str, int, T]] = {}

    def put(self, place: Place, epoch: str, revision: int, value: T) -> None:
        self.by_place[place] = (epoch, revision, value)

    def get(self, place: Place, epoch: str) -> T | None:
        """Return what was told last; it may be of an older revision, and counts until it is told anew."""
        told = self.by_place.get(place)
        return told[2] if told is not None and told[0] == epoch else None

    def knows(self, place: Place, epoch: str, revision: int) -> bool:
        told = self.by_place.get(place)
        return told is not None and told[0] == epoch and told[1] >= revision

    def has_room_for(self, place: Place) -> bool:
        return len(self.by_place) < self._datasets_max or place in self.by_place

    def retain(self, numbers: Mapping[str, Container[int]], epochs: Mapping[str, str]) -> bool:
        """Forget the others; return whether there were any."""
        gone = [
            place
            for place, (epoch, _, _) in self.by_place.items()
            if epochs.get(place[0]) != epoch or place[1] not in numbers.get(place[0], ())
        ]
        for place in gone:
            del self.by_place[place]
        return bool(gone)


class Evidence:
    """The mutable owner of what was told. Nobody may put anything in while a survey reads it."""

    def __init__(self, datasets_max: int) -> None:
        self._columns: _Told[tuple[Column, ...]] = _Told(datasets_max)
        self._sources: _Told[tuple[Source, ...]] = _Told(datasets_max)
        self._shared: dict[Column, Column] = {}
        self._has_left = False

    def columns(self, member: Member, epochs: Mapping[str, str]) -> tuple[Column, ...] | None:
        """Return the columns of a dataset, by name; None where none are known."""
        return self._columns.get((member.domain, member.number), epochs.get(member.domain, "")) or None

    def sources(self, member: Member, epochs: Mapping[str, str]) -> tuple[Source, ...]:
        """Return (job, dataset) for every dataset that column lineage into this one names, as numbers of its domain."""
        return self._sources.get((member.domain, member.number), epochs.get(member.domain, "")) or ()

    def lacks(self, member: Member, part: Part, epochs: Mapping[str, str]) -> bool:
        """Tell whether a detail should be asked for: there is one, unknown in its revision, and room for it."""
        revision: int = getattr(member.record.revisions, part.value)
        epoch = epochs.get(member.domain)
        told = self._columns if part is Part.SCHEMA else self._sources
        place = (member.domain, member.number)
        return (
            revision > 0 and epoch is not None and told.has_room_for(place) and not told.knows(place, epoch, revision)
        )

    def retain(self, numbers: Mapping[str, Container[int]], epochs: Mapping[str, str]) -> None:
        """Forget what is not among these numbers of domains, or of another epoch."""
        self._has_left |= self._columns.retain(numbers, epochs)
        self._sources.retain(numbers, epochs)
        if self._has_left:
            self._shared = {each: each for _, _, kept in self._columns.by_place.values() for each in kept}
            self._has_left = False

    def put_schema(self, place: Place, epoch: str, revision: int, detail: SchemaDetail) -> None:
        """Take in a schema, where there is room."""
        if not self._columns.has_room_for(place):
            return
        found = {column(each.name, each.type) for each in (detail.fields or ())[:COLUMNS_MAX]}
        distinct = {each.name: each for each in sorted(found)}
        kept = tuple(self._shared.setdefault(each, each) for each in distinct.values())
        self._has_left |= place in self._columns.by_place
        self._columns.put(place, epoch, revision, kept)

    def put_columns(self, place: Place, epoch: str, revision: int, detail: DatasetColumns) -> None:
        """Take in column lineage into a dataset, where there is room."""
        if not self._sources.has_room_for(place):
            return
        sources = {(edge.job, edge.source) for edge in detail.edges[:COLUMNS_MAX] if edge.job}
        self._sources.put(place, epoch, revision, tuple(sorted(sources)))

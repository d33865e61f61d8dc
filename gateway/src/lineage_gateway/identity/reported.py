"""Which of the names that a domain declares something about it reports itself.

A domain may claim about what it reports (IDENTIFIERS 4.3, rule 5). Only the keys in its declarations are counted, so
that a domain that declares nothing costs nothing. A name that a record merely mentions is not reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lineage_gateway.identity.claims import same_reference
from lineage_gateway.mirror import Change
from lineage_shared.claims.model import PairOfKeys
from lineage_shared.model import NodeRecord
from lineage_shared.naming import Declarations, Key, Reference, canonical

Counts = Mapping[str, int]
"""Key -> how many records more (or fewer) a domain has of it."""


Watched = Mapping[str, Collection[PairOfKeys]]
"""Key -> the pairs that it stands in."""


class Reported:
    """The keys that are looked out for, with the pairs that they stand in, and how many records each has."""

    def __init__(self) -> None:
        self._pairs: dict[str, Watched] = {}
        self._counts: dict[str, dict[str, int]] = {}

    def reports(self, domain: str, *keys: str) -> bool:
        """Tell whether a domain reports one of these keys."""
        counts = self._counts.get(domain, {})
        return any(counts.get(key, 0) > 0 for key in keys)

    def watch(self, domain: str, watched: Watched, counts: Counts) -> tuple[Watched, Counts]:
        """Look out for these keys of a domain from now on, each with so many records; return what was before."""
        before = self._pairs.pop(domain, {}), self._counts.pop(domain, {})
        if watched:
            self._pairs[domain] = watched
        if counts:
            self._counts[domain] = dict(counts)
        return before

    def count(self, domain: str, counts: Counts) -> set[PairOfKeys]:
        """Count records in and out; return the pairs of the keys that are reported now and were not, or the reverse."""
        known = self._counts.setdefault(domain, {})
        touched: set[PairOfKeys] = set()
        for key, by in counts.items():
            before = known.pop(key, 0)
            if before + by:
                known[key] = before + by
            if (before > 0) is not (before + by > 0):
                touched.update(self._pairs.get(domain, {}).get(key, ()))
        if not known:
            del self._counts[domain]
        return touched

    def changed_by(self, domain: str, change: Change, part: Iterable[int], names: Declarations) -> Counts:
        """Return how these numbers of a change alter the counts."""
        watched = self._pairs.get(domain)
        if not watched:
            return {}
        counts: dict[str, int] = {}
        for number in part:
            before, after = change[number]
            if not (same_reference(before, after) and _is_mentioned(before) is _is_mentioned(after)):
                for by, record in ((-1, before), (1, after)):
                    key = reported_key(domain, record, names) if record is not None else ""
                    if key in watched:
                        counts[key] = counts.get(key, 0) + by
        return counts


def reported_key(domain: str, record: NodeRecord, names: Declarations) -> str:
    """Return the key that a record reports; an empty text where it only mentions one, or denotes nothing."""
    if record.mentioned:
        return ""
    key = canonical(Reference(namespace=record.namespace, name=record.name, kind=record.kind), domain, names)
    return key.text if isinstance(key, Key) else ""


def _is_mentioned(record: NodeRecord | None) -> bool:
    return record is not None and record.mentioned

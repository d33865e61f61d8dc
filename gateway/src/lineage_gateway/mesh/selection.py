"""Filters: which nodes an answer returns (ARCHITECTURE rule 13). They never choose what is walked.

A node is selected when it fits every filter that is given; a filter fits when one of its values does. A node belongs to
the domain that has authority over it, and only where nobody has, to every domain that reports it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lineage_gateway.mesh.nodes import Entry, reporting
from lineage_shared.model import Kind


@dataclass(frozen=True, slots=True)
class Selection:
    """Kinds, domains and tags to return; None = all. An empty filter selects nothing."""

    kinds: frozenset[Kind] | None = None
    domains: frozenset[str] | None = None
    tags: frozenset[str] | None = None

    @classmethod
    def of(
        cls, kinds: Collection[Kind] | None, domains: Collection[str] | None, tags: Collection[str] | None
    ) -> Selection:
        """Build a selection from any collections."""
        return cls(
            None if kinds is None else frozenset(kinds),
            None if domains is None else frozenset(domains),
            None if tags is None else frozenset(tags),
        )

    @property
    def everything(self) -> bool:
        """Whether no filter is given."""
        return self.kinds is None and self.domains is None and self.tags is None

    def accepts(self, entry: Entry) -> bool:
        """Tell whether a node is selected."""
        return (
            (self.kinds is None or entry.kind in self.kinds)
            and (self.tags is None or not self.tags.isdisjoint(entry.tags))
            and (self.domains is None or self._in_domains(entry, self.domains))
        )

    @staticmethod
    def _in_domains(entry: Entry, domains: frozenset[str]) -> bool:
        if entry.domain is not None:
            return entry.domain in domains
        return not domains.isdisjoint(reporting(entry.members))

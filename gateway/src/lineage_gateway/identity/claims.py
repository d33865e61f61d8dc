"""Claims: what producers say about the names of a dataset (`symlinks` facets), as each domain published it.

They travel and are kept with their author, and join nothing: a claim becomes evidence only in the reconciler.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lineage_shared.model import DatasetRef, NodeRecord


@dataclass(frozen=True, slots=True, order=True)
class AssertedClaim:
    """`domain` says that `source` is also known as `target`; `type` is the symlink's type, e.g. TABLE."""

    source: DatasetRef
    target: DatasetRef
    type: str
    domain: str


def claims_of(domain: str, records: Mapping[int, NodeRecord]) -> Iterator[AssertedClaim]:
    """Give the claims of one domain; a claim whose target the domain did not publish (any more) says nothing."""
    for record in records.values():
        for claim in record.claims:
            if (target := records.get(claim.target)) is not None:
                source = DatasetRef(record.namespace, record.name)
                yield AssertedClaim(source, DatasetRef(target.namespace, target.name), claim.type, domain)

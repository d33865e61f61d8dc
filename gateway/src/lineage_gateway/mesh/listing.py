"""All records of a mesh, page by page, in the order of (domain, number).

A place in that order outlives the version that it was read from, so that the pages of many versions fit together: a
record that is there all the time is on exactly one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.nodes import Member

Place = tuple[str, int]
"""A record: (domain, number)."""

PART = 1024
"""Numbers that are looked at together; of most, the record is there."""


def records(mesh: Mesh, after: Place | None = None) -> Iterator[tuple[int, Member]]:
    """Give the records behind a place, each with its node."""
    for domain in mesh.domains:
        if after is None or domain >= after[0]:
            least = after[1] if after is not None and domain == after[0] else None
            for number in _numbers(mesh, domain, least):
                node = mesh.node_of(domain, number)
                if node is not None:
                    yield node, member_of(mesh, node, domain, number)


def member_of(mesh: Mesh, node: int, domain: str, number: int) -> Member:
    """Return a domain's record among those of its node."""
    return next(each for each in mesh.entry(node).members if each.number == number and each.domain == domain)


def _numbers(mesh: Mesh, domain: str, after: int | None) -> Iterator[int]:
    known = mesh.numbers.get(domain, {})
    numbers = np.fromiter(known, np.int64, len(known))
    numbers = numbers if after is None else numbers[numbers > after]
    while len(numbers):
        # A page needs a few of them, and not all in order.
        part = np.sort(numbers) if len(numbers) <= PART else np.sort(np.partition(numbers, PART)[:PART])
        yield from part.tolist()
        numbers = numbers[numbers > part[-1]]

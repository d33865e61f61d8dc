"""What other rules, or other declarations, would change: which references they would merge or split.

A new ruleset runs in shadow before it takes over: both readings of all known references are compared, and a person
looks at the difference. Only equality counts; a key that merely reads otherwise changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from lineage_shared.naming.reference import Reference

Read = Callable[[Reference], str | None]
"""The key of a reference under some rules; None when it identifies nothing."""


class Changes(msgspec.Struct, frozen=True):
    """Groups of references, in a fixed order: those that become one thing, and those that cease to be one."""

    merges: tuple[tuple[Reference, ...], ...] = ()
    splits: tuple[tuple[Reference, ...], ...] = ()


def compared(references: Iterable[Reference], before: Read, after: Read) -> Changes:
    """Compare two readings of the same references."""
    given = sorted(set(references))
    old = {each: key for each in given if (key := before(each)) is not None}
    new = {each: key for each in given if (key := after(each)) is not None}
    return Changes(_apart(new, old), _apart(old, new))


def _apart(together: Mapping[Reference, str], other: Mapping[Reference, str]) -> tuple[tuple[Reference, ...], ...]:
    """Return the groups of the one reading that are no single group of the other."""
    groups: dict[str, list[Reference]] = {}
    for each, key in together.items():
        groups.setdefault(key, []).append(each)
    return tuple(
        sorted(tuple(group) for group in groups.values() if len({other.get(each, each) for each in group}) > 1)
    )

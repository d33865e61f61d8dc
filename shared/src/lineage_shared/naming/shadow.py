"""What other rules, or other declarations, would change: which references they would merge or split.

A new ruleset runs in shadow before it takes over: both readings of all known references are compared, and a person
looks at the difference. Only equality counts; a key that merely reads otherwise changes nothing. A reference that
identifies nothing is equal to none but itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lineage_shared.naming.reference import Reference

Reading = Mapping[Reference, str | None]
"""References with what stands for each under some rules: a key, or a class; None where it identifies nothing."""

Parts = tuple[tuple[Reference, ...], ...]
"""One thing under one of two readings, by the several things that it is under the other."""


class Changes(msgspec.Struct, frozen=True):
    """What becomes one thing, by what it was before, and what ceases to be one, by what it is afterwards.

    Two references of one item are equal under the one reading; they are under the other where they share a part. All
    is in a fixed order.
    """

    merges: tuple[Parts, ...] = ()
    splits: tuple[Parts, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.merges or self.splits)


def compared(before: Reading, after: Reading) -> Changes:
    """Compare two readings; references that only one of them has are left out."""
    shared = sorted(before.keys() & after.keys(), key=repr)
    return Changes(_parted(shared, after, before), _parted(shared, before, after))


def _parted(references: list[Reference], whole: Reading, by: Reading) -> tuple[Parts, ...]:
    """Return the things of the one reading that are no single thing of the other, by those that they are there."""
    things: dict[str, dict[str | Reference, list[Reference]]] = {}
    for each in references:
        if (thing := whole[each]) is not None:
            part = by[each]
            things.setdefault(thing, {}).setdefault(each if part is None else part, []).append(each)
    return tuple(tuple(map(tuple, parts.values())) for parts in things.values() if len(parts) > 1)

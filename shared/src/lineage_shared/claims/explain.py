"""Why two references are the same, or are not: the keys with their rules, the claims between them, what blocks.

`explain` gives values; the gateway adds who asserted what and when from its own records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice

import msgspec

from lineage_shared.claims.classes import Classes
from lineage_shared.claims.identify import identities
from lineage_shared.claims.joining import joining
from lineage_shared.claims.model import Claim, ClaimId, Status, Verdict
from lineage_shared.naming import Declarations, Key, Reference, Unidentifiable, canonical

HELD_BACK_MAX = 20
"""Claims that an explanation names as held back."""

HELD_BACK_READ_MAX = 10_000
"""Claims held back at either name that are read to find those that lead to the other one."""


class Difference(msgspec.Struct, frozen=True):
    """The first part in which two keys differ, and a declaration that would join them, as JSON (None: none would)."""

    part: str
    a: str
    b: str
    declaration: Mapping[str, object] | None = None


class Explanation(msgspec.Struct, frozen=True):
    """The answer, and what it rests on.

    `path` are the claims that lead from one key to the other, fewest first; `apart` are those that tell the two apart,
    `held_back` those that would concern them, with their verdicts. `difference` is None when they are the same, or when
    one of the two identifies nothing.
    """

    same: bool
    a: Key | Unidentifiable
    b: Key | Unidentifiable
    path: tuple[Claim, ...] = ()
    apart: tuple[Claim, ...] = ()
    held_back: tuple[tuple[Claim, Verdict], ...] = ()
    difference: Difference | None = None


def explain(a: Reference, b: Reference, declarations: Declarations, classes: Classes) -> Explanation:
    """Explain why `a` and `b` are held to be the same, or not."""
    one, other = (canonical(each, None, declarations) for each in (a, b))
    if isinstance(one, Unidentifiable) or isinstance(other, Unidentifiable):
        return Explanation(same=False, a=one, b=other)
    if len(set(identities((one, other), classes))) == 1:
        return Explanation(same=True, a=one, b=other, path=_path(one, other, classes))
    apart = _apart(one, other, classes)
    # What operators declared to be different stays so, whatever else they declare; a domain's word yields to theirs.
    declaration = joining(a, b, declarations) if all(claim.domain is not None for claim in apart) else None
    part, mine, theirs = first_difference(one, other)
    return Explanation(
        same=False,
        a=one,
        b=other,
        apart=apart,
        held_back=_held_back(one, other, classes),
        difference=Difference(part, mine, theirs, declaration),
    )


def _path(one: Key, other: Key, classes: Classes) -> tuple[Claim, ...]:
    """Return the claims about the columns themselves, else those about their datasets."""
    return claim_path(one.text, other.text, classes) or claim_path(one.dataset_text, other.dataset_text, classes)


def _apart(one: Key, other: Key, classes: Classes) -> tuple[Claim, ...]:
    found = classes.differences(one.dataset_text, other.dataset_text)
    return (*found, *classes.differences(one.text, other.text)) if one.column and other.column else found


def claim_path(start: str, end: str, classes: Classes) -> tuple[Claim, ...]:
    """Return the shortest chain of active claims between two keys; empty when they are one, or not connected."""
    if end not in classes.members(start):
        return ()
    came: dict[str, Claim | None] = {start: None}
    frontier = [start]
    while frontier and end not in came:
        reached: list[str] = []
        for key in frontier:
            for claim in classes.claims(key):
                verdict = classes.verdict(claim)
                other = claim.target.text if claim.source.text == key else claim.source.text
                if verdict is not None and verdict.status is Status.ACTIVE and other not in came:
                    came[other] = claim
                    reached.append(other)
        frontier = reached
    return _walked_back(end, came)


def _walked_back(end: str, came: Mapping[str, Claim | None]) -> tuple[Claim, ...]:
    path: list[Claim] = []
    while (claim := came.get(end)) is not None:
        path.append(claim)
        end = claim.source.text if claim.target.text == end else claim.target.text
    return tuple(reversed(path))


def _held_back(one: Key, other: Key, classes: Classes) -> tuple[tuple[Claim, Verdict], ...]:
    """Return the claims between the two first, then others about one of them."""
    mine, theirs = _near(one, classes), _near(other, classes)
    found: dict[ClaimId, tuple[Claim, Verdict]] = {}
    for each in chain(_between(mine, theirs, classes), classes.held_at(sorted(mine | theirs))):
        found.setdefault(each[0].id, each)
        if len(found) == HELD_BACK_MAX:
            break
    return tuple(found.values())


def _near(key: Key, classes: Classes) -> frozenset[str]:
    return frozenset((*classes.members(key.text), *classes.members(key.dataset_text)))


def _between(mine: Collection[str], theirs: Collection[str], classes: Classes) -> Iterator[tuple[Claim, Verdict]]:
    """Give the claims that lead from one side to the other and are held back.

    Each is listed at both its ends, so that the end of the shorter list is the end of the search.
    """
    sides = zip(classes.held_at(sorted(mine)), classes.held_at(sorted(theirs)), strict=False)
    for claim, verdict in chain.from_iterable(islice(sides, HELD_BACK_READ_MAX)):
        source, target = claim.source.text, claim.target.text
        if (source in mine and target in theirs) or (source in theirs and target in mine):
            yield claim, verdict


def first_difference(one: Key, other: Key) -> tuple[str, str, str]:
    """Return the first part in which two keys differ, most general first, with what each has there."""
    parts = (
        ("kind", one.kind.value, other.kind.value),
        ("platform", one.platform, other.platform),
        ("authority", one.authority, other.authority),
        ("domain", one.domain or "", other.domain or ""),
        ("path", "/".join(one.path), "/".join(other.path)),
        ("column", ".".join(one.column), ".".join(other.column)),
    )
    return next((each for each in parts if each[1] != each[2]), ("class", one.text, other.text))

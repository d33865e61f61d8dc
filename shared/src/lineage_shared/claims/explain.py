"""Why two references are the same, or are not: the keys with their rules, the claims between them, what blocks.

`explain` gives values; the gateway adds who asserted what and when from its own records.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lineage_shared.claims.classes import Classes
from lineage_shared.claims.identify import identity
from lineage_shared.claims.model import Claim, Status, Verdict
from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, Unidentifiable, canonical

HELD_BACK_MAX = 20
"""Claims that an explanation names as held back."""


class Difference(msgspec.Struct, frozen=True):
    """The first part in which two keys differ, and a declaration that would join them, as JSON (None: none would)."""

    part: str
    a: str
    b: str
    declaration: Mapping[str, object] | None = None


class Explanation(msgspec.Struct, frozen=True):
    """The answer, and what it rests on.

    `path` are the claims that lead from one key to the other, fewest first; `held_back` are those that would concern
    them, with their verdicts. `difference` is None when the keys are equal, or when one of the two identifies nothing.
    """

    same: bool
    a: Key | Unidentifiable
    b: Key | Unidentifiable
    path: tuple[Claim, ...] = ()
    held_back: tuple[tuple[Claim, Verdict], ...] = ()
    difference: Difference | None = None


def explain(a: Reference, b: Reference, declarations: Declarations, classes: Classes) -> Explanation:
    """Explain why `a` and `b` are held to be the same, or not."""
    one, other = (canonical(each, None, declarations) for each in (a, b))
    if isinstance(one, Unidentifiable) or isinstance(other, Unidentifiable):
        return Explanation(same=False, a=one, b=other)
    if identity(one, classes) == identity(other, classes):
        return Explanation(same=True, a=one, b=other, path=claim_path(one.dataset_text, other.dataset_text, classes))
    return Explanation(
        same=False, a=one, b=other, held_back=_held_back(one, other, classes), difference=difference(a, b, one, other)
    )


def claim_path(start: str, end: str, classes: Classes) -> tuple[Claim, ...]:
    """Return the shortest chain of active claims between two keys; empty when they are one, or not connected."""
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
    near = {*classes.members(one.dataset_text), *classes.members(other.dataset_text)}
    found = [
        (classes.claim(claim_id), verdict)
        for claim_id, verdict in sorted(classes.held_back().items())
        if near & set(claim_id[1:3])
    ]
    return tuple(found[:HELD_BACK_MAX])


def difference(a: Reference, b: Reference, one: Key, other: Key) -> Difference:
    """Return the first part in which two keys differ, most general first."""
    parts = (
        ("kind", one.kind.value, other.kind.value),
        ("platform", one.platform, other.platform),
        ("authority", one.authority, other.authority),
        ("domain", one.domain or "", other.domain or ""),
        ("path", "/".join(one.path), "/".join(other.path)),
        ("column", ".".join(one.column), ".".join(other.column)),
    )
    part, mine, theirs = next((each for each in parts if each[1] != each[2]), ("class", one.text, other.text))
    return Difference(part, mine, theirs, _joining(part, a, b, one, other))


def _joining(part: str, a: Reference, b: Reference, one: Key, other: Key) -> Mapping[str, object] | None:
    if part == "kind" or bool(one.column) is not bool(other.column):
        return None
    if part in ("platform", "authority") and one.path == other.path and a.namespace and b.namespace:
        kind = "job_namespace_alias" if one.kind is Kind.JOB else "namespace_alias"
        return {"type": kind, "canonical": a.namespace, "aliases": [b.namespace]}
    return {"type": "alias", "a": msgspec.to_builtins(a), "b": msgspec.to_builtins(b)}

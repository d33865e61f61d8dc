"""Suggestions: datasets that may be one thing, for a person to decide (IDENTIFIERS 4.4).

Pure: from what is known of the candidates to scored pairs, each feature kept. Candidates are pairs within a *block*:
equal last part of the name, case aside, on different servers; a block with too many members says nothing. Nothing is
ever accepted here: a suggestion becomes a claim when a person, or a policy that somebody wrote, says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

BLOCK_MAX = 30
"""Datasets of one last name; more share a word, not an identity."""

SCORE_MIN = 0.35

_WEIGHTS = {"name": 0.5, "columns": 0.3, "jobs": 0.2}
_WORDS = re.compile(r"[a-z]+|[0-9]+")
_ENVIRONMENTS = frozenset({"dev", "test", "stage", "staging", "qa", "uat", "prod", "sandbox", "backup", "old", "tmp"})
_LAYERS = frozenset({"raw", "bronze", "silver", "gold", "staging", "stg", "mart", "marts", "landing", "curated"})
_VERSION = re.compile(r"v[0-9]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of one dataset: `server` is its platform and authority, `path` the parts of its name.

    `jobs` are the names of the jobs that read or write it; `near` the keys of datasets one job away. `columns` is None
    where nobody was asked.
    """

    key: str
    server: tuple[str, str]
    path: tuple[str, ...]
    jobs: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    columns: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, order=True)
class Feature:
    """One reason for or against: `value` from 0 to 1 counts by its weight, a penalty multiplies the score."""

    name: str
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two keys that may be one, the score from 0 to 1, and what it is made of."""

    id: str
    a: str
    b: str
    score: float
    features: tuple[Feature, ...]


def suggestion_id(a: str, b: str) -> str:
    """Return the id of a pair, whichever comes first."""
    return hashlib.blake2b("\0".join(sorted((a, b))).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def suggested(candidates: Iterable[Candidate], *, most: int) -> tuple[Suggestion, ...]:
    """Return the best pairs, best first, at most so many; their order does not depend on that of the candidates."""
    found = (scored(one, other) for one, other in _pairs(candidates))
    kept = sorted((each for each in found if each.score >= SCORE_MIN), key=lambda each: (-each.score, each.a, each.b))
    return tuple(kept[:most])


def _pairs(candidates: Iterable[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    blocks: dict[str, list[Candidate]] = {}
    for each in candidates:
        if each.path:
            blocks.setdefault(each.path[-1].casefold(), []).append(each)
    for block in blocks.values():
        if len(block) <= BLOCK_MAX:
            ordered = sorted(block, key=lambda each: each.key)
            yield from (pair for pair in combinations(ordered, 2) if pair[0].server != pair[1].server)


def scored(one: Candidate, other: Candidate) -> Suggestion:
    """Weigh one pair."""
    measured = [_names(one, other), *_sets("columns", one.columns, other.columns)]
    measured += _sets("jobs", one.jobs or None, other.jobs or None)
    weight = sum(_WEIGHTS[each.name] for each in measured)
    score = sum(_WEIGHTS[each.name] * each.value for each in measured) / weight
    penalties = tuple(_penalties(one, other))
    for each in penalties:
        score *= each.value
    a, b = sorted((one.key, other.key))
    return Suggestion(suggestion_id(a, b), a, b, round(score, 4), (*measured, *penalties))


def _names(one: Candidate, other: Candidate) -> Feature:
    """Equal parts from the end, counted against the longer name: no prefix is evidence."""
    mine, theirs = ([part.casefold() for part in each.path] for each in (one, other))
    count = 0
    for part, other_part in zip(reversed(mine), reversed(theirs), strict=False):
        if part != other_part:
            break
        count += 1
    return Feature("name", count / max(len(mine), len(theirs)), f"{count} parts from the end are equal")


def _sets(name: str, mine: frozenset[str] | None, theirs: frozenset[str] | None) -> list[Feature]:
    if mine is None or theirs is None or not mine | theirs:
        return []
    shared = mine & theirs
    return [Feature(name, len(shared) / len(mine | theirs), f"{len(shared)} of {len(mine | theirs)} are shared")]


def _penalties(one: Candidate, other: Candidate) -> Iterator[Feature]:
    mine, theirs = _words(one), _words(other)
    apart = mine ^ theirs
    if apart & _ENVIRONMENTS or any(map(_VERSION.fullmatch, apart)):
        yield Feature("environment", 0.3, "only one of the names holds a word such as dev, test or v2")
    if apart & _LAYERS:
        yield Feature("layer", 0.5, "only one of the names holds a word such as raw, stg or gold")
    if other.key in one.near or one.key in other.near:
        yield Feature("flow", 0.2, "one flows into the other: a copy is downstream, not identical")


def _words(candidate: Candidate) -> set[str]:
    text = "/".join((candidate.server[1], *candidate.path)).casefold()
    return set(_WORDS.findall(text)) | set(re.findall(r"(?<![a-z0-9])v[0-9]+(?![a-z0-9])", text))

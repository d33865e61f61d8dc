"""Suggestions: datasets that may be one thing, for a person to decide (IDENTIFIERS 4.4).

Pure: from pairs of candidates to scored suggestions, each feature kept. Nothing is ever accepted here: a suggestion
becomes a claim when a person, or a policy that somebody wrote, says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

from lineage_gateway.identity.likeness.candidates import Candidate
from lineage_gateway.identity.likeness.features import Feature, features_of, score_of

SCORE_MIN = 0.35
"""Below it, a pair is not worth a person's time."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two keys that may be one, `a` before `b`, the score from 0 to 1, and what it is made of."""

    id: str
    a: str
    b: str
    score: float
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class CandidatePair:
    """Two datasets that met in a block; `mention` and `flows` as in `features_of`."""

    one: Candidate
    other: Candidate
    mention: float = 0.0
    flows: bool = False


def suggestion_id(a: str, b: str) -> str:
    """Return the id of a pair, whichever comes first."""
    return hashlib.blake2b("\0".join(sorted((a, b))).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def suggested(pairs: Iterable[CandidatePair], *, most: int) -> list[tuple[Suggestion, CandidatePair]]:
    """Return the best pairs, best first, at most so many; their order does not depend on that of the pairs."""
    found = ((scored(pair), pair) for pair in pairs)
    kept = (each for each in found if each[0].score >= SCORE_MIN)
    return nsmallest(most, kept, key=lambda each: (-each[0].score, each[0].a, each[0].b))


def scored(pair: CandidatePair) -> Suggestion:
    """Weigh one pair."""
    features = features_of(pair.one, pair.other, pair.mention, flows=pair.flows)
    a, b = sorted((pair.one.key, pair.other.key))
    return Suggestion(suggestion_id(a, b), a, b, score_of(features), features)

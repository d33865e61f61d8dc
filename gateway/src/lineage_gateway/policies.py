"""Policies about suggestions: what somebody wrote down to be accepted without being asked (IDENTIFIERS 4.4).

`[[suggestion_policies]]` in the registry file. There is none unless somebody writes one, and each needs a least score
and a least value for some feature other than the name, because equal names alone are no evidence. Whatever a policy
says, nothing with a penalty, and nothing that is declared to be different, is ever accepted by one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from lineage_shared.errors import InvalidSetting
from lineage_shared.naming.platforms import BY_NAME

FEATURES = ("name", "columns", "neighbours", "jobs", "mention", "loss", "server")
"""What a policy may ask for; see `lineage_gateway.identity.likeness.features`."""

POLICIES_MAX = 100
PATTERNS_MAX = 1000
NAME_CHARS_MAX = 100
SCORE_MIN = 0.5

_HINT = 'for example: name = "endpoints", score_min = 0.9, features = {columns = 1.0}, platforms = ["postgres"]'


class SuggestionPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One policy: all of its conditions must hold.

    `features` are the least values of features; one that was not measured is 0. `platforms` are those that both may
    have; none given: any. `a` and `b` are patterns of namespaces, in which `*` stands for any text: one dataset must be
    reported under one of `a`, the other under one of `b`, whichever way round.
    """

    name: str
    score_min: float
    features: dict[str, float]
    platforms: tuple[str, ...] = ()
    a: tuple[str, ...] = ("*",)
    b: tuple[str, ...] = ("*",)

    def accepts(
        self,
        score: float,
        features: Mapping[str, float],
        platforms: Collection[str],
        namespaces: tuple[Collection[str], Collection[str]],
    ) -> bool:
        """Tell whether a suggestion meets every condition."""
        one, other = namespaces
        return (
            score >= self.score_min
            and all(features.get(name, 0.0) >= least for name, least in self.features.items())
            and (not self.platforms or set(platforms) <= set(self.platforms))
            and ((_any(self.a, one) and _any(self.b, other)) or (_any(self.a, other) and _any(self.b, one)))
        )


def _any(patterns: Collection[str], namespaces: Collection[str]) -> bool:
    return any(_matches(pattern, namespace) for pattern in patterns for namespace in namespaces)


def _matches(pattern: str, text: str) -> bool:
    """Tell whether a text has the pattern's pieces in their order; the time is that of one look at the text."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def read_policies(written: Any, where: str) -> tuple[SuggestionPolicy, ...]:
    """Read the `[[suggestion_policies]]` of a registry file; raise `InvalidSetting` for the first that is unfit."""
    if not isinstance(written, list) or len(written) > POLICIES_MAX:
        raise InvalidSetting(
            f"{where}: `suggestion_policies` must be tables, at most {POLICIES_MAX}",
            hint="write [[suggestion_policies]]",
        )
    policies: list[SuggestionPolicy] = []
    for place, each in enumerate(written):
        policy = _policy(each, f"{where}: suggestion_policies[{place}]")
        if any(policy.name == other.name for other in policies):
            raise InvalidSetting(f"{where}: suggestion_policies[{place}]: the name {policy.name!r} is given twice")
        policies.append(policy)
    return tuple(policies)


def _policy(written: Any, where: str) -> SuggestionPolicy:
    try:
        policy = msgspec.convert(written, SuggestionPolicy, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidSetting(f"{where}: {error}", hint=_HINT) from None
    problem = _problem(policy)
    if problem:
        raise InvalidSetting(f"{where}: {problem}", hint=_HINT)
    return policy


def _problem(policy: SuggestionPolicy) -> str:
    """Return what is wrong with a policy, in words; empty for nothing."""
    unknown = sorted(policy.features.keys() - set(FEATURES))
    platforms = sorted(set(policy.platforms) - BY_NAME.keys())
    patterns = (*policy.a, *policy.b)
    problems = {
        f"`name` must have 1 to {NAME_CHARS_MAX} visible characters": not policy.name.strip()
        or len(policy.name) > NAME_CHARS_MAX
        or not policy.name.isprintable(),
        f"`score_min` must be from {SCORE_MIN} to 1": not SCORE_MIN <= policy.score_min <= 1,
        f"unknown features: {', '.join(unknown)}; known are {', '.join(FEATURES)}": bool(unknown),
        "the least value of a feature must be above 0, and at most 1": not all(
            0 < least <= 1 for least in policy.features.values()
        ),
        "`features` must ask for more than `name`: equal names alone are no evidence": not policy.features.keys()
        - {"name"},
        f"unknown platforms: {', '.join(platforms)}": bool(platforms),
        f"`a` and `b` must be 1 to {PATTERNS_MAX} patterns, none of them empty": not policy.a
        or not policy.b
        or len(patterns) > PATTERNS_MAX
        or not all(patterns),
    }
    return next((problem for problem, holds in problems.items() if holds), "")

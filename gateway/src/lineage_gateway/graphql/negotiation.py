"""What a client accepts, as RFC 9110 reads it: the more exact range counts, then the greater q, then the order written.

The view offers JSON to everybody; who else has something to offer (streams) asks the same `Accept`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
"""The media type of the GraphQL-over-HTTP draft: a refused request has a 4xx status with it."""

JSON_TYPES = (JSON, GRAPHQL_RESPONSE)
"""Both ways to write a response. The first is the answer to a client that accepts anything."""

RANGES_MAX = 64
"""Further media ranges of one Accept header are not read."""


@dataclass(frozen=True, slots=True)
class Range:
    """One range of an Accept header, e.g. `application/*;q=0.8`; for Accept-Encoding just a coding."""

    value: str
    quality: float
    parameters: str = ""

    def exactness(self, offered: str) -> int:
        """How exactly it names what is offered: 3 by name, 2 by `type/*`, 1 by `*/*` or `*`; 0 when it does not."""
        if self.value == offered:
            return 3
        if self.value in ("*/*", "*"):
            return 1
        return 2 if self.value.endswith("/*") and offered.startswith(self.value[:-1]) else 0


@dataclass(frozen=True, slots=True)
class Accept:
    """The ranges of one header, in the order written. `Accept.of` makes it."""

    ranges: tuple[Range, ...]

    @staticmethod
    @lru_cache(maxsize=256)
    def of(header: str | None) -> Accept:
        """Read a header; without one, anything is accepted. Ranges that cannot be read are passed over."""
        if header is None or not header.strip():
            return Accept((Range("*/*", 1.0),))
        parts = header.lower().split(",", RANGES_MAX)[:RANGES_MAX]
        return Accept(tuple(each for part in parts if (each := _range(part)) is not None))

    def best(self, offered: Sequence[str]) -> str | None:
        """Return what is preferred of `offered`; None when none is accepted."""
        ranked = [(rank, each) for each in offered if (rank := self._rank(each, offered))[0] > 0]
        return max(ranked)[1] if ranked else None

    def names(self, offered: str) -> Range | None:
        """Return the range that names exactly what is offered, and accepts it."""
        return next((each for each in self.ranges if each.value == offered and each.quality > 0), None)

    def _rank(self, offered: str, all_offered: Sequence[str]) -> tuple[float, int, int, int]:
        """Rank by q, then exactness, then the client's order, then ours."""
        found = [(each.exactness(offered), -at, each.quality) for at, each in enumerate(self.ranges)]
        exactness, place, quality = max(found, default=(0, 0, 0.0))
        return (quality if exactness else 0.0, exactness, place, -all_offered.index(offered))


def listed(offered: Iterable[str]) -> str:
    """Write media types for a message."""
    return " or ".join(offered)


def _range(part: str) -> Range | None:
    value, *parameters = (each.strip() for each in part.split(";"))
    if not value:
        return None
    quality = 1.0
    for parameter in parameters:
        name, _, given = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(given.strip())
            except ValueError:
                return None
    if not 0 <= quality <= 1:
        return None
    return Range(value, quality, ";".join(each for each in parameters if not each.startswith("q=")))

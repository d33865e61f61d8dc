"""Case rules: which letters of a name part carry meaning on a platform.

A name that no database reads without quotes (`my-table`, `2024`) must have been quoted, whether its producer wrote the
quotes or not, so that platforms which fold unquoted names leave it alone.

Only the letters A to Z are folded. Unicode's own folding would make other names equal (a Kelvin sign is not a `k`, a
long s is not an `S`), and look-alikes are never merged; no text is normalised either.
"""

from __future__ import annotations

import re
from enum import Enum

_UPPER = {ord(low): ord(low) - 32 for low in "abcdefghijklmnopqrstuvwxyz"}
_LOWER = {upper: low for low, upper in _UPPER.items()}
_REGULAR = re.compile(r"[A-Za-z_@#$][A-Za-z0-9_@#$]*")


class Fold(Enum):
    """How a platform treats letter case."""

    EXACT = "exact"
    """`Orders` and `orders` are two things, quoted or not (names come from the catalog as they are stored)."""
    UPPER = "upper"
    """Unquoted parts are stored in upper case; quoted ones as written."""
    LOWER = "lower"
    """Unquoted parts are stored in lower case; quoted ones as written."""
    INSENSITIVE = "insensitive"
    """Case never matters, quoted or not; keys hold the lower case."""


def lower(text: str) -> str:
    """Return the text with A-Z in lower case, and nothing else changed."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def upper(text: str) -> str:
    """Return the text with a-z in upper case, and nothing else changed."""
    return text.upper() if text.isascii() else text.translate(_UPPER)


def folded(text: str, fold: Fold, *, quoted: bool = False) -> str:
    """Return the part as the platform stores it."""
    if fold is Fold.INSENSITIVE:
        return lower(text)
    if fold is Fold.EXACT or quoted or not _REGULAR.fullmatch(text):
        return text
    return upper(text) if fold is Fold.UPPER else lower(text)

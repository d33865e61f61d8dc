"""What a request asks for: path segments and query parameters, checked, each refusal naming its bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from lineage_shared.errors import InvalidInput

BAD_USER_INPUT: Final = "BAD_USER_INPUT"
LIMIT: Final = 100
DEPTH: Final = 20
SEARCH_LIMIT: Final = 10
OFFSET_MAX: Final = 10_000_000
RUNS_MAX: Final = 1_000
"""A page of runs must end among the newest so many: agents page by cursor."""

_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_FLAGS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server: items in a page, hops of a walk, characters to search for."""

    page_max: int
    depth_max: int
    search_chars_max: int


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list: at most `limit` items from `offset` on."""

    limit: int
    offset: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.offset + self.limit


class Query:
    """The query parameters of one request. Unknown ones are passed over, as Marquez does."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def text(self, name: str) -> str | None:
        """Return a parameter, None when it is absent or empty."""
        return self._given.get(name) or None

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number between bounds."""
        text = self._given.get(name)
        if text is None:
            return min(default, high)
        if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
            raise InvalidInput(f"`{name}` must be a whole number from {low} to {high}", code=BAD_USER_INPUT)
        return int(text)

    def flag(self, name: str) -> bool:
        """Return a truth value, false by default."""
        text = self._given.get(name, "false").lower()
        if text not in _FLAGS:
            raise InvalidInput(f"`{name}` must be true or false", code=BAD_USER_INPUT)
        return _FLAGS[text]

    def choice(self, name: str, *choices: str) -> str | None:
        """Return one of some words, None when it is absent; case does not matter."""
        text = self.text(name)
        if text is not None and text.lower() not in choices:
            raise InvalidInput(f"`{name}` must be one of {', '.join(choices)}", code=BAD_USER_INPUT)
        return None if text is None else text.lower()

    def page(self, limits: Limits) -> Page:
        """Return which part of a list is wanted."""
        limit = self.integer("limit", LIMIT, 0, limits.page_max)
        return Page(limit, self.integer("offset", 0, 0, OFFSET_MAX))

    def page_of_runs(self, limits: Limits) -> Page:
        """Return which runs are wanted, of the newest `RUNS_MAX`."""
        page = self.page(limits)
        if page.end > RUNS_MAX:
            raise InvalidInput(
                f"`offset` + `limit` must be at most {RUNS_MAX}",
                hint="GraphQL's `runs` has no end",
                code=BAD_USER_INPUT,
            )
        return page

    def depth(self, limits: Limits) -> int:
        """Return how far a walk goes, as Marquez counts."""
        return self.integer("depth", DEPTH, 0, limits.depth_max - 1)


def segment(raw: str) -> str:
    """Decode one segment of the path as it came; raise `InvalidInput` for what is not UTF-8, or holds NUL."""
    try:
        text = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InvalidInput(
            "a segment of the path is not percent-encoded UTF-8 text", hint="%2F for /, %3A for :", code="PATH_INVALID"
        )
    return text

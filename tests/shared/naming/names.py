"""Names that nobody has seen, and names that are almost others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from tests.shared.naming.cases import Names

_WORD = st.from_regex(r"[a-z][a-z]{2,6}[0-9]?", fullmatch=True).filter(
    lambda word: word not in ("none", "null", "data")
)
NAMES = (
    st.lists(_WORD, min_size=5, max_size=5, unique=True)
    .filter(lambda words: len({word[:3] for word in words}) == len(words))
    .map(lambda words: Names(f"{words[0]}.corp.example", *words[1:]))
)
EXAMPLE = Names("hosta.corp.example", "accta", "dba", "schemaa", "tablea")

# Every one keeps a letter in front and no mark of any syntax, so that it can stand wherever a name does.
CHANGES: Mapping[str, Callable[[str], str]] = {
    "a digit more": lambda word: f"{word}0",
    "a letter more": lambda word: f"x{word}",
    "doubled": lambda word: word + word,
    "shortened": lambda word: word[:-1],
    "turned round": lambda word: word[1] + word[0] + word[2:] if word[0] != word[1] else f"y{word}",
    "an environment": lambda word: f"{word}dev",
    "a version": lambda word: f"{word}v2",
    "a year": lambda word: f"{word}2024",
}
# Where a word is no host or account: what only names of databases and tables may hold.
CHANGES_OF_LEVELS: Mapping[str, Callable[[str], str]] = {
    **CHANGES,
    "a suffix": lambda word: f"{word}_old",
    "a dated shard": lambda word: f"{word}_20240131",
    "a look-alike": lambda word: (
        word.translate({ord("a"): "\u0430", ord("e"): "\u0435", ord("o"): "\u043e"}) + "\u0430"
    ),
    "a space": lambda word: f"{word} x",
}


def changed(names: Names, field: str, change: Callable[[str], str]) -> Names:
    """Return the names with one of them changed; of a host its first label."""
    word = getattr(names, field)
    first, dot, rest = word.partition(".")
    return names._replace(**{field: change(first) + dot + rest})

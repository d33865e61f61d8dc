"""What several declarations say about one thing: their common word, or a disagreement and then nothing.

So the outcome cannot depend on the order of declarations; both sides of a disagreement are kept for people to see.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

Subject = TypeVar("Subject", bound=Hashable)
Word = TypeVar("Word", bound=Hashable)


class Disagreement(NamedTuple):
    """Declarations that cannot all hold; none of them applies (but for a cycle of aliases, which is one class)."""

    kind: str
    about: str
    said: tuple[str, ...]


class Agreed(Generic[Subject, Word]):
    """A mapping in which a subject with two words has none."""

    def __init__(self, kind: str, pairs: Iterable[tuple[Subject, Word]]) -> None:
        said: dict[Subject, set[Word]] = {}
        for subject, word in pairs:
            said.setdefault(subject, set()).add(word)
        self._words = {subject: next(iter(words)) for subject, words in said.items() if len(words) == 1}
        self.disagreements = tuple(
            Disagreement(kind, repr(subject), tuple(sorted(map(repr, words))))
            for subject, words in sorted(said.items(), key=repr)
            if len(words) > 1
        )

    def __bool__(self) -> bool:
        return bool(self._words)

    @property
    def subjects(self) -> Iterable[Subject]:
        """Everything that something is agreed about."""
        return self._words.keys()

    def get(self, subject: Subject) -> Word | None:
        """Return what is agreed about the subject, if anything is."""
        return self._words.get(subject)

    def items(self) -> Iterable[tuple[Subject, Word]]:
        """Return everything that is agreed."""
        return self._words.items()

"""What several declarations say about one thing: their common word, or a disagreement and then nothing.

So the outcome cannot depend on the order of declarations; both sides of a disagreement are kept for people to see.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

Subject = TypeVar("Subject", bound=Hashable)
Word = TypeVar("Word", bound=Hashable)


class Disagreement(NamedTuple):
    """Declarations that cannot all hold; none of them applies (but for a cycle of aliases, which is one class)."""

    kind: str
    about: str
    said: tuple[str, ...]


class Agreed(Generic[Subject, Word]):
    """A mapping in which a subject with two words has none; `about` and `spoken` are their texts for people."""

    def __init__(
        self,
        kind: str,
        pairs: Iterable[tuple[Subject, Word]],
        about: Callable[[Subject], str],
        spoken: Callable[[Word], str],
    ) -> None:
        said: dict[Subject, set[Word]] = {}
        for subject, word in pairs:
            said.setdefault(subject, set()).add(word)
        self._words = {subject: next(iter(words)) for subject, words in said.items() if len(words) == 1}
        self._disputed = {subject: words for subject, words in said.items() if len(words) > 1}
        self.disagreements = tuple(
            sorted(
                Disagreement(kind, about(subject), tuple(sorted(map(spoken, words))))
                for subject, words in self._disputed.items()
            )
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

    def disputes(self, subject: Subject, word: Word) -> bool:
        """Tell whether a further word makes a disagreement, or is a new one in it."""
        known = self._words.get(subject)
        return known != word if known is not None else word not in self._disputed.get(subject, (word,))

    def items(self) -> Iterable[tuple[Subject, Word]]:
        """Return everything that is agreed."""
        return self._words.items()

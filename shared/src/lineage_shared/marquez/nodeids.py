"""Marquez's node ids: `dataset:NAMESPACE:NAME`, `job:NAMESPACE:NAME`, `datasetField:NAMESPACE:NAME:FIELD`.

Namespaces and names hold colons themselves, so that an id can be read in several ways. `NodeId.readings` gives them
all, the one that Marquez would choose first (no split at a colon before `//` or a digit); whoever knows the names takes
the first that exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind

LENGTH_MAX: Final = 4096
COLONS_MAX: Final = 32

_PLAIN = re.compile(r":(?!//|\d)")
_KINDS: Final = {"dataset": Kind.DATASET, "job": Kind.JOB, "datasetField": Kind.DATASET}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a node id; `column` is set for a field only."""

    namespace: str
    name: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class NodeId:
    """A node id: what it points at, and the text behind the first colon."""

    kind: Kind
    is_field: bool
    text: str

    @classmethod
    def parse(cls, text: str | None) -> NodeId:
        """Read a node id; raise `InvalidInput` for text that is none, or too long."""
        word, colon, rest = (text or "").partition(":")
        fits = word in _KINDS and colon and len(rest) <= LENGTH_MAX and 0 < rest.count(":") <= COLONS_MAX
        if not fits:
            raise InvalidInput(
                f"`nodeId` is not a node id: {(text or '')[:200]!r}",
                hint="dataset:NAMESPACE:NAME, job:NAMESPACE:NAME or datasetField:NAMESPACE:NAME:FIELD",
                code="NODE_ID_INVALID",
            )
        # A version (`#...`) is left to the names: ours have none, and `#` may stand in a name.
        return cls(_KINDS[word], word == "datasetField", rest)

    def readings(self) -> Iterator[Reading]:
        """Give every reading of the text, likely ones first."""
        for namespace, name in _splits(self.text):
            if not self.is_field:
                yield Reading(namespace, name)
            else:
                yield from (Reading(namespace, each, column) for each, column in reversed(list(_splits(name))))


def _splits(text: str) -> Iterator[tuple[str, str]]:
    likely = [match.start() for match in _PLAIN.finditer(text)]
    others = [at for at, each in enumerate(text) if each == ":" and at not in likely]
    for at in (*likely, *others):
        if 0 < at < len(text) - 1:
            yield text[:at], text[at + 1 :]


def node_id(kind: Kind, namespace: str, name: str) -> str:
    """Return the id of a dataset or job."""
    return f"{kind.value}:{namespace}:{name}"


def field_id(namespace: str, name: str, column: str) -> str:
    """Return the id of a column."""
    return f"datasetField:{namespace}:{name}:{column}"

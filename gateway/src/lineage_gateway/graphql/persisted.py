"""Documents that a client names instead of sending them: automatic persisted queries, and a list of trusted ones.

An automatic persisted query is kept under its SHA-256 once it was sent in full and may run; a client that names one
which is not kept (any more) is told so, and sends it again. Trusted documents are read at the start, and are named by
their id in the manifest or by their SHA-256; where only they may run, everything else is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from graphql import GraphQLError

from lineage_gateway.graphql.documents import Prepared
from lineage_gateway.graphql.lru import BoundedLru
from lineage_gateway.graphql.requests import BAD_REQUEST, EXAMPLE, GraphQLRequest, PersistedQuery
from lineage_shared.errors import Forbidden, InvalidInput, InvalidSetting

CHARS_MAX = 4 * 1024 * 1024
"""Most characters of automatic persisted queries kept together."""

SUFFIXES = (".graphql", ".gql")
_PREFIX = "sha256:"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Trusted:
    """The list of trusted documents by id and by SHA-256. `only`: nothing else may run."""

    texts: Mapping[str, str] = field(default_factory=dict)
    only: bool = False

    @classmethod
    def read(cls, path: str, *, only: bool) -> Trusted:
        """Read a folder of .graphql files, or a JSON manifest; raise `InvalidSetting` when it cannot be read."""
        if not path:
            if only:
                raise InvalidSetting("trusted_documents_only needs trusted_documents", hint="name a folder or manifest")
            return cls()
        try:
            texts = _folder(Path(path)) if Path(path).is_dir() else _manifest(Path(path))
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
            raise InvalidSetting(f"trusted_documents: cannot read {path}: {error}") from None
        return cls({**texts, **{sha256(text): text for text in texts.values()}}, only)


class Operations(msgspec.Struct):
    """A manifest as Apollo's tools write it."""

    operations: list[Operation]


class Operation(msgspec.Struct):
    """One operation of such a manifest."""

    id: str
    body: str


def sha256(text: str) -> str:
    """Return the name of an automatic persisted query."""
    return hashlib.sha256(text.encode()).hexdigest()


class Persisted:
    """Finds the text of a request's document."""

    def __init__(self, trusted: Trusted, *, entries_max: int) -> None:
        """`entries_max` bounds the automatic ones; 0 turns them off."""
        self._trusted = trusted
        self._entries_max = entries_max
        self._kept = BoundedLru[str, str](entries_max=entries_max, weight_max=CHARS_MAX)

    def text_of(self, asked: GraphQLRequest) -> str:
        """Return the document that a request sends or names.

        Raises a `GraphQLError` for one that is not kept, a `LineageError` for a request that cannot be understood or a
        document that is not trusted.
        """
        text = self._named(asked) or asked.query
        if not text:
            raise InvalidInput("there is no `query`", hint=EXAMPLE, code=BAD_REQUEST)
        if self._trusted.only and sha256(text) not in self._trusted.texts:
            raise Forbidden(
                "only documents of the trusted list may run here",
                hint="send the `documentId` of one of them",
                code="PERSISTED_QUERY_NOT_IN_LIST",
            )
        return text

    def remember(self, asked: GraphQLRequest, prepared: Prepared) -> None:
        """Keep a document that was sent in full with its name, when it may run."""
        query = asked.extensions.persisted_query if asked.extensions is not None else None
        if query is not None and asked.query and prepared.document is not None:
            self._kept.put(query.sha256_hash.lower(), asked.query, len(asked.query))

    def _named(self, asked: GraphQLRequest) -> str | None:
        if asked.document_id:
            if asked.query:
                raise InvalidInput("`query` and `documentId` are both given", hint="send one", code=BAD_REQUEST)
            return self._found(self._trusted.texts.get(asked.document_id.removeprefix(_PREFIX)))
        query = asked.extensions.persisted_query if asked.extensions is not None else None
        return self._automatic(query, asked.query) if query is not None else None

    def _automatic(self, query: PersistedQuery, text: str | None) -> str:
        if query.version != _VERSION:
            raise InvalidInput(f"version {query.version} of persisted queries is unknown", hint="1", code=BAD_REQUEST)
        name = query.sha256_hash.lower()
        if text:
            if sha256(text) != name:
                raise InvalidInput(
                    "`sha256Hash` is not that of the query",
                    hint="hash the exact text of `query`, as UTF-8",
                    code="PERSISTED_QUERY_HASH_MISMATCH",
                )
            return text
        trusted = self._trusted.texts.get(name)
        if trusted is None and not self._entries_max:
            raise GraphQLError("PersistedQueryNotSupported", extensions={"code": "PERSISTED_QUERY_NOT_SUPPORTED"})
        return self._found(trusted or self._kept.get(name))

    @staticmethod
    def _found(text: str | None) -> str:
        if text is None:
            # Clients know the failure by this very message, or by the code.
            raise GraphQLError("PersistedQueryNotFound", extensions={"code": "PERSISTED_QUERY_NOT_FOUND"})
        return text


def _folder(path: Path) -> dict[str, str]:
    texts = [each.read_text(encoding="utf-8") for each in sorted(path.rglob("*")) if each.suffix in SUFFIXES]
    return {sha256(text): text for text in texts}


def _manifest(path: Path) -> dict[str, str]:
    manifest: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    if isinstance(manifest.get("operations"), list):
        return {each.id.removeprefix(_PREFIX): each.body for each in msgspec.convert(manifest, Operations).operations}
    return {name.removeprefix(_PREFIX): text for name, text in msgspec.convert(manifest, dict[str, str]).items()}

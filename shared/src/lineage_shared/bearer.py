"""Bearer keys: which tokens a server accepts. Only digests are kept, and comparison takes constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lineage_shared.errors import InvalidSetting, Unauthorized

KEY_LENGTH_MIN = 16

_COMMENT = re.compile(r"(^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that open one door. An empty keyring leaves the door open."""

    digests: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, keys: Iterable[str]) -> Keyring:
        """Build a keyring; raise `InvalidSetting` for a key too short to be a secret."""
        cleaned = [key.strip() for key in keys if key.strip()]
        if any(len(key) < KEY_LENGTH_MIN for key in cleaned):
            raise InvalidSetting(
                f"a key is shorter than {KEY_LENGTH_MIN} characters",
                hint="python3 -c 'import secrets; print(secrets.token_urlsafe(32))' makes one",
            )
        if not all(key.isascii() and key.isprintable() for key in cleaned):
            raise InvalidSetting("a key has characters that an HTTP header does not carry", hint="use printable ASCII")
        return cls(tuple(_digest(key) for key in cleaned))

    def __bool__(self) -> bool:
        """Tell whether a key is required."""
        return bool(self.digests)

    def check(self, authorization: str | None) -> None:
        """Raise `Unauthorized` unless the Authorization header carries one of the keys, or none is required."""
        if not self.digests:
            return
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("a bearer key is required", hint="send the header: Authorization: Bearer KEY")
        given = _digest(token.strip())
        # All are compared, so that the time taken does not tell which one fits.
        matches = [hmac.compare_digest(given, known) for known in self.digests]
        if not any(matches):
            raise Unauthorized("the bearer key is unknown", hint="ask the owners of this server for a key")


def keys_in(text: str, where: str) -> list[str]:
    """Return the keys of a key file's text: one a line, a word that begins with # begins a comment; never none."""
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    keys = [line for line in lines if line]
    if not keys:
        raise InvalidSetting(f"{where} holds no key", hint="one key a line; # begins a comment")
    return keys


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()

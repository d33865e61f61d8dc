"""Opaque texts that callers hand back: cursors and run ids. Base64url of compact JSON, so that nothing is kept here."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from lineage_shared.errors import InvalidInput

TEXT_LENGTH_MAX = 4096


def seal(*values: str | int | None) -> str:
    """Return the values as one opaque text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def unseal(text: str, *types: type) -> tuple[Any, ...] | None:
    """Return the values of an opaque text; None when it is none of ours, or its values are of other types."""
    if len(text) > TEXT_LENGTH_MAX:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        values = msgspec.json.decode(raw, type=list[str | int | None])
    except (binascii.Error, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    fits = len(values) == len(types) and all(isinstance(value, kind) for value, kind in zip(values, types, strict=True))
    return tuple(values) if fits else None


def bad_cursor() -> InvalidInput:
    """The error for a cursor that did not come from here."""
    return InvalidInput(
        "`after` is not a cursor of this field",
        hint="pass the endCursor of an earlier answer to the same field, unchanged",
        code="BAD_CURSOR",
    )

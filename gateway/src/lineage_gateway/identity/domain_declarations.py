"""What domains declare about names: read from what their agents publish (`wire.About`), each narrowed to its domain.

A domain speaks for itself. One of its declarations that names another domain, cannot be read or is too long is refused
by itself; a domain that declares more than the limits allow declares nothing, because which of its declarations to
leave out is not for the gateway to say. What is refused is kept for people to see, and nothing here ever raises.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lineage_shared.errors import InvalidInput
from lineage_shared.naming import Declaration, Declarations, as_json, read_declaration
from lineage_shared.naming.declared import domains_named
from lineage_shared.naming.namespaces import TEXT_CHARS_MAX
from lineage_shared.settings import Resolved

_log = logging.getLogger(__name__)

SHOWN_BYTES_MAX = 2_000
"""Of a refused declaration that is longer as JSON only the type is shown."""

_Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DomainLimits:
    """The settings `domain_declarations_max` and `domain_declarations_bytes_max`."""

    declarations_max: int = 1_000
    bytes_max: int = 1024 * 1024

    @classmethod
    def of(cls, settings: Resolved) -> DomainLimits:
        """Take the limits from the settings."""
        return cls(settings.domain_declarations_max, settings.domain_declarations_bytes_max)


@dataclass(frozen=True, slots=True)
class Refused:
    """A declaration of a domain that says nothing here: as it was written, and why."""

    said: Any
    why: str


@dataclass(frozen=True, slots=True)
class DomainDeclared:
    """What one domain declares, in its order, and what was refused of it."""

    domain: str
    declarations: tuple[Declaration, ...] = ()
    refused: tuple[Refused, ...] = ()


def declared_by(domain: str, given: Sequence[_Raw], limits: DomainLimits) -> DomainDeclared:
    """Read what a domain declares."""
    if (why := _too_much(given, limits)) is not None:
        return DomainDeclared(domain, refused=(Refused({}, why),))
    read: dict[Declaration, None] = {}
    refused: list[Refused] = []
    for each in given:
        found = _read(domain, each)
        if isinstance(found, Refused):
            refused.append(found)
        else:
            read[found] = None
    return DomainDeclared(domain, tuple(read), tuple(refused))


def _too_much(given: Sequence[_Raw], limits: DomainLimits) -> str | None:
    if len(given) > limits.declarations_max:
        most = f"at most {limits.declarations_max} are taken of one domain (domain_declarations_max)"
        return f"{len(given)} declarations, and {most}, so that none of them counts"
    size = len(msgspec.json.encode(given))
    if size > limits.bytes_max:
        most = f"at most {limits.bytes_max} are taken of one domain (domain_declarations_bytes_max)"
        return f"declarations of {size} bytes, and {most}, so that none of them counts"
    return None


def _read(domain: str, given: _Raw) -> Declaration | Refused:
    try:
        found = read_declaration(given, domain=domain)
    except InvalidInput as error:
        return Refused(_shown(given), error.message)
    plain = as_json(found)
    others = sorted({named for _, named in domains_named(plain) if named != domain})
    if others:
        return Refused(_shown(given), f"it names another domain, {others[0][:80]!r}")
    if any(len(text) > TEXT_CHARS_MAX for text in _texts(plain)):
        return Refused(_shown(given), f"a name in it is longer than {TEXT_CHARS_MAX} characters")
    return found if _is_usable(found, domain) else Refused(_shown(given), "the gateway failed to read it; see its log")


def _is_usable(declaration: Declaration, domain: str) -> bool:
    try:
        _ = Declarations([declaration]).disagreements
    except Exception:  # noqa: BLE001 - a fault of ours in one rule must not take everything else along
        _log.exception("a declaration of %s cannot be used", domain)
        return False
    return True


def _shown(given: _Raw) -> Any:
    """Return what is shown of a refused declaration."""
    short = len(msgspec.json.encode(given)) <= SHOWN_BYTES_MAX
    return given if short else {"type": str(given.get("type"))[:80]}


def _texts(plain: Any) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, Mapping):
        yield from _texts_of(plain.values())
    elif isinstance(plain, list | tuple):
        yield from _texts_of(plain)


def _texts_of(values: Iterable[Any]) -> Iterator[str]:
    for each in values:
        yield from _texts(each)

"""What declarations are about and what they say, as short texts for people; different things have different texts.

So a text may stand in the id of a disagreement. A part that could be taken for something else is quoted, as in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from lineage_shared.model import Kind
from lineage_shared.naming.declared.kinds import TwoPart
from lineage_shared.naming.platforms import BY_NAME, Place

_NONE = "none"


def namespace_text(identity: str) -> str:
    """Return a namespace, given by its identity, as it may be written in a declaration."""
    name, _, rest = identity.partition(":")
    row = BY_NAME[name]
    authority, _, base = rest.partition("|") if row.schemes else (rest, "", "")
    if row.place is Place.ARN:
        partition, _, found = rest.partition(":")
        return _part(f"arn:{partition}:glue:{found}" if name == "glue" else f"arn:{rest}")
    if not row.schemes:
        return _part(rest)
    if not authority:
        return _part(f"{row.schemes[0]}:/{base}" if base else row.schemes[0])
    return _part(f"{row.schemes[0]}://{authority}" + (f"/{base}" if base else ""))


def plain_text(text: str) -> str:
    """Return a text that somebody declared."""
    return _part(text)


def alias_text(subject: tuple[str, str | None]) -> str:
    """Return a namespace, and the domain that reads it so."""
    return _listed(namespace_text(subject[0]), domain=subject[1])


def job_text(subject: tuple[str, str | None]) -> str:
    """Return a namespace of jobs, and the domain that reads it so."""
    return _listed(_part(subject[0]), domain=subject[1] if subject[1] != "*" else None)


def binding_text(subject: tuple[str, Kind, frozenset[tuple[str, str | None]]]) -> str:
    """Return a catalog's scope, its items in the order of their names."""
    system, kind, scope = subject
    items = (f"{_part(name)}={_part(value)}" for name, value in sorted(dict(scope).items()))
    return ", ".join((f"{_part(system)} {kind.value}", *items))


def instance_text(subject: tuple[str, str, str, str | None]) -> str:
    """Return a platform as a catalog knows it, its environment, and the domain that reads it so."""
    system, platform, env, domain = subject
    return _listed(_part(system), platform=platform, env=env or None, domain=domain)


def catalog_text(subject: tuple[tuple[str, str | None], str]) -> str:
    """Return a catalog of an engine, and the domain that reads it so."""
    (identity, domain), catalog = subject
    return _listed(namespace_text(identity), catalog=catalog, domain=domain)


def defaults_text(word: tuple[TwoPart, str, str]) -> str:
    """Return what names leave out."""
    return _listed(two_part=word[0].value, database=word[1] or None, schema=word[2] or None)


def target_text(word: tuple[str, str]) -> str:
    """Return the namespace on which a catalog is a window, and the database there."""
    return _listed(_part(word[0]), database=word[1] or None)


def _listed(*first: str, **named: str | None) -> str:
    values: Mapping[str, str] = {name: _part(value) for name, value in named.items() if value is not None}
    return ", ".join((*first, *(f"{name}={value}" for name, value in values.items())))


def _part(text: str | None) -> str:
    if text is None:
        return _NONE
    plain = text.isprintable() and " " not in text and text[:1] not in ("", '"') and text != _NONE
    return text if plain else json.dumps(text)

"""Reading declarations from JSON; the way back is `as_json`.

Every error names the declaration's kind and the field, and says what was expected. What people write is read with
`known_fields_only`, because a misspelt field would be as if it were not there, which may widen what is said; what
programs send is not, since a newer version, or a labelled set, may say more.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, get_args

import msgspec

from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind
from lineage_shared.naming.declared import kinds
from lineage_shared.naming.declared.kinds import Case, Declaration, TwoPart
from lineage_shared.naming.declared.specs import path_template, shard_template
from lineage_shared.naming.reference import Reference, read_reference, reference_as_json

NAMES_MAX = 1_000
"""Aliases in one declaration."""

BY_CHARS_MAX = 200
"""Characters of the name of who declares something, where people write it."""

_CODE = "DECLARATION_INVALID"
_PASSWORD = re.compile(r"//[^/?#@:\s]*:[^/?#@\s]+@|[?&;]password=[^&;\s]", re.IGNORECASE)
_ENDS = ("a", "b", "of", "symlink")
_Fields = Mapping[str, Any]
_FIELDS: Mapping[str, Collection[str]] = {
    each.__struct_config__.tag: ("type", *each.__struct_fields__) for each in get_args(Declaration)
}
# The columns that a reference may be written with are evidence for suggestions.
_FIELDS_OF_REFERENCES = (*Reference.__struct_fields__, "columns")


def read_declaration(
    raw: Any, where: str = "declaration", domain: str | None = None, *, known_fields_only: bool = False
) -> Declaration:
    """Read one declaration; raise `InvalidInput` naming what is wrong. `domain` is assumed where none is written.

    With `known_fields_only` an unknown field, an empty `domain`, a password in an address and a `by` of more than
    `BY_CHARS_MAX` are refused.
    """
    if not isinstance(raw, Mapping):
        raise InvalidInput(f"{where}: an object is expected", code=_CODE)
    kind = raw.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise InvalidInput(f"{where}.type: {kind!r} is unknown", hint=f"one of {', '.join(_READERS)}", code=_CODE)
    if known_fields_only:
        _check_fields(raw, f"{where} ({kind})")
    return reader({**raw, "domain": raw.get("domain") or domain}, f"{where} ({kind})")


def as_json(declaration: Declaration) -> dict[str, Any]:
    """Return the JSON form that `read_declaration` reads as the same value."""
    plain: dict[str, Any] = msgspec.to_builtins(declaration)
    if isinstance(declaration, kinds.NamespaceBinding):
        plain["scope"] = dict(declaration.scope)
    if isinstance(declaration, kinds.Symlink | kinds.Alias | kinds.DifferentFrom):
        plain |= {name: reference_as_json(getattr(declaration, name)) for name in _ENDS if name in plain}
    return plain


def domains_named(plain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the domains that a declaration in its JSON form names, with the fields; references and scope count."""
    places = (("", plain), *((f"{name}.", each) for name, each in plain.items() if isinstance(each, Mapping)))
    for path, each in places:
        if each.get("domain") is not None:
            yield f"{path}domain", each["domain"]


def _check_fields(raw: _Fields, where: str) -> None:
    _refuse_unknown(raw, _FIELDS[raw["type"]], where)
    nested = {name: raw[name] for name in (*_ENDS, "scope") if isinstance(raw.get(name), Mapping)}
    for name, fields in nested.items():
        if name != "scope":
            _refuse_unknown(fields, _FIELDS_OF_REFERENCES, f"{where}.{name}")
    for path, fields in (("", raw), *((f"{name}.", fields) for name, fields in nested.items())):
        if fields.get("domain") == "":
            hint = "leave it out to speak of all domains"
            raise InvalidInput(f"{where}.{path}domain: a domain's name is expected", hint=hint, code=_CODE)
    for name, text in _texts_within(raw):
        # What is declared is shown to everybody, and no key holds credentials.
        if _PASSWORD.search(text):
            hint = "leave user and password out: names are the same without them"
            raise InvalidInput(f"{where}.{name}: it holds a password", hint=hint, code=_CODE)
    if isinstance(raw.get("by"), str) and len(raw["by"]) > BY_CHARS_MAX:
        raise InvalidInput(f"{where}.by: it is longer than {BY_CHARS_MAX} characters", code=_CODE)


def _texts_within(raw: _Fields) -> Iterator[tuple[str, str]]:
    """Give the texts of a declaration, each with its field."""
    for name, value in raw.items():
        parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else (value,)
        yield from ((str(name), part) for part in parts if isinstance(part, str))


def _refuse_unknown(raw: _Fields, known: Collection[str], where: str) -> None:
    for name in map(str, raw):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"its fields are {', '.join(known)}"
            raise InvalidInput(f"{where}: the field {name[:80]!r} is unknown", hint=hint, code=_CODE)


def _text(raw: _Fields, name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{where}.{name}: a text is expected", code=_CODE)
    return value


def _optional(raw: _Fields, name: str, where: str) -> str:
    return _text(raw, name, where) if raw.get(name) not in (None, "") else ""


def _domain(raw: _Fields, where: str) -> str | None:
    return _optional(raw, "domain", where) or None


def _texts(raw: _Fields, name: str, where: str, least: int) -> tuple[str, ...]:
    value = raw.get(name)
    if not isinstance(value, list | tuple) or not least <= len(value) <= NAMES_MAX:
        raise InvalidInput(f"{where}.{name}: a list of {least} to {NAMES_MAX} texts is expected", code=_CODE)
    return tuple(sorted({_text({"item": item}, "item", f"{where}.{name}[{i}]") for i, item in enumerate(value)}))


def _reference(raw: _Fields, name: str, where: str) -> Reference:
    return read_reference(raw.get(name), f"{where}.{name}", _domain(raw, where))


def _symlink(raw: _Fields, where: str) -> Declaration:
    of, symlink = _reference(raw, "of", where), _reference(raw, "symlink", where)
    return kinds.Symlink(of=of, symlink=symlink, domain=_domain(raw, where))


def _alias(raw: _Fields, where: str) -> Declaration:
    a, b = sorted((_reference(raw, "a", where), _reference(raw, "b", where)), key=repr)
    return kinds.Alias(a=a, b=b, by=_optional(raw, "by", where), domain=_domain(raw, where))


def _different(raw: _Fields, where: str) -> Declaration:
    a, b = sorted((_reference(raw, "a", where), _reference(raw, "b", where)), key=repr)
    return kinds.DifferentFrom(a=a, b=b, by=_optional(raw, "by", where), domain=_domain(raw, where))


def _namespace_alias(raw: _Fields, where: str) -> Declaration:
    aliases = _texts(raw, "aliases", where, 1)
    return kinds.NamespaceAlias(canonical=_text(raw, "canonical", where), aliases=aliases, domain=_domain(raw, where))


def _job_namespace_alias(raw: _Fields, where: str) -> Declaration:
    aliases = _texts(raw, "aliases", where, 1)
    return kinds.JobNamespaceAlias(
        canonical=_text(raw, "canonical", where), aliases=aliases, domain=_domain(raw, where)
    )


def _binding(raw: _Fields, where: str) -> Declaration:
    scope = raw.get("scope")
    if not isinstance(scope, Mapping) or not any(value is not None for value in scope.values()):
        raise InvalidInput(f"{where}.scope: an object is expected", code=_CODE)
    if not all(isinstance(name, str) and (value is None or isinstance(value, str)) for name, value in scope.items()):
        raise InvalidInput(f"{where}.scope: its values are texts or null", code=_CODE)
    return kinds.NamespaceBinding(
        system=_text(raw, "system", where),
        # No text and null say the same: that the scope has no such part. TOML has no null.
        scope=tuple(sorted((name, value) for name, value in scope.items() if value is not None)),
        namespace=_text(raw, "namespace", where),
        object=_kind(raw, where),
        domain=_domain(raw, where),
    )


def _kind(raw: _Fields, where: str) -> Kind:
    value = raw.get("object") or Kind.DATASET
    if value not in tuple(Kind):
        raise InvalidInput(f"{where}.object: dataset or job is expected", code=_CODE)
    return Kind(value)


def _name_defaults(raw: _Fields, where: str) -> Declaration:
    database, schema = _optional(raw, "database", where), _optional(raw, "schema", where)
    assumed = TwoPart.SCHEMA_TABLE if database and not schema else TwoPart.DATABASE_TABLE
    written = raw.get("two_part") or (assumed if bool(database) != bool(schema) else None)
    if written not in tuple(TwoPart):
        raise InvalidInput(f"{where}.two_part: schema.table or database.table is expected", code=_CODE)
    two_part = TwoPart(written)
    if not (database if two_part is TwoPart.SCHEMA_TABLE else schema):
        missing = "database" if two_part is TwoPart.SCHEMA_TABLE else "schema"
        raise InvalidInput(f"{where}.{missing}: needed for two_part {two_part}", code=_CODE)
    namespace = _text(raw, "namespace", where)
    return kinds.NameDefaults(
        namespace=namespace, two_part=two_part, database=database, schema=schema, domain=_domain(raw, where)
    )


def _case_policy(raw: _Fields, where: str) -> Declaration:
    if raw.get("case") not in tuple(Case):
        raise InvalidInput(f"{where}.case: sensitive or insensitive is expected", code=_CODE)
    return kinds.CasePolicy(
        namespace=_text(raw, "namespace", where), case=Case(raw["case"]), domain=_domain(raw, where)
    )


def _path_spec(raw: _Fields, where: str) -> Declaration:
    spec = _text(raw, "spec", where)
    if path_template(spec) is None:
        hint = "e.g. s3://bucket/exports/{table}/{date}"
        raise InvalidInput(f"{where}.spec: a path with a {{date}} in it is expected", hint=hint, code=_CODE)
    return kinds.PathSpec(spec=spec, domain=_domain(raw, where))


def _shard_policy(raw: _Fields, where: str) -> Declaration:
    spec = _text(raw, "spec", where)
    if shard_template(spec) is None:
        hint = "e.g. project.dataset.events_YYYYMMDD"
        raise InvalidInput(f"{where}.spec: a table that ends in a date pattern is expected", hint=hint, code=_CODE)
    namespace = _optional(raw, "namespace", where) or "bigquery"
    return kinds.ShardPolicy(spec=spec, namespace=namespace, domain=_domain(raw, where))


def _database_alias(raw: _Fields, where: str) -> Declaration:
    names = _texts(raw, "names", where, 2)
    return kinds.DatabaseAlias(namespace=_text(raw, "namespace", where), names=names, domain=_domain(raw, where))


def _catalog_binding(raw: _Fields, where: str) -> Declaration:
    return kinds.CatalogBinding(
        namespace=_text(raw, "namespace", where),
        catalog=_text(raw, "catalog", where),
        target=_text(raw, "target", where),
        database=_optional(raw, "database", where),
        domain=_domain(raw, where),
    )


def _instance_default(raw: _Fields, where: str) -> Declaration:
    return kinds.InstanceDefault(
        system=_text(raw, "system", where),
        platform=_text(raw, "platform", where),
        instance=_text(raw, "instance", where),
        env=_optional(raw, "env", where),
        domain=_domain(raw, where),
    )


_READERS: Mapping[str, Callable[[_Fields, str], Declaration]] = {
    "symlink": _symlink,
    "alias": _alias,
    "namespace_alias": _namespace_alias,
    "namespace_binding": _binding,
    "name_defaults": _name_defaults,
    "case_policy": _case_policy,
    "path_spec": _path_spec,
    "shard_policy": _shard_policy,
    "database_alias": _database_alias,
    "catalog_binding": _catalog_binding,
    "instance_default": _instance_default,
    "job_namespace_alias": _job_namespace_alias,
    "different_from": _different,
}

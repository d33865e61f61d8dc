"""From what a system's parser read to a key: the platform's rules, and the declarations about its namespace.

A parser gives a `Spelling`: OpenLineage's namespace, and a name either unread or in parts. Here the namespace is
resolved (aliases followed), the name read by the platform's row, and the declared catalogs, mounts, defaults and
templates are applied.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from lineage_shared.model import Kind
from lineage_shared.naming import columns
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.declared.kinds import NameDefaults, TwoPart
from lineage_shared.naming.declared.policy import Policy
from lineage_shared.naming.declared.specs import shard_set, without_dates
from lineage_shared.naming.fold import Fold, folded
from lineage_shared.naming.keys import Key, Unidentifiable, escaped, key_of, with_column
from lineage_shared.naming.locality import RELATIVE
from lineage_shared.naming.names import Nameless, dotted_path, folder_path, written_parts
from lineage_shared.naming.parts import Part
from lineage_shared.naming.platforms import Naming, Place

HOPS_MAX = 8
"""Catalog bindings followed for one name."""

_WITH_SCHEMA = 3


class Spelling(msgspec.Struct, frozen=True):
    """A reference in OpenLineage's terms.

    `parts`, when given, are the parts of the name in place of `name`. `context` is the database (and schema) of a
    connection, which stand in front of a name that is not full. `column` is unread, `column_parts` is read.
    """

    namespace: str
    name: str = ""
    parts: tuple[Part, ...] | None = None
    context: tuple[str, ...] = ()
    column: str | None = None
    column_parts: tuple[Part, ...] | None = None
    rules: tuple[str, ...] = ()


class _Place(NamedTuple):
    """Where a name is looked for, and its path there."""

    policy: Policy
    path: tuple[str, ...]
    platform: str
    authority: str


def placed(spelling: Spelling, domain: str | None, declarations: Declarations) -> Key | Unidentifiable:
    """Return the key of a spelling that `domain` reported."""
    policy = declarations.policy(spelling.namespace, domain)
    rules = list(spelling.rules)
    if policy.namespace.missing:
        return Unidentifiable("no-authority", (*rules, *policy.namespace.rules))
    try:
        if policy.row.naming is Naming.PATH:
            place = _in_folders(spelling, policy, domain, declarations, rules)
        else:
            place = _in_catalog(spelling, policy, domain, declarations, rules)
    except Nameless as nameless:
        return Unidentifiable(nameless.reason, tuple(rules))
    return _with_column(_key(place, spelling.name, domain, rules), spelling, place.policy)


def _key(place: _Place, name: str, domain: str | None, rules: list[str]) -> Key:
    local = place.policy.namespace.local or name.startswith(RELATIVE) or _lacks_account(place)
    rules.extend(place.policy.namespace.rules)
    if local:
        rules.append("local-name")
    noted = tuple(dict.fromkeys(rules))
    if place.platform != place.policy.row.name or local is (place.policy.domain is None):
        return key_of(place.platform, place.authority, place.path, domain=domain if local else None, rules=noted)
    text = place.policy.prefix + "/".join(map(escaped, place.path))
    return Key(text, Kind.DATASET, place.platform, place.authority, place.path, place.policy.domain, (), noted)


def _lacks_account(place: _Place) -> bool:
    """Tell whether a name that is unique in the world when it is full (BigQuery's) leaves out whose it is."""
    row = place.policy.row
    return row.unique and row.naming is not Naming.PATH and len(place.path) < row.levels


def _with_column(key: Key, spelling: Spelling, policy: Policy) -> Key | Unidentifiable:
    if spelling.column_parts is not None:
        path = columns.folded_path(spelling.column_parts, policy.column_fold)
    elif spelling.column is not None:
        path = columns.column_path(spelling.column, policy.row.quotes, policy.column_fold)
    else:
        return key
    return with_column(key, path) if path else Unidentifiable("empty-column", key.rules)


def _in_folders(
    spelling: Spelling, policy: Policy, domain: str | None, declarations: Declarations, rules: list[str]
) -> _Place:
    name = spelling.name if spelling.parts is None else "/".join(part.text for part in spelling.parts)
    if declarations.has_mounts and policy.row.name == "dbfs":
        policy, name = _mounted(policy, name, domain, declarations, rules)
    namespace = policy.namespace
    if namespace.base and name and "/" not in name:
        # A `db.table` in a warehouse folder is a table of the catalog there, not a path.
        rules.append("folder-catalog")
        return _Place(policy, (name,), "catalog", spelled_folder(policy))
    path = folder_path(policy.row, namespace.base, name, rules)
    for template in policy.paths:
        shorter = without_dates(path, template.expression)
        if shorter is not None and shorter != path:
            rules.append("path-spec")
            path = shorter
            break
    return _Place(policy, path, policy.row.name, namespace.authority)


def spelled_folder(policy: Policy) -> str:
    """Return the namespace of a catalog that is known by its warehouse folder, as OpenLineage writes it."""
    scheme, authority = policy.row.schemes[0], policy.namespace.authority
    if not authority and policy.row.place is Place.FILES:
        return f"{scheme}:/{policy.namespace.base}"
    return f"{scheme}://{authority}/{policy.namespace.base}"


def _mounted(
    policy: Policy, name: str, domain: str | None, declarations: Declarations, rules: list[str]
) -> tuple[Policy, str]:
    full = "/".join(filter(None, ("", policy.namespace.base, name.lstrip("/"))))
    full = full if full.startswith("/") else f"/{full}"
    mounts = declarations.mounts(domain)
    for mount in sorted(mounts, key=len, reverse=True):
        if mount and full.startswith(f"{mount.rstrip('/')}/"):
            rules.append("mount")
            return declarations.policy(mounts[mount], domain), full[len(mount.rstrip("/")) :]
    return policy, name


def _in_catalog(
    spelling: Spelling, policy: Policy, domain: str | None, declarations: Declarations, rules: list[str]
) -> _Place:
    found = written_parts(policy.row, spelling.name, rules) if spelling.parts is None else spelling.parts
    found = _in_context(found, spelling.context, policy, rules)
    if policy.catalogs:
        policy, found = _through_catalogs(policy, found, domain, declarations, rules)
    if policy.row.naming is Naming.OPAQUE and len(found) > 1:
        found = (Part(".".join(part.text for part in found), quoted=True),)
    path = dotted_path(policy.row, found, policy.fold, rules)
    path = _in_shard_set(_with_defaults(path, policy, rules), policy, rules)
    return _Place(policy, path, policy.row.name, policy.namespace.authority)


def _in_context(
    found: tuple[Part, ...], context: tuple[str, ...], policy: Policy, rules: list[str]
) -> tuple[Part, ...]:
    """Put the connection's database, or database and schema, in front of a name that lacks them.

    A schema that is not known stays an empty part: `database..table` is another thing than `schema.table`. Where only
    the schema is known, the name has two parts, like any other that leaves out the database.
    """
    if not any(context):
        return found
    if policy.row.naming is not Naming.DOTTED:
        return tuple(Part(text) for text in context if text) + found if policy.row.name == "uri" else found
    lacking = policy.row.levels - len(found)
    if lacking <= 0:
        return found
    filled = (*context, *("" for _ in range(lacking)))[:lacking]
    known = filled if filled[0] else tuple(filter(None, filled))
    if known:
        rules.append("connection-database")
    return tuple(map(Part, known)) + found


def _through_catalogs(
    policy: Policy, found: tuple[Part, ...], domain: str | None, declarations: Declarations, rules: list[str]
) -> tuple[Policy, tuple[Part, ...]]:
    current, rest, seen = policy, found, {policy.namespace.identity}
    for _ in range(HOPS_MAX):
        window = current.catalogs.get(folded(rest[0].text, current.fold)) if len(rest) > 1 else None
        if window is None:
            break
        current = declarations.policy(window.target, domain)
        if current.namespace.identity in seen or current.row.naming is Naming.PATH:
            return policy, found
        seen.add(current.namespace.identity)
        rest = (*((Part(window.database),) if window.database else ()), *rest[1:])
        rules.append("catalog-binding")
    return current, rest


def _with_defaults(path: tuple[str, ...], policy: Policy, rules: list[str]) -> tuple[str, ...]:
    if policy.defaults is not None and policy.row.levels == _WITH_SCHEMA:
        fuller = _defaulted(path, policy.defaults, policy.fold)
        if fuller != path:
            rules.append("name-defaults")
            path = fuller
    if policy.databases and path[0] in policy.databases and len(path) == policy.row.levels:
        rules.append("database-alias")
        path = (policy.databases[path[0]], *path[1:])
    return path


def _defaulted(path: tuple[str, ...], given: NameDefaults, fold: Fold) -> tuple[str, ...]:
    database, schema = folded(given.database, fold), folded(given.schema, fold)
    if len(path) == _WITH_SCHEMA and path[1] == "" and schema:
        return (path[0], schema, path[2])
    if len(path) != _WITH_SCHEMA - 1:
        return path
    return (database, *path) if given.two_part is TwoPart.SCHEMA_TABLE else (path[0], schema, path[1])


def _in_shard_set(path: tuple[str, ...], policy: Policy, rules: list[str]) -> tuple[str, ...]:
    for template in policy.shards:
        found = shard_set(".".join(path), template.before, template.expression)
        if found is not None:
            rules.append("shard-policy")
            return (*path[:-1], found[len(".".join((*path[:-1], ""))) :])
    return path

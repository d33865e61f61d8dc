"""The declaration that would join two names: the narrowest kind that fits what differs, and that really joins them.

`_FITTING` is the table of rules: each looks at what two keys have in common and proposes declarations. Every proposal
is tried out beside all that is declared already, and the first that gives both names one key is returned; an alias of
the two names is the last resort. Nothing is proposed for what no declaration should join: names that mean something
inside one domain each, a dataset and a job, a dataset and a column, or what somebody declared to be different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from lineage_shared.claims.identify import why_unusable
from lineage_shared.claims.scopes import scopes_of
from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind
from lineage_shared.naming import (
    Declaration,
    Declarations,
    Key,
    Reference,
    System,
    as_json,
    canonical,
    read_declaration,
    reference_of,
)
from lineage_shared.naming.declared import (
    Alias,
    Case,
    CasePolicy,
    CatalogBinding,
    DatabaseAlias,
    InstanceDefault,
    JobNamespaceAlias,
    NameDefaults,
    NamespaceAlias,
    NamespaceBinding,
    PathSpec,
    ShardPolicy,
    TwoPart,
)
from lineage_shared.naming.declared.specs import SHARD_PATTERNS
from lineage_shared.naming.platforms import BY_NAME, Naming

FULL_NAME_PARTS = 3
"""Database, schema, table: only names of such platforms leave something out that a declaration may fill in."""

_DATE = "{date}"
_CASE_IS_A_SETTING = frozenset({"mysql", "mariadb", "oceanbase", "mssql", "fabric"})
_DATABASES_HAVE_SEVERAL_NAMES = frozenset({"oracle"})
_ENGINES = frozenset({"trino", "presto", "athena", "databricks", "spark"})
# One server answers to all of these, each with a scheme of its own.
_ONE_SERVER = (frozenset({"hive", "spark", "impala"}), frozenset({"unity", "databricks", "spark"}))


class _End(NamedTuple):
    """A name without its column, and the key that it has now."""

    reference: Reference
    key: Key

    @property
    def namespace(self) -> str:
        """OpenLineage's namespace, as the caller wrote it where that is one."""
        if self.reference.system is System.OPENLINEAGE and self.reference.namespace:
            return self.reference.namespace
        return reference_of(self.key).namespace


_Rule = Callable[[_End, _End], Iterable[Declaration]]


def joining(a: Reference, b: Reference, declarations: Declarations) -> Mapping[str, Any] | None:
    """Return a declaration that gives `a` and `b` one identity, in its JSON form; None where none would, or should."""
    one, other = (canonical(each, None, declarations) for each in (a, b))
    if not isinstance(one, Key) or not isinstance(other, Key) or not _may_join(one, other):
        return None
    first, second = _ends((a, one), (b, other))
    rules = _FITTING if one.column == other.column else (_case,)
    fitting = chain.from_iterable((*rule(first, second), *rule(second, first)) for rule in rules)
    names, bare = (a, b), (reference_of(one), reference_of(other))
    # Alone first, which is cheap, then beside everything else, with which it may disagree.
    found = (each for each in fitting if _joins(each, bare) and _joins(each, names, declarations.all))
    proposed = next(filter(_is_accepted, found), None) or _alias(first, second)
    return as_json(proposed) if _is_accepted(proposed) else None


def _ends(*names: tuple[Reference, Key]) -> Iterator[_End]:
    """Give the two datasets; the columns themselves, where they go by different names."""
    columns = {key.column for _, key in names}
    for reference, key in names:
        yield _End(msgspec.structs.replace(reference, column=None) if len(columns) == 1 else reference, key)


def _may_join(one: Key, other: Key) -> bool:
    if one.kind is not other.kind or bool(one.column) is not bool(other.column):
        return False
    apart = one.domain != other.domain and None not in (one.domain, other.domain)
    return one.kind is Kind.JOB or not apart


def _is_accepted(declaration: Declaration) -> bool:
    """Tell whether a gateway would take the declaration, as it would be handed to it."""
    try:
        read = read_declaration(as_json(declaration), known_fields_only=True)
    except InvalidInput:
        return False
    return why_unusable(read, Declarations()) is None


def _joins(declaration: Declaration, names: Iterable[Reference], others: Iterable[Declaration] = ()) -> bool:
    declared = Declarations((*others, declaration))
    first, second = (canonical(each, None, declared) for each in names)
    return isinstance(first, Key) and isinstance(second, Key) and first.text == second.text


def _scope(*ends: _End) -> str | None:
    """Return the domain that a declaration has to be narrowed to, because a name is local to it."""
    return next((end.key.domain for end in ends if end.key.domain is not None), None)


def _alias(one: _End, other: _End) -> Declaration:
    first, second = sorted((one.reference, other.reference), key=repr)
    return Alias(a=first, b=second)


def _of_one_server(one: _End, other: _End) -> bool:
    """Tell whether both are on the same server, whose names the declaration is about."""
    return (one.key.platform, one.key.authority) == (other.key.platform, other.key.authority)


def _case(one: _End, other: _End) -> Iterator[Declaration]:
    """Names that differ in case only, where case is a setting of the server."""
    paths = [[part.casefold() for part in (*end.key.path, *end.key.column)] for end in (one, other)]
    if _of_one_server(one, other) and paths[0] == paths[1] and one.key.platform in _CASE_IS_A_SETTING:
        yield CasePolicy(namespace=one.namespace, case=Case.INSENSITIVE, domain=_scope(one, other))


def _defaults(one: _End, other: _End) -> Iterator[Declaration]:
    """A name that leaves out the database or the schema that the other one has."""
    full, short = one.key.path, tuple(filter(None, other.key.path))
    if not _of_one_server(one, other) or len(full) != FULL_NAME_PARTS or len(short) != FULL_NAME_PARTS - 1:
        return
    at, domain = one.namespace, _scope(one, other)
    if short == full[1:]:
        yield NameDefaults(namespace=at, database=full[0], two_part=TwoPart.SCHEMA_TABLE, domain=domain)
    if short == (full[0], full[2]):
        yield NameDefaults(namespace=at, schema=full[1], two_part=TwoPart.DATABASE_TABLE, domain=domain)


def _database(one: _End, other: _End) -> Iterator[Declaration]:
    """A database by its service name and its SID."""
    mine, theirs = one.key.path, other.key.path
    if _of_one_server(one, other) and one.key.platform in _DATABASES_HAVE_SEVERAL_NAMES and mine[1:] == theirs[1:]:
        yield DatabaseAlias(namespace=one.namespace, names=tuple(sorted((mine[0], theirs[0]))))


def _shards(one: _End, other: _End) -> Iterator[Declaration]:
    """Two dates of one sharded table."""
    if _of_one_server(one, other) and one.key.platform == "bigquery":
        name = ".".join(one.key.path)
        for pattern in SHARD_PATTERNS:
            stem = name[: -len(pattern)]
            if stem and not stem.endswith("."):
                yield ShardPolicy(spec=stem + pattern)


def _dates(one: _End, other: _End) -> Iterator[Declaration]:
    """Two dates of one folder."""
    mine, theirs = one.key.path, other.key.path
    row = BY_NAME.get(one.key.platform)
    if not _of_one_server(one, other) or row is None or row.naming is not Naming.PATH or "://" not in one.namespace:
        return
    same = [part == another for part, another in zip(mine, theirs, strict=False)]
    if len(mine) == len(theirs) and same.count(False) == 1:
        spec = [part if alike else _DATE for part, alike in zip(mine, same, strict=True)]
    elif len(mine) > len(theirs) and all(same):
        spec = [*theirs, _DATE]
    else:
        return
    yield PathSpec(spec="/".join((one.namespace.rstrip("/"), *spec)), domain=_scope(one, other))


def _mount(one: _End, other: _End) -> Iterator[Declaration]:
    """A folder of a Databricks file system that is a mount point, and what is mounted there."""
    mine, theirs = one.key.path, other.key.path
    row = BY_NAME.get(other.key.platform)
    if one.key.platform == "dbfs" and one.key.domain is not None and row is not None and row.naming is Naming.PATH:
        mount = "/" + "/".join(mine[: len(mine) - len(theirs)])
        scope = (("domain", one.key.domain), ("mount", mount))
        yield NamespaceBinding(system="dbfs", scope=scope, namespace=other.namespace)


def _namespaces(one: _End, other: _End) -> Iterator[Declaration]:
    """Equal names on what may be one server: another host name of it, or another scheme for it."""
    mine, theirs = one.key, other.key
    row = BY_NAME.get(mine.platform)
    if row is None or row.object_store or mine.path != theirs.path or theirs.kind is Kind.JOB:
        return
    known = mine.platform == theirs.platform
    if known or any({mine.platform, theirs.platform} <= family for family in _ONE_SERVER):
        alias = (other.namespace,)
        yield NamespaceAlias(canonical=one.namespace, aliases=alias, domain=_scope(one, other))


def _catalog(one: _End, other: _End) -> Iterator[Declaration]:
    """A catalog of an engine, and what it is a window on."""
    row, path, theirs = BY_NAME.get(other.key.platform), one.key.path, other.key.path
    if one.key.platform not in _ENGINES or row is None or row.naming is Naming.PATH or len(path) != FULL_NAME_PARTS:
        return
    database = theirs[0] if len(theirs) == FULL_NAME_PARTS else ""
    yield CatalogBinding(namespace=one.namespace, catalog=path[0], target=other.namespace, database=database)


def _binding(one: _End, other: _End) -> Iterator[Declaration]:
    """A name of another catalog, which leaves out the server, and that server."""
    if other.key.platform in BY_NAME or other.key.platform == "job":
        at = other.key.authority if other.key.kind is Kind.JOB else other.namespace
        for scope in scopes_of(one.key, other.key):
            listed = tuple(sorted(scope.items()))
            yield NamespaceBinding(system=one.key.platform, scope=listed, namespace=at, object=one.key.kind)


def _instance(one: _End, other: _End) -> Iterator[Declaration]:
    """A URN with a platform instance, and one that leaves it out."""
    mine, theirs = one.key, other.key
    if mine.platform == "datahub" == theirs.platform and mine.authority == theirs.authority:
        platform, _, env = mine.authority.rpartition("/")
        instance = ".".join(mine.path[: len(mine.path) - len(theirs.path)])
        if instance and mine.kind is Kind.DATASET:
            yield InstanceDefault(system="datahub", platform=platform, instance=instance, env=env)


def _jobs(one: _End, other: _End) -> Iterator[Declaration]:
    """One job name in two namespaces of a domain."""
    mine, theirs = one.key, other.key
    if mine.platform == "job" == theirs.platform and mine.path == theirs.path and mine.domain == theirs.domain:
        yield JobNamespaceAlias(canonical=mine.authority, aliases=(theirs.authority,), domain=mine.domain)


_FITTING: Sequence[_Rule] = (
    _case, _defaults, _database, _shards, _dates, _mount, _namespaces, _catalog, _binding, _instance, _jobs,
)  # fmt: skip

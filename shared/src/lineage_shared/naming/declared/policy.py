"""What holds for one namespace once everything declared about it has been taken in.

`Rules` gathers the declarations by namespace, whatever its spelling; `policy_of` makes the value that `placing` works
with, and that `Declarations` remembers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

import msgspec

from lineage_shared.model import Kind
from lineage_shared.naming.declared import kinds, wording
from lineage_shared.naming.declared.agreement import Agreed, Disagreement
from lineage_shared.naming.declared.kinds import Case, CatalogBinding, Declaration, NameDefaults, TwoPart
from lineage_shared.naming.declared.specs import PathTemplate, ShardTemplate, path_template, shard_template
from lineage_shared.naming.fold import Fold, folded
from lineage_shared.naming.keys import prefix_of
from lineage_shared.naming.names import Nameless, dotted_path, stored_database, written_parts
from lineage_shared.naming.namespaces import Namespace, read_namespace
from lineage_shared.naming.platforms import Naming, Place, Platform

Resolve = Callable[[Namespace, str | None], Namespace]
_At = tuple[str, str | None]
_Word = TypeVar("_Word", bound=Hashable)
_Template = TypeVar("_Template", bound=PathTemplate | ShardTemplate | tuple[str, ...])
_ABOUT_NAMES = (
    kinds.CasePolicy,
    kinds.NameDefaults,
    kinds.DatabaseAlias,
    kinds.CatalogBinding,
    kinds.PathSpec,
    kinds.ShardPolicy,
)
_NEVER = re.compile(r"(?!)")
_NO_DATABASES: Mapping[str, str] = {}


class Policy(msgspec.Struct, frozen=True):
    """A resolved namespace with the case rules, defaults and templates that apply to its names."""

    namespace: Namespace
    fold: Fold
    column_fold: Fold
    domain: str | None
    prefix: str
    defaults: NameDefaults | None = None
    databases: Mapping[str, str] = _NO_DATABASES
    catalogs: Mapping[str, CatalogBinding] = {}
    paths: tuple[PathTemplate, ...] = ()
    shards: tuple[ShardTemplate, ...] = ()
    simple: bool = False
    """A plain name needs no rule but the case."""
    rules: tuple[str, ...] = ()
    """The rules that led to a plain name's key; with a change of case, and with slashes at the ends, the two below."""
    rules_of_fold: tuple[str, ...] = ()
    rules_of_slashes: tuple[str, ...] = ()

    @property
    def row(self) -> Platform:
        """The platform's rules."""
        return self.namespace.platform


class Rules:
    """The declarations about namespaces, by (identity, domain)."""

    def __init__(self, declared: Iterable[Declaration], resolve: Resolve) -> None:
        self._resolve = resolve
        given = tuple(declared)
        self._empty = not any(isinstance(each, _ABOUT_NAMES) for each in given)
        cases = (self._case(d) for d in given if isinstance(d, kinds.CasePolicy))
        self._cases = Agreed("case_policy", cases, wording.alias_text, str)
        defaults = (self._default(d) for d in given if isinstance(d, kinds.NameDefaults))
        self._defaults = Agreed("name_defaults", defaults, wording.alias_text, wording.defaults_text)
        self._databases = _listed(self._database(d) for d in given if isinstance(d, kinds.DatabaseAlias))
        catalogs = (self._catalog(d) for d in given if isinstance(d, kinds.CatalogBinding))
        self._catalogs = Agreed("catalog_binding", catalogs, wording.catalog_text, wording.target_text)
        self._paths = _listed(self._path(d) for d in given if isinstance(d, kinds.PathSpec))
        self._shards = _listed(self._shard(d) for d in given if isinstance(d, kinds.ShardPolicy))

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """What cannot hold together."""
        return self._cases.disagreements + self._defaults.disagreements + self._catalogs.disagreements

    def _where(self, namespace: str, domain: str | None) -> _At:
        return self._resolve(read_namespace(namespace), domain).identity, domain

    def _case(self, declared: kinds.CasePolicy) -> tuple[_At, Case]:
        return self._where(declared.namespace, declared.domain), declared.case

    def _default(self, declared: NameDefaults) -> tuple[_At, tuple[TwoPart, str, str]]:
        said = (declared.two_part, declared.database, declared.schema)
        return self._where(declared.namespace, declared.domain), said

    def _database(self, declared: kinds.DatabaseAlias) -> tuple[_At, tuple[str, ...]]:
        return self._where(declared.namespace, declared.domain), declared.names

    def _catalog(self, declared: CatalogBinding) -> tuple[tuple[_At, str], tuple[str, str]]:
        at = self._where(declared.namespace, declared.domain)
        catalog = folded(declared.catalog, read_namespace(declared.namespace).platform.fold)
        return (at, catalog), (declared.target, declared.database)

    def _path(self, declared: kinds.PathSpec) -> tuple[_At, PathTemplate]:
        template = path_template(declared.spec) or PathTemplate("", _NEVER)
        return self._where(template.namespace, declared.domain), template

    def _shard(self, declared: kinds.ShardPolicy) -> tuple[_At, ShardTemplate]:
        template = shard_template(declared.spec) or ShardTemplate("", _NEVER)
        row = read_namespace(declared.namespace).platform
        at = self._where(declared.namespace, declared.domain)
        try:
            before = ".".join(dotted_path(row, written_parts(row, template.before, []), row.fold, []))
        except Nameless:
            return at, ShardTemplate("", _NEVER)
        return at, template._replace(before=before)

    def say_otherwise(self, declared: Declaration) -> bool:
        """Tell whether something else is said about the subject of a declaration, as its domain reads it."""
        if isinstance(declared, kinds.CasePolicy):
            return _otherwise(self._cases, *self._case(declared))
        if isinstance(declared, NameDefaults):
            return _otherwise(self._defaults, *self._default(declared))
        if isinstance(declared, CatalogBinding):
            (at, catalog), word = self._catalog(declared)
            said = (self._catalogs.get((place, catalog)) for place in (at, (at[0], None)))
            return any(each is not None and each != word for each in said)
        return False

    def disputes(self, declared: Declaration) -> bool:
        """Tell whether a further declaration makes a disagreement about its subject, or another one of it."""
        if isinstance(declared, kinds.CasePolicy):
            return self._cases.disputes(*self._case(declared))
        if isinstance(declared, NameDefaults):
            return self._defaults.disputes(*self._default(declared))
        return isinstance(declared, CatalogBinding) and self._catalogs.disputes(*self._catalog(declared))

    def fold(self, places: tuple[_At, ...], row: Platform) -> tuple[Fold, Fold]:
        """Return the case rules for names and for columns."""
        said = _first(self._cases, places)
        if said is Case.INSENSITIVE:
            return Fold.INSENSITIVE, Fold.INSENSITIVE
        return (Fold.EXACT if said is Case.SENSITIVE else row.fold), row.column_fold

    def policy(self, namespace: Namespace, domain: str | None, places: tuple[_At, ...]) -> Policy:
        """Return everything that holds for a resolved namespace that `domain` reports."""
        if self._empty:
            return _undeclared(namespace, domain)
        fold, column_fold = self.fold(places, namespace.platform)
        found = msgspec.structs.replace(
            _undeclared(namespace, domain, fold),
            column_fold=column_fold,
            defaults=self._defaults_at(namespace, domain, places),
            databases=self._databases_at(namespace.platform, fold, places),
            catalogs=self._catalogs_at(namespace, fold, places),
            paths=tuple(template for at in places for template in self._paths.get(at, ())),
            shards=tuple(template for at in places for template in self._shards.get(at, ())),
        )
        declared = found.defaults or found.databases or found.catalogs or found.paths or found.shards
        return msgspec.structs.replace(found, simple=False) if declared else found

    def _defaults_at(self, namespace: Namespace, domain: str | None, places: tuple[_At, ...]) -> NameDefaults | None:
        said = _first(self._defaults, places)
        if said is None:
            return None
        return NameDefaults(
            namespace=namespace.identity, two_part=said[0], database=said[1], schema=said[2], domain=domain
        )

    def _databases_at(self, row: Platform, fold: Fold, places: tuple[_At, ...]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for at in reversed(places):
            groups = self._databases.get(at, ())
            found.update(_united(frozenset(stored_database(row, name, fold) for name in names) for names in groups))
        return found

    def _catalogs_at(self, namespace: Namespace, fold: Fold, places: tuple[_At, ...]) -> Mapping[str, CatalogBinding]:
        return {
            folded(catalog, fold): CatalogBinding(
                namespace=namespace.identity, catalog=catalog, target=target, database=database
            )
            for place in reversed(places)
            for (at, catalog), (target, database) in self._catalogs.items()
            if at == place
        }


def policy_of(namespace: Namespace, domain: str | None, rules: Rules) -> Policy:
    """Return the policy of a namespace that `domain` reports, its aliases followed."""
    places: tuple[_At, ...] = ((namespace.identity, domain),)
    if domain is not None and not namespace.local:
        places = (*places, (namespace.identity, None))
    return rules.policy(namespace, domain, places)


def _undeclared(namespace: Namespace, domain: str | None, fold: Fold | None = None) -> Policy:
    row, scope = namespace.platform, domain if namespace.local else None
    case = row.fold if fold is None else fold
    rules = (*namespace.rules, "local-name") if namespace.local else namespace.rules
    return Policy(
        namespace=namespace,
        fold=case,
        column_fold=row.column_fold,
        domain=scope,
        prefix=prefix_of(Kind.DATASET, scope, row.name, namespace.authority),
        simple=_is_simple(namespace, row),
        rules=rules,
        rules_of_fold=(f"fold-{case.value}", *rules),
        rules_of_slashes=("slashes", *(rule for rule in rules if rule != "slashes")),
    )


def _is_simple(namespace: Namespace, row: Platform) -> bool:
    if namespace.missing or namespace.base or row.place is Place.FILES:
        return False
    return row.naming in (Naming.DOTTED, Naming.OPAQUE, Naming.PATH)


def _first(agreed: Agreed[_At, _Word], places: tuple[_At, ...]) -> _Word | None:
    return next((word for at in places if (word := agreed.get(at)) is not None), None)


def _otherwise(agreed: Agreed[_At, _Word], at: _At, word: _Word) -> bool:
    said = (agreed.get(place) for place in (at, (at[0], None)))
    return any(each is not None and each != word for each in said)


def _listed(pairs: Iterable[tuple[_At, _Template]]) -> Mapping[_At, tuple[_Template, ...]]:
    found: dict[_At, list[_Template]] = {}
    for at, template in pairs:
        found.setdefault(at, []).append(template)
    return {at: tuple(sorted(templates, key=repr)) for at, templates in found.items()}


def _united(groups: Iterable[frozenset[str]]) -> Mapping[str, str]:
    """Give every name of a group of aliases, overlapping groups united, its smallest."""
    found: list[frozenset[str]] = []
    for names in groups:
        overlapping = [group for group in found if group & names]
        found = [*(group for group in found if not group & names), names.union(*overlapping)]
    return {name: min(group) for group in found for name in group}

"""All declarations of a mesh, ready to be asked: the third argument of `canonical`.

An immutable value, but for a memory of the namespaces that it has read (bounded; forgetting changes nothing). Where
declarations disagree, none of them applies and `disagreements` tells. One about a namespace applies to every spelling
of it; one that names a domain applies to what that domain reports only, and comes before one that names none. A local
namespace (localhost) is different things in different domains, so that a declaration about it needs a domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from lineage_shared.model import Kind
from lineage_shared.naming.declared import kinds, wording
from lineage_shared.naming.declared.agreement import Agreed, Disagreement
from lineage_shared.naming.declared.kinds import Declaration
from lineage_shared.naming.declared.policy import Policy, Rules, policy_of
from lineage_shared.naming.namespaces import TEXT_CHARS_MAX, Namespace, read_namespace

NAMESPACES_MAX = 10_000
"""Namespaces remembered; beyond, the memory starts anew."""

CHAIN_MAX = 64
"""Steps followed from alias to alias."""

_JOINING = (
    kinds.NamespaceAlias,
    kinds.DatabaseAlias,
    kinds.CatalogBinding,
    kinds.JobNamespaceAlias,
    kinds.DifferentFrom,
)

_At = tuple[str, str | None]

Pin = tuple[str, int, str | None]
"""A key that further declarations about namespaces may not change: its text, with how few declarations it is read (see
`canonical`), and the domain for which that holds (None: for all)."""

_Item = tuple[str, str | None]
_ANY = "*"


class Declarations:
    """What has been declared, indexed; `Declarations()` declares nothing."""

    def __init__(self, declared: Iterable[Declaration] = ()) -> None:
        self.all: tuple[Declaration, ...] = tuple(sorted(set(declared), key=repr))
        self._aliases = Agreed("namespace_alias", _alias_pairs(self.all), wording.alias_text, _namespace_text)
        self._rules = Rules(self.all, self.resolved)
        self._bindings = Agreed("namespace_binding", _binding_pairs(self.all), wording.binding_text, wording.plain_text)
        self._instances = Agreed(
            "instance_default", _instance_pairs(self.all), wording.instance_text, wording.plain_text
        )
        self._jobs = Agreed("job_namespace_alias", _job_pairs(self.all), wording.job_text, wording.plain_text)
        of_any = _job_pairs_of_any(self.all)
        self._jobs_of_any = Agreed("job_namespace_alias", of_any, wording.plain_text, wording.plain_text)
        self._known: dict[_At, Policy] = {}
        self.different = tuple(each for each in self.all if isinstance(each, kinds.DifferentFrom))
        self.pins: frozenset[Pin] | None = None
        """What `canonical` remembers of `different`."""

    def policy(self, namespace: str, domain: str | None) -> Policy:
        """Return what is known about a namespace as `domain` writes it: the outcome of everything declared about it."""
        known = self._known.get((namespace, domain))
        if known is None:
            if len(self._known) >= NAMESPACES_MAX:
                self._known.clear()
            readable = namespace if len(namespace) <= TEXT_CHARS_MAX else ""
            found = policy_of(self.resolved(read_namespace(readable), domain), domain, self._rules)
            self._known[namespace, domain] = known = found
        return known

    def resolved(self, namespace: Namespace, domain: str | None) -> Namespace:
        """Follow the aliases of a namespace to the one that stands for all of them."""
        chain = [namespace]
        while len(chain) < CHAIN_MAX and (target := self._step(chain[-1], domain)) is not None:
            if any(target.identity == seen.identity for seen in chain):
                start = next(i for i, seen in enumerate(chain) if seen.identity == target.identity)
                chain.append(min(chain[start:], key=lambda each: each.identity))
                break
            chain.append(target)
        if len(chain) == 1:
            return namespace
        return msgspec.structs.replace(chain[-1], rules=(*namespace.rules, "namespace-alias"))

    def _step(self, namespace: Namespace, domain: str | None) -> Namespace | None:
        if not self._aliases:
            return None
        target = self._at(namespace.identity, namespace, domain)
        if target is None and namespace.base:
            target = self._at(msgspec.structs.replace(namespace, base="").identity, namespace, domain)
            return target and msgspec.structs.replace(target, base=namespace.base)
        return target

    def _at(self, identity: str, namespace: Namespace, domain: str | None) -> Namespace | None:
        target = self._aliases.get((identity, domain))
        if target is None and domain is not None and not namespace.local:
            target = self._aliases.get((identity, None))
        return target

    def binding(self, system: str, domain: str | None, kind: Kind = Kind.DATASET, **scope: str | None) -> str | None:
        """Return the namespace that a scope stands for, if that is declared; a scope may name its domain."""
        items = frozenset(scope.items())
        scoped = (system, kind, items | {("domain", domain)})
        return self._bindings.get(scoped) or self._bindings.get((system, kind, items))

    def mounts(self, domain: str | None) -> Mapping[str, str]:
        """Return the declared mount points of a domain's Databricks file system, with their targets."""
        return {
            dict(items).get("mount") or "": target
            for (system, _, items), target in self._bindings.items()
            if system == "dbfs" and dict(items).get("domain") in (domain, None)
        }

    def say_otherwise(self, declared: Declaration) -> bool:
        """Tell whether something else is declared here about what a declaration of a domain is about.

        An alias the other way round says the same, and is as good as none; it would part the domain from the others.
        """
        if isinstance(declared, kinds.NamespaceAlias):
            return any(self._aliased_otherwise(each, declared) for each in declared.aliases)
        if isinstance(declared, kinds.JobNamespaceAlias):
            target = self.job_namespace(declared.canonical, declared.domain)
            others = (alias for alias in declared.aliases if alias != declared.canonical)
            known = ((alias, self.job_namespace(alias, declared.domain)) for alias in others)
            return any(now not in (alias, target) or target == alias for alias, now in known)
        if isinstance(declared, kinds.NamespaceBinding):
            ((system, kind, items), word), *_ = _binding_pairs([declared])
            scopes = (items, items - {("domain", declared.domain)})
            return any(self._bindings.get((system, kind, scope)) not in (None, word) for scope in scopes)
        if isinstance(declared, kinds.InstanceDefault):
            at, word = (declared.system, declared.platform, declared.env), declared.instance
            return any(self._instances.get((*at, of)) not in (None, word) for of in (declared.domain, None))
        return self._rules.say_otherwise(declared)

    def _aliased_otherwise(self, spelling: str, declared: kinds.NamespaceAlias) -> bool:
        alias, target = read_namespace(spelling), read_namespace(declared.canonical)
        now, then = (self.resolved(each, declared.domain).identity for each in (alias, target))
        return alias.identity != target.identity and (now not in (alias.identity, then) or then == alias.identity)

    def disputes(self, declared: Declaration) -> bool:
        """Tell whether there are other disagreements with a further declaration than without it.

        The time it takes is that of what hangs together with the declaration by aliases, not that of all.
        """
        if isinstance(declared, kinds.NamespaceAlias):
            return self._disputes_alias(declared)
        if isinstance(declared, kinds.NamespaceBinding):
            return any(self._bindings.disputes(*each) for each in _binding_pairs([declared]))
        if isinstance(declared, kinds.InstanceDefault):
            return any(self._instances.disputes(*each) for each in _instance_pairs([declared]))
        if isinstance(declared, kinds.JobNamespaceAlias):
            return any(self._jobs.disputes(*each) for each in _job_pairs([declared]))
        return self._rules.disputes(declared)

    def _disputes_alias(self, declared: kinds.NamespaceAlias) -> bool:
        if any(each not in self.disagreements for each in _unplaced([declared])):
            return True
        pairs = list(_alias_pairs([declared]))
        if any(self._aliases.disputes(*each) for each in pairs):
            return True
        if not pairs or self._led_to.isdisjoint(map(_place, declared.aliases)):
            return False
        near = self._hanging_together(declared)
        return Declarations([*near, declared]).disagreements != Declarations(near).disagreements

    def _hanging_together(self, declared: Declaration) -> set[Declaration]:
        """Return what aliases bring together with a declaration, over any number of steps."""
        found: set[Declaration] = set()
        seen: set[str] = set()
        waiting = {*_places(declared)}
        while waiting:
            seen |= waiting
            found |= (reached := {each for place in waiting for each in self._by_place.get(place, ())})
            waiting = {place for each in reached for place in _places(each)} - seen
        return found

    @cached_property
    def _by_place(self) -> Mapping[str, list[Declaration]]:
        found: dict[str, list[Declaration]] = {}
        for each in self.all:
            for place in _places(each):
                found.setdefault(place, []).append(each)
        return found

    @cached_property
    def _led_to(self) -> frozenset[str]:
        return frozenset(place for each in self.all for place in _ends(each))

    @cached_property
    def none(self) -> Declarations:
        """No declarations, with a memory of their own."""
        return Declarations()

    @cached_property
    def unjoined(self) -> Declarations:
        """Those that complete and bind names, without those that make several namespaces or databases one."""
        return Declarations(each for each in self.all if not isinstance(each, _JOINING))

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains to which something declared is narrowed."""
        scopes = (dict(each.scope).get("domain") for each in self.all if isinstance(each, kinds.NamespaceBinding))
        return frozenset(name for name in (*scopes, *(each.domain for each in self.all)) if name is not None)

    @cached_property
    def binds_openlineage(self) -> bool:
        """Whether any of OpenLineage's own namespaces is bound to another one."""
        return any(system == "openlineage" for system, _, _ in self._bindings.subjects)

    @cached_property
    def has_mounts(self) -> bool:
        """Whether any mount point is declared."""
        return any(system == "dbfs" for system, _, _ in self._bindings.subjects)

    @cached_property
    def _known_instances(self) -> Mapping[_At, frozenset[str]]:
        """The platform instances that are known by name, by catalog platform and the domain that knows them."""
        known: dict[_At, set[str]] = {}
        for system, _, items in self._bindings.subjects:
            scope = dict(items)
            if system == "datahub" and (instance := scope.get("instance")):
                known.setdefault((scope.get("platform") or "", scope.get("domain")), set()).add(instance)
        for (_, platform, _, domain), instance in self._instances.items():
            known.setdefault((platform, domain), set()).add(instance)
        return {at: frozenset(names) for at, names in known.items()}

    def instances(self, platform: str, domain: str | None) -> frozenset[str]:
        """Return the platform instances that `domain` may write in a name, by catalog platform."""
        everybodys = self._known_instances.get((platform, None), frozenset())
        return everybodys | self._known_instances.get((platform, domain), frozenset())

    def default_instance(self, system: str, platform: str, env: str, domain: str | None) -> str | None:
        """Return the platform instance of names that have none."""
        places = ((system, platform, at, of) for of in (domain, None) for at in (env, ""))
        return next((found for place in places if (found := self._instances.get(place)) is not None), None)

    def job_namespace(self, namespace: str, domain: str | None) -> str:
        """Return the job namespace that stands for this one; where no domain is known, any declaration counts."""
        seen = [namespace]
        while len(seen) < CHAIN_MAX and (target := self._job_step(seen[-1], domain)) is not None:
            if target in seen:
                return min(seen[seen.index(target) :])
            seen.append(target)
        return seen[-1]

    def _job_step(self, namespace: str, domain: str | None) -> str | None:
        found = self._jobs.get((namespace, domain)) or self._jobs.get((namespace, _ANY))
        return found or (self._jobs_of_any.get(namespace) if domain is None else None)

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Everything declared that cannot hold, in a fixed order."""
        sources = (self._aliases, self._bindings, self._instances, self._jobs)
        found = [each for source in sources for each in source.disagreements]
        return tuple(sorted({*found, *self._rules.disagreements, *self._cycles(), *_unplaced(self.all)}))

    def _cycles(self) -> Iterable[Disagreement]:
        for (identity, domain), target in self._aliases.items():
            chain = [target]
            while len(chain) < CHAIN_MAX and (further := self._step(chain[-1], domain)) is not None:
                chain.append(further)
            if any(identity == each.identity for each in chain):
                said = tuple(sorted({_namespace_text(each) for each in chain}))
                yield Disagreement("namespace_alias_cycle", said[0], said)


def _namespace_text(namespace: Namespace) -> str:
    return wording.namespace_text(namespace.identity)


def _alias_pairs(declared: Iterable[Declaration]) -> Iterable[tuple[_At, Namespace]]:
    for each in declared:
        if isinstance(each, kinds.NamespaceAlias):
            target = read_namespace(each.canonical)
            for spelling in each.aliases:
                alias = read_namespace(spelling)
                if alias.identity != target.identity:
                    yield (alias.identity, each.domain), msgspec.structs.replace(target, rules=())


def _unplaced(declared: Iterable[Declaration]) -> Iterable[Disagreement]:
    for each in declared:
        if isinstance(each, kinds.NamespaceAlias) and each.domain is None:
            for text in each.aliases:
                if read_namespace(text).local:
                    yield Disagreement("local_namespace_without_domain", text, (each.canonical,))


def _places(declared: Declaration) -> Iterable[str]:
    """Give the namespaces, without paths inside of them, of which aliases may change what is said."""
    if isinstance(declared, kinds.NamespaceAlias):
        yield from (_place(each) for each in declared.aliases)
    yield from _ends(declared)


def _ends(declared: Declaration) -> Iterable[str]:
    """Give those that a declaration leads to, or says something about that others may contradict."""
    if isinstance(declared, kinds.NamespaceAlias):
        yield _place(declared.canonical)
    elif isinstance(declared, kinds.CasePolicy | kinds.NameDefaults | kinds.CatalogBinding):
        yield _place(declared.namespace)


def _place(namespace: str) -> str:
    return msgspec.structs.replace(read_namespace(namespace), base="").identity


def _binding_pairs(declared: Iterable[Declaration]) -> Iterable[tuple[tuple[str, Kind, frozenset[_Item]], str]]:
    for each in declared:
        if isinstance(each, kinds.NamespaceBinding):
            scope = dict(each.scope)
            if each.domain is not None:
                scope.setdefault("domain", each.domain)
            if each.system == "datahub" and each.object is Kind.DATASET:
                scope.setdefault("instance", None)
            yield (each.system, each.object, frozenset(scope.items())), each.namespace


def _instance_pairs(declared: Iterable[Declaration]) -> Iterable[tuple[tuple[str, str, str, str | None], str]]:
    for each in declared:
        if isinstance(each, kinds.InstanceDefault):
            yield (each.system, each.platform, each.env, each.domain), each.instance


def _job_pairs(declared: Iterable[Declaration]) -> Iterable[tuple[_At, str]]:
    for each in declared:
        if isinstance(each, kinds.JobNamespaceAlias):
            for alias in each.aliases:
                if alias != each.canonical:
                    yield (alias, each.domain or _ANY), each.canonical


def _job_pairs_of_any(declared: Iterable[Declaration]) -> Iterable[tuple[str, str]]:
    """Give what single domains say; where they differ and no domain is asked for, none of them is meant."""
    for (alias, domain), target in _job_pairs(declared):
        if domain != _ANY:
            yield alias or "", target

"""`canonical`: from a reference to its key. Pure, total, idempotent, without network.

Most references are OpenLineage's, repeat a namespace that has been read before and have a plain name: they take the
short way (`_plain`), which gives what the long way (`naming.systems`, then `placing`) would.
"""

from __future__ import annotations

import re

import msgspec

from lineage_shared.model import Kind
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.declared.policy import Policy
from lineage_shared.naming.fold import folded
from lineage_shared.naming.keys import Key, Unidentifiable, key_of
from lineage_shared.naming.namespaces import TEXT_CHARS_MAX
from lineage_shared.naming.parts import NOTHING
from lineage_shared.naming.placing import Spelling, placed
from lineage_shared.naming.platforms import Naming
from lineage_shared.naming.reference import Reference, System
from lineage_shared.naming.systems import PARSERS

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_\- ]+(?:\.[A-Za-z0-9_\- ]+)*")
_PLAIN_PATH = re.compile(r"/?[A-Za-z0-9][A-Za-z0-9_\-. ]*(?:/[A-Za-z0-9][A-Za-z0-9_\-. ]*)*")


def canonical(reference: Reference, domain: str | None, declarations: Declarations) -> Key | Unidentifiable:
    """Return the key of a reference that `domain` reported, under these declarations. Never raises.

    The domain that a reference itself names comes first. Equal `text` of two keys means that both references denote the
    same thing; `claims` may join further keys.
    """
    scope = reference.domain or domain
    if declarations.different and (kept := pinned(declarations)):
        bare = _key(reference, scope, declarations.none)
        if isinstance(bare, Key) and bare.dataset_text in kept:
            return bare
    return _key(reference, scope, declarations)


def pinned(declarations: Declarations) -> frozenset[str]:
    """Return the keys by rules alone of what declarations about namespaces would join, against a `different_from`.

    Two names that are declared to be different keep the keys that they have without any declaration.
    """
    if declarations.pins is None:
        found: set[str] = set()
        for each in declarations.different:
            keys = [_key(end, end.domain or each.domain, declarations) for end in (each.a, each.b)]
            bare = [_key(end, end.domain or each.domain, declarations.none) for end in (each.a, each.b)]
            if len(set(_texts(keys))) == 1:
                found.update(text for text in _texts(bare) if text)
        declarations.pins = frozenset(found)
    return declarations.pins


def _texts(keys: list[Key | Unidentifiable]) -> list[str]:
    return [key.text if isinstance(key, Key) else "" for key in keys]


def _key(reference: Reference, scope: str | None, declarations: Declarations) -> Key | Unidentifiable:
    if reference.kind is Kind.JOB:
        return _job(reference, scope, declarations)
    if reference.system is System.OPENLINEAGE and reference.column is None and not declarations.binds_openlineage:
        policy = declarations.policy(reference.namespace, scope)
        if policy.simple and (key := _plain(policy, reference.name)) is not None:
            return key
    if max(map(len, (reference.namespace, reference.name, reference.id, reference.column or ""))) > TEXT_CHARS_MAX:
        return Unidentifiable("too-long")
    found = PARSERS[reference.system](reference, scope, declarations)
    return placed(found, scope, declarations) if isinstance(found, Spelling) else found


def _plain(policy: Policy, name: str) -> Key | None:
    """Return the key of a name that only the platform's case rule concerns; None when others may."""
    namespace, row = policy.namespace, policy.row
    if row.naming is Naming.PATH:
        if not _PLAIN_PATH.fullmatch(name) or "part-" in name or len(name) > TEXT_CHARS_MAX or name in NOTHING:
            return None
        bare = name.removeprefix("/")
        path, rules = tuple(bare.split("/")), policy.rules if bare == name else policy.rules_of_slashes
        return Key(policy.prefix + bare, Kind.DATASET, row.name, namespace.authority, path, policy.domain, (), rules)
    if not _PLAIN_NAME.fullmatch(name) or len(name) > TEXT_CHARS_MAX or "None" in name or "null" in name:
        return None
    if row.naming is Naming.OPAQUE:
        path, rules = (name,), policy.rules
        return Key(policy.prefix + name, Kind.DATASET, row.name, namespace.authority, path, policy.domain, (), rules)
    stored = folded(name, policy.fold)
    path, rules = tuple(stored.split(".")), policy.rules if stored == name else policy.rules_of_fold
    if len(path) > row.levels:
        return None
    text = policy.prefix + stored.replace(".", "/")
    return Key(text, Kind.DATASET, row.name, namespace.authority, path, policy.domain, (), rules)


def _job(reference: Reference, domain: str | None, declarations: Declarations) -> Key | Unidentifiable:
    """Jobs are opaque, and local to their domain; only declared namespaces join their spellings."""
    if reference.system is System.DBT and reference.id:
        return key_of("dbt", "", (reference.id,), kind=Kind.JOB, domain=domain)
    if reference.id:
        found = PARSERS[reference.system](reference, domain, declarations)
        return found if not isinstance(found, Spelling) else Unidentifiable("not-a-job")
    if max(len(reference.namespace), len(reference.name)) > TEXT_CHARS_MAX:
        return Unidentifiable("too-long")
    if not reference.name or reference.name in NOTHING:
        return Unidentifiable("empty-name")
    namespace = declarations.job_namespace(reference.namespace, domain)
    rules = ("job-namespace-alias",) if namespace != reference.namespace else ()
    return key_of("job", namespace, (reference.name,), kind=Kind.JOB, domain=domain, rules=rules)


def canonical_column(
    reference: Reference, column: str, domain: str | None, declarations: Declarations
) -> Key | Unidentifiable:
    """Return the key of a column of the dataset that `reference` denotes."""
    return canonical(msgspec.structs.replace(reference, column=column), domain, declarations)

"""`canonical`: from a reference to its key. Pure, total, idempotent, without network.

Most references are OpenLineage's, repeat a namespace that has been read before and have a plain name: they take the
short way (`_plain`), which gives what the long way (`naming.systems`, then `placing`) would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from lineage_shared.model import Kind
from lineage_shared.naming.declared.declarations import Declarations, Pin
from lineage_shared.naming.declared.kinds import DifferentFrom
from lineage_shared.naming.declared.policy import Policy
from lineage_shared.naming.fold import Fold, lower, upper
from lineage_shared.naming.keys import Key, Unidentifiable, key_of
from lineage_shared.naming.namespaces import TEXT_CHARS_MAX
from lineage_shared.naming.parts import NOTHING
from lineage_shared.naming.placing import Spelling, placed
from lineage_shared.naming.platforms import Naming
from lineage_shared.naming.reference import Reference, System
from lineage_shared.naming.systems import PARSERS

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_\- ]+(?:\.[A-Za-z0-9_\- ]+)*")
_REGULAR_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_OF_UNQUOTED = (Fold.UPPER, Fold.LOWER)
_PLAIN_PATH = re.compile(r"/?[A-Za-z0-9][A-Za-z0-9_\-. ]*(?:/[A-Za-z0-9][A-Za-z0-9_\-. ]*)*")


def canonical(reference: Reference, domain: str | None, declarations: Declarations) -> Key | Unidentifiable:
    """Return the key of a reference that `domain` reported, under these declarations. Never raises.

    The domain that a reference itself names comes first. Equal `text` of two keys means that both references denote the
    same thing; `claims` may join further keys.
    """
    scope = reference.domain or domain
    return _key(reference, scope, reading(reference, scope, declarations))


def reading(reference: Reference, scope: str | None, declarations: Declarations) -> Declarations:
    """Return the declarations by which a reference is read: fewer where it is `pinned`."""
    if not declarations.different or not (pins := pinned(declarations)):
        return declarations
    for level, fewer in enumerate(_fewer(declarations)):
        key = _key(reference, scope, fewer)
        if isinstance(key, Key) and not pins.isdisjoint((key.dataset_text, level, each) for each in (None, scope)):
            return fewer
    return declarations


def pinned(declarations: Declarations) -> frozenset[Pin]:
    """Return the keys of what declarations about namespaces would join, against a `different_from`.

    Two names that are declared to be different keep the keys that they have without the declarations that join
    namespaces, or, where these still make them one, without any.
    """
    if declarations.pins is None:
        found = (pin for each in declarations.different for pin in _pins(each, declarations))
        declarations.pins = frozenset(found)
    return declarations.pins


def _pins(declared: DifferentFrom, declarations: Declarations) -> Iterator[Pin]:
    if len(set(_ends(declared, declarations))) > 1:
        return
    for level, fewer in enumerate(_fewer(declarations)):
        ends = _ends(declared, fewer)
        if len(set(ends)) > 1:
            yield from ((text, level, declared.domain) for text in ends if text)
            return


def _fewer(declarations: Declarations) -> tuple[Declarations, Declarations]:
    """Return the declarations that complete and bind names but join no namespaces, then none at all."""
    return declarations.unjoined, declarations.none


def _ends(declared: DifferentFrom, declarations: Declarations) -> list[str]:
    keys = (_key(end, end.domain or declared.domain, declarations) for end in (declared.a, declared.b))
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
        return _plain_path(policy, name)
    if not _PLAIN_NAME.fullmatch(name) or len(name) > TEXT_CHARS_MAX or "None" in name or "null" in name:
        return None
    if row.naming is Naming.OPAQUE:
        return Key(
            policy.prefix + name, Kind.DATASET, row.name, namespace.authority, (name,), policy.domain, (), policy.rules
        )
    stored = _stored(name, policy.fold)
    path, rules = tuple(stored.split(".")), policy.rules if stored == name else policy.rules_of_fold
    lacking = row.levels - len(path)
    if lacking < 0 or (lacking and row.unique) or (policy.fold in _OF_UNQUOTED and not _REGULAR_NAME.fullmatch(name)):
        return None
    text = policy.prefix + stored.replace(".", "/")
    return Key(text, Kind.DATASET, row.name, namespace.authority, path, policy.domain, (), rules)


def _plain_path(policy: Policy, name: str) -> Key | None:
    if not _PLAIN_PATH.fullmatch(name) or "part-" in name or len(name) > TEXT_CHARS_MAX or name in NOTHING:
        return None
    bare = name.removeprefix("/")
    path, rules = tuple(bare.split("/")), policy.rules if bare == name else policy.rules_of_slashes
    authority = policy.namespace.authority
    return Key(policy.prefix + bare, Kind.DATASET, policy.row.name, authority, path, policy.domain, (), rules)


def _stored(name: str, fold: Fold) -> str:
    """Return a whole name in the platform's case; the dots in it have none."""
    if fold is Fold.EXACT:
        return name
    return upper(name) if fold is Fold.UPPER else lower(name)


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

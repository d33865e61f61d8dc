"""DataHub's URNs: `urn:li:dataset:(urn:li:dataPlatform:postgres,[instance.]db.schema.table,PROD)`, and their columns.

A URN carries no host. Names that are unique in the world (BigQuery's, those of object stores) need none, in the default
environment PROD; the others need the namespace that their platform, instance and environment stand for. That the first
part of a name is an instance is known only from declarations.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lineage_shared.model import Kind
from lineage_shared.naming import parts as dotted
from lineage_shared.naming.columns import column_path
from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.fold import Fold, folded
from lineage_shared.naming.keys import Key, Unidentifiable, key_of
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.platforms import Naming, Platform, platform_named
from lineage_shared.naming.reference import Reference
from lineage_shared.naming.systems.catalogs import bound, unbound

_DATASET = re.compile(
    r"urn:li:dataset:\((?:urn:li:dataPlatform:)?(?P<platform>[^,()]+),(?P<name>.+),(?P<env>[A-Za-z_]+)\)", re.DOTALL
)
_FIELD = re.compile(r"urn:li:schemaField:\((?P<dataset>urn:li:dataset:\(.*?\)),(?P<field>.+)\)", re.DOTALL)
_FLOW = r"urn:li:dataFlow:\((?P<orchestrator>[^,()/]+),(?P<flow>[^()]+),(?P<cluster>[^,()/]+)\)"
_JOB = re.compile(rf"(?:{_FLOW}|urn:li:dataJob:\({_FLOW.replace('?P<', '?P<task_')},(?P<task>.+)\))", re.DOTALL)
_RESERVED = re.compile(r"%(?:2C|28|29|25|E2%90%9F)", re.IGNORECASE)
_DECODED = {"%2C": ",", "%28": "(", "%29": ")", "%25": "%", "%E2%90%9F": "\u241f"}
_DEFAULT_ENV = "PROD"


class _Urn(NamedTuple):
    platform: str
    name: str
    env: str
    column: str | None


def parse(reference: Reference, domain: str | None, declarations: Declarations) -> Spelling | Key | Unidentifiable:
    """Read the URN of a dataset, field, flow or job."""
    if reference.kind is Kind.JOB:
        return _job(reference, domain, declarations)
    urn = _read(reference)
    if urn is None:
        return Unidentifiable("not-a-urn")
    instance, name = _instance(urn, domain, declarations)
    column = None if urn.column is None else _column(urn)
    namespace = _declared(urn, instance, domain, declarations)
    if namespace is not None:
        row = declarations.policy(namespace, domain).row
        found = bound(namespace, _parts(row, name), column, domain, declarations)
        if found is not None and _fits(row, instance, name):
            return found
    elif instance is None and urn.env == _DEFAULT_ENV and (world := _worldwide(urn)) is not None:
        return Spelling(*world, column_parts=column, rules=("unique-name",))
    return _own(urn, instance, name, column, domain)


def _read(reference: Reference) -> _Urn | None:
    text, column = reference.id, reference.column
    if field := _FIELD.fullmatch(text):
        text, column = field["dataset"], _decoded(field["field"])
    match = _DATASET.fullmatch(text)
    return match and _Urn(match["platform"], _decoded(match["name"]), match["env"].upper(), column)


def _decoded(text: str) -> str:
    return _RESERVED.sub(lambda match: _DECODED[match[0].upper()], text)


def _column(urn: _Urn) -> tuple[Part, ...]:
    row = platform_named(urn.platform)
    quotes = row.quotes if row else ""
    # The arrays and types of DataHub's form are taken out here, the platform's case comes later.
    plain = column_path(urn.column or "", "", Fold.EXACT) if (urn.column or "").startswith("[version=") else None
    return tuple(map(Part, plain)) if plain is not None else dotted.split(urn.column or "", quotes)


def _instance(urn: _Urn, domain: str | None, declarations: Declarations) -> tuple[str | None, str]:
    """Return the platform instance, written or declared as the default, and the name without it."""
    known = declarations.instances(urn.platform, domain)
    for instance in sorted(known, key=len, reverse=True):
        if urn.name.startswith(f"{instance}."):
            return instance, urn.name[len(instance) + 1 :]
    return declarations.default_instance("datahub", urn.platform, urn.env, domain), urn.name


def _declared(urn: _Urn, instance: str | None, domain: str | None, declarations: Declarations) -> str | None:
    with_env = declarations.binding("datahub", domain, platform=urn.platform, instance=instance, env=urn.env)
    return with_env or declarations.binding("datahub", domain, platform=urn.platform, instance=instance)


def _fits(row: Platform, instance: str | None, name: str) -> bool:
    """Where no instance is known, a name of other than full length may begin with one, and is not bound."""
    return instance is not None or row.naming is not Naming.DOTTED or name.count(".") == row.levels - 1


def _worldwide(urn: _Urn) -> tuple[str, str] | None:
    """Return OpenLineage's namespace and name of what is unique in the world."""
    row = platform_named(urn.platform)
    if row is None or not row.unique or row.naming not in (Naming.DOTTED, Naming.PATH):
        return None
    if row.naming is Naming.DOTTED:
        return (row.schemes[0], urn.name) if urn.name.count(".") == row.levels - 1 else None
    if row.name == "azure":
        return _azure(urn.name)
    bucket, _, path = urn.name.partition("/")
    return (f"{row.schemes[0]}://{bucket}", path) if bucket and path.strip("/") else None


def _azure(name: str) -> tuple[str, str] | None:
    """The Python connectors write account/container/path, the Java converter container@host/path."""
    first, _, rest = name.partition("/")
    if "@" in first:
        return f"abfss://{first}", rest
    container, _, path = rest.partition("/")
    return (f"abfss://{container}@{first}.dfs.core.windows.net", path) if path else None


def _parts(row: Platform, name: str) -> tuple[Part, ...]:
    return tuple(map(Part, name.split("."))) if row.naming in (Naming.DOTTED, Naming.GLUE) else (Part(name),)


def _own(
    urn: _Urn, instance: str | None, name: str, column: tuple[Part, ...] | None, domain: str | None
) -> Key | Unidentifiable:
    row = platform_named(urn.platform)
    fold, column_fold = (row.fold, row.column_fold) if row else (Fold.EXACT, Fold.EXACT)
    segments = name.split(".")
    # What stands before a full name may be an instance, whose case counts.
    start = max(0, len(segments) - row.levels) if row else 0
    path = (*segments[:start], *(folded(segment, fold) for segment in segments[start:]))
    full = (instance, *path) if instance is not None else path
    return unbound("datahub", f"{urn.platform}/{urn.env}", full, column, column_fold, domain=domain)


def _job(reference: Reference, domain: str | None, declarations: Declarations) -> Key | Unidentifiable:
    match = _JOB.fullmatch(reference.id)
    if match is None:
        return Unidentifiable("not-a-urn")
    within = "task_" if match["task"] else ""
    orchestrator, flow, cluster = (match[f"{within}{name}"] for name in ("orchestrator", "flow", "cluster"))
    path = tuple(_decoded(part) for part in (flow, match["task"]) if part)
    bound_to = declarations.binding("datahub", domain, Kind.JOB, orchestrator=orchestrator, cluster=cluster)
    if bound_to is None:
        return key_of("datahub", f"{orchestrator}/{cluster}", path, kind=Kind.JOB, domain=domain, rules=("unbound",))
    namespace = declarations.job_namespace(bound_to, domain)
    return key_of("job", namespace, (".".join(path),), kind=Kind.JOB, domain=domain, rules=("namespace-binding",))

"""Names of catalogs, which leave out the server, and declarations, which say what they leave out.

One maker for every kind of declaration: what it joins, and what it leaves apart. The tests fail when a kind has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lineage_shared.model import Kind
from lineage_shared.naming import Declaration, Reference, System, read_declaration
from lineage_shared.naming.declared import kinds
from tests.shared.naming.cases import Names, by_id, gcp, ol, urn


class Declared(NamedTuple):
    """Declarations, pairs of names that they join, and pairs that they leave apart."""

    declarations: tuple[Declaration, ...]
    joined: tuple[tuple[Reference, Reference], ...]
    apart: tuple[tuple[Reference, Reference], ...]


def unbound(n: Names) -> tuple[Reference, ...]:
    """Return names of all catalogs, all of different things as long as nothing is declared."""
    name = f"{n.database}.{n.schema}.{n.table}"
    return (
        urn("postgres", name),
        urn("postgres", name, "DEV"),
        urn("postgres", f"{n.account}.{name}"),
        urn("mysql", name),
        by_id(System.OPENMETADATA, f"{n.account}.{name}"),
        by_id(System.OPENMETADATA, f"{n.host.partition('.')[0]}.{name}"),
        by_id(System.ATLAS, f"{n.schema}.{n.table}@{n.account}", kind="hive_table"),
        by_id(System.ATLAS, f"{n.schema}.{n.table}@{n.database}", kind="hive_table"),
        by_id(System.ATLAS, f"{n.table}@{n.account}", kind="kafka_topic"),
        by_id(System.AMUNDSEN, f"hive://{n.account}.{n.schema}/{n.table}"),
        by_id(System.AMUNDSEN, f"presto://{n.account}.{n.schema}/{n.table}"),
        by_id(System.AMUNDSEN, f"hive://{n.database}.{n.schema}/{n.table}"),
        by_id(System.DBT, f"model.{n.database}.{n.table}"),
        by_id(System.DBT, f"source.{n.database}.{n.schema}.{n.table}"),
        by_id(System.SPLINE, f"kafka:{n.table}"),
        by_id(System.SPLINE, f"cassandra:{n.schema}:{n.table}"),
        gcp(f"//bigtable.googleapis.com/projects/{n.account}/instances/{n.schema}/tables/{n.table}"),
        gcp(f"//alloydb.googleapis.com/projects/{n.account}/instances/{n.schema}/tables/{n.table}"),
        gcp(f"bigtable:{n.account}.{n.schema}.{n.table}"),
        gcp(f"custom:{n.account}.{n.schema}.{n.table}"),
    )


def _said(**fields: Any) -> Declaration:
    return read_declaration(fields)


def _symlink(n: Names) -> Declared:
    path, table = ol(f"s3://{n.account}", f"{n.schema}/{n.table}"), ol(f"hive://{n.host}", f"{n.schema}.{n.table}")
    ends = [{"namespace": each.namespace, "name": each.name} for each in (path, table)]
    said = _said(type="symlink", of=ends[0], symlink=ends[1])
    return Declared((said,), ((path, table),), ((path, ol(f"hive://{n.host}", f"{n.schema}.{n.table}_2")),))


def _alias(n: Names) -> Declared:
    one, other = ol(f"mysql://{n.host}", f"{n.schema}.{n.table}"), ol(f"kafka://{n.host}:9092", n.table)
    ends = [{"namespace": each.namespace, "name": each.name} for each in (one, other)]
    said = _said(type="alias", a=ends[0], b=ends[1], by=n.account)
    return Declared((said,), ((one, other),), ((one, ol(f"kafka://{n.host}:9092", f"{n.table}2")),))


def _different(n: Names) -> Declared:
    said = [
        _said(type=kind, a={"namespace": "s3://b", "name": n.schema}, b={"namespace": "gs://b", "name": n.table})
        for kind in ("alias", "different_from")
    ]
    return Declared(tuple(said), (), ((ol("s3://b", n.schema), ol("gs://b", n.table)),))


def _namespace_alias(n: Names) -> Declared:
    said = _said(type="namespace_alias", canonical=f"kafka://{n.host}:9092", aliases=[f"kafka://b.{n.host}:9092"])
    one, other = ol(f"kafka://{n.host}:9092", n.table), ol(f"kafka://B.{n.host}.:9092", n.table)
    return Declared((said,), ((one, other),), ((one, ol(f"kafka://b.{n.host}:9093", n.table)),))


def _namespace_binding(n: Names) -> Declared:
    table = ol(f"hive://{n.host}", f"{n.schema}.{n.table}")
    scopes: tuple[tuple[str, dict[str, str]], ...] = (
        ("datahub", {"platform": "hive", "env": "PROD"}),
        ("openmetadata", {"service": n.account}),
        ("atlas", {"type": "hive_table", "cluster": n.account}),
        ("amundsen", {"database": "hive", "cluster": n.account}),
        ("spline", {"scheme": "hive"}),
        ("uri", {"scheme": "hdfs", "authority": ""}),
    )
    said = tuple(
        _said(type="namespace_binding", system=system, scope=scope, namespace=f"hive://{n.host}")
        for system, scope in scopes
    )
    same = (
        urn("hive", f"{n.schema}.{n.table}"),
        by_id(System.OPENMETADATA, f"{n.account}.default.{n.schema}.{n.table}"),
        by_id(System.ATLAS, f"{n.schema}.{n.table}@{n.account}", kind="hive_table"),
        by_id(System.AMUNDSEN, f"hive://{n.account}.{n.schema}/{n.table}"),
        by_id(System.SPLINE, f"hive:{n.schema}.{n.table}"),
    )
    strange = (
        urn("hive", f"{n.schema}.{n.table}", "DEV"),
        by_id(System.OPENMETADATA, f"{n.account}2.default.{n.schema}.{n.table}"),
        by_id(System.ATLAS, f"{n.schema}.{n.table}@{n.account}2", kind="hive_table"),
        by_id(System.AMUNDSEN, f"presto://{n.account}.{n.schema}/{n.table}"),
        by_id(System.SPLINE, f"kafka:{n.schema}.{n.table}"),
    )
    return Declared(said, tuple((table, each) for each in same), tuple((table, each) for each in strange))


def _name_defaults(n: Names) -> Declared:
    home = f"postgres://{n.host}"
    said = _said(type="name_defaults", namespace=home, two_part="schema.table", database=n.database)
    full, short = f"{n.database}.{n.schema}.{n.table}", f"{n.schema}.{n.table}"
    apart = ((ol(home, short), ol(home, f"{n.account}.{short}")), (ol(f"{home}0", short), ol(f"{home}0", full)))
    return Declared((said,), ((ol(home, short), ol(home, full)),), apart)


def _case_policy(n: Names) -> Declared:
    home, name = f"mysql://{n.host}", f"{n.schema}.{n.table}"
    said = _said(type="case_policy", namespace=f"{home}:3306", case="insensitive")
    return Declared(
        (said,),
        ((ol(home, name), ol(home, name.upper())),),
        ((ol(f"{home}0", name), ol(f"{home}0", name.upper())),),
    )


def _path_spec(n: Names) -> Declared:
    home = f"s3://{n.account}"
    said = _said(type="path_spec", spec=f"{home}/{n.schema}/{{table}}/{{date}}")
    day = [ol(home, f"{n.schema}/{n.table}/{date}") for date in ("2024-01-31", "20240201", "2024-13-01")]
    return Declared(
        (said,), ((day[0], day[1]),), ((day[0], day[2]), (day[0], ol(home, f"x{n.schema}/{n.table}/2024-01-31")))
    )


def _shard_policy(n: Names) -> Declared:
    name = f"{n.account}-data.{n.schema}.{n.table}_"
    said = _said(type="shard_policy", spec=f"{name}YYYYMMDD")
    day = [ol("bigquery", f"{name}{date}") for date in ("20240131", "20240229", "20240231", "2024")]
    return Declared((said,), ((day[0], day[1]),), ((day[0], day[2]), (day[0], day[3])))


def _database_alias(n: Names) -> Declared:
    home, rest = f"oracle://{n.host}", f"{n.schema}.{n.table}"
    said = _said(type="database_alias", namespace=home, names=[n.database, n.account])
    one, other = ol(home, f"{n.database}.{rest}"), ol(home, f"{n.account.upper()}.{rest}")
    return Declared((said,), ((one, other),), ((one, ol(home, f"{n.database}2.{rest}")),))


def _catalog_binding(n: Names) -> Declared:
    home, target = f"trino://{n.host}:8080", f"hive://b.{n.host}"
    said = _said(type="catalog_binding", namespace=home, catalog=n.database, target=target)
    table = ol(target, f"{n.schema}.{n.table}")
    apart = ((ol(home, f"{n.account}.{n.schema}.{n.table}"), table),)
    return Declared((said,), ((ol(home, f"{n.database}.{n.schema}.{n.table}"), table),), apart)


def _instance_default(n: Names) -> Declared:
    name = f"{n.database}.{n.schema}.{n.table}"
    said = _said(type="instance_default", system="datahub", platform="postgres", instance=n.account, env="PROD")
    one, other = urn("postgres", name), urn("postgres", f"{n.account}.{name}")
    return Declared((said,), ((one, other),), ((urn("postgres", name, "DEV"), other),))


def _job_namespace_alias(n: Names) -> Declared:
    said = _said(type="job_namespace_alias", canonical=n.account, aliases=[n.host])
    one, other, strange = (Reference(namespace=each, name=n.table, kind=Kind.JOB) for each in (n.account, n.host, "x"))
    return Declared((said,), ((one, other),), ((one, strange), (one, ol(n.account, n.table))))


KINDS: Mapping[type, Callable[[Names], Declared]] = {
    kinds.Symlink: _symlink,
    kinds.Alias: _alias,
    kinds.DifferentFrom: _different,
    kinds.NamespaceAlias: _namespace_alias,
    kinds.NamespaceBinding: _namespace_binding,
    kinds.NameDefaults: _name_defaults,
    kinds.CasePolicy: _case_policy,
    kinds.PathSpec: _path_spec,
    kinds.ShardPolicy: _shard_policy,
    kinds.DatabaseAlias: _database_alias,
    kinds.CatalogBinding: _catalog_binding,
    kinds.InstanceDefault: _instance_default,
    kinds.JobNamespaceAlias: _job_namespace_alias,
}

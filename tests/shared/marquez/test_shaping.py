"""From our model to Marquez's documents."""

from __future__ import annotations

import pytest

from lineage_shared import marquez
from lineage_shared.ids import asset_id, schema_version_id
from lineage_shared.marquez import Asset, Column, ColumnLink, Name
from lineage_shared.model import Kind, RunState
from lineage_shared.wire import (
    FacetsDetail,
    LifecycleChange,
    RunDataset,
    RunDetail,
    SchemaDetail,
    SchemaField,
    SchemaVersion,
    SourceCodeDetail,
)

ORDERS = Name("postgres://db", "orders")
LOAD = Name("airflow", "dag.load")
OLD, NEW = SchemaVersion("v1", 1_000_000, 2_000_000), SchemaVersion("v2", 3_000_000, 4_000_000, (SchemaField("id"),))
SCHEMA = SchemaDetail(fields=(SchemaField("id", "bigint"),), versions=(NEW, OLD))


def known(kind: Kind = Kind.DATASET, name: Name = ORDERS, **more: object) -> Asset:
    """An asset whose details are known."""
    return Asset(**{"kind": kind, "name": name, "schema": SCHEMA, "facets": FacetsDetail(), **more})  # type: ignore[arg-type]


def test_a_dataset() -> None:
    """Its earliest sign of life is when it was created; its newest schema is its current version."""
    facets = FacetsDetail(
        facets={"dataSource": {"name": "warehouse"}},
        description="d",
        lifecycle=(LifecycleChange("CREATE", 500_000), LifecycleChange("DROP", 600_000)),
        dropped=True,
    )
    shown = marquez.dataset(known(facets=facets, updated_us=9_000_000, tags=("pii",), type="TABLE"))
    assert (shown.created_at, shown.updated_at) == ("1970-01-01T00:00:00.500000Z", "1970-01-01T00:00:09Z")
    assert (shown.type, shown.source_name, shown.tags) == ("DB_TABLE", "warehouse", ("pii",))
    assert (shown.last_lifecycle_state, shown.deleted, shown.description) == ("DROP", True, "d")
    assert shown.current_version == schema_version_id(*(ORDERS.namespace, ORDERS.name), "v2")
    assert [field.type for field in shown.fields or ()] == ["bigint"]


def test_what_could_not_be_had_is_null() -> None:
    """Never an empty list in place of an unknown one."""
    shown = marquez.dataset(known(schema=None, facets=None))
    assert (shown.fields, shown.facets, shown.current_version, shown.created_at) == (None, None, None, None)
    assert marquez.dataset(known(schema=SchemaDetail())).fields is None
    job = marquez.job(known(Kind.JOB, LOAD, facets=None), (), (), None)
    assert (job.latest_runs, job.latest_run, job.facets) == (None, None, None)
    with pytest.raises(ValueError, match="not known"):
        marquez.versions(known(schema=None))


def test_versions_are_distinct_schemas() -> None:
    """Newest first; facets as they are now belong to the current one."""
    new, old = marquez.versions(known(facets=FacetsDetail(facets={"x": 1})))
    assert (new.created_at, old.created_at) == ("1970-01-01T00:00:03Z", "1970-01-01T00:00:01Z")
    assert (new.facets, old.facets, len(new.fields), len(old.fields)) == ({"x": 1}, {}, 1, 0)
    assert new.version == new.id.version != old.version


def test_streams_are_streams() -> None:
    """Marquez knows two types of datasets and three of jobs."""
    assert marquez.dataset(known(type="TOPIC")).type == "STREAM"
    types = [marquez.job(known(Kind.JOB, LOAD, type=each), (), (), ()).type for each in ("", "STREAMING", "SERVICE")]
    assert types == ["BATCH", "STREAM", "SERVICE"]


def test_a_job_with_its_runs() -> None:
    """Its newest run tells its parent, and so its simple name; inputs are sorted, each once."""
    names = {1: ORDERS}
    detail = RunDetail(
        run_id="r", job=7, state=RunState.FAIL, started_us=1_000_000, ended_us=3_500_000, nominal_start="bad",
        facets={"parent": {"job": {"name": "dag"}}},
        inputs=(RunDataset(1, schema_version="v2", row_count="5"), RunDataset(2)),
    )  # fmt: skip
    run = marquez.run(detail, LOAD, "sales", names.get)
    assert (run.state, run.duration_ms, run.nominal_start_time) == ("FAILED", 2500, None)
    assert run.job_version.version == asset_id(Kind.JOB, LOAD.namespace, LOAD.name, "sales")
    (used,) = run.input_dataset_versions
    assert used.dataset_version_id.version == schema_version_id(ORDERS.namespace, ORDERS.name, "v2")
    assert used.facets == {"statistics": {"rowCount": "5"}}
    code = FacetsDetail(source_code=SourceCodeDetail(url="https://x"))
    job = marquez.job(known(Kind.JOB, LOAD, facets=code), [ORDERS, LOAD, ORDERS], (), (run,))
    assert (job.simple_name, job.parent_job_name, job.location) == ("load", "dag", "https://x")
    assert (job.inputs, job.latest_run) == ((LOAD, ORDERS), run)


def test_a_graph() -> None:
    """Nodes by id, each with its edges; two jobs of one name get their domains behind it."""
    dataset, job = marquez.dataset(known()), marquez.job(known(Kind.JOB, LOAD), (), (), ())
    graph = marquez.lineage_graph({1: (dataset, None), 2: (job, "a"), 3: (job, "b")}, [(1, 2), (1, 3), (1, 2)]).graph
    assert [node.id for node in graph] == [
        "dataset:postgres://db:orders",
        "job:airflow:dag.load@a",
        "job:airflow:dag.load@b",
    ]
    assert [(len(node.in_edges), len(node.out_edges)) for node in graph] == [(0, 2), (1, 0), (1, 0)]
    assert graph[1].in_edges[0].origin == graph[0].id


def test_a_graph_of_columns() -> None:
    """As in Marquez, each edge begins at the node that shows it."""
    source, target = Column(ORDERS, "id"), Column(ORDERS, "key")
    graph = marquez.column_graph(
        [source, target], [ColumnLink(source, target, "DIRECT", "IDENTITY", "")], {source: "int"}
    ).graph
    assert [(node.data.field, node.data.field_type) for node in graph] == [("id", "int"), ("key", None)]
    assert graph[0].out_edges[0].origin == graph[0].id
    assert (graph[1].in_edges[0].origin, graph[1].in_edges[0].destination) == (graph[1].id, graph[0].id)
    assert graph[1].data.input_fields[0].transformation_type == "DIRECT:IDENTITY"

"""Columns under many names, one by one: which are one column, how they are asked for and spelled."""

from __future__ import annotations

import asyncio

import pytest

from lineage_gateway.access import EVERYTHING
from lineage_gateway.lineage import (
    ById,
    ColumnQuestion,
    Limits,
    MeshView,
    Unasked,
    column_lineage,
)
from lineage_gateway.mesh import Direction, Member, MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.errors import NotFound
from lineage_shared.model import Kind, Step
from lineage_shared.wire import ColumnEdge, DatasetColumns, SchemaDetail
from tests.gateway.graphql.federation import dataset, job
from tests.gateway.lineage.column_world import (
    HIVE_T,
    HIVE_U,
    POSTGRES,
    S3_T,
    SNOWFLAKE,
    Edge,
    Telling,
    asked,
    asking,
    found,
    mesh_of,
)


def test_lineage_goes_through_a_class_whose_names_differ_in_case_only() -> None:
    """One domain writes `id` of a table, another reads `ID` of the path that is the same thing."""
    edges = [Edge("a", POSTGRES, "id", HIVE_T, "id"), Edge("b", S3_T, "ID", SNOWFLAKE, "key")]
    assert asking(edges, {}, SNOWFLAKE, "key") == [("s", "key"), ("t", "id"), ("p", "id")]
    downstream = asking(edges, {}, POSTGRES, "id", Direction.DOWNSTREAM)
    assert downstream == [("p", "id"), ("t", "id"), ("s", "key")]


def test_twins_in_one_schema_stay_apart() -> None:
    """Where the path has both `id` and `ID`, only the equal name is the table's."""
    edges = [Edge("a", POSTGRES, "id", HIVE_T, "id"), Edge("b", S3_T, "ID", SNOWFLAKE, "key")]
    twins = {("b", S3_T): ["id", "ID"]}
    assert asking(edges, twins, SNOWFLAKE, "key") == [("s", "key"), ("t", "ID")]
    exact = [edges[0], Edge("b", S3_T, "id", SNOWFLAKE, "key")]
    assert asking(exact, twins, SNOWFLAKE, "key") == [("s", "key"), ("t", "id"), ("p", "id")]


def test_twins_that_only_other_readers_know_stay_apart_in_both_directions() -> None:
    """Which columns are one is the same question whichever way one looks."""
    edges = [
        Edge("a", POSTGRES, "id", HIVE_T, "id"),
        Edge("b", S3_T, "ID", SNOWFLAKE, "key"),
        Edge("b", S3_T, "Id", HIVE_U, "other"),
    ]
    assert asking(edges, {}, SNOWFLAKE, "key") == [("s", "key"), ("t", "ID")]
    assert asking(edges, {}, POSTGRES, "id", Direction.DOWNSTREAM) == [("p", "id"), ("t", "id")]


@pytest.mark.parametrize("at_once", [0, 2000])
def test_what_is_written_into_a_class_counts_where_it_is_only_read(at_once: int) -> None:
    """Hop by hop as well as all at once: `ID` is written, so that the readers' `Id` and `id` are not one."""
    edges = [
        Edge("a", HIVE_T, "id", SNOWFLAKE, "one"),
        Edge("b", S3_T, "Id", POSTGRES, "two"),
        Edge("b", HIVE_U, "three", S3_T, "ID"),
    ]
    mesh = mesh_of(edges)
    answer = asked(mesh, Telling(edges, {}), HIVE_T, "id", Direction.DOWNSTREAM, datasets_max=at_once)
    assert found(mesh, answer) == [("t", "id"), ("s", "one")]
    mesh = mesh_of(edges[:2])
    answer = asked(mesh, Telling(edges[:2], {}), HIVE_T, "id", Direction.DOWNSTREAM, datasets_max=at_once)
    assert sorted(found(mesh, answer)) == [("p", "two"), ("s", "one"), ("t", "id")]


def test_a_schema_with_twins_makes_case_count_on_any_platform() -> None:
    """Snowflake may hold "id" beside ID, and a schema names both without quotes."""
    edges = [Edge("a", POSTGRES, "x", SNOWFLAKE, "id"), Edge("a", POSTGRES, "y", SNOWFLAKE, "ID")]
    assert asking(edges, {}, SNOWFLAKE, "id") == [("s", "ID"), ("p", "x"), ("p", "y")]
    twins = {("a", SNOWFLAKE): ["id", "ID"]}
    assert asking(edges, twins, SNOWFLAKE, "id") == [("s", "id"), ("p", "x")]
    assert asking(edges, twins, SNOWFLAKE, "ID") == [("s", "ID"), ("p", "y")]


def test_a_column_is_asked_for_by_the_rules_of_its_platform_and_spelled_by_its_schema() -> None:
    """Snowflake folds, and the schema's spelling is the answer's; Postgres does not, and the near name is named."""
    edges = [Edge("a", POSTGRES, "order_id", SNOWFLAKE, "ORDER_ID")]
    schemas = {("a", SNOWFLAKE): ["order_id"], ("a", POSTGRES): ["order_id", "total"]}
    for asked_for in ("ORDER_ID", "order_id", "Order_Id"):
        assert asking(edges, schemas, SNOWFLAKE, asked_for) == [("s", "order_id"), ("p", "order_id")]
    with pytest.raises(NotFound) as error:
        asking(edges, schemas, POSTGRES, "ORDER_ID")
    assert error.value.code == "COLUMN_NOT_FOUND"
    assert "it has order_id" in error.value.hint
    assert "total" not in error.value.hint
    with pytest.raises(NotFound, match="has no column 'amount'") as error:
        asking(edges, schemas, POSTGRES, "amount")
    assert "order_id, total" in error.value.hint


def test_without_a_schema_a_column_is_spelled_as_the_first_key_of_the_class_does() -> None:
    """A table comes before a path; what nobody wrote is spelled as it was asked for."""
    edges = [Edge("a", POSTGRES, "id", S3_T, "ID"), Edge("b", HIVE_T, "Id", SNOWFLAKE, "key")]
    assert asking(edges, {}, SNOWFLAKE, "KEY") == [("s", "key"), ("t", "Id"), ("p", "id")]
    assert asking([], {}, SNOWFLAKE, "nothing") == [("s", "nothing")]


def test_two_spellings_of_one_path_are_one_dataset() -> None:
    """A reference of column lineage is read like any other: `s3a` and `s3`, with a partition or without one."""
    keeper = MeshKeeper()
    records = [
        dataset(1, "s3://lake", "raw"),
        dataset(2, "s3a://lake", "/clean/day=2024-01-31"),
        dataset(3, "s3://lake", "clean"),
        dataset(4, "s3://lake", "report"),
        job(5, "jobs", "j", Step((1,), (2,)), Step((3,), (4,))),
    ]
    keeper.replace("a", DomainMirror("a", records))

    class Two(Telling):
        def into(self, member: Member) -> DatasetColumns:
            said = {2: (1, "x", "y"), 4: (3, "y", "z")}.get(member.number)
            edges = (ColumnEdge(*said, "DIRECT"),) if said else ()
            return DatasetColumns(number=member.number, revision=1, edges=edges)

    view = MeshView(keeper.mesh, {"a": DomainState("a", DomainStatus.LIVE, not_live_s=0.0)}, EVERYTHING, Limits())
    node = keeper.mesh.find(Kind.DATASET, "s3://lake", "report")[0]
    question = ColumnQuestion(ById(keeper.mesh.id(node)), "z", Direction.UPSTREAM, None)
    answer = asyncio.run(column_lineage(view, question, Two([], {})))
    assert [each.column for each in answer.walk.nodes] == ["z", "y", "x"]


def test_a_member_that_cannot_be_asked_for_its_columns_leaves_a_gap() -> None:
    """Nobody can say that a class has no twins while one of its schemas is unknown."""

    class Silent(Telling):
        def schema(self, member: Member) -> SchemaDetail:
            return Unasked("gone") if member.number == S3_T else super().schema(member)  # type: ignore[return-value]

    edges = [Edge("a", POSTGRES, "id", HIVE_T, "id")]
    mesh = mesh_of(edges)
    answer = asked(mesh, Silent(edges, {("a", HIVE_T): ["id"]}), HIVE_T, "id", Direction.UPSTREAM)
    assert found(mesh, answer) == [("t", "id"), ("p", "id")]
    assert not answer.rests.complete

"""Details of nodes: schemas and their versions, facets verbatim, quality, lifecycle, and their revisions."""

from __future__ import annotations

from typing import Any

from lineage_agent.store import details
from lineage_agent.store.engine import Engine
from lineage_shared.wire import NodeDetails
from tests import factories as make
from tests.agent.store.files import fill, fresh, number


def detail(engine: Engine, name: str, part: str, *, kind: int = 0) -> NodeDetails:
    """One part of one node."""
    (found,) = details.read(engine.connection, [number(engine.connection, name, kind=kind)], [part])
    return found


def facets(engine: Engine, name: str, *, kind: int = 0) -> Any:
    """The facets part of a node."""
    return detail(engine, name, "facets", kind=kind).facets


def test_only_the_parts_asked_for_are_given() -> None:
    """Other parts are None, and unknown numbers are passed over."""
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=[make.dataset("a", schema=make.schema("id"))])])
        found = detail(engine, "a", "schema")
        assert (found.schema is not None, found.facets, found.history) == (True, None, None)
        assert list(found.revisions) == ["schema"]
        assert list(details.read(engine.connection, [999], ["schema", "facets", "history"])) == []


def test_schema_versions_are_kept() -> None:
    """Each distinct schema is a version with the event times of its first and last report, the newest first."""
    reports = [(1, ["id"]), (2, ["id"]), (3, ["id", "name"]), (4, ["id", "name"])]
    events = [
        make.run_event(run=str(at), at=at, outputs=[make.dataset("a", schema=make.schema(*columns))])
        for at, columns in reports
    ]
    with fresh() as engine:
        fill(engine, events[::-1], batch=1)
        schema = detail(engine, "a", "schema").schema
    assert schema is not None
    assert [field.name for field in schema.fields or ()] == ["id", "name"]
    seen = [
        (len(version.fields), version.first_seen_us // 10**6 % 60, version.last_seen_us // 10**6 % 60)
        for version in schema.versions
    ]
    assert seen == [(2, 3, 4), (1, 1, 2)]
    assert len({version.version for version in schema.versions}) == 2


def test_no_schema_is_not_an_empty_schema() -> None:
    """`fields` is None where no producer reported any, and empty where one reported none."""
    with fresh() as engine:
        fill(engine, [make.run_event(inputs=["a"], outputs=[make.dataset("b", schema=make.schema())])])
        never, empty = (detail(engine, name, "schema").schema for name in ("a", "b"))
    assert never is not None
    assert empty is not None
    assert (never.fields, empty.fields) == (None, ())


def test_tags_of_columns_stand_at_their_columns() -> None:
    """A tag with a field belongs to that column, and is no tag of the dataset."""
    dataset = make.dataset("a", schema=make.schema("id", "mail"), tags=make.tags("pii", field="mail"))
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=[dataset])])
        schema = detail(engine, "a", "schema").schema
    assert schema is not None
    assert [(field.name, field.tags) for field in schema.fields or ()] == [("id", ()), ("mail", ("pii",))]


def test_facets_are_verbatim_and_fold_by_name() -> None:
    """The newest facet of each name holds, whole; a deleted one is gone; unknown ones are kept."""
    old = {"documentation": {"description": "old"}, "custom": {"deep": [1, {"x": None}]}, "tags": make.tags("pii")}
    new = {"documentation": {"description": "new", "_producer": "p", "extra": 1.5}, "tags": make.deleted()}
    events = [
        make.run_event(run="2", at=2, inputs=[make.dataset("a", **new)]),
        make.run_event(run="1", at=1, inputs=[make.dataset("a", **old)]),
    ]
    with fresh() as engine:
        fill(engine, events, batch=1)
        found = facets(engine, "a")
    assert found.facets == {"documentation": new["documentation"], "custom": old["custom"]}
    assert found.description == "new"


def test_what_is_read_out_of_job_facets() -> None:
    """SQL and source code location are given in plain fields too."""
    location = {"type": "git", "url": "https://git.example/x", "version": "abc", "branch": "main", "path": "x.py"}
    said = {"sql": {"query": "select 1"}, "sourceCodeLocation": location}
    with fresh() as engine:
        fill(engine, [make.run_event(job_facets=said)])
        found = facets(engine, "etl", kind=1)
    assert (found.sql, found.source_code.url, found.source_code.version) == ("select 1", "https://git.example/x", "abc")
    assert found.facets == said


def test_quality_is_that_of_the_newest_event_that_reported_any() -> None:
    """Also when it came as a facet of the input; its time is the time of that event."""
    said = {"assertions": [{"assertion": "not_null", "success": False, "column": "id"}]}
    tested = {**make.dataset("a"), "inputFacets": {"dataQualityAssertions": said}}
    with fresh() as engine:
        fill(engine, [make.run_event(at=7, inputs=[tested])])
        before = detail(engine, "a", "facets")
        fill(engine, [make.run_event(run="2", at=8, inputs=[tested])])
        after = detail(engine, "a", "facets")
    assert before.facets is not None
    assert after.facets is not None
    (one,), (other,) = before.facets.quality, after.facets.quality
    assert (one.assertion, one.success, one.column) == ("not_null", False, "id")
    assert (other.at_us or 0) - (one.at_us or 0) == 10**6
    assert after.revisions["facets"] > before.revisions["facets"]  # type: ignore[index]


def test_the_life_of_a_dataset() -> None:
    """All changes are kept with their times; a rename names the former name; `dropped` tells whether it is gone."""
    changes = [make.lifecycle("CREATE"), make.lifecycle("RENAME", "old"), make.lifecycle("DROP")]
    events = [
        make.dataset_event(make.dataset("a", lifecycleStateChange=change), at=at) for at, change in enumerate(changes)
    ]
    with fresh() as engine:
        fill(engine, events)
        found = facets(engine, "a")
        assert [(change.change, change.previous_name) for change in found.lifecycle] == [
            ("CREATE", ""),
            ("RENAME", "old"),
            ("DROP", ""),
        ]
        assert found.dropped
        fill(engine, [make.run_event(at=9, outputs=["a"])])
        assert not facets(engine, "a").dropped


def test_revisions_move_only_with_what_changed() -> None:
    """A new description moves the facets part, a new schema both, and neither moves for another dataset."""
    with fresh() as engine:
        fill(engine, [make.run_event(outputs=[make.dataset("a", schema=make.schema("id")), "b"])])
        before = {name: _revisions(engine, name) for name in ("a", "b")}
        fill(engine, [make.dataset_event(make.dataset("a", documentation={"description": "x"}), at=1)])
        described = _revisions(engine, "a")
        fill(engine, [make.dataset_event(make.dataset("a", schema=make.schema("id", "x")), at=2)])
        changed = _revisions(engine, "a")
        assert _revisions(engine, "b") == before["b"]
    assert (described[0], changed[0] > described[0]) == (before["a"][0], True)
    assert before["a"][1] < described[1] < changed[1]


def _revisions(engine: Engine, name: str) -> tuple[int, int]:
    (found,) = details.read(engine.connection, [number(engine.connection, name)], ["schema", "facets"])
    return found.revisions["schema"], found.revisions["facets"]  # type: ignore[index]

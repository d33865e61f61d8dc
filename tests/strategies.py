"""Hypothesis strategies: valid events over a pool of names so small that they meet, overlap and contradict each other.

Times collide on purpose: what decides then is the terminal priority and the content (ARCHITECTURE rule 2).
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests import factories as make
from tests.factories import Json

DATASET_NAMES = ("a", "b", "c", "d", "e")
JOB_NAMES = ("load", "clean", "serve")
RUN_IDS = ("r1", "r2", "r3")
COLUMNS = ("id", "name", "total")
EVENT_TYPES = ("START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER", None)

names = st.sampled_from(DATASET_NAMES)
times = st.integers(0, 8)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def distinct(of: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    """Lists of up to `size` different values."""
    return st.lists(of, max_size=size, unique=True)


column_inputs = st.builds(
    make.column_input,
    names,
    st.sampled_from(COLUMNS),
    kind=st.sampled_from(("DIRECT", "INDIRECT")),
    subtype=st.sampled_from(("IDENTITY", "AGGREGATION", "JOIN")),
)
column_fields = st.dictionaries(st.sampled_from(COLUMNS), st.lists(column_inputs, min_size=1, max_size=2), max_size=2)
column_lineages = st.builds(make.column_lineage, column_fields, st.lists(column_inputs, max_size=1))
lineages = st.builds(make.lineage, distinct(names, 2), column_fields)
lifecycles = st.sampled_from(("CREATE", "ALTER", "DROP", "OVERWRITE", "TRUNCATE")).map(make.lifecycle) | names.map(
    lambda previous: make.lifecycle("RENAME", previous)
)
schemas = distinct(st.sampled_from(COLUMNS), 3).map(lambda columns: make.schema(*columns))

dataset_facets: dict[str, st.SearchStrategy[Json]] = {
    "schema": schemas,
    "symlinks": distinct(names, 2).map(lambda targets: make.symlinks(*targets)),
    "ownership": st.sampled_from(("team:a", "team:b")).map(lambda owner: make.ownership(**{owner: "OWNER"})),
    "tags": distinct(st.sampled_from(("pii", "gold")), 2).map(lambda keys: make.tags(*keys)),
    "documentation": st.sampled_from(("one", "two")).map(lambda text: {"description": text}),
    "datasetType": st.sampled_from(("TABLE", "VIEW")).map(lambda kind: {"datasetType": kind}),
    "custom_thing": st.sampled_from((1, "one", [1.5, None], {"deep": [{}]})).map(lambda value: {"value": value}),
}
lineage_facets: dict[str, st.SearchStrategy[Json]] = {
    "columnLineage": column_lineages,
    "lineage": lineages,
    "lifecycleStateChange": lifecycles,
}


@st.composite
def facet_maps(draw: st.DrawFn, table: dict[str, st.SearchStrategy[Json]], most: int = 2) -> dict[str, Json]:
    """Up to `most` facets out of a table; now and then one that is deleted."""
    chosen = draw(distinct(st.sampled_from(sorted(table)), most))
    return {name: draw(st.one_of(table[name], table[name], st.just(make.deleted()))) for name in chosen}


@st.composite
def mentions(draw: st.DrawFn, direction: str) -> list[Json]:
    """The inputs or outputs of an event; only outputs say how they came about."""
    result = []
    for name in draw(distinct(names, 3)):
        table = dataset_facets if direction == "inputs" else {**dataset_facets, **lineage_facets}
        mention = make.dataset(name, **draw(st.just({}) | facet_maps(table)))
        rows = draw(st.none() | st.integers(0, 3))
        if rows is not None:
            io = ("inputFacets", "inputStatistics") if direction == "inputs" else ("outputFacets", "outputStatistics")
            mention[io[0]] = {io[1]: {"rowCount": rows}}
        result.append(mention)
    return result


@st.composite
def job_lineages(draw: st.DrawFn) -> Json:
    """The `lineage` facet of a job: targets that are datasets, the event's own job, or another job."""
    entries = [
        make.lineage_entry(target, draw(distinct(names, 2)), draw(column_fields)) for target in draw(distinct(names, 2))
    ]
    sources = [{**make.dataset(name), "type": "DATASET"} for name in draw(distinct(names, 2))]
    upstream = {"namespace": make.JOBS, "name": draw(st.sampled_from(JOB_NAMES)), "type": "JOB"}
    if draw(st.booleans()):
        entries.append({"type": "JOB", "inputs": [*sources, upstream]})
    return {"entries": entries}


job_facets: dict[str, st.SearchStrategy[Json]] = {
    "jobType": st.builds(
        make.job_type,
        st.sampled_from(("BATCH", "STREAMING", "SERVICE")),
        content=st.sampled_from((None, "ACCUMULATIVE", "COMPLETE_SNAPSHOT")),
    ),
    "lineage": job_lineages(),
    "ownership": dataset_facets["ownership"],
    "tags": dataset_facets["tags"],
    "documentation": dataset_facets["documentation"],
    "sql": st.sampled_from(("select 1", "select 2")).map(lambda query: {"query": query}),
}
run_facets: dict[str, st.SearchStrategy[Json]] = {
    "parent": st.builds(make.parent, st.sampled_from(RUN_IDS), st.sampled_from(JOB_NAMES)),
    "errorMessage": st.just({"message": "boom", "programmingLanguage": "PYTHON"}),
    "nominalTime": st.just({"nominalStartTime": "2026-01-01"}),
}

run_events = st.builds(
    make.run_event,
    st.sampled_from(JOB_NAMES),
    run=st.sampled_from(RUN_IDS),
    type=st.sampled_from(EVENT_TYPES),
    at=times,
    inputs=mentions("inputs"),
    outputs=mentions("outputs"),
    run_facets=facet_maps(run_facets, 1),
    job_facets=facet_maps(job_facets),
)
job_events = st.builds(
    make.job_event,
    st.sampled_from(JOB_NAMES),
    at=times,
    inputs=mentions("inputs"),
    outputs=mentions("outputs"),
    facets=facet_maps(job_facets),
)
retirements = st.builds(
    make.job_event, st.sampled_from(JOB_NAMES), at=times, facets=st.just({"lineageMesh_retirement": {"reason": "gone"}})
)


@st.composite
def dataset_events(draw: st.DrawFn) -> Json:
    """A DatasetEvent."""
    facets = draw(facet_maps({**dataset_facets, **lineage_facets}))
    return make.dataset_event(make.dataset(draw(names), **facets), at=draw(times))


def event() -> st.SearchStrategy[Json]:
    """One valid event; two in three are RunEvents."""
    others = st.one_of(job_events, dataset_events(), retirements)
    return st.one_of(run_events, run_events, others)


def events(most: int = 8) -> st.SearchStrategy[list[Json]]:
    """Up to `most` valid events."""
    return st.lists(event(), min_size=1, max_size=most)

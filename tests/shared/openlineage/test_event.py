"""JSON to events: three kinds by shape, refusals that name the path, leniency in everything else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.errors import InvalidEvent
from lineage_shared.model import DatasetRef, JobRef, RunState
from lineage_shared.openlineage import EventKind, is_deleted, parse, read_event
from tests.factories import DATASETS, JOBS, body, dataset, dataset_event, deleted, job_event, run_event
from tests.strategies import event, json_values

MISSING = object()


def _with(raw: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The event with the value at a dotted path replaced, or taken away."""
    *parents, last = path.split(".")
    target: Any = raw
    for part in parents:
        target = target[int(part)] if part.isdigit() else target[part]
    if value is MISSING:
        del target[last]
    else:
        target[int(last) if last.isdigit() else last] = value
    return raw


def _full() -> dict[str, Any]:
    return run_event(run="r", inputs=["a", "b"], outputs=["c"])


def test_run_event() -> None:
    """`run` and `job` make a RUN, with everything that it names."""
    raw = run_event("load", run="r1", type="FAIL", at=1.5, inputs=["a"], outputs=[dataset("b", schema={"fields": []})])
    read = read_event(raw)
    assert (read.kind, read.type, read.run_id, read.job) == (EventKind.RUN, RunState.FAIL, "r1", JobRef(JOBS, "load"))
    assert read.time_ns == 1_767_225_601_500_000_000
    assert [mention.ref for mention in read.inputs] == [DatasetRef(DATASETS, "a")]
    assert read.outputs[0].facets == {"schema": {"fields": []}}
    assert read.dataset is None


def test_job_event() -> None:
    """`job` without `run` makes a JOB, which has no state whatever its type says."""
    read = read_event({**job_event("load", outputs=["b"]), "eventType": "COMPLETE"})
    assert (read.kind, read.type, read.run_id, read.job) == (EventKind.JOB, None, "", JobRef(JOBS, "load"))
    assert [mention.ref.name for mention in read.outputs] == ["b"]


def test_dataset_event() -> None:
    """`dataset` without `run` makes a DATASET."""
    read = read_event(dataset_event(dataset("a", documentation={"description": "x"})))
    assert read.kind is EventKind.DATASET
    assert read.dataset is not None
    assert read.dataset.ref == DatasetRef(DATASETS, "a")
    assert read.job is None


def test_kind_ignores_schema_url() -> None:
    """A wrong or missing schemaURL changes nothing: the shape decides."""
    raw = run_event()
    raw["schemaURL"] = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent"
    assert read_event(raw).kind is EventKind.RUN
    del raw["schemaURL"], raw["producer"]
    assert read_event(raw).kind is EventKind.RUN


def test_run_with_a_dataset_besides() -> None:
    """The spec's own sample has `run`, `job` and `dataset`: a RUN, which names the dataset as well."""
    read = read_event({**run_event(), "dataset": dataset("extra")})
    assert read.kind is EventKind.RUN
    assert read.dataset is not None
    assert read.dataset.ref.name == "extra"
    assert read_event({**run_event(), "dataset": {"name": 1}}).dataset is None


def test_null_is_missing() -> None:
    """A null subject does not decide the kind."""
    assert read_event({**job_event(), "run": None, "dataset": None}).kind is EventKind.JOB
    assert read_event({**dataset_event("a"), "run": None, "job": None}).kind is EventKind.DATASET


REFUSED: list[tuple[str, Any, str]] = [
    ("eventTime", MISSING, "eventTime: missing"),
    ("eventTime", None, "eventTime: missing"),
    ("eventTime", 1_609_156_320, "eventTime: not a string"),
    ("eventTime", "yesterday", "eventTime: 'yesterday': not a date and time"),
    ("eventTime", "2020-12-28", "eventTime: '2020-12-28': not a date and time"),
    ("eventTime", "3000-01-01T00:00:00Z", "outside the years 1678 to 2262"),
    ("run", {}, "run.runId: missing"),
    ("run", "r", "run: not an object"),
    ("run.runId", None, "run.runId: missing"),
    ("run.runId", "", "run.runId: missing or empty"),
    ("run.runId", 7, "run.runId: not a string"),
    ("job", MISSING, "job: missing"),
    ("job", [], "job: not an object"),
    ("job.name", MISSING, "job.name: missing"),
    ("job.name", "", "job.name: empty"),
    ("job.namespace", 1, "job.namespace: not a string"),
    ("inputs", {}, "inputs: not an array"),
    ("outputs", "a", "outputs: not an array"),
    ("inputs.1", "a", "inputs[1]: not an object"),
    ("inputs.1", None, "inputs[1]: missing"),
    ("inputs.1.name", MISSING, "inputs[1].name: missing"),
    ("outputs.0.namespace", None, "outputs[0].namespace: missing"),
    ("outputs.0.name", "", "outputs[0].name: empty"),
]


@pytest.mark.parametrize(("path", "value", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_refused(path: str, value: Any, message: str) -> None:
    """What has no readable time, run id or name is refused with 422, and the message names the path."""
    with pytest.raises(InvalidEvent) as caught:
        read_event(_with(_full(), path, value))
    assert message in caught.value.message
    assert caught.value.status == 422
    assert caught.value.code.startswith("EVENT_")


@pytest.mark.parametrize("raw", [[], None, 1, "event", [{}]])
def test_not_an_object(raw: Any) -> None:
    """JSON that is no object is refused as no event."""
    with pytest.raises(InvalidEvent, match="not a JSON object"):
        read_event(raw)


@pytest.mark.parametrize("raw", [{}, {"eventTime": "2020-12-28T11:52:00Z"}, {"job": None, "inputs": []}])
def test_no_subject(raw: Any) -> None:
    """An object without run, job and dataset is refused with a hint."""
    with pytest.raises(InvalidEvent, match="neither") as caught:
        read_event(raw)
    assert caught.value.hint


def test_dataset_event_without_name() -> None:
    """A DatasetEvent's path begins with `dataset`."""
    with pytest.raises(InvalidEvent, match=r"^dataset\.name: missing"):
        read_event(_with(dataset_event("a"), "dataset.name", MISSING))


LENIENT: list[tuple[str, Any]] = [
    ("eventType", MISSING),
    ("eventType", None),
    ("eventType", 5),
    ("eventType", "FINISHED"),
    ("producer", MISSING),
    ("producer", "sqlmesh"),
    ("schemaURL", MISSING),
    ("inputs", MISSING),
    ("inputs", None),
    ("outputs", []),
    ("run.facets", None),
    ("run.facets", "none"),
    ("job.facets", [1]),
    ("inputs.0.facets", None),
    ("inputs.0.facets", 3),
    ("inputs.0.inputFacets", "x"),
    ("outputs.0.outputFacets", None),
    ("run.runId", "not-a-uuid"),
    ("job.namespace", ""),
    ("job.name", 'a "quoted".name://with|bars'),
    ("unknown", {"kept": True}),
]


@pytest.mark.parametrize(
    ("path", "value"), LENIENT, ids=[f"{path}={'missing' if value is MISSING else value}" for path, value in LENIENT]
)
def test_lenient(path: str, value: Any) -> None:
    """What the spec demands, but real producers leave out or fill with something else, is accepted."""
    assert read_event(_with(_full(), path, value)).kind is EventKind.RUN


@pytest.mark.parametrize("kind", ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"])
def test_event_types(kind: str) -> None:
    """All six types are known, in any case as Marquez takes them."""
    assert read_event(run_event(type=kind)).type == read_event(run_event(type=kind.lower())).type == RunState(kind)


@pytest.mark.parametrize("name", ["x" * 20_000, "a\x00b", "\t\n", "ünï/cødé 表 🙂", " "])
def test_any_text_is_a_name(name: str) -> None:
    """Long names, control characters (NUL too) and white space are names."""
    read = read_event(parse(body(run_event(name, run=name, inputs=[name], namespace=name))))
    assert (read.job, read.run_id, read.inputs[0].ref.name) == (JobRef(name, name), name, name)


def test_facets() -> None:
    """Null facets are left out, deleted ones are kept as the order to delete, others verbatim, even odd ones."""
    odd = {"gone": {**deleted(), "_producer": "x"}, "null": None, "odd": [1], "kept": {"_deleted": "yes"}}
    raw = run_event(inputs=[{**dataset("a", **odd), "inputFacets": odd}], job_facets=odd, run_facets=odd)
    read = read_event(raw)
    expected = {"gone": {"_deleted": True}, "odd": [1], "kept": {"_deleted": "yes"}}
    assert read.job_facets == read.inputs[0].facets == expected
    assert read.run_facets == read.inputs[0].io_facets == {**expected, "gone": odd["gone"]}
    assert [name for name, facet in read.job_facets.items() if is_deleted(facet)] == ["gone"]


def test_io_facets() -> None:
    """`inputFacets` belong to inputs and `outputFacets` to outputs."""
    both: dict[str, Any] = {"inputFacets": {"i": {}}, "outputFacets": {"o": {}}}
    read = read_event(run_event(inputs=[{**dataset("a"), **both}], outputs=[{**dataset("b"), **both}]))
    assert read.inputs[0].io_facets == {"i": {}}
    assert read.outputs[0].io_facets == {"o": {}}


@given(event())
def test_generated_events_are_read(raw: dict[str, Any]) -> None:
    """Every event of the strategies is read whole, and reading leaves it as it was."""
    before = body(raw)
    read = read_event(raw)
    assert body(raw) == before
    assert [mention.ref.name for mention in read.inputs] == [each["name"] for each in raw.get("inputs", [])]
    assert [mention.ref.name for mention in read.outputs] == [each["name"] for each in raw.get("outputs", [])]


@given(st.data(), event(), json_values)
def test_no_other_error(data: st.DataObject, raw: dict[str, Any], value: Any) -> None:
    """An event with any piece replaced by anything is read, or an `InvalidEvent`."""
    target: Any = raw
    while True:
        keys = sorted(target) if isinstance(target, dict) else range(len(target))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(target[key], dict | list) and target[key] and data.draw(st.booleans())):
            break
        target = target[key]
    target[key] = value
    try:
        read_event(raw)
    except InvalidEvent as error:
        assert error.message  # noqa: PT017 - either outcome is fine, another exception is not


@given(json_values)
def test_any_json(value: Any) -> None:
    """JSON at random is no event, and nothing but `InvalidEvent` says so."""
    with pytest.raises(InvalidEvent):
        read_event(value)

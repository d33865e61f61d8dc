"""A JSON value to an `Event`: three kinds, told apart by shape and never by `schemaURL` (OPENLINEAGE.md section 1).

Refused, with the path of what is wrong, is an event without a readable time, run id or name. Everything else is as
lenient as it can be without guessing: missing, null and empty lists are the same; facet maps and types that make no
sense are passed over; unknown fields stay in the raw event. The agent's projection takes over.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from lineage_shared.errors import InvalidEvent
from lineage_shared.model import DatasetRef, JobRef, RunState
from lineage_shared.openlineage.canonical import canonical_json, content_hash, stamp_of
from lineage_shared.openlineage.timestamps import time_ns

DELETED: Mapping[str, Any] = {"_deleted": True}

_STATES = {state.value: state for state in RunState}


class EventKind(StrEnum):
    """What an event speaks about."""

    RUN = "run"
    JOB = "job"
    DATASET = "dataset"


class DatasetMention(msgspec.Struct, frozen=True):
    """A dataset that an event names. `io_facets` are its `inputFacets` or `outputFacets`.

    Facet maps hold no null. A deleted facet is `{"_deleted": true}`; any other value is as the producer sent it.
    """

    ref: DatasetRef
    facets: Mapping[str, Any]
    io_facets: Mapping[str, Any]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One OpenLineage event.

    RUN has `run_id` and `job`, JOB has `job`, DATASET has `dataset`. A RUN may name a `dataset` besides (the spec's
    own sample does): it is named, but asserts nothing. `type` is None unless a RUN names a known event type. `hash`
    and `stamp` are explained in `canonical`.
    """

    kind: EventKind
    time_ns: int
    hash: bytes
    stamp: bytes
    type: RunState | None = None
    run_id: str = ""
    run_facets: Mapping[str, Any] = {}
    job: JobRef | None = None
    job_facets: Mapping[str, Any] = {}
    inputs: tuple[DatasetMention, ...] = ()
    outputs: tuple[DatasetMention, ...] = ()
    dataset: DatasetMention | None = None


def read_event(raw: Any) -> Event:
    """Read what `parse` returned; raise `InvalidEvent` naming the path, e.g. `inputs[3].name: missing`."""
    if not isinstance(raw, dict):
        raise InvalidEvent("the event is not a JSON object", code="EVENT_NOT_AN_OBJECT")
    kind = _kind(raw)
    common = _common(raw, kind)
    if kind is EventKind.DATASET:
        return Event(kind=kind, **common, dataset=_mention(raw["dataset"], "dataset", ""))
    job = _object(raw.get("job"), "job")
    ref = JobRef(_namespace(job, "job"), _name(job, "job"))
    inputs = _mentions(raw, "inputs", "inputFacets")
    outputs = _mentions(raw, "outputs", "outputFacets")
    facets = _facets(job.get("facets"), deletable=True)
    if kind is EventKind.JOB:
        return Event(kind=kind, **common, job=ref, job_facets=facets, inputs=inputs, outputs=outputs)
    run = _object(raw["run"], "run")
    return Event(
        kind=kind,
        **common,
        run_id=_run_id(run),
        run_facets=_facets(run.get("facets"), deletable=False),
        job=ref,
        job_facets=facets,
        inputs=inputs,
        outputs=outputs,
        dataset=_besides(raw.get("dataset")),
    )


def is_deleted(facet: Any) -> bool:
    """Tell whether a facet is the order to remove the older facet of its name (`_deleted: true`)."""
    return isinstance(facet, dict) and facet.get("_deleted") is True


def _kind(raw: Mapping[str, Any]) -> EventKind:
    if raw.get("run") is not None:
        return EventKind.RUN
    if raw.get("dataset") is not None:
        return EventKind.DATASET
    if raw.get("job") is not None:
        return EventKind.JOB
    raise InvalidEvent(
        "the event has neither `run` and `job`, nor `job`, nor `dataset`",
        code="EVENT_KIND_UNKNOWN",
        hint="a RunEvent, a JobEvent or a DatasetEvent of OpenLineage is expected",
    )


def _common(raw: dict[str, Any], kind: EventKind) -> dict[str, Any]:
    when = _time(raw.get("eventTime"))
    state = _state(raw.get("eventType")) if kind is EventKind.RUN else None
    event_hash = content_hash(canonical_json(raw))
    return {"time_ns": when, "type": state, "hash": event_hash, "stamp": stamp_of(when, state, event_hash)}


def _time(value: Any) -> int:
    if not isinstance(value, str):
        problem = "missing" if value is None else "not a string"
        raise InvalidEvent(f"eventTime: {problem}", code="EVENT_TIME_INVALID")
    try:
        return time_ns(value)
    except ValueError as error:
        raise InvalidEvent(f"eventTime: {value[:80]!r}: {error}", code="EVENT_TIME_INVALID") from None


def _state(value: Any) -> RunState | None:
    return _STATES.get(value.upper()) if isinstance(value, str) else None


def _run_id(run: Mapping[str, Any]) -> str:
    run_id = run.get("runId")
    if not isinstance(run_id, str) or not run_id:
        problem = "not a string" if run_id else "missing or empty"
        raise InvalidEvent(f"run.runId: {problem}", code="EVENT_RUN_ID_MISSING")
    return run_id


def _mentions(raw: Mapping[str, Any], key: str, io_key: str) -> tuple[DatasetMention, ...]:
    listed = raw.get(key)
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise InvalidEvent(f"{key}: not an array", code="EVENT_FIELD_INVALID")
    return tuple([_mention(item, f"{key}[{index}]", io_key) for index, item in enumerate(listed)])


def _mention(value: Any, path: str, io_key: str) -> DatasetMention:
    dataset = _object(value, path)
    ref = DatasetRef(_namespace(dataset, path), _name(dataset, path))
    io_facets = _facets(dataset.get(io_key), deletable=False)
    return DatasetMention(ref, _facets(dataset.get("facets"), deletable=True), io_facets)


def _besides(value: Any) -> DatasetMention | None:
    try:
        return _mention(value, "dataset", "")
    except InvalidEvent:
        return None  # A run event needs no dataset, so an unreadable one spoils nothing.


def _facets(value: Any, *, deletable: bool) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {
        name: DELETED if deletable and is_deleted(facet) else facet
        for name, facet in value.items()
        if facet is not None
    }


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        problem = "missing" if value is None else "not an object"
        raise InvalidEvent(f"{path}: {problem}", code="EVENT_FIELD_INVALID")
    return value


def _namespace(value: Mapping[str, Any], path: str) -> str:
    return _text(value, "namespace", path)


def _name(value: Mapping[str, Any], path: str) -> str:
    name = _text(value, "name", path)
    if not name:
        raise InvalidEvent(f"{path}.name: empty", code="EVENT_FIELD_INVALID")
    return name


def _text(value: Mapping[str, Any], key: str, path: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        problem = "missing" if text is None else "not a string"
        raise InvalidEvent(f"{path}.{key}: {problem}", code="EVENT_FIELD_INVALID")
    return text

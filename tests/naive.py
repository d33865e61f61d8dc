"""The totals of `lineage-agent status`, counted the naive way: a second opinion that shares no code with the project.

Everything is worked out again from the whole list of events, by reading ARCHITECTURE section 4 line by line. Where the
rules leave room, this file takes the following readings:

- an output's own `lineage` facet, and the entries of the job's, name inputs and outputs of the job as well;
- `lineage` supersedes `columnLineage` where it speaks of fields;
- facets fold by name within a run, a design, or a dataset's own events: the newest holds, a deleted one says nothing;
- a retired contribution counts for nothing, as if it had never been sent; a retirement itself is no design.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

Event = dict[str, Any]
Name = tuple[str, str]
Io = set[tuple[str, Name]]
Pair = tuple[tuple[Name, str], tuple[Name, str]]

TERMINAL = {"COMPLETE": 1, "ABORT": 2, "FAIL": 3}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def totals(lines: Iterable[bytes], window: int = 1) -> dict[str, int]:
    """Count what the events of an NDJSON file amount to."""
    events = distinct(lines)
    datasets = {name_of(mention) for event in events for mention in mentions(event)}
    jobs = {name_of(event["job"]) for event in events if "job" in event}
    runs = {(event["run"]["runId"], name_of(event["job"])) for event in events if "run" in event}
    ever = {(job, *io) for job in jobs for event in of_job(events, job) for io in io_of(event)}
    current = [(job, each) for job in jobs for each in current_contributions(of_job(events, job), window)]
    gone = dropped(events)
    edges = {(job, *io) for job, each in current for io in contributed(each) if io[1] not in gone}
    pairs = {pair for _, each in current for pair in columns_of_contribution(each)}
    pairs |= {pair for dataset in datasets for pair in columns_of_dataset(events, dataset)}
    return {
        "events": len(events),
        "datasets": len(datasets),
        "jobs": len(jobs),
        "runs": len(runs),
        "edges": len(ever),
        "edges_current": len(edges),
        "column_edges": len({pair for event in events for pair in columns_ever(event)}),
        "column_edges_current": len({pair for pair in pairs if not {pair[0][0], pair[1][0]} & gone}),
    }


# ------------------------------------------------------------ reading


def distinct(lines: Iterable[bytes]) -> list[Event]:
    """The events that count, each once, whatever the order of their keys."""
    found = {canonical(event): event for event in map(json.loads, lines) if is_event(event)}
    return list(found.values())


def canonical(event: Event) -> str:
    """The same text for the same content."""
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_event(event: Event) -> bool:
    """What an agent has to refuse among the lines of this project's files: a run event without a run id."""
    return "run" not in event or bool(event["run"].get("runId"))


def name_of(thing: Any) -> Name:
    """The name of a job or a dataset."""
    return thing["namespace"], thing["name"]


def time_of(event: Event) -> int:
    """The event time in nanoseconds."""
    text = event["eventTime"]
    fraction = re.search(r"\.(\d+)", text)
    whole = datetime.fromisoformat(text.replace(fraction.group(0), "") if fraction else text)
    since = (whole if whole.tzinfo else whole.replace(tzinfo=UTC)) - EPOCH
    return (since.days * 86_400 + since.seconds) * 10**9 + int(
        (fraction.group(1) if fraction else "0")[:9].ljust(9, "0")
    )


def stamp(event: Event) -> tuple[int, int, bytes]:
    """What decides which of two events is the later one."""
    priority = TERMINAL.get(event.get("eventType") or "", 0) if "run" in event else 0
    return time_of(event), priority, blake2b(canonical(event).encode(), digest_size=16).digest()


def mentions(event: Event) -> list[Any]:
    """Every dataset that the event names."""
    own = [event["dataset"]] if event.get("dataset") else []
    return [*(event.get("inputs") or []), *(event.get("outputs") or []), *own]


def facet(thing: Any, name: str) -> Any:
    """A facet as it was sent, or None."""
    return (thing.get("facets") or {}).get(name)


def newest(events: Iterable[Event], pick: Callable[[Event], Any]) -> Any:
    """What the newest event says for which `pick` finds anything; None when that deletes it, or when none does."""
    said = [(stamp(event), pick(event)) for event in events if pick(event) is not None]
    last = max(said, key=lambda pair: pair[0])[1] if said else None
    return None if last and last.get("_deleted") else last


def of_job(events: Iterable[Event], job: Name) -> list[Event]:
    """The events about one job."""
    return [event for event in events if "job" in event and name_of(event["job"]) == job]


# ------------------------------------------------------------ inputs and outputs


def io_of(event: Event) -> Io:
    """The inputs and outputs that an event gives to its job."""
    found = {("in", name_of(each)) for each in event.get("inputs") or []}
    found |= {("out", name_of(each)) for each in event.get("outputs") or []}
    for output in event.get("outputs") or []:
        found |= {("in", name) for name in sources(facet(output, "lineage"))}
    for entry in entries(event):
        if entry["type"] == "DATASET":
            found |= {("out", name_of(entry))} | {("in", name) for name in sources(entry)}
        elif "name" not in entry or name_of(entry) == name_of(event["job"]):
            found |= {("in", name) for name in sources(entry)}
    return found


def entries(event: Event) -> list[Any]:
    """The entries of the job's `lineage` facet."""
    return (facet(event["job"], "lineage") or {}).get("entries") or []


def sources(stated: Any) -> set[Name]:
    """The datasets that a `lineage` facet or entry names as inputs, of the whole or of a field."""
    listed = list((stated or {}).get("inputs") or [])
    for field in ((stated or {}).get("fields") or {}).values():
        listed += field["inputs"]
    return {name_of(each) for each in listed if each["type"] == "DATASET"}


# ------------------------------------------------------------ rule 1


Contribution = tuple[list[Event], bool]
"""The events of one run, or of a design, and whether each holds everything, so that the newest replaces the others."""


def current_contributions(events: list[Event], window: int) -> list[Contribution]:
    """Which runs, or which design, speak for one job now. `events` are all events about that job."""
    kind = newest(events, lambda event: facet(event["job"], "jobType")) or {}
    snapshot = (kind.get("emissionPattern") or {}).get("eventContentMode") == "COMPLETE_SNAPSHOT"
    runs: dict[str, list[Event]] = {}
    for event in events:
        if "run" in event:
            runs.setdefault(event["run"]["runId"], []).append(event)
    counted = [run for run in runs.values() if any(map(io_of, run)) and not retired(run, events)]
    if counted:
        return [(run, snapshot) for run in current_runs(counted, kind.get("processingType"), window)]
    design = [event for event in events if "run" not in event and retirement(event) is None]
    return [(design, True)] if any(map(io_of, design)) and not retired(design, events) else []


def current_runs(runs: list[list[Event]], processing: str | None, window: int) -> list[list[Event]]:
    """Those of the runs that reported anything which are current."""
    if processing in ("STREAMING", "SERVICE"):
        return [max(runs, key=age)]
    completed = sorted((run for run in runs if state(run) == "COMPLETE"), key=age)
    if not completed:
        return runs
    unfinished = [run for run in runs if state(run) is None and age(run) > age(completed[-1])]
    return completed[-window:] + unfinished


def retirement(event: Event) -> Any:
    """The facet by which a job is retired."""
    return facet(event["job"], "lineageMesh_retirement")


def retired(contribution: list[Event], events: list[Event]) -> bool:
    """Whether the job was retired after the last word of the contribution."""
    ends = [stamp(event) for event in events if retirement(event) is not None]
    return bool(ends) and max(map(stamp, contribution)) < max(ends)


def terminal(run: list[Event]) -> Event | None:
    """The event that ended the run."""
    return max((event for event in run if event.get("eventType") in TERMINAL), key=stamp, default=None)


def state(run: list[Event]) -> str | None:
    """COMPLETE, FAIL, ABORT, or None for a run that is not finished."""
    last = terminal(run)
    return last["eventType"] if last else None


def age(run: list[Event]) -> tuple[int, int, str]:
    """The order of runs: by end, then start, then run id."""
    last = terminal(run)
    ended = time_of(last) if last else max(map(time_of, run))
    starts = [time_of(event) for event in run if event.get("eventType") == "START"]
    return ended, min(starts or map(time_of, run)), run[0]["run"]["runId"]


def contributed(contribution: Contribution) -> Io:
    """The inputs and outputs of a contribution."""
    events, replaces = contribution
    reports = sorted((event for event in events if io_of(event)), key=stamp)
    return set().union(*map(io_of, reports[-1:] if replaces else reports))


# ------------------------------------------------------------ rule 3


def dropped(events: list[Event]) -> set[Name]:
    """Datasets that were dropped, or renamed to another name, and not written since."""
    ends: dict[Name, Any] = {}
    written: dict[Name, Any] = {}
    for event in events:
        for name in dropped_by(event):
            ends[name] = max(ends.get(name, stamp(event)), stamp(event))
        for name in written_by(event):
            written[name] = max(written.get(name, stamp(event)), stamp(event))
    return {name for name in ends if name not in written or ends[name] > written[name]}


def dropped_by(event: Event) -> Iterator[Name]:
    """The datasets that the event says are gone."""
    for mention in mentions(event):
        change = facet(mention, "lifecycleStateChange") or {}
        previous = change.get("previousIdentifier")
        if change.get("lifecycleStateChange") == "DROP":
            yield name_of(mention)
        if change.get("lifecycleStateChange") == "RENAME" and previous and name_of(previous) != name_of(mention):
            yield name_of(previous)


def written_by(event: Event) -> Iterator[Name]:
    """The datasets that the event names as outputs, other than to say that they are dropped."""
    for output in event.get("outputs") or []:
        if (facet(output, "lifecycleStateChange") or {}).get("lifecycleStateChange") != "DROP":
            yield name_of(output)
    yield from (name_of(entry) for entry in (entries(event) if "job" in event else []) if entry["type"] == "DATASET")
    if "dataset" in event and "run" not in event:
        change = facet(event["dataset"], "lifecycleStateChange") or {}
        if change.get("lifecycleStateChange") == "RENAME" and change.get("previousIdentifier"):
            yield name_of(event["dataset"])


# ------------------------------------------------------------ columns


def columns_ever(event: Event) -> Iterator[Pair]:
    """All column pairs that the event asserts, in whichever facet."""
    for mention in mentions(event):
        yield from pairs_of(name_of(mention), facet(mention, "columnLineage"), "inputFields")
        yield from pairs_of(name_of(mention), facet(mention, "lineage"), "inputs")
    for entry in entries(event) if "job" in event else []:
        if entry["type"] == "DATASET":
            yield from pairs_of(name_of(entry), entry, "inputs")


def columns_of_contribution(contribution: Contribution) -> Iterator[Pair]:
    """The column pairs that a current contribution asserts about its outputs."""
    events, _ = contribution
    job_facet = newest(events, lambda event: facet(event["job"], "lineage")) or {}
    for direction, output in contributed(contribution):
        if direction == "out":
            stated = [entry for entry in job_facet.get("entries") or [] if is_target(entry, output)]
            yield from columns_about(output, events, "outputs", stated)


def columns_of_dataset(events: list[Event], dataset: Name) -> Iterator[Pair]:
    """The column pairs that a dataset's own events assert."""
    own = [event for event in events if "dataset" in event and "run" not in event]
    yield from columns_about(dataset, own, "dataset", [])


def columns_about(dataset: Name, events: list[Event], place: str, stated: list[Any]) -> Iterator[Pair]:
    """The pairs of explicit lineage, where it speaks of fields; of the `columnLineage` facet otherwise."""
    own = newest(events, lambda event: facet_at(event, place, dataset, "lineage"))
    explicit = [each for each in [*stated, own] if each and "fields" in each]
    for each in explicit:
        yield from pairs_of(dataset, each, "inputs")
    if not explicit:
        columns = newest(events, lambda event: facet_at(event, place, dataset, "columnLineage"))
        yield from pairs_of(dataset, columns, "inputFields")


def facet_at(event: Event, place: str, dataset: Name, name: str) -> Any:
    """A facet of a dataset where the event mentions it."""
    there = event.get(place) or []
    found = [facet(each, name) for each in (there if place != "dataset" else [there]) if name_of(each) == dataset]
    return found[0] if found else None


def is_target(entry: Any, dataset: Name) -> bool:
    """Whether an entry is about this dataset."""
    return bool(entry["type"] == "DATASET" and name_of(entry) == dataset)


def pairs_of(dataset: Name, stated: Any, key: str) -> Iterator[Pair]:
    """The (input column, output column) pairs of the `fields` of a facet."""
    for column, sources_of_column in ((stated or {}).get("fields") or {}).items():
        for source in sources_of_column[key]:
            if source.get("field"):
                yield (name_of(source), source["field"]), (dataset, column)

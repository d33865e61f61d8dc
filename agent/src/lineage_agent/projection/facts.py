"""One event to the facts that it states.

Every fact merges with its like by a rule that ignores the order of arrival: the earliest or latest time, a flag that is
only ever set, or the value with the greatest stamp. So facts say what an event adds, never what it replaces; replacing
is left to the rules that read them (`current`, `steps`). Within one event a later mention of a dataset wins over an
earlier one, outputs over inputs, and a dataset's facets over its input and output facets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lineage_agent.projection.retirement import RETIREMENT_FACET
from lineage_agent.projection.vocabulary import ContributionKey, Direction, NodeKey, NodeKind, Scope, Source, State
from lineage_shared.model import DatasetRef, JobRef
from lineage_shared.openlineage import DatasetMention, Event, EventKind, facets, is_deleted
from lineage_shared.openlineage.facets import ColumnInput, DatasetLineage, JobInput, JobLineage

__all__ = ["RUN_BOUND_FACETS", "ContributionFact", "Facts", "facts_of"]

# Dataset facets that belong to the run that reported them, besides describing the dataset.
RUN_BOUND_FACETS: Final = ("lineage", "columnLineage", "version", "schema")


@dataclass(slots=True)
class ContributionFact:
    """What one event adds to a contribution.

    `io` says for each dataset whether it was listed among inputs or outputs (True), or only named by a `lineage` entry.
    `reports` is true when the event says anything of lineage, `restates` when it says which inputs and outputs there
    are, be it that there are none.
    """

    key: ContributionKey
    state: State | None = None
    reports: bool = False
    restates: bool = False
    io: dict[tuple[Direction, NodeKey], bool] = field(default_factory=dict)
    run_facets: dict[tuple[Scope, str], Any] = field(default_factory=dict)
    io_facets: dict[tuple[Direction, NodeKey, str], Any] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """All that one event states. A facet that is None was deleted."""

    time_ns: int
    stamp: bytes
    named: set[NodeKey] = field(default_factory=set)
    mentioned: set[NodeKey] = field(default_factory=set)
    produced: set[NodeKey] = field(default_factory=set)
    dropped: set[NodeKey] = field(default_factory=set)
    retired: set[NodeKey] = field(default_factory=set)
    contributions: list[ContributionFact] = field(default_factory=list)
    facets: dict[tuple[NodeKey, str], Any] = field(default_factory=dict)
    schemas: dict[NodeKey, list[Any]] = field(default_factory=dict)
    claims: set[tuple[NodeKey, NodeKey, str]] = field(default_factory=set)
    lifecycle: set[tuple[NodeKey, str, NodeKey | None]] = field(default_factory=set)
    dependencies: set[tuple[NodeKey, NodeKey]] = field(default_factory=set)
    columns: set[tuple[NodeKey, str, NodeKey, str]] = field(default_factory=set)


def facts_of(event: Event) -> Facts:
    """Read the facts out of an event. Facets of no sensible shape state nothing beyond themselves."""
    facts = Facts(event.time_ns, event.stamp)
    if event.job is not None:
        _read_job(event, event.job, facts)
    if event.dataset is not None:
        _read_dataset(event.dataset, facts, speaks=event.kind is EventKind.DATASET)
    return facts


def dataset_key(ref: DatasetRef) -> NodeKey:
    """Return the node of a dataset."""
    return NodeKey(NodeKind.DATASET, ref.namespace, ref.name)


def job_key(ref: JobRef) -> NodeKey:
    """Return the node of a job."""
    return NodeKey(NodeKind.JOB, ref.namespace, ref.name)


def _read_job(event: Event, ref: JobRef, facts: Facts) -> None:
    job = job_key(ref)
    facts.named.add(job)
    _add_facets(facts, job, event.job_facets)
    if RETIREMENT_FACET in event.job_facets and event.kind is EventKind.JOB:
        facts.retired.add(job)
    source = Source.RUN if event.kind is EventKind.RUN else Source.DESIGN
    spoken = ContributionFact(ContributionKey(job, source, event.run_id), _state(event))
    spoken.run_facets = {(Scope.RUN, name): facet for name, facet in event.run_facets.items()}
    for direction, mentions in ((Direction.INPUT, event.inputs), (Direction.OUTPUT, event.outputs)):
        for mention in mentions:
            _read_io(mention, direction, spoken, facts)
    if "lineage" in event.job_facets:
        _read_job_lineage(event.job_facets["lineage"], job, spoken, facts)
    spoken.reports = spoken.restates = bool(spoken.io)
    if source is Source.RUN or spoken.reports or spoken.run_facets:
        facts.contributions.append(spoken)


def _state(event: Event) -> State | None:
    return State[event.type.value] if event.type is not None else None


def _read_io(mention: DatasetMention, direction: Direction, spoken: ContributionFact, facts: Facts) -> None:
    dataset = dataset_key(mention.ref)
    spoken.io[direction, dataset] = True
    if direction is Direction.OUTPUT and not _is_drop(mention.facets):
        facts.produced.add(dataset)
    for name, facet in mention.io_facets.items():
        spoken.io_facets[direction, dataset, name] = _body(facet)
        facts.facets.setdefault((dataset, name), _body(facet))
    _describe(dataset, mention.facets, facts)
    for name in RUN_BOUND_FACETS:
        if name in mention.facets:
            spoken.io_facets[direction, dataset, name] = _body(mention.facets[name])
    if "lineage" in mention.facets:
        _read_own_lineage(facets.dataset_lineage(mention.facets["lineage"]), dataset, direction, spoken, facts)
    if "columnLineage" in mention.facets:
        _add_columns(facts, dataset, facets.column_lineage(mention.facets["columnLineage"]).edges)


def _is_drop(stated: Mapping[str, Any]) -> bool:
    change = facets.lifecycle(stated.get("lifecycleStateChange"))
    return change is not None and change.change == "DROP"


def _read_own_lineage(
    stated: DatasetLineage, dataset: NodeKey, direction: Direction, spoken: ContributionFact, facts: Facts
) -> None:
    _add_columns(facts, dataset, stated.edges)
    if direction is Direction.OUTPUT:
        for ref in stated.inputs or ():
            spoken.io.setdefault((Direction.INPUT, dataset_key(ref)), False)
            facts.mentioned.add(dataset_key(ref))
        _add_dependencies(facts, spoken.key.owner, spoken.key.owner, stated.jobs)


def _read_job_lineage(facet: Any, job: NodeKey, spoken: ContributionFact, facts: Facts) -> None:
    spoken.run_facets[Scope.JOB, "lineage"] = _body(facet)
    stated: JobLineage = facets.job_lineage(facet)
    for entry in stated.datasets:
        target = dataset_key(entry.target)
        facts.mentioned.add(target)
        facts.produced.add(target)
        spoken.io.setdefault((Direction.OUTPUT, target), False)
        _read_own_lineage(entry.lineage, target, Direction.OUTPUT, spoken, facts)
    for task in stated.jobs:
        owner = job_key(task.target) if task.target is not None else job
        facts.mentioned.add(owner)
        _add_dependencies(facts, owner, job, task.jobs)
        for ref in task.inputs if owner == job else ():
            spoken.io[Direction.INPUT, dataset_key(ref)] = True
            facts.mentioned.add(dataset_key(ref))


def _read_dataset(mention: DatasetMention, facts: Facts, *, speaks: bool) -> None:
    """Read the dataset of a DatasetEvent, which speaks for itself, or one beside a run, which is only described."""
    dataset = dataset_key(mention.ref)
    _describe(dataset, mention.facets, facts)
    own = {name: mention.facets[name] for name in ("lineage", "columnLineage") if name in mention.facets}
    if not speaks or not own:
        return
    spoken = ContributionFact(ContributionKey(dataset, Source.DATASET), reports=True)
    spoken.io_facets = {(Direction.OUTPUT, dataset, name): _body(facet) for name, facet in own.items()}
    stated = facets.dataset_lineage(own.get("lineage"))
    spoken.restates = stated.inputs is not None or is_deleted(own.get("lineage"))
    for ref in stated.inputs or ():
        if dataset_key(ref) != dataset:
            spoken.io[Direction.INPUT, dataset_key(ref)] = True
            facts.mentioned.add(dataset_key(ref))
    _add_columns(facts, dataset, (*stated.edges, *facets.column_lineage(own.get("columnLineage")).edges))
    facts.contributions.append(spoken)


def _describe(dataset: NodeKey, stated: Mapping[str, Any], facts: Facts) -> None:
    facts.named.add(dataset)
    _add_facets(facts, dataset, stated)
    schema = stated.get("schema")
    if isinstance(schema, dict) and isinstance(schema.get("fields"), list):
        facts.schemas[dataset] = schema["fields"]
    for link in facets.symlinks(stated.get("symlinks")):
        target = dataset_key(link.target)
        if target != dataset:
            facts.claims.add((dataset, target, link.type))
            facts.mentioned.add(target)
    change = facets.lifecycle(stated.get("lifecycleStateChange"))
    if change is not None:
        _read_lifecycle(dataset, change, facts)


def _read_lifecycle(dataset: NodeKey, change: facets.Lifecycle, facts: Facts) -> None:
    previous = dataset_key(change.previous) if change.previous is not None else None
    if previous == dataset:
        previous = None
    facts.lifecycle.add((dataset, change.change, previous))
    if change.change == "DROP":
        facts.dropped.add(dataset)
    if previous is not None:
        facts.mentioned.add(previous)
        facts.dropped.add(previous)
        facts.produced.add(dataset)
        renamed = ContributionFact(ContributionKey(dataset, Source.RENAME), reports=True, restates=True)
        renamed.io[Direction.INPUT, previous] = True
        facts.contributions.append(renamed)


def _add_facets(facts: Facts, node: NodeKey, stated: Mapping[str, Any]) -> None:
    for name, facet in stated.items():
        facts.facets[node, name] = _body(facet)


def _add_columns(facts: Facts, output: NodeKey, edges: Iterable[ColumnInput]) -> None:
    for edge in edges:
        source = dataset_key(edge.source)
        facts.mentioned.add(source)
        if edge.output:
            facts.columns.add((output, edge.output, source, edge.input))


def _add_dependencies(facts: Facts, job: NodeKey, own: NodeKey, inputs: Iterable[JobInput]) -> None:
    for item in inputs:
        upstream = job_key(item.job) if item.job is not None else own
        if upstream != job:
            facts.dependencies.add((job, upstream))
            facts.mentioned.add(upstream)


def _body(facet: Any) -> Any:
    return None if is_deleted(facet) else facet

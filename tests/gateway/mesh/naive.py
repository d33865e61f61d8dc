"""The oracle: a walk over the union of all domains' edges, as simple as it can be said, on keys instead of numbers.

It shares nothing with the mesh but the naming rules and the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lineage_gateway.identity import classify
from lineage_shared.model import Kind, NodeRecord, Origin

STRENGTH = list(Origin)


@dataclass(frozen=True)
class NaiveStep:
    """One asserted step, its datasets as keys; `job` is None for a step without a job."""

    job: str | None
    inputs: frozenset[str]
    outputs: frozenset[str]
    domain: str
    index: int
    origin: Origin


@dataclass
class Followed:
    """What a directed walk followed: distances, and (dataset, step) pairs by side."""

    distances: dict[str, int]
    entering: set[tuple[str, NaiveStep]] = field(default_factory=set)
    leaving: set[tuple[str, NaiveStep]] = field(default_factory=set)

    def edges(self) -> set[tuple[str, str, NaiveStep]]:
        """Every edge followed, with the step it was followed in."""
        into_job = {(dataset, step.job, step) for dataset, step in self.entering if step.job}
        out_of_job = {(step.job, dataset, step) for dataset, step in self.leaving if step.job}
        jobless = {(one, other, step) for one, step in self.entering if not step.job for other in step.outputs}
        return into_job | out_of_job | jobless


NaiveEdge = tuple[tuple[int, ...], Origin, tuple[str, ...]]


def key_of(record: NodeRecord, domain: str) -> str:
    """The class key of a record."""
    return classify(record, domain).key


def steps_of(mirrors: Mapping[str, Iterable[NodeRecord]]) -> list[NaiveStep]:
    """Every step that any domain asserts."""
    found = []
    for domain, given in mirrors.items():
        records = list(given)
        keys = {record.number: key_of(record, domain) for record in records}
        for record in records:
            own = keys[record.number]
            job = own if record.kind is Kind.JOB else None
            for index, step in enumerate(record.steps):
                inputs = frozenset(keys[number] for number in step.inputs)
                outputs = frozenset(keys[number] for number in step.outputs)
                # A dataset is no input of itself without a job.
                inputs = inputs if job else inputs - outputs
                if job or inputs:
                    found.append(NaiveStep(job, inputs, outputs, domain, index, step.origin))
    return found


def directed(steps: list[NaiveStep], root: str, depth: int | None, *, downstream: bool) -> Followed:
    """Walk one way (ARCHITECTURE rule 12), level by level."""
    followed = Followed({root: 0})
    frontier = {root}
    distance = 0
    seen: set[NaiveStep] = set()
    while frontier and (depth is None or distance < depth):
        taken: list[NaiveStep] = []
        for step in steps:
            near = step.inputs if downstream else step.outputs
            for dataset in frontier & near:
                (followed.entering if downstream else followed.leaving).add((dataset, step))
                taken.append(step)
            if root in frontier and step.job == root:
                taken.append(step)
        frontier = set()
        for step in taken:
            seen.add(step)
            if step.job:
                followed.distances.setdefault(step.job, distance + 1)
            for dataset in step.outputs if downstream else step.inputs:
                (followed.leaving if downstream else followed.entering).add((dataset, step))
                if dataset not in followed.distances:
                    followed.distances[dataset] = distance + 1
                    frontier.add(dataset)
        distance += 1
    return followed


def merged_edges(followed: list[Followed], kept: set[str]) -> dict[tuple[str, str], NaiveEdge]:
    """The edges of the answer by their ends, contracted across what is not kept."""
    plain: dict[tuple[str, str], set[NaiveStep]] = {}
    for each in followed:
        for source, target, step in each.edges():
            if source in kept and target in kept:
                plain.setdefault((source, target), set()).add(step)
    across: dict[tuple[str, str], tuple[set[int], set[NaiveStep]]] = {}
    for each in followed:
        for ends, (numbers, steps) in contracted(each, kept).items():
            known = across.setdefault(ends, (set(), set()))
            known[0].update(numbers)
            known[1].update(steps)
    edges = {}
    for ends in plain.keys() | across.keys():
        direct = plain.get(ends, set())
        numbers, passed = across.get(ends, (set(), set()))
        numbers = numbers | {step.index for step in direct if step.job}
        strengths = [STRENGTH.index(step.origin) for step in (direct or passed)]
        origin = STRENGTH[min(strengths) if direct else max(strengths)]
        domains = {step.domain for step in direct | passed}
        edges[ends] = (tuple(sorted(numbers)), origin, tuple(sorted(domains)))
    return edges


def contracted(followed: Followed, kept: set[str]) -> dict[tuple[str, str], tuple[set[int], set[NaiveStep]]]:
    """Edges over left-out nodes only: (step numbers at the one end that is a job, every step on any such path)."""
    paths = _Paths(followed, kept)
    edges: dict[tuple[str, str], tuple[set[int], set[NaiveStep]]] = {}
    for source in kept & followed.distances.keys():
        own = [step for step in paths.steps if step.job == source]
        first = own or [step for dataset, step in followed.entering if dataset == source]
        for start in first:
            for passed in paths.passing(start, leaving_job=bool(own)):
                for target, last in paths.ends(passed, leaving_job=bool(own) and passed == start):
                    # One hop between kept nodes is a plain edge.
                    plain = passed == start and (bool(own) or last is not None or start.job is None)
                    if plain or target == source:
                        continue
                    numbers, steps = edges.setdefault((source, target), (set(), set()))
                    steps |= paths.between(start, passed, leaving_job=bool(own))
                    if own and last is None:
                        numbers.add(start.index)
                    elif not own and last is not None:
                        numbers.add(last.index)
    return edges


class _Paths:
    """Reachability over left-out nodes, by brute force."""

    def __init__(self, followed: Followed, kept: set[str]) -> None:
        self.kept = kept
        self.entering, self.leaving = followed.entering, followed.leaving
        self.steps = {step for _, step in self.entering | self.leaving}

    def after(self, step: NaiveStep, *, leaving_job: bool) -> set[NaiveStep]:
        """The steps that read a left-out output of this one; none behind a job that is kept."""
        if step.job in self.kept and not leaving_job:
            return set()
        left_out = {dataset for dataset, by in self.leaving if by == step and dataset not in self.kept}
        return {by for dataset, by in self.entering if dataset in left_out}

    def passing(self, start: NaiveStep, *, leaving_job: bool) -> list[NaiveStep]:
        """All steps on paths from a step, itself first."""
        found, pending = [start], [(start, leaving_job)]
        while pending:
            step, leaving = pending.pop()
            for other in self.after(step, leaving_job=leaving):
                if other not in found:
                    found.append(other)
                    pending.append((other, False))
        return found

    def ends(self, step: NaiveStep, *, leaving_job: bool) -> set[tuple[str, NaiveStep | None]]:
        """The kept nodes at which a path that takes this step ends: its job, or what it writes."""
        if step.job in self.kept and not leaving_job:
            return {(step.job, step)} if step.job else set()
        return {(dataset, None) for dataset, by in self.leaving if by == step and dataset in self.kept}

    def between(self, start: NaiveStep, last: NaiveStep, *, leaving_job: bool) -> set[NaiveStep]:
        """All steps on any path from the one to the other."""
        candidates = self.passing(start, leaving_job=leaving_job)
        return {
            step
            for step in candidates
            if step == last or last in self.passing(step, leaving_job=leaving_job and step == start)
        }


def paths(steps: list[NaiveStep], source: str, target: str) -> set[tuple[str, ...]]:
    """Every way from one key to another that passes no dataset twice, and its ends only once."""
    found: set[tuple[str, ...]] = set()

    def leave(path: tuple[str, ...], step: NaiveStep) -> None:
        for dataset in step.outputs - set(path):
            extend((*path, dataset))

    def extend(path: tuple[str, ...]) -> None:
        if path[-1] == target:
            found.add(path)
            return
        for step in steps:
            if path[-1] not in step.inputs or step.job == source:
                continue
            if step.job == target:
                found.add((*path, target))
            else:
                leave((*path, step.job) if step.job else path, step)

    own = [step for step in steps if step.job == source]
    for step in own if source != target else ():
        leave((source,), step)
    if not own or source == target:
        extend((source,))
    return found

"""Small generated meshes: what a few domains assert; cycles, hubs, several steps, doubled assertions, jobless steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from lineage_gateway.mirror import DomainMirror
from lineage_shared.model import Claim, Kind, NodeRecord, Origin, Owner, Revisions, RunState, Step, Volatile

# Spellings: 0 and 1 are one dataset, 2 is local to its domain, the rest are global.
DATASETS = (
    ("s3://lake", "orders"),
    ("s3a://lake", "orders"),
    ("file", "/tmp/orders.csv"),
    ("postgres://db:5432", "a"),
    ("postgres://db:5432", "b"),
    ("postgres://db:5432", "c"),
    ("kafka://broker", "topic"),
    ("s3://lake", "hub"),
)
JOBS = (("airflow", "load"), ("airflow", "train"), ("dbt", "model"))
DOMAINS = ("east", "north", "south")
TAGS = ("pii", "gold")


@dataclass(frozen=True)
class Reported:
    """What one domain asserts, as places in `DATASETS` and `JOBS`."""

    jobs: Mapping[int, tuple[tuple[frozenset[int], frozenset[int], Origin], ...]]
    jobless: Mapping[int, tuple[frozenset[int], ...]]
    alone: frozenset[int]
    tagged: frozenset[int]
    touched: int
    claims: Mapping[int, frozenset[int]] = field(default_factory=dict)


_datasets = st.frozensets(st.integers(0, len(DATASETS) - 1), max_size=3)
_step = st.tuples(_datasets, _datasets, st.sampled_from(Origin))
reported = st.builds(
    Reported,
    jobs=st.dictionaries(st.integers(0, len(JOBS) - 1), st.lists(_step, max_size=3).map(tuple), max_size=3),
    jobless=st.dictionaries(
        st.integers(0, len(DATASETS) - 1), st.lists(_datasets, min_size=1, max_size=2).map(tuple), max_size=2
    ),
    alone=_datasets,
    tagged=_datasets,
    touched=st.integers(0, 3),
)
_claims = st.dictionaries(
    st.integers(0, len(DATASETS) - 1), st.frozensets(st.integers(0, len(DATASETS) - 1), max_size=2), max_size=2
)
claiming = st.builds(replace, reported, claims=_claims)
"""Domains that also claim things about names; the naive oracle of walks knows nothing of claims."""
worlds = st.dictionaries(st.sampled_from(DOMAINS), reported, min_size=1, max_size=3)


class Numbers:
    """Gives the references of one epoch their numbers, `offset` apart from another epoch's."""

    def __init__(self, offset: int = 0) -> None:
        self._known: dict[tuple[Kind, int], int] = {}
        self._offset = offset

    def of(self, kind: Kind, place: int) -> int:
        """The number of a dataset or job."""
        return self._known.setdefault((kind, place), len(self._known) + 1 + self._offset)


def records(said: Reported, numbers: Numbers) -> list[NodeRecord]:
    """The records that an agent publishes for this."""
    named = set(said.alone) | said.jobless.keys()
    named |= said.claims.keys() | {each for targets in said.claims.values() for each in targets}
    named |= {each for sets in said.jobless.values() for one in sets for each in one}
    named |= {each for steps in said.jobs.values() for ins, outs, _ in steps for each in ins | outs}
    found = [_dataset(said, place, numbers) for place in sorted(named)]
    return found + [_job(said, place, numbers) for place in sorted(said.jobs)]


def mirror(domain: str, said: Reported, numbers: Numbers | None = None) -> DomainMirror:
    """The mirror of one domain."""
    return DomainMirror(domain, records(said, numbers or Numbers()))


def _numbered(places: frozenset[int], numbers: Numbers) -> tuple[int, ...]:
    return tuple(sorted(numbers.of(Kind.DATASET, place) for place in places))


def _dataset(said: Reported, place: int, numbers: Numbers) -> NodeRecord:
    namespace, name = DATASETS[place]
    own = numbers.of(Kind.DATASET, place)
    sets = [_numbered(each, numbers) for each in said.jobless.get(place, ())]
    inputs = tuple(sorted({number for each in sets for number in each}))
    return NodeRecord(
        number=own,
        kind=Kind.DATASET,
        namespace=namespace,
        name=name,
        mentioned=place in said.tagged and place in said.alone,
        type="TABLE" if place % 2 else "",
        tags=TAGS[: 1 + place % 2] if place in said.tagged else (),
        owners=(Owner(f"team-{place}"),) if place in said.tagged else (),
        steps=tuple(Step(each, (own,)) for each in sets),
        inputs=inputs,
        inputs_first_seen_us=tuple(100 + number for number in inputs),
        claims=tuple(Claim(number, "TABLE") for number in _numbered(said.claims.get(place, frozenset()), numbers)),
        revisions=Revisions(topology=1 + said.touched),
        volatile=Volatile(None, 1000 + said.touched + place, tuple(200 + number for number in inputs)),
    )


def _job(said: Reported, place: int, numbers: Numbers) -> NodeRecord:
    namespace, name = JOBS[place]
    steps = tuple(Step(_numbered(ins, numbers), _numbered(outs, numbers), by) for ins, outs, by in said.jobs[place])
    inputs = tuple(sorted({number for step in steps for number in step.inputs}))
    outputs = tuple(sorted({number for step in steps for number in step.outputs}))
    return NodeRecord(
        number=numbers.of(Kind.JOB, place),
        kind=Kind.JOB,
        namespace=namespace,
        name=name,
        type="BATCH",
        tags=("gold",) if place in said.tagged else (),
        steps=steps,
        inputs=inputs,
        outputs=outputs,
        inputs_first_seen_us=tuple(100 + number for number in inputs),
        outputs_first_seen_us=tuple(100 + number for number in outputs),
        volatile=Volatile(
            RunState.COMPLETE,
            2000 + said.touched,
            tuple(200 + number for number in inputs),
            tuple(200 + number for number in outputs),
        ),
    )

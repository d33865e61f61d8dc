"""A deterministic graph of the shape that PERFORMANCE.md measures, as the records that each domain publishes.

dataset -> job -> dataset over 12 layers, in unequal domains; how many jobs read a dataset follows a power law; 5 % of
the edges cross a domain border, 0.2 % of the jobs close a cycle. 100,000 datasets make about 180,000 nodes and 257,000
edges. A dataset belongs to one domain; a domain that reads another's dataset has a record of its own of it, as an agent
would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from lineage_shared.model import Kind, NodeRecord, Origin, Owner, Revisions, RunState, Step, Volatile

LAYERS = 12
CROSS_DOMAIN_EDGES = 0.05
CYCLIC_JOBS = 0.002
SOURCES = 0.2
"""The share of datasets that no job writes: all of layer 0."""
INPUTS_PER_JOB = ((1, 0.38), (2, 0.30), (3, 0.16), (4, 0.09), (6, 0.07))
HUB_EXPONENT = 2.8
EPOCH_US = 1_700_000_000_000_000

_OUTPUT_EDGE_SHARE = 0.315


@dataclass(slots=True)
class _Table:
    domain: int
    layer: int
    index: int


@dataclass(slots=True)
class _Work:
    inputs: list[_Table]
    outputs: list[_Table]


@dataclass(slots=True)
class _Domain:
    name: str
    layers: list[list[_Table]] = field(default_factory=lambda: [[] for _ in range(LAYERS)])
    jobs: list[_Work] = field(default_factory=list)


def domain_records(
    *, domains: int = 20, datasets: int = 100_000, seed: int = 1
) -> Iterator[tuple[str, list[NodeRecord]]]:
    """Give (domain, its records) for each domain; the same arguments give the same graph."""
    random = Random(seed)  # noqa: S311 - a graph, not a secret
    made = _make(random, domains, datasets)
    for domain in made:
        yield domain.name, _records(made, domain)


def _make(random: Random, domains: int, datasets: int) -> list[_Domain]:
    weights = [1 / (rank + 1) ** 0.7 for rank in range(domains)]
    made = [_Domain(f"domain-{rank:02d}") for rank in range(domains)]
    for rank, domain in enumerate(made):
        _fill_layers(domain, rank, max(LAYERS, round(datasets * weights[rank] / sum(weights))))
    choose = [weight / sum(weights) for weight in weights]
    for rank, domain in enumerate(made):
        for layer in range(1, LAYERS):
            for table in domain.layers[layer]:
                domain.jobs.append(_work(random, made, choose, rank, table))
    return made


def _fill_layers(domain: _Domain, rank: int, size: int) -> None:
    for index in range(size):
        share = index / size
        layer = 0 if share < SOURCES else 1 + int((share - SOURCES) / (1 - SOURCES) * (LAYERS - 1))
        domain.layers[layer].append(_Table(rank, layer, index))


def _work(random: Random, made: list[_Domain], choose: list[float], rank: int, table: _Table) -> _Work:
    (count,) = random.choices([n for n, _ in INPUTS_PER_JOB], [share for _, share in INPUTS_PER_JOB])
    inputs: list[_Table] = []
    for _ in range(count):
        # Only inputs cross a border, so that their share is higher than that of all edges.
        crosses = len(made) > 1 and random.random() < CROSS_DOMAIN_EDGES / (1 - _OUTPUT_EDGE_SHARE)
        source = _other(random, choose, rank) if crosses else rank
        layer = made[source].layers[table.layer - 1]
        inputs.append(layer[int(len(layer) * random.random() ** HUB_EXPONENT)])
    outputs = [table]
    if random.random() < CYCLIC_JOBS:
        back = made[rank].layers[random.randrange(table.layer)]
        outputs.append(random.choice(back))
    return _Work(inputs, outputs)


def _other(random: Random, choose: list[float], rank: int) -> int:
    while True:
        (other,) = random.choices(range(len(choose)), choose)
        if other != rank:
            return other


def _records(made: list[_Domain], domain: _Domain) -> list[NodeRecord]:
    numbers: dict[tuple[int, int], int] = {}
    records: list[NodeRecord] = []
    for layer in domain.layers:
        for table in layer:
            _number(made, table, numbers, records)
    for index, work in enumerate(domain.jobs):
        inputs = sorted({_number(made, table, numbers, records) for table in work.inputs})
        outputs = sorted({_number(made, table, numbers, records) for table in work.outputs})
        records.append(_job(domain.name, index, len(records) + 1, tuple(inputs), tuple(outputs)))
    return records


def _number(made: list[_Domain], table: _Table, numbers: dict[tuple[int, int], int], records: list[NodeRecord]) -> int:
    """Return the number of a dataset in the domain being written, with a record for it at first use."""
    known = numbers.get((table.domain, table.index))
    if known is None:
        numbers[table.domain, table.index] = known = len(records) + 1
        records.append(_dataset(made[table.domain].name, table, known))
    return known


def _dataset(owner: str, table: _Table, number: int) -> NodeRecord:
    return NodeRecord(
        number=number,
        kind=Kind.DATASET,
        namespace=f"postgres://warehouse.{owner}.example.com:5432",
        name=f"analytics.layer_{table.layer:02d}.table_{table.index:06d}",
        type="TABLE" if table.index % 5 else "VIEW",
        tags=("pii",) if table.index % 20 == 0 else (),
        owners=(Owner(f"team:{owner}", "MAINTAINER"),) if table.index % 4 == 0 else (),
        revisions=Revisions(number, number, number, 0, number),
        volatile=Volatile(None, EPOCH_US + number),
    )


def _job(domain: str, index: int, number: int, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> NodeRecord:
    times = tuple(EPOCH_US + number for _ in inputs), tuple(EPOCH_US + number for _ in outputs)
    return NodeRecord(
        number=number,
        kind=Kind.JOB,
        namespace=f"{domain}-airflow",
        name=f"build_analytics.table_{index:06d}",
        type="BATCH",
        integration="AIRFLOW",
        steps=(Step(inputs, outputs, Origin.RUN),),
        inputs=inputs,
        outputs=outputs,
        inputs_first_seen_us=times[0],
        outputs_first_seen_us=times[1],
        revisions=Revisions(number, 0, 0, number, number),
        volatile=Volatile(RunState.COMPLETE, EPOCH_US + number, *times),
    )

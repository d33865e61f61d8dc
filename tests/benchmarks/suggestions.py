"""How long a survey for suggestions takes in a large mesh, how much memory, and how long others wait for their turn.

python -m tests.benchmarks.suggestions [datasets]

Ten domains, each with a server of its own; every table has one of 5,000 sets of columns, half of the domains share the
names of theirs, and there is a job for each dataset. Run it on a machine with nothing else to do.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import time
from threading import Event

from lineage_gateway.lineage import Evidence, Survey, survey
from lineage_gateway.mesh import Mesh, MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.model import Kind, NodeRecord, Revisions, Step
from lineage_shared.wire import SchemaDetail, SchemaField

DOMAINS = [f"d{number}" for number in range(10)]
EPOCHS = dict.fromkeys(DOMAINS, "e")
SCHEMAS = 5000
COLUMNS = [f"c{number}" for number in range(300)]


def crowded(datasets: int) -> MeshKeeper:
    """A mesh in which names of five domains each are the same on other servers."""
    chance = random.Random(1)
    keeper = MeshKeeper()
    per_domain = datasets // len(DOMAINS)
    for place, domain in enumerate(DOMAINS):
        tables = [_table(place, number, datasets) for number in range(1, per_domain + 1)]
        jobs = [_job(per_domain + number, per_domain, chance) for number in range(1, per_domain + 1)]
        keeper.replace(domain, DomainMirror(domain, [*tables, *jobs]))
    return keeper


def _table(domain: int, number: int, datasets: int) -> NodeRecord:
    table = number * 7 % (datasets // 5) if domain % 2 else number
    namespace, name = f"postgres://db{domain}.acme.example:5432", f"shop.s{table % 50}.table_{table}"
    return NodeRecord(number, Kind.DATASET, namespace, name, revisions=Revisions(schema=1))


def _job(number: int, tables: int, chance: random.Random) -> NodeRecord:
    inputs, output = tuple(sorted(chance.sample(range(1, tables + 1), 2))), chance.randint(1, tables)
    return NodeRecord(
        number,
        Kind.JOB,
        "etl",
        f"job{number}",
        steps=(Step(inputs, (output,)),),
        inputs=inputs,
        outputs=(output,),
        inputs_first_seen_us=(0, 0),
        outputs_first_seen_us=(0,),
    )


def told(datasets: int) -> Evidence:
    """The columns of all of them."""
    evidence = Evidence(datasets)
    schemas = [_schema(number) for number in range(SCHEMAS)]
    for domain in DOMAINS:
        for number in range(1, datasets // len(DOMAINS) + 1):
            evidence.put_schema((domain, number), "e", 1, schemas[number % SCHEMAS])
    return evidence


def _schema(number: int) -> SchemaDetail:
    return SchemaDetail(fields=tuple(SchemaField(name, "int") for name in random.Random(number).sample(COLUMNS, 15)))


def surveyed(mesh: Mesh, evidence: Evidence, most: int = 1000) -> Survey:
    """One survey, as the gateway does it."""
    return survey(mesh, evidence, EPOCHS, most=most, stop=Event())


async def waiting_ms(mesh: Mesh, evidence: Evidence) -> list[float]:
    """How late a timer of the event loop was, while a survey ran in a thread: ascending."""
    task = asyncio.create_task(asyncio.to_thread(surveyed, mesh, evidence))
    late: list[float] = []
    while not task.done():
        begin_s = time.perf_counter()
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - begin_s) * 1000 - 1)
    return sorted(late)


def _memory_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print everything."""
    datasets = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    mesh = crowded(datasets).mesh
    print(f"{mesh.counts.datasets:,} datasets, {_memory_mib()} MiB at most so far")
    for what, evidence in (("without columns", Evidence(0)), ("with all columns", told(datasets))):
        begin_s, cpu_s = time.perf_counter(), time.process_time()
        found = surveyed(mesh, evidence)
        took = f"{time.perf_counter() - begin_s:.1f} s, {time.process_time() - cpu_s:.1f} s of a core"
        print(f"{what:<18} {took}, {len(found.found)} found, {found.left_out:,} pairs left out, {_memory_mib()} MiB")
    late = asyncio.run(waiting_ms(mesh, evidence))
    print(f"others wait        median {late[len(late) // 2]:.1f} ms, p99 {late[-len(late) // 100]:.1f} ms, "
          f"max {late[-1]:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()

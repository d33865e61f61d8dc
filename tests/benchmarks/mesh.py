"""What the mesh costs inside the gateway, on the graph of `deploy.bench.graph`: no agents, no network, no GraphQL.

`python -m tests.benchmarks.mesh [DATASETS]` prints CPU times (medians) and resident memory. Nothing is asserted here:
times belong to a machine.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import msgspec

from deploy.bench.graph import domain_records
from lineage_gateway.mesh import Direction, Mesh, MeshKeeper, NodeView, WalkRequest, walk
from lineage_gateway.mirror import DomainMirror, MirrorDraft
from lineage_shared.blocks import pack
from lineage_shared.model import Kind, NodeRecord, RunState, Step, Volatile
from lineage_shared.wire import Commit, NodeBlock, Touch, decode, encode

POSITION = "0a.1.0b"
BLOCK_NODES = 10_000
ROUNDS = 21


def resident_mb() -> float:
    """Resident memory of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median CPU time of some work."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return median(times) * 1000


def show(what: str, value: float, unit: str = "ms") -> None:
    """Print one figure."""
    print(f"{what:44} {value:10.2f} {unit}")


def encoded(datasets: int) -> list[tuple[str, list[bytes]]]:
    """The snapshot blocks of every domain, as bytes: nothing else of the generator stays in memory."""
    return [
        (domain, [encode(pack(records[at : at + BLOCK_NODES])) for at in range(0, len(records), BLOCK_NODES)])
        for domain, records in domain_records(datasets=datasets)
    ]


def mirrors_of(snapshots: list[tuple[str, list[bytes]]]) -> list[DomainMirror]:
    """Decode every snapshot."""
    mirrors = []
    for domain, blocks in snapshots:
        draft = MirrorDraft(domain)
        for block in blocks:
            draft.add(decode(block, NodeBlock))
        mirrors.append(draft.finish())
    return mirrors


def fill(keeper: MeshKeeper, mirrors: list[DomainMirror]) -> None:
    """The cold fill."""
    for mirror in mirrors:
        keeper.replace(mirror.domain, mirror)


def roots_of(mesh: Mesh, sizes: tuple[int, ...]) -> dict[int, int]:
    """For each size the node whose downstream comes closest to it."""
    best: dict[int, tuple[int, int]] = {}
    for node in range(0, mesh.graph.nodes, 7):
        total = walk(mesh, WalkRequest(node, Direction.DOWNSTREAM, limit=0)).total_nodes
        for size in sizes:
            best[size] = min(best.get(size, (mesh.graph.nodes, 0)), (abs(total - size), node))
    return {size: node for size, (_, node) in best.items()}


def attributes(mesh: Mesh, nodes: list[int]) -> list[NodeView]:
    """What the mesh knows of some nodes."""
    return [mesh.attributes(node) for node in nodes]


def measure_walks(mesh: Mesh) -> None:
    """Walks of several sizes, and what is read from their pages."""
    for size, root in roots_of(mesh, (100, 1_000, 10_000, 30_000)).items():
        for limit in (1_000, 1_000_000):
            request = WalkRequest(root, Direction.DOWNSTREAM, limit=limit)
            total = walk(mesh, request).total_nodes
            show(f"walk, about {size} ({total}) nodes, limit {limit}", cpu_ms(partial(walk, mesh, request)))
        if size == 10_000:
            request = WalkRequest(root, Direction.DOWNSTREAM)
            page = walk(mesh, request)
            nodes = page.nodes.tolist()
            filtered = WalkRequest(root, Direction.DOWNSTREAM, kinds=frozenset({Kind.DATASET}))
            show("  datasets only, contracted", cpu_ms(partial(walk, mesh, filtered), 5))
            show(f"  {len(page.edges)} edges as values", cpu_ms(page.edges.views))
            show("  attributes of 1000 nodes", cpu_ms(partial(attributes, mesh, nodes)))
            show("  degrees of 1000 nodes", cpu_ms(partial(mesh.degrees, page.nodes)))


def measure_changes(keeper: MeshKeeper) -> None:
    """Commits on the full mesh."""
    domain, mirror = next(iter(keeper.mirrors.items()))
    job = next(record for record in mirror.records.values() if record.kind is Kind.JOB)
    turns = iter(range(1_000_000))

    def touch() -> None:
        volatile = Volatile(RunState.START, next(turns))
        keeper.apply(domain, Commit(position=POSITION, touched=(Touch(number=job.number, volatile=volatile),)))

    def restructure() -> None:
        step = Step((1 + next(turns) % 400,), job.steps[0].outputs)
        changed = msgspec.structs.replace(keeper.mirrors[domain].records[job.number], steps=(step,))
        keeper.apply(domain, Commit(position=POSITION, nodes=(changed,)))

    def add() -> None:
        turn = next(turns)
        fresh = NodeRecord(10_000_000 + turn, Kind.DATASET, "s3://new", f"table-{turn}")
        keeper.apply(domain, Commit(position=POSITION, nodes=(fresh,)))

    show("apply a touch", cpu_ms(touch))
    show("apply other steps of a job", cpu_ms(restructure))
    show("apply a new dataset", cpu_ms(add))
    same = DomainMirror(domain, mirror.records.values())
    show(f"replace {len(mirror.records)} nodes by the same", cpu_ms(partial(keeper.replace, domain, same), 3))
    show("rebuild everything", cpu_ms(keeper.rebuild, 1))


def main(datasets: int) -> None:
    """Print all figures."""
    snapshots = encoded(datasets)
    gc.collect()
    before_mb = resident_mb()
    begin = time.process_time()
    mirrors = mirrors_of(snapshots)
    show("decode snapshots into mirrors", (time.process_time() - begin) * 1000)
    mirrors_mb = resident_mb()
    keeper = MeshKeeper()
    begin = time.process_time()
    fill(keeper, mirrors)
    show("cold fill, mirrors into the mesh", (time.process_time() - begin) * 1000)
    show("memory of the mirrors", mirrors_mb - before_mb, "MB")
    show("memory of the mesh", resident_mb() - mirrors_mb, "MB")
    mesh = keeper.mesh
    counts = mesh.counts
    show("nodes", mesh.alive, "")
    show("edges", counts.edges, f"({counts.cross_domain_edges} across domains)")
    measure_walks(mesh)
    mesh.search("table")
    for text in ("table_00012", "layer_03", "e"):
        show(f"search {text!r} ({mesh.search(text).total} hits)", cpu_ms(partial(mesh.search, text), 5))
    measure_changes(keeper)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

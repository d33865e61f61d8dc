"""Walks inside the gateway: the same parts that serve requests, in this process, so that a walk can be timed alone."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.bench.processes import resident_mb
from lineage_gateway.app.gateway import open_gateway
from lineage_gateway.config import load
from lineage_gateway.mesh import Direction, Mesh, WalkRequest, walk
from lineage_gateway.registry import Registry

SIZES = (100, 1_000, 10_000)
ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Filled:
    """A mesh filled from agents' snapshots, and what that took."""

    mesh: Mesh
    wall_s: float
    cpu_s: float
    memory_mb: float


async def fill(agents: dict[str, str]) -> Filled:
    """Follow all agents until every domain has synced."""
    given = tuple(f"{domain}={url}" for domain, url in agents.items())
    registry = Registry(lambda: load({"agents": given}, {}))
    before_mb, wall, cpu = resident_mb(), time.perf_counter(), time.process_time()
    async with open_gateway(registry) as gateway:
        version = 0
        while not all(state.position for state in gateway.followers.statuses().values()):
            version = (await gateway.keeper.changed(version)).version
        took = time.perf_counter() - wall, time.process_time() - cpu
        gc.collect()
        return Filled(gateway.keeper.mesh, *took, resident_mb() - before_mb)


@dataclass(frozen=True, slots=True)
class WalkFigure:
    """One walk: nodes and edges found, and the median CPU milliseconds of one."""

    root_id: str
    nodes: int
    edges: int
    median_ms: float


def walks(mesh: Mesh, roots: Iterable[int]) -> list[WalkFigure]:
    """Time, for each wanted size, the walk among those from `roots` that comes closest to it."""
    found = {root: walk(mesh, _request(root)).total_nodes for root in roots}
    return [_timed(mesh, _closest(found, size)) for size in SIZES]


def _closest(found: Mapping[int, int], size: int) -> int:
    return min(found, key=lambda root: abs(found[root] - size))


def _request(root: int) -> WalkRequest:
    return WalkRequest(root, Direction.DOWNSTREAM, limit=10_000)


def _timed(mesh: Mesh, root: int) -> WalkFigure:
    request, times = _request(root), list[float]()
    answer = walk(mesh, request)
    for _ in range(ROUNDS):
        begin = time.process_time()
        walk(mesh, request)
        times.append((time.process_time() - begin) * 1000)
    return WalkFigure(mesh.attributes(root).id, answer.total_nodes, answer.total_edges, statistics.median(times))

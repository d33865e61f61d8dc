"""What refusing hostile documents costs: CPU time and memory of each bomb.

    python -m tests.benchmarks.graphql_bombs

Each is sent as an ASGI call with its whole body, and nothing is kept from the time before. Exits with 1 when a bomb
takes 100 ms or 20 MB, or one of at most 2 kB takes 50 ms.
"""

from __future__ import annotations

import asyncio
import sys
import time
import tracemalloc

from starlette.applications import Starlette
from starlette.routing import Route

from lineage_gateway.details import Details
from lineage_gateway.graphql import QueryLimits, Sources
from lineage_gateway.graphql.http import HttpPolicy, View
from lineage_gateway.lineage import Limits
from lineage_gateway.mesh import MeshKeeper
from tests.benchmarks.graphql_trivial import caller
from tests.gateway.graphql.bombs import BOMBS

CPU_MS_MAX, SMALL_CPU_MS_MAX, MB_MAX = 100, 50, 20
SMALL_CHARS = 2048
ROUNDS = 3


async def measured() -> list[tuple[str, int, float, float]]:
    """Return name, characters, CPU ms (the best of some rounds) and MB of each bomb."""
    mesh = MeshKeeper().mesh
    async with Details(lambda _: None, entries_max=0, bytes_max=0) as details:

        def sources() -> Sources:
            return Sources(mesh=mesh, states={}, domains={}, details=details, limits=Limits())

        view = View(sources, HttpPolicy(documents_entries_max=0), QueryLimits())
        app = Starlette(routes=[Route("/graphql", view.__call__, methods=["GET", "POST"])])

        async def cpu_ms(text: str) -> float:
            call = caller(app, text)
            times = []
            for _ in range(ROUNDS):
                began = time.process_time()
                await call()
                times.append(time.process_time() - began)
            return min(times) * 1e3

        async def megabytes(text: str) -> float:
            call = caller(app, text)
            tracemalloc.start()
            try:
                await call()
                return tracemalloc.get_traced_memory()[1] / 1e6
            finally:
                tracemalloc.stop()

        return [(name, len(text), await cpu_ms(text), await megabytes(text)) for name, text in BOMBS.items()]


def main() -> int:
    """Measure and print."""
    figures = asyncio.run(measured())
    print(f"{'bomb':32} {'characters':>10} {'CPU ms':>8} {'MB':>6}")
    for name, chars, cpu_ms, megabytes in figures:
        print(f"{name:32} {chars:10} {cpu_ms:8.1f} {megabytes:6.1f}")
    over = [
        name
        for name, chars, cpu_ms, megabytes in figures
        if cpu_ms >= (SMALL_CPU_MS_MAX if chars <= SMALL_CHARS else CPU_MS_MAX) or megabytes >= MB_MAX
    ]
    print("over the bounds:", ", ".join(over) or "none")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())

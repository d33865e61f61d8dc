"""From an acknowledged event to the message that a subscriber gets: through a real agent, gateway and WebSockets.

    python -m deploy.bench.subscriptions [--changes 200] [--subscribers 1000]

Each change is one OpenLineage event that gives a job another output. The clock starts when the agent has acknowledged
it; a change has arrived when the last subscriber has its message. Clients run in this process, so that reading and
checking a thousand messages is a part of the figure.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from deploy.bench import processes

PER_CONNECTION = 100
WAIT_S = 30.0
NAMESPACE = "postgres://db.bench:5432"
FOLLOW = f"""subscription {{
  lineageChanged(of: {{dataset: {{namespace: "{NAMESPACE}", name: "bench.source"}}}}, direction: DOWNSTREAM) {{
    version addedNodes {{ id kind name distance }} removedNodes changedNodes {{ id state updatedAt }}
    addedEdges {{ source target steps }} removedEdges {{ source target }} complete
  }} }}"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.bench.subscriptions", description=str(__doc__).partition(":")[0]
    )
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--subscribers", type=int, default=1000)
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lineage-bench-")))
        agent, _ = stack.enter_context(processes.agent("bench", folder))
        gateway, pid = stack.enter_context(processes.gateway({"bench": agent}, folder))
        processes.until_ready(gateway)
        for subscribers in (1, arguments.subscribers):
            asyncio.run(_measure(agent, gateway, subscribers, arguments.changes))
        print(f"gateway      {processes.resident_mb(pid):>9.0f} MB resident")
    return 0


async def _measure(agent: str, gateway: str, subscribers: int, changes: int) -> None:
    async with httpx2.AsyncClient(base_url=agent, trust_env=False) as http:
        await _send(http, "first")
        await asyncio.sleep(0.5)
        async with _subscribed(gateway, subscribers) as connections:
            before = _walks(gateway)
            times = [await _change(http, connections, f"{subscribers}-{change}") for change in range(changes)]
            walks = _walks(gateway) - before
    p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
    print(
        f"subscribers  {subscribers:>9,} of one node: until the last message {p50:.0f} ms (median), {p99:.0f} (p99), "
        f"{max(times):.0f} (worst); {walks / changes:.2f} walks a change"
    )


async def _change(http: httpx2.AsyncClient, connections: Sequence[tuple[ClientConnection, int]], output: str) -> float:
    """Make one change; return the milliseconds from its acknowledgement until everybody has seen it."""
    waiting = [asyncio.create_task(_seen(connection, count, output)) for connection, count in connections]
    await _send(http, output)
    acknowledged = time.perf_counter()
    arrived = await asyncio.gather(*waiting)
    return (max(arrived) - acknowledged) * 1000


async def _seen(connection: ClientConnection, count: int, output: str) -> float:
    """Wait until all subscriptions of a connection have the output; return when."""
    missing, name = count, f'"bench.{output}"'
    async with asyncio.timeout(WAIT_S):
        while missing:
            message = await connection.recv()
            missing -= name in str(message)
    return time.perf_counter()


@asynccontextmanager
async def _subscribed(gateway: str, subscribers: int) -> AsyncIterator[list[tuple[ClientConnection, int]]]:
    url = gateway.replace("http", "ws", 1) + "/graphql"
    counts = [min(PER_CONNECTION, subscribers - at) for at in range(0, subscribers, PER_CONNECTION)]
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for count in counts:
            made = connect(url, subprotocols=["graphql-transport-ws"], proxy=None)  # type: ignore[list-item]
            connection = await stack.enter_async_context(made)
            await connection.send('{"type":"connection_init"}')
            for number in range(count):
                asked = {"id": str(number), "type": "subscribe", "payload": {"query": FOLLOW}}
                await connection.send(json.dumps(asked))
            for _ in range(count + 1):
                await connection.recv()
            opened.append((connection, count))
        yield opened


async def _send(http: httpx2.AsyncClient, output: str) -> None:
    """Send an event; return when the agent has acknowledged it."""
    event = {
        "eventType": "COMPLETE",
        "eventTime": datetime.now(UTC).isoformat(),
        "producer": "https://example.com/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid4())},
        "job": {"namespace": "bench", "name": "load"},
        "inputs": [{"namespace": NAMESPACE, "name": "bench.source"}],
        "outputs": [{"namespace": NAMESPACE, "name": f"bench.{output}"}],
    }
    response = await http.post("/api/v1/lineage", json=event)
    if not response.is_success:
        raise SystemExit(f"the agent answered {response.status_code}: {response.text[:500]}")


def _walks(gateway: str) -> float:
    with urllib.request.urlopen(f"{gateway}/metrics", timeout=10) as response:  # noqa: S310
        text = response.read().decode()
    name = "lineage_gateway_watch_walks_total "
    return next(float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))


if __name__ == "__main__":
    sys.exit(main())

"""A mesh of 20 domains and 100,000 datasets, from events to answers.

    python -m deploy.bench [--datasets 100000] [--domains 20] [--dir FOLDER]

Each domain's events go into an agent's file of its own; real agents serve the files, and a gateway is filled through
their snapshots. Printed are the cold fill, memory, walks inside the gateway and whole GraphQL answers over HTTP. With
`--dir` the files are kept, and used again by the next run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from deploy.bench import mesh, processes
from deploy.bench.events import lines
from deploy.bench.graph import domain_records

QUERY = """query ($id: ID!) { lineage(of: {id: $id}, direction: DOWNSTREAM, depth: null, limit: 10000) {
  nodes { id kind namespace name domain type state distance } edges { source target steps } totalNodes complete } }"""
GRAPHQL_ROUNDS = 5


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description="measure a large mesh")
    parser.add_argument("--datasets", type=int, default=100_000)
    parser.add_argument("--domains", type=int, default=20)
    parser.add_argument("--dir", type=Path, help="keep the agents' files here")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = arguments.dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lineage-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        domains = _ingest(folder, arguments.domains, arguments.datasets)
        agents = {domain: stack.enter_context(processes.agent(domain, folder))[0] for domain in domains}
        for url in agents.values():
            processes.until_ready(url)
        roots = _inside(agents)
        _over_http(agents, folder, roots)
    return 0


def _ingest(folder: Path, domains: int, datasets: int) -> list[str]:
    """Fill the agents' files that are not there yet; return the domains."""
    started, events, names = time.perf_counter(), 0, []
    for domain, records in domain_records(domains=domains, datasets=datasets):
        names.append(domain)
        db, ndjson = folder / f"{domain}.db", folder / f"{domain}.ndjson"
        if ndjson.exists():
            continue
        text = list(lines(domain, records))
        partial = ndjson.with_suffix(".partial")
        partial.write_text("\n".join(text) + "\n", encoding="utf-8")
        command = processes.BIN / "lineage-agent", "ingest", partial, "--db", db, "--domain", domain
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        partial.rename(ndjson)
        events += len(text)
    if events:
        took = time.perf_counter() - started
        print(f"ingest       {events:>9,} events into {len(names)} files: {took:.1f} s, {events / took:,.0f} events/s")
    return names


def _inside(agents: dict[str, str]) -> list[mesh.WalkFigure]:
    filled = asyncio.run(mesh.fill(agents))
    counts = filled.mesh.counts
    print(f"mesh         {counts.datasets:>9,} datasets, {counts.jobs:,} jobs, {counts.edges:,} edges")
    print(f"cold fill    {filled.wall_s:>9.2f} s, of it {filled.cpu_s:.2f} s CPU in the gateway")
    print(f"memory       {filled.memory_mb:>9.0f} MB more than before")
    figures = mesh.walks(filled.mesh, range(0, counts.datasets, max(1, counts.datasets // 4_000)))
    for figure in figures:
        print(f"walk         {figure.nodes:>9,} nodes, {figure.edges:,} edges: {figure.median_ms:.2f} ms CPU (median)")
    return figures


def _over_http(agents: dict[str, str], folder: Path, roots: list[mesh.WalkFigure]) -> None:
    with processes.gateway(agents, folder) as (url, pid):
        took = processes.until_ready(url)
        print(f"gateway      {took:>9.2f} s until ready, {processes.resident_mb(pid):.0f} MB resident")
        for root in roots:
            times, size = _asked(url, root.root_id)
            print(f"GraphQL      {root.nodes:>9,} nodes: {statistics.median(times):.0f} ms (median), {size:,} bytes")


def _asked(url: str, root_id: str) -> tuple[list[float], int]:
    body = json.dumps({"query": QUERY, "variables": {"id": root_id}}).encode()
    times, answer = list[float](), b""
    for _ in range(GRAPHQL_ROUNDS):
        request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})  # noqa: S310
        begin = time.perf_counter()
        with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
            answer = response.read()
        times.append((time.perf_counter() - begin) * 1000)
        if json.loads(answer).get("errors"):
            raise SystemExit(f"GraphQL answered {answer[:1000]!r}")
    return times, len(answer)


if __name__ == "__main__":
    sys.exit(main())

"""Kill a serving agent again and again under eight posters, and count what it kept.

    python -m tests.chaos [--kills 300] [--acknowledged 10000] [--seed N]

The kill moments are random between 0 and 1.2 s after the start of the process, so that start-up, migration, recovery,
commit, projection and checkpoint are all hit. At the end the file must hold every acknowledged event exactly once, its
integrity check must pass, and its projection must equal one that is rebuilt from the record.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.chaos.agent_process import AGENT, AgentProcess, free_port
from tests.chaos.posters import Poster

POSTERS = 8
UPTIME_MAX_S = 1.2


def main() -> int:
    """Run the chaos and print what was found; 0 when nothing was lost or doubled."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="lineage-chaos-") as folder:
        db = Path(folder) / "chaos.db"
        started = time.monotonic()
        posters, kills = _storm(db, arguments)
        print(f"storm: {kills} kills in {time.monotonic() - started:.0f} s (seed {arguments.seed})", flush=True)
        return _judge(db, posters, kills)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="kill -9 under load")
    parser.add_argument("--kills", type=int, default=300, help="at least so many kills")
    parser.add_argument("--acknowledged", type=int, default=10_000, help="at least so many acknowledged events")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the kill moments")
    return parser.parse_args()


def _storm(db: Path, arguments: argparse.Namespace) -> tuple[list[Poster], int]:
    agent = AgentProcess(db, free_port())
    stopping = threading.Event()
    posters = [Poster(agent.port, number, stopping) for number in range(POSTERS)]
    moments = random.Random(arguments.seed)
    for poster in posters:
        poster.start()
    kills = 0
    while kills < arguments.kills or _acknowledged(posters) < arguments.acknowledged:
        agent.start()
        time.sleep(moments.uniform(0, UPTIME_MAX_S))
        if (code := agent.died()) is not None:
            raise SystemExit(f"the agent ended by itself with {code}: {db.with_suffix('.log').read_text()[-2000:]}")
        agent.kill()
        kills += 1
        _progress(kills, posters)
    stopping.set()
    for poster in posters:
        poster.join()
    return posters, kills


def _acknowledged(posters: list[Poster]) -> int:
    return sum(len(poster.ledger.acknowledged) for poster in posters)


def _progress(kills: int, posters: list[Poster]) -> None:
    if kills % 50 == 0:
        print(f"  {kills} kills, {_acknowledged(posters)} acknowledged", flush=True)


def _judge(db: Path, posters: list[Poster], kills: int) -> int:
    acknowledged = set[str]().union(*(poster.ledger.acknowledged for poster in posters))
    stored = Counter(json.loads(line)["run"]["runId"] for line in _run("export", "--db", db).splitlines())
    _settle(db)
    before = _status(db)
    _run("rebuild", "--db", db, "--yes")
    after = _status(db)
    found = {
        "refused": sum(len(poster.ledger.refused) for poster in posters),
        "lost": len(acknowledged - set(stored)),
        "doubled": sum(times > 1 for times in stored.values()),
        "events uncounted": abs(before["events"] - len(stored)),
        "runs unprojected": abs(before["runs"] - len(stored)),
        "edges unprojected": abs(before["edges"] - len(stored) - POSTERS),
        "dead letters": before["dead_letters"],
        "pending": before["pending"],
        "digest changed by rebuild": int(before["digest"] != after["digest"]),
    }
    print(
        f"{kills} kills, {len(acknowledged)} acknowledged, {len(stored)} stored, sent again "
        f"{sum(poster.ledger.resent for poster in posters)} times"
    )
    print(", ".join(f"{count} {what}" for what, count in found.items()))
    return int(any(found.values()))


def _settle(db: Path) -> None:
    """Let a last process finish the projection, then stop it in order."""
    agent = AgentProcess(db, free_port())
    agent.start()
    deadline = time.monotonic() + 60
    while _status(db)["pending"] and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(1)
    if (code := agent.stop()) != 0:
        raise SystemExit(f"the agent stopped with {code}")


def _status(db: Path) -> dict[str, Any]:
    status: dict[str, Any] = json.loads(_run("status", "--db", db, "--json"))
    return status


def _run(command: str, *arguments: object) -> str:
    done = subprocess.run([AGENT, command, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"lineage-agent {command} failed: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

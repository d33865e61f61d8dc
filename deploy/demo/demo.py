"""The demonstration: three domains, each with an agent of its own, and the gateway that joins them.

    make demo                 stays up until Ctrl-C
    make demo ONCE=1          prints and ends
    make demo DIR=folder      keeps the agents' files there

Four processes start on free ports of this machine. The agents get the events in `events/`, which real producers
emitted (`record/`): Airflow loads the CRM into the warehouse (domain sales), dbt builds staging tables and marts
(analytics), a training script reads a mart and writes a model and scores (ml). No agent knows of another; only the
gateway sees the whole.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
DOMAINS = ("sales", "analytics", "ml")
STARTED_WITHIN_S = 30.0
STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EXIT_INTERRUPTED = 130

SOURCE_TABLE = "postgres://crm-db.acme.example:5432 crm.public.customers"
SCORES_TABLE = "postgres://warehouse.acme.example:5432 warehouse.ml.churn_scores"
SCORES_COLUMN = "churn_probability"
SCORES_ADDRESS = "postgresql://reader@WAREHOUSE.acme.example/warehouse/ml/churn_scores"


@dataclass(frozen=True)
class Server:
    """A running process and the URL that it printed."""

    name: str
    url: str
    process: subprocess.Popen[str]


def main() -> int:
    """Run the demonstration; however it is stopped, no process stays behind."""
    arguments = _arguments()
    for each in STOPPED_BY:
        signal.signal(each, _stop)
    try:
        return _demonstrate(arguments)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _stop(_number: int, _frame: FrameType | None) -> None:
    """End whatever is under way. Once: make passes Ctrl-C on, and the second one must not break off the clean-up."""
    for each in STOPPED_BY:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _demonstrate(arguments: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        folder = _folder(arguments.dir, stack)
        agents = [stack.enter_context(_agent(domain, folder)) for domain in DOMAINS]
        for agent in agents:
            _load(agent)
        gateway = stack.enter_context(_gateway(agents, folder))
        _wait_until_ready(gateway)
        shown = _show(gateway)
        _print_urls(agents, gateway)
        if shown == 0 and not arguments.once:
            _wait_for_ctrl_c()
    return shown


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="three domains and a gateway, on recorded events")
    parser.add_argument("--once", action="store_true", help="end after printing")
    parser.add_argument("--dir", type=Path, help="folder for the agents' files (default: a temporary one)")
    return parser.parse_args()


def _folder(given: Path | None, stack: contextlib.ExitStack) -> Path:
    if given is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lineage-demo-")))
    given.mkdir(parents=True, exist_ok=True)
    return given.resolve()


@contextlib.contextmanager
def _server(name: str, log: Path, *command: object) -> Iterator[Server]:
    """Run a server until the block ends; it prints its URL when it listens."""
    with log.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True
        )
    try:
        yield Server(name, _url(name, process, log), process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _url(name: str, process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
    for line in process.stdout:
        if found := re.search(r"http://[^\s/]+", line):
            return found[0]
    process.wait()
    raise SystemExit(f"the {name} server did not start; it said:\n{log.read_text(encoding='utf-8')[-2000:]}")


def _agent(domain: str, folder: Path) -> contextlib.AbstractContextManager[Server]:
    db = folder / f"{domain}.db"
    return _server(
        domain, folder / f"{domain}.log", BIN / "lineage-agent", "serve", "--domain", domain, "--db", db, "--port", 0
    )


def _load(agent: Server) -> None:
    events = HERE / "events" / f"{agent.name}.ndjson"
    print(f"{agent.name:10} {agent.url}   loading {events.relative_to(HERE.parents[1])}", flush=True)
    _run("lineage-agent", "ingest", events, "--url", agent.url)


def _gateway(agents: list[Server], folder: Path) -> contextlib.AbstractContextManager[Server]:
    followed = [part for agent in agents for part in ("--agent", f"{agent.name}={agent.url}")]
    return _server("gateway", folder / "gateway.log", BIN / "lineage-gateway", "serve", "--port", 0, *followed)


def _wait_until_ready(gateway: Server) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(  # noqa: S310 - http, ours
                f"{gateway.url}/health/ready", timeout=5
            ),
        ):
            return
        time.sleep(0.1)
    raise SystemExit(f"the gateway was not ready within {STARTED_WITHIN_S:.0f} s")


def _show(gateway: Server) -> int:
    """Print the answers; return the first exit code that is not 0 (3: an answer was incomplete)."""
    chapters = (
        ("From a table of the CRM to the model", ("show", SOURCE_TABLE, "--up", "0", "--down", "10")),
        (f"Where {SCORES_COLUMN} comes from", ("columns", SCORES_TABLE, SCORES_COLUMN)),
        ("One table under two names", ("explain", SCORES_TABLE, SCORES_ADDRESS)),
        ("The domains", ("domains",)),
    )
    codes = [_chapter(title, command, gateway) for title, command in chapters]
    return next((code for code in codes if code), 0)


def _chapter(title: str, command: tuple[str, ...], gateway: Server) -> int:
    print(f"\n# {title}:  lineage {shlex.join(command)}\n", flush=True)
    return _run("lineage", *command, "--url", gateway.url)


def _run(program: str, *arguments: object) -> int:
    return subprocess.run([str(BIN / program), *map(str, arguments)], check=False).returncode


def _print_urls(agents: list[Server], gateway: Server) -> None:
    print(f"\nGraphQL and query page  {gateway.url}/graphql")
    for agent in agents:
        print(f"agent {agent.name:17} {agent.url}")
    print(flush=True)


def _wait_for_ctrl_c() -> None:
    print("Running until Ctrl-C.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
    print()


if __name__ == "__main__":
    sys.exit(main())

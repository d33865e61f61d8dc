"""schemathesis, on the OpenAPI documents that both servers serve about themselves.

Bounded: so many generated requests for each operation and phase, always the same ones (the seed). Streams have no end,
so operations whose answers are event streams are left to the protocol's own tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.conformance.reporting import report

SERVERS = {"the agent": "AGENT_SALES_URL", "the gateway": "GATEWAY_URL"}
PROGRAM = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")
EXAMPLES_MAX = 10
REQUEST_S_MAX = 10
RUN_S_MAX = 60
STREAM = "text/event-stream"


def main() -> None:
    """One case per operation that a document describes."""
    for name, variable in SERVERS.items():
        url = os.environ[variable]
        try:
            endless = _endless(url)
        except OSError as error:
            report(f"{name}: serves its document", str(error))
            continue
        report(f"{name}: serves its document")
        with tempfile.TemporaryDirectory() as folder:
            _run(url, endless, Path(folder, "report.xml"), name)


def _endless(url: str) -> list[str]:
    """The paths that answer with a stream."""
    with urllib.request.urlopen(f"{url}/openapi.json", timeout=REQUEST_S_MAX) as answer:
        paths = json.load(answer)["paths"]
    return [path for path, operations in paths.items() if STREAM in json.dumps(operations)]


def _run(url: str, endless: list[str], found: Path, name: str) -> None:
    command = [
        *(str(PROGRAM), f"--config-file={CONFIG}", "run", f"{url}/openapi.json", "--continue-on-failure", "--no-color"),
        *(f"--max-examples={EXAMPLES_MAX}", "--seed=1", "--generation-database=none", "--workers=1"),
        *(f"--request-timeout={REQUEST_S_MAX}", f"--max-time={RUN_S_MAX}"),
        *("--report=junit", f"--report-junit-path={found}"),
        *(f"--exclude-path={path}" for path in endless),
    ]
    done = subprocess.run(command, cwd=found.parent, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stdout[-4000:] + done.stderr[-1000:] if done.returncode else "")
    if not found.is_file():
        report(f"{name}: schemathesis runs", done.stdout[-300:] + done.stderr[-300:])
        return
    for case in ET.parse(found).iter("testcase"):
        problems = [*case.iter("failure"), *case.iter("error")]
        report(f"{name}: {case.get('name')}", "; ".join(each.get("message") or "failed" for each in problems))


if __name__ == "__main__":
    main()

"""The examples of subscriptions in docs/graphql.md, run as they stand there, but for the address."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.federation.mesh import Federation, Gateway

ROOT = Path(__file__).parents[4]
DOCS = ROOT / "docs" / "graphql.md"
EVENTS = ROOT / "deploy" / "demo" / "events"
ADDRESS = "127.0.0.1:8080"
WAIT_S = 30


def block(language: str) -> str:
    """The only block of a language in the section about subscriptions."""
    section = DOCS.read_text(encoding="utf-8").partition("## Subscriptions")[2].partition("\n## ")[0]
    (found,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway over agents with the demo's events."""
    with Federation(tmp_path_factory.mktemp("documented")) as federation:
        agents = []
        for file in sorted(EVENTS.glob("*.ndjson")):
            agent = federation.start_agent(file.stem)
            agent.post(*map(json.loads, file.read_text(encoding="utf-8").splitlines()))
            agents.append(agent)
        made = federation.start_gateway(*agents)
        made.until_synced(*agents)
        yield made


def first_line(command: list[str], holding: str) -> str:
    """Run a command that never ends until it has printed a line with some text."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if holding in line:
                    return line
            raise AssertionError("".join(lines))
        finally:
            process.kill()


@pytest.mark.timeout(WAIT_S)
def test_the_python_example(gateway: Gateway) -> None:
    """It prints the walk through all three domains."""
    code = (
        block("python").replace(ADDRESS, gateway.url.removeprefix("http://")).replace("print(", "print(flush=True, *(")
    )
    code = code.replace('message["lineageChanged"])', 'message["lineageChanged"],))')
    line = first_line([sys.executable, "-c", code], "addedNodes")
    assert "churn_model" in line
    assert "'complete': True" in line


@pytest.mark.timeout(WAIT_S)
def test_the_curl_example(gateway: Gateway) -> None:
    """It shows the domains as events."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    code = block("bash").replace(ADDRESS, gateway.url.removeprefix("http://")).replace("curl -N", "exec curl -sN")
    assert '"domainStatusChanged"' in first_line(["sh", "-c", code], "data: ")

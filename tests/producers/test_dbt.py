"""Unmodified `dbt-ol` runs a small DuckDB project and delivers to a real agent."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.agent.running import RunningAgent, lineage_agent, running_agent

DBT = Path(__file__).parents[2] / ".venv-producers" / "bin" / "dbt-ol"
KEY = "producer-0123456789abcdef"
FILES = {
    "dbt_project.yml": "name: tiny\nversion: '1.0'\nprofile: tiny\n",
    "profiles.yml": "tiny: {target: dev, outputs: {dev: {type: duckdb, path: tiny.duckdb, threads: 1}}}\n",
    "seeds/raw_orders.csv": "id,amount\n1,10\n2,20\n",
    "models/orders.sql": "select id, amount from {{ ref('raw_orders') }}\n",
    "models/totals.sql": "select count(*) as orders, sum(amount) as amount from {{ ref('orders') }}\n",
    "models/schema.yml": "models: [{name: orders, columns: [{name: id, data_tests: [not_null, unique]}]}]\n",
}

pytestmark = pytest.mark.skipif(not DBT.exists(), reason="no .venv-producers: make producers")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A seed, two models and two tests."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def dbt_ol(project: Path, agent: RunningAgent, *arguments: str) -> str:
    """Run dbt-ol; return what it printed."""
    environment = {
        "PATH": f"{DBT.parent}:{os.environ['PATH']}",
        "HOME": str(project),
        "OPENLINEAGE_URL": agent.url,
        "OPENLINEAGE_NAMESPACE": "shop_dbt",
        "OPENLINEAGE_API_KEY": KEY,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    command = [str(DBT), *arguments, "--profiles-dir", "."]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def status(project: Path) -> dict[str, Any]:
    """What the agent's file holds."""
    found: dict[str, Any] = json.loads(lineage_agent(project, "status", "--db", "shop.db", "--json").stdout)
    return found


def test_dbt_delivers_after_its_runs(project: Path) -> None:
    """The plain form sends each command's events from dbt's artifacts: the models' lineage, but not the seed's."""
    with running_agent(project, ingest_keys=KEY, mesh_keys=KEY) as agent:
        said = "".join(dbt_ol(project, agent, command) for command in ("seed", "run", "test"))
    found = status(project)
    assert [f"Emitted {number} OpenLineage events" in said for number in (2, 6, 4)] == [True, True, True]
    assert not any(word in said for word in ("Traceback", "Failed to emit"))
    assert (found["events"], found["dead_letters"], found["pending"]) == (12, 0, 0)
    assert (found["datasets"], found["jobs"], found["edges_current"]) == (2, 4, 4)


def test_dbt_delivers_while_it_runs(project: Path) -> None:
    """With --consume-structured-logs the events come as dbt works, and the seed is an input of its model."""
    with running_agent(project, ingest_keys=KEY, mesh_keys=KEY) as agent:
        said = dbt_ol(project, agent, "--consume-structured-logs", "build")
    found = status(project)
    assert f"Emitted {found['events']} OpenLineage events" in said
    assert not any(word in said for word in ("Traceback", "Failed to emit"))
    assert (found["dead_letters"], found["pending"]) == (0, 0)
    names = {
        dataset["name"]
        for line in lineage_agent(project, "export", "--db", "shop.db").stdout.splitlines()
        for dataset in json.loads(line).get("inputs") or ()
    }
    assert {name.rpartition(".")[2] for name in names} >= {"raw_orders", "orders"}

"""Details are cached by revision and never expire: what a real agent learns is seen at once all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.factories import DATASETS, column_input, column_lineage, dataset, run_event, schema
from tests.federation.mesh import Federation

STATE = """query($namespace: String!) {
  target: dataset(namespace: $namespace, name: "target") {
    description columns { name } schemaVersions { totalCount } facets(names: ["custom"])
    producedBy { latestRun { runId state } runs { totalCount } sql }
  }
  columnLineage(of: {dataset: {namespace: $namespace, name: "target"}}, column: "x") {
    complete edges { sourceColumn targetColumn }
  }
}"""


def event(version: int) -> dict[str, Any]:
    """A run that reports everything anew."""
    target = dataset(
        "target",
        schema=schema("x", f"c{version}"),
        custom={"version": version},
        documentation={"description": f"version {version}"},
        columnLineage=column_lineage({"x": [column_input("source", f"s{version}")]}),
    )
    return run_event(
        run=f"r{version}",
        at=version,
        inputs=["source"],
        outputs=[target],
        job_facets={"sql": {"query": f"select {version}"}},
    )


def expected(version: int) -> dict[str, Any]:
    """What is to be seen after so many versions."""
    job = {
        "latestRun": {"runId": f"r{version}", "state": "COMPLETE"},
        "runs": {"totalCount": version},
        "sql": f"select {version}",
    }
    return {
        "target": {
            "description": f"version {version}",
            "columns": [{"name": "x"}, {"name": f"c{version}"}],
            "schemaVersions": {"totalCount": version},
            "facets": {"custom": {"version": version}},
            "producedBy": [job],
        },
        "columnLineage": {"complete": True, "edges": [{"sourceColumn": f"s{version}", "targetColumn": "x"}]},
    }


def test_every_change_is_seen(tmp_path: Path) -> None:
    """After each event everything is new, though everything was cached before it."""
    with Federation(tmp_path) as federation:
        agent = federation.start_agent("shop")
        gateway = federation.start_gateway(agent)
        for version in range(1, 5):
            agent.post(event(version))
            gateway.until_synced(agent)
            assert gateway.data(STATE, namespace=DATASETS) == expected(version)
            assert gateway.data(STATE, namespace=DATASETS) == expected(version)

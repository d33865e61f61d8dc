"""Canaries: what must not leave the agent appears in no answer of the mesh protocol, unless it is shared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lineage_shared.wire import Position
from tests import factories as make
from tests.agent.feed.streams import changes, read_snapshot
from tests.agent.running import RunningAgent, lineage_agent, running_agent

ENVIRONMENT, SOURCE, TRACE = "CANARY-env-7f3a", "CANARY-src-91bc", "CANARY-trace-e04d"
FRAMES = f'Traceback (most recent call last):\n  File "/srv/{TRACE}.py", line 1, in <module>\nValueError: bad'
RUN_FACETS: dict[str, Any] = {
    "environmentVariables": {"environmentVariables": [{"name": "TOKEN", "value": ENVIRONMENT}]},
    "environment-properties": {"environment-properties": {"token": ENVIRONMENT}},
    "errorMessage": {"message": FRAMES, "programmingLanguage": "PYTHON", "stackTrace": FRAMES},
    "extractionError": {"errors": [{"errorMessage": "bad", "stackTrace": FRAMES}]},
    "unknownSourceAttribute": {"unknownItems": [{"properties": {"env": {"T": ENVIRONMENT}, "bash_command": SOURCE}}]},
}
JOB_FACETS = {"sourceCode": {"language": "python", "sourceCode": SOURCE}, "sql": {"query": "select visible_sql"}}
SHARED: dict[str, dict[str, Any]] = {
    ENVIRONMENT: {"share_environment_variables": True},
    SOURCE: {"share_source_code": True},
    TRACE: {"share_stack_traces": True},
}


def everything(agent: RunningAgent, client: httpx2.Client, start: str) -> str:
    """All that a gateway can get out of the agent, as text."""
    numbers = [record.number for record in read_snapshot(client).records]
    epoch = Position.parse(start).epoch
    accept = {"accept": "application/json"}
    questions: list[tuple[str, dict[str, Any]]] = [
        ("details", {"nodes": numbers, "parts": ["schema", "facets", "history"]}),
        ("columns", {"datasets": numbers}),
        ("runs", {"jobs": numbers, "run_ids": ["1"]}),
        ("expand", {"nodes": numbers}),
    ]
    answers = [
        client.post(f"/mesh/v1/{call}", json={"epoch": epoch, **asked}, headers=accept) for call, asked in questions
    ]
    answers += [client.get(f"/mesh/v1/{call}", headers=accept) for call in ("about", "snapshot")]
    answers.append(client.get("/metrics"))
    assert [answer.status_code for answer in answers] == [200] * 7
    with changes(client, start) as feed:
        followed = json.dumps(next(feed).data)
    return followed + "".join(answer.text for answer in answers)


@pytest.mark.parametrize("shared", [None, *SHARED], ids=["nothing", *(next(iter(each)) for each in SHARED.values())])
def test_only_what_is_shared_leaves(tmp_path: Path, shared: str | None) -> None:
    """Each switch lets out its own, and nothing else; the record keeps all of it."""
    switches = SHARED[shared] if shared else {}
    event = make.run_event(
        "etl", type="FAIL", inputs=["in"], outputs=["out"], run_facets=RUN_FACETS, job_facets=JOB_FACETS
    )
    with running_agent(tmp_path, **switches) as agent, agent.client() as client:
        start = read_snapshot(client).position
        agent.settle(agent.post(event))
        told = everything(agent, client, start)
    assert {canary for canary in SHARED if canary in told} == ({shared} if shared else set())
    assert all(word in told for word in ("visible_sql", "ValueError: bad", '"python"'))
    exported = lineage_agent(tmp_path, "export", "--db", "shop.db").stdout
    assert all(canary in exported for canary in SHARED)

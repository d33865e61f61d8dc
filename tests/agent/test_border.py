"""The border: what stays at home unless the domain shares it."""

from __future__ import annotations

from typing import Any

import pytest

from lineage_agent.border import Border
from lineage_shared.model import RunState
from lineage_shared.wire import FacetsDetail, NodeDetails, RunDetail, RunErrorDetail

CANARY = "CANARY-6c1d"
JAVA = f"boom\n\tat org.spark.Job.run(Job.scala:1) {CANARY}\n\t... 12 more"
PYTHON = f'Traceback (most recent call last):\n  File "/x/{CANARY}.py", line 3, in f\n    {CANARY}()\nValueError: bad'

WITHHELD: list[tuple[str, dict[str, Any]]] = [
    (
        "share_environment_variables",
        {"environmentVariables": {"environmentVariables": [{"name": "K", "value": CANARY}]}},
    ),
    ("share_environment_variables", {"environment-properties": {"environment-properties": {"user": CANARY}}}),
    (
        "share_environment_variables",
        {"unknownSourceAttribute": {"unknownItems": [{"properties": {"env": {"K": CANARY}}}]}},
    ),
    ("share_source_code", {"sourceCode": {"language": "python", "sourceCode": CANARY}}),
    ("share_source_code", {"unknownSourceAttribute": {"unknownItems": [{"properties": {"bash_command": CANARY}}]}}),
    ("share_stack_traces", {"errorMessage": {"message": "bad", "stackTrace": CANARY}}),
    ("share_stack_traces", {"extractionError": {"errors": [{"errorMessage": "bad", "stackTrace": CANARY}]}}),
    ("share_stack_traces", {"custom": {"text": JAVA}}),
    ("share_stack_traces", {"custom": {"text": PYTHON}}),
]


def run_of(facets: dict[str, Any], **error: str) -> RunDetail:
    """A run with facets."""
    return RunDetail(
        run_id="r", job=1, state=RunState.FAIL, facets=facets, error=RunErrorDetail(**error) if error else None
    )


@pytest.mark.parametrize(("switch", "facets"), WITHHELD)
def test_a_run_keeps_it_home_unless_shared(switch: str, facets: dict[str, Any]) -> None:
    """What must not leave is gone at every depth; with its switch on, the facets are verbatim."""
    assert CANARY not in repr(Border().run(run_of(facets)))
    assert Border(**{switch: True}).run(run_of(facets)).facets == facets


@pytest.mark.parametrize(("switch", "facets"), WITHHELD[:5])
def test_a_node_keeps_it_home_unless_shared(switch: str, facets: dict[str, Any]) -> None:
    """The same holds for the facets of jobs and datasets."""
    details = NodeDetails(number=1, facets=FacetsDetail(facets=facets))
    assert CANARY not in repr(Border().details(details))
    assert Border(**{switch: True}).details(details) == details


def test_the_rest_of_a_facet_stays_as_it_was() -> None:
    """Only what must stay is taken out: language and message go on being told."""
    facets = {
        "sourceCode": {"_producer": "p", "language": "python", "sourceCode": "x"},
        "stage": {"environment": "prod"},
    }
    kept = Border().facets(facets)
    assert kept == {"sourceCode": {"_producer": "p", "language": "python"}, "stage": {"environment": "prod"}}


def test_a_facet_that_is_empty_now_is_gone() -> None:
    """A facet of which only its producer would be left is not sent; one that was so all along is."""
    facets = {"environmentVariables": {"_producer": "p", "environmentVariables": []}, "mark": {"_producer": "p"}}
    assert Border().facets(facets) == {"mark": {"_producer": "p"}}


@pytest.mark.parametrize(
    ("message", "left"), [(JAVA, "boom"), (PYTHON, "ValueError: bad"), ("plain\n  text", "plain\n  text")]
)
def test_messages_lose_their_frames(message: str, left: str) -> None:
    """An error's message keeps its words, and loses the stack frames that producers put into it."""
    error = Border().run(run_of({}, message=message, stack_trace=CANARY)).error
    assert error == RunErrorDetail(message=left)


def test_shared_errors_are_verbatim() -> None:
    """With stack traces shared, an error is as it was told."""
    run = run_of({}, message=JAVA, stack_trace=PYTHON)
    assert Border(share_stack_traces=True).run(run) == run

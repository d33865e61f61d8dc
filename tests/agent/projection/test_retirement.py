"""Retirement is told by ordinary events."""

from __future__ import annotations

from lineage_agent.projection import facts_of, retirement_event
from lineage_shared.model import DatasetRef, JobRef
from lineage_shared.openlineage import EventKind, parse, read_event
from tests import factories as make


def test_a_job_is_retired_by_a_job_event() -> None:
    """It reads back as an event that retires just that job."""
    event = read_event(parse(make.body(retirement_event(JobRef("n", "j"), make.event_time(1)))))
    stated = facts_of(event)
    assert event.kind is EventKind.JOB
    assert [key[1:] for key in stated.retired] == [("n", "j")]
    assert stated.contributions == []


def test_a_dataset_is_retired_by_a_drop() -> None:
    """It reads back as a DatasetEvent that drops just that dataset."""
    event = read_event(parse(make.body(retirement_event(DatasetRef("n", "d"), make.event_time(1)))))
    assert event.kind is EventKind.DATASET
    assert [key[1:] for key in facts_of(event).dropped] == [("n", "d")]

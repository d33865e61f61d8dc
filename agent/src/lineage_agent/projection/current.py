"""ARCHITECTURE rule 1: which contributions speak for a node.

Batch jobs: the newest `window` completed runs that reported any inputs or outputs, and the unfinished runs newer than
the newest of them; with no completed run, all runs. Streaming and service jobs: the newest run that reported any. While
no run ever did, the job's design. A dataset's own word and a rename always speak. Newest means latest end, then start,
then runId.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lineage_agent.projection.vocabulary import Source, State


class Contribution(NamedTuple):
    """What the rule needs to know of a contribution that reported inputs or outputs."""

    id: int
    source: int
    run_id: str
    began_ns: int
    ended_ns: int
    terminal: int | None

    @property
    def age(self) -> tuple[int, int, str]:
        """The key of "newest": the greatest is the newest."""
        return self.ended_ns, self.began_ns, self.run_id


def speaking(reported: Iterable[Contribution], *, continuous: bool, window: int) -> list[Contribution]:
    """Return those of a node's contributions that are current, newest first."""
    ordered = sorted(reported, key=lambda one: one.age, reverse=True)
    runs = [one for one in ordered if one.source == Source.RUN]
    if not runs:
        return ordered
    if continuous:
        return runs[:1]
    completed = [run for run in runs if run.terminal == State.COMPLETE]
    if not completed:
        return runs
    unfinished = [run for run in runs if run.terminal is None and run.age > completed[0].age]
    return unfinished + completed[:window]

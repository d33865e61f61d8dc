"""The small integers under which the store keeps kinds, directions, sources and states."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from lineage_shared.model import RunState


class NodeKind(IntEnum):
    """What a node is."""

    DATASET = 0
    JOB = 1


class Direction(IntEnum):
    """Which side of an owner a dataset stands on."""

    INPUT = 0
    OUTPUT = 1


class Source(IntEnum):
    """What a contribution is: a run of a job, its design, a dataset's own word, or a rename."""

    RUN = 0
    DESIGN = 1
    DATASET = 2
    RENAME = 3


class Scope(IntEnum):
    """Whose facet a run carries: its own, or the job's during this run (`lineage`)."""

    RUN = 0
    JOB = 1


class State(IntEnum):
    """An event type; from COMPLETE on it is terminal."""

    START = 0
    RUNNING = 1
    OTHER = 2
    COMPLETE = 3
    ABORT = 4
    FAIL = 5

    @property
    def is_terminal(self) -> bool:
        """Tell whether a run ends with it."""
        return self >= State.COMPLETE

    @property
    def word(self) -> RunState:
        """The state as the wire names it."""
        return RunState[self.name]


class NodeKey(NamedTuple):
    """A node as producers spell it."""

    kind: int
    namespace: str
    name: str


class ContributionKey(NamedTuple):
    """What may speak for a node; `run_id` is empty unless the source is a run."""

    owner: NodeKey
    source: int
    run_id: str = ""

"""The vocabulary: frozen values that agent and gateway share (ARCHITECTURE section 3).

A *node* is a dataset or a job. An agent gives each node a small *number*, stable within its epoch; on the wire nodes
point at each other by number. A *step* is a group of outputs that share the same inputs; a job owns its steps, and a
dataset owns a step without a job (its own `lineage` facet, or a rename). Times are microseconds since 1970 (UTC), so
that they fit a JSON number exactly; their names end in `_us`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import msgspec

NUMBER_MAX: Final = 2**53 - 1
TIME_US_MAX: Final = (2**63 - 1) // 1_000

# A node's number, or a sequence: what a JSON number carries exactly.
Number = Annotated[int, msgspec.Meta(ge=0, le=NUMBER_MAX)]
# Microseconds since 1970, of any time that is 64 bits of nanoseconds.
TimeUs = Annotated[int, msgspec.Meta(ge=-TIME_US_MAX, le=TIME_US_MAX)]


class Kind(StrEnum):
    """What a node is."""

    DATASET = "dataset"
    JOB = "job"


class Origin(StrEnum):
    """How an edge came to be known (ARCHITECTURE rule 4)."""

    RUN = "RUN"
    DESIGN = "DESIGN"
    DECLARED = "DECLARED"
    INFERRED = "INFERRED"


class RunState(StrEnum):
    """OpenLineage's event types, as the state of a run."""

    START = "START"
    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    FAIL = "FAIL"
    ABORT = "ABORT"
    OTHER = "OTHER"


class Part(StrEnum):
    """The detail parts of a node that have a revision of their own."""

    SCHEMA = "schema"
    COLUMNS = "columns"
    RUNS = "runs"
    FACETS = "facets"


class DatasetRef(msgspec.Struct, frozen=True, order=True, gc=False):
    """A dataset as a producer spelled it."""

    namespace: str
    name: str


class JobRef(msgspec.Struct, frozen=True, order=True):
    """A job as a producer spelled it."""

    namespace: str
    name: str


class Owner(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """An owner from an `ownership` facet, e.g. `team:checkout`, of type `MAINTAINER`."""

    name: str
    type: str = ""


class Step(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """Outputs that share the same inputs: node numbers, ascending."""

    inputs: tuple[Number, ...]
    outputs: tuple[Number, ...]
    origin: Origin = Origin.RUN


class Claim(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """A producer's claim that this dataset is also known as node `target` (a `symlinks` facet)."""

    target: Number
    type: str = ""


class Revisions(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The sequence at which the topology, or a detail part, of a node last changed; 0 = never."""

    topology: Number = 0
    schema: Number = 0
    columns: Number = 0
    runs: Number = 0
    facets: Number = 0


class Volatile(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What moves with every run, and never touches the topology revision.

    `inputs_last_seen_us` and `outputs_last_seen_us` run parallel to the record's `inputs` and `outputs`.
    """

    state: RunState | None = None
    updated_us: TimeUs | None = None
    inputs_last_seen_us: tuple[TimeUs, ...] = ()
    outputs_last_seen_us: tuple[TimeUs, ...] = ()


class NodeRecord(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The full published state of one node: the unit of snapshot and feed (ARCHITECTURE section 5).

    `inputs` and `outputs` are the distinct datasets of all `steps`, ascending, with the time of the first event that
    asserted each edge. A dataset that owns jobless steps has itself as their only output, and `outputs` is empty.
    `mentioned` is true for a node that is only named by facets. `type` is the dataset type (TABLE, TOPIC, MODEL, ...)
    or the job's processing type (BATCH, STREAMING, SERVICE).
    """

    number: Number
    kind: Kind
    namespace: str
    name: str
    mentioned: bool = False
    type: str = ""
    integration: str = ""
    tags: tuple[str, ...] = ()
    owners: tuple[Owner, ...] = ()
    steps: tuple[Step, ...] = ()
    inputs: tuple[Number, ...] = ()
    outputs: tuple[Number, ...] = ()
    inputs_first_seen_us: tuple[TimeUs, ...] = ()
    outputs_first_seen_us: tuple[TimeUs, ...] = ()
    claims: tuple[Claim, ...] = ()
    revisions: Revisions = Revisions()
    volatile: Volatile = Volatile()

"""What column lineage costs inside the gateway: a walk over many columns, with agents that answer at once.

`python -m tests.benchmarks.columns [DATASETS]` prints, for datasets of 20 columns in layers of ten, the CPU time of the
use case and of the bare walk over the same edges. Nothing is asserted here: times belong to a machine. Their ratio is
what reading columns by their platforms' rules, and joining them across the names of a class, costs on top of the walk.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

from lineage_gateway.access import EVERYTHING
from lineage_gateway.lineage import ById, ColumnAnswer, ColumnQuestion, Limits, MeshView, Place, Unasked, column_lineage
from lineage_gateway.mesh import Direction, FetchedColumns, Member, Mesh, MeshKeeper, column_walk
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.model import Claim, Kind, NodeRecord, Step
from lineage_shared.wire import ColumnEdge, DatasetColumns, SchemaDetail, SchemaField
from tests.benchmarks.mesh import cpu_ms, show

DOMAIN = "sales"
COLUMNS = 20
LAYER = 10
INPUTS = 3

EXACT, FOLDED, CLASSES = "postgres, exact", "snowflake, folded", "hive and s3, one class"


@dataclass(frozen=True)
class Known:
    """An agent that has all column edges and schemas in memory."""

    edges: Mapping[int, DatasetColumns]
    schemas_: Mapping[int, SchemaDetail]

    async def columns(self, members: Collection[Member]) -> Mapping[Place, DatasetColumns | Unasked]:
        """Return the edges into each record."""
        none = {each.number: DatasetColumns(number=each.number, revision=1) for each in members}
        return {(each.domain, each.number): self.edges.get(each.number, none[each.number]) for each in members}

    async def schemas(self, members: Collection[Member]) -> Mapping[Place, SchemaDetail | Unasked]:
        """Return the schema of each record."""
        return {(each.domain, each.number): self.schemas_.get(each.number, SchemaDetail()) for each in members}


def spelled(kind: str, number: int) -> tuple[str, str]:
    """Return the namespace and name of a dataset."""
    if kind == EXACT:
        return "postgres://db.acme.example:5432", f"shop.public.t{number}"
    if kind == FOLDED:
        return "snowflake://org-acct", f"SHOP.PUBLIC.T{number}"
    return "hive://ms.acme.example:9083", f"shop.t{number}"


def world(kind: str, datasets: int) -> tuple[Mesh, Known, list[FetchedColumns]]:
    """Return a mesh in layers, what its agent knows, and the same edges as a walk takes them.

    In a class, what is written is a path and what is read is a table: each hop goes from one name to the other.
    """
    paths = 10 * datasets
    records: list[NodeRecord] = []
    edges: dict[int, DatasetColumns] = {}
    schemas: dict[int, SchemaDetail] = {}
    bare: list[FetchedColumns] = []
    lower, upper = ([f"{text}_{at}" for at in range(COLUMNS)] for text in ("column", "COLUMN"))
    read = lower if kind != FOLDED else upper
    for number in range(1, datasets + 1):
        claims = (Claim(number, "TABLE"),) if kind == CLASSES else ()
        written = number + (paths if kind == CLASSES else 0)
        records.append(NodeRecord(number, Kind.DATASET, *spelled(kind, number), type="TABLE"))
        if claims:
            records.append(
                NodeRecord(written, Kind.DATASET, "s3://lake", f"shop/t{number}", type="FILE", claims=claims)
            )
        schemas[number] = SchemaDetail(fields=tuple(SchemaField(name, "int") for name in lower))
        first = (number - 1) // LAYER * LAYER - LAYER + 1
        if first < 1:
            continue
        sources = [first + (number + at) % LAYER for at in range(INPUTS)]
        job = 100 * datasets + number
        records.append(NodeRecord(job, Kind.JOB, "jobs", f"j{number}", steps=(Step(tuple(sources), (written,)),)))
        found = tuple(
            ColumnEdge(source, read[at], lower[at], "DIRECT", "IDENTITY", job=job)
            for source in sources
            for at in range(COLUMNS)
        )
        edges[written] = DatasetColumns(number=written, revision=1, edges=found)
        bare.extend(
            FetchedColumns(e.source, lower[at % COLUMNS], number, e.output, e.kind, e.subtype, job=job)
            for at, e in enumerate(found)
        )
    keeper = MeshKeeper()
    keeper.replace(DOMAIN, DomainMirror(DOMAIN, records))
    return keeper.mesh, Known(edges, schemas), bare


def measure(kind: str, datasets: int) -> None:
    """Print the figures of one kind of datasets, for the columns that all others rest on."""
    mesh, source, bare = world(kind, datasets)
    last = mesh.find(Kind.DATASET, *spelled(kind, datasets))[0]
    view = MeshView(mesh, {DOMAIN: DomainState(DOMAIN, DomainStatus.LIVE, not_live_s=0.0)}, EVERYTHING, Limits())
    question = ColumnQuestion(ById(mesh.id(last)), None, Direction.UPSTREAM, None)

    loop = asyncio.new_event_loop()

    def ask() -> ColumnAnswer:
        return loop.run_until_complete(column_lineage(view, question, source))

    answer = ask()
    roots = [(datasets, f"column_{at}") for at in range(COLUMNS)]
    walked = column_walk(bare, roots, Direction.UPSTREAM, depth=None)
    show(f"{kind}: columns reached", len(answer.walk.nodes), f"(bare {len(walked.nodes)})")
    bare_ms = cpu_ms(partial(column_walk, bare, roots, Direction.UPSTREAM, depth=None), 11)
    asked_ms = cpu_ms(ask, 11)
    show("  the walk alone", bare_ms)
    show("  the use case", asked_ms)
    show("  ratio", asked_ms / bare_ms, "")
    loop.close()


def main(datasets: int) -> None:
    """Print all figures."""
    for kind in (EXACT, FOLDED, CLASSES):
        measure(kind, datasets)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)

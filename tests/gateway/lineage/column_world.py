"""A small world of datasets with several names, and what agents tell about its columns."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from lineage_gateway.access import EVERYTHING
from lineage_gateway.identity import declared_of
from lineage_gateway.lineage import (
    ById,
    ColumnAnswer,
    ColumnQuestion,
    Limits,
    MeshView,
    Place,
    Unasked,
    column_lineage,
)
from lineage_gateway.mesh import Direction, Member, Mesh, MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.model import Kind, Step
from lineage_shared.naming import Declaration, read_declaration
from lineage_shared.wire import ColumnEdge, DatasetColumns, SchemaDetail, SchemaField
from tests.gateway.graphql.federation import dataset, job

DOMAINS = ("a", "b")
HIVE_T, S3_T, HIVE_U, S3_U, SNOWFLAKE, POSTGRES = range(1, 7)
NAMES = {
    HIVE_T: ("hive://ms.acme.example:9083", "db.t"),
    S3_T: ("s3://lake", "db/t"),
    HIVE_U: ("hive://ms.acme.example:9083", "db.u"),
    S3_U: ("s3://lake", "db/u"),
    SNOWFLAKE: ("snowflake://org-acct", "A.B.S"),
    POSTGRES: ("postgres://db.acme.example:5432", "shop.public.p"),
}
CLASS = {HIVE_T: "t", S3_T: "t", HIVE_U: "u", S3_U: "u", SNOWFLAKE: "s", POSTGRES: "p"}
ALIASES = [
    read_declaration(
        {
            "type": "alias",
            "a": dict(zip(("namespace", "name"), NAMES[one], strict=True)),
            "b": dict(zip(("namespace", "name"), NAMES[other], strict=True)),
        }
    )
    for one, other in ((HIVE_T, S3_T), (HIVE_U, S3_U))
]


class Edge(NamedTuple):
    """What one domain says: a column of a record feeds a column of another; the output "" stands for every column."""

    domain: str
    source: int
    input: str
    target: int
    output: str


Schemas = Mapping[tuple[str, int], Sequence[str]]


class Telling:
    """The agents of all domains: what each says of the records that are asked for, in a shuffled order."""

    def __init__(self, edges: Sequence[Edge], schemas: Schemas, seed: int = 0) -> None:
        self.edges, self.known = edges, schemas
        self.chance = random.Random(seed)

    def shuffled(self, members: Collection[Member]) -> list[Member]:
        """Any order will do."""
        return self.chance.sample(list(members), len(members))

    async def columns(self, members: Collection[Member]) -> Mapping[Place, DatasetColumns | Unasked]:
        """Return the edges into each record."""
        return {(each.domain, each.number): self.into(each) for each in self.shuffled(members)}

    def into(self, member: Member) -> DatasetColumns:
        """The edges into one record."""
        into = [each for each in self.edges if (each.domain, each.target) == (member.domain, member.number)]
        said = [ColumnEdge(each.source, each.input, each.output, "DIRECT") for each in into]
        return DatasetColumns(number=member.number, revision=1, edges=tuple(self.chance.sample(said, len(said))))

    async def schemas(self, members: Collection[Member]) -> Mapping[Place, SchemaDetail | Unasked]:
        """Return the schema of each record."""
        return {(each.domain, each.number): self.schema(each) for each in self.shuffled(members)}

    def schema(self, member: Member) -> SchemaDetail:
        """The schema of one record."""
        names = self.known.get((member.domain, member.number))
        return SchemaDetail(fields=tuple(map(SchemaField, names)) if names is not None else None)


def mesh_of(edges: Sequence[Edge], declared: Sequence[Declaration] = ALIASES) -> Mesh:
    """Both domains report all records; each edge rests on a job of its domain."""
    keeper = MeshKeeper()
    for domain in DOMAINS:
        records = [dataset(number, *name) for number, name in NAMES.items()]
        for at, edge in enumerate(each for each in edges if each.domain == domain):
            records.append(job(100 + at, "jobs", f"{domain}{at}", Step((edge.source,), (edge.target,))))
        keeper.replace(domain, DomainMirror(domain, records))
    keeper.declare(declared_of([], declared))
    return keeper.mesh


def asked(
    mesh: Mesh, telling: Telling, at: int, column: str, direction: Direction, *, datasets_max: int = 2000
) -> ColumnAnswer:
    """Ask for a column of a record."""
    states = {name: DomainState(name, DomainStatus.LIVE, not_live_s=0.0) for name in DOMAINS}
    view = MeshView(mesh, states, EVERYTHING, Limits(columns_datasets_max=datasets_max))
    node = mesh.find(Kind.DATASET, *NAMES[at])[0]
    return asyncio.run(column_lineage(view, ColumnQuestion(ById(mesh.id(node)), column, direction, None), telling))


def found(mesh: Mesh, answer: ColumnAnswer) -> list[tuple[str, str]]:
    """The columns of an answer, as (the last part of the dataset's name, column)."""
    return [(mesh.entry(each.node).name[-1].lower(), each.column) for each in answer.walk.nodes]


def asking(
    edges: Sequence[Edge], schemas: Schemas, at: int, column: str, direction: Direction = Direction.UPSTREAM
) -> list[tuple[str, str]]:
    """What a question finds."""
    mesh = mesh_of(edges)
    return found(mesh, asked(mesh, Telling(edges, schemas), at, column, direction))

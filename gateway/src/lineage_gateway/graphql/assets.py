"""Assets: what the mesh knows of a node at once, and what its agents have to be asked for.

Plain fields are read from the mesh when the object is made. Detail fields are coroutines: those of one level wait for
each other in `lineage_gateway.details`, and go out as one round.
"""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from lineage_gateway.graphql.connections import PAGE, After, First, schema_version_page
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.describing import facet, facets_of, schema
from lineage_gateway.graphql.details import (
    DatasetColumn,
    DatasetLifecycle,
    QualityAssertion,
    SchemaVersionConnection,
    SourceCode,
    reported_lifecycle,
)
from lineage_gateway.graphql.domains import DataDomain, domain_named, domains_named
from lineage_gateway.graphql.nodes import LEFT_OUT, Node, given, resolved
from lineage_gateway.graphql.reconciler.names import AssetIdentity, identity_of
from lineage_gateway.graphql.runs import DataJobRun, DataJobRunConnection, latest_run, run_page
from lineage_gateway.graphql.scalars import AssetKind, GraphQLRunState, Instant
from lineage_gateway.lineage import within
from lineage_gateway.mesh import Direction, NodeView
from lineage_shared.model import Kind

Limit = Annotated[int | None, strawberry.argument(description="At most so many.")]
FacetNames = Annotated[list[str] | None, strawberry.argument(description="Only these facets; all when left out.")]

NEIGHBOURS = 100


@strawberry.type(description="Who looks after an asset.")
class AssetOwner:
    """Who looks after an asset."""

    name: str = strawberry.field(description="The owner, e.g. team:checkout.")
    type: str | None = strawberry.field(description="The kind of ownership, e.g. MAINTAINER.")


@strawberry.interface(
    description="A dataset or a job. Detail fields need an agent: they are null, with an error that names the domain, "
    "when it cannot be asked; never an empty list instead."
)
class Asset(Node):
    """A dataset or a job."""

    view: strawberry.Private[NodeView]
    node: strawberry.Private[int]

    kind: AssetKind = strawberry.field(description="What it is.")
    namespace: str = strawberry.field(description="The namespace, as the authority spells it.")
    name: str = strawberry.field(description="The name, as the authority spells it.")
    tags: list[str] = strawberry.field(description="Its tags.")
    owners: list[AssetOwner] = strawberry.field(description="Who looks after it.")
    updated_at: Instant | None = strawberry.field(description="The time of the newest event about it.")
    redirected_from: strawberry.ID | None = strawberry.field(
        default=None,
        description="The id that was asked for, where it is that of another name of this asset; else null.",
    )

    @resolved("The domain that speaks for it; null when nobody does.")
    def domain(self, info: Info) -> DataDomain | None:
        """Return the authority."""
        return domain_named(info.context, self.view.domain) if self.view.domain is not None else None

    @resolved("All domains that report it.")
    def domains(self, info: Info) -> list[DataDomain]:
        """Return all domains that report it."""
        return domains_named(info.context, self.view.domains)

    @resolved("What the producer says of it (asks an agent).")
    async def description(self, info: Info) -> str | None:
        """Return the newest documentation."""
        return await facet(info.context, self.view, lambda facets: facets.description)

    @resolved("Under which names it was reported, and why they are one asset.")
    def identity(self, info: Info) -> AssetIdentity:
        """Return the names of the class."""
        return identity_of(info.context, self.view)


@strawberry.type(description="A table, view, file, topic, model, report: whatever jobs read and write.")
class Dataset(Asset):
    """A dataset."""

    type: str | None = strawberry.field(description="TABLE, VIEW, FILE, TOPIC, MODEL, FEATURE, REPORT, ...")

    @resolved("Its columns; null when no producer reported a schema (asks an agent).")
    async def columns(self, info: Info) -> list[DatasetColumn] | None:
        """Return the columns of the current schema."""
        fields = await schema(info.context, self.view, lambda detail: detail.fields)
        return [DatasetColumn.of(field) for field in fields] if fields is not None else None

    @resolved("Its schemas over time, newest first (asks an agent).")
    async def schema_versions(
        self, info: Info, first: First = PAGE, after: After = LEFT_OUT
    ) -> SchemaVersionConnection | None:
        """Return a page of schema versions."""
        within("first", first or 0, 0, info.context.limits.page_max)
        versions = await schema(info.context, self.view, lambda detail: detail.versions or None)
        return schema_version_page(versions or (), first if first is not None else PAGE, given(after))

    @resolved("The jobs that write it.")
    def produced_by(self, info: Info, limit: Limit = NEIGHBOURS) -> list[DataJob]:
        """Return the jobs that write it."""
        return _beside(info.context, self.node, Direction.UPSTREAM, Kind.JOB, limit)

    @resolved("The jobs that read it.")
    def consumed_by(self, info: Info, limit: Limit = NEIGHBOURS) -> list[DataJob]:
        """Return the jobs that read it."""
        return _beside(info.context, self.node, Direction.DOWNSTREAM, Kind.JOB, limit)

    @resolved("The newest results of data quality assertions (asks an agent).")
    async def quality(self, info: Info) -> list[QualityAssertion] | None:
        """Return the newest assertions."""
        found = await facet(info.context, self.view, lambda facets: facets.quality or None)
        return [QualityAssertion.of(assertion) for assertion in found or ()]

    @resolved("Creation, renaming, truncation, dropping (asks an agent).")
    async def lifecycle(self, info: Info) -> DatasetLifecycle | None:
        """Return the reported changes of its life."""
        return await facet(info.context, self.view, reported_lifecycle)

    @resolved("All facets, as the producers sent them (asks an agent).")
    async def facets(self, info: Info, names: FacetNames = LEFT_OUT) -> JSON | None:
        """Return facets by name."""
        return JSON(await facets_of(info.context, self.view, given(names)))


@strawberry.type(description="What reads and writes datasets: a task, a model's query, a streaming application.")
class DataJob(Asset):
    """A job."""

    type: str | None = strawberry.field(description="BATCH, STREAMING or SERVICE.")
    integration: str | None = strawberry.field(description="What reported it: AIRFLOW, DBT, SPARK, ...")
    state: GraphQLRunState | None = strawberry.field(description="The state of its newest run.")

    @resolved("The datasets that it reads.")
    def inputs(self, info: Info, limit: Limit = NEIGHBOURS) -> list[Dataset]:
        """Return the datasets that it reads."""
        return _beside(info.context, self.node, Direction.UPSTREAM, Kind.DATASET, limit)

    @resolved("The datasets that it writes.")
    def outputs(self, info: Info, limit: Limit = NEIGHBOURS) -> list[Dataset]:
        """Return the datasets that it writes."""
        return _beside(info.context, self.node, Direction.DOWNSTREAM, Kind.DATASET, limit)

    @resolved("Its newest run (asks an agent).")
    async def latest_run(self, info: Info) -> DataJobRun | None:
        """Return the newest run."""
        return await latest_run(info.context, self.view)

    @resolved("Its runs, newest first (asks an agent).")
    async def runs(self, info: Info, first: First = PAGE, after: After = LEFT_OUT) -> DataJobRunConnection | None:
        """Return a page of runs."""
        return await run_page(info.context, self.view, first, given(after))

    @resolved("The newest statement that it ran (asks an agent).")
    async def sql(self, info: Info) -> str | None:
        """Return the newest SQL text."""
        return await facet(info.context, self.view, lambda facets: facets.sql)

    @resolved("Where its code lives (asks an agent).")
    async def source_code(self, info: Info) -> SourceCode | None:
        """Return the source code location."""
        found = await facet(info.context, self.view, lambda facets: facets.source_code)
        return SourceCode.of(found) if found is not None else None

    @resolved("All facets, as the producers sent them (asks an agent).")
    async def facets(self, info: Info, names: FacetNames = LEFT_OUT) -> JSON | None:
        """Return facets by name."""
        return JSON(await facets_of(info.context, self.view, given(names)))


def asset_at(operation: Operation, node: int) -> Dataset | DataJob:
    """Return the asset that a node of the operation's mesh is."""
    view = operation.mesh.attributes(node)
    owners = [AssetOwner(name=owner.name, type=owner.type or None) for owner in view.owners]
    updated_at = Instant(view.updated_us) if view.updated_us is not None else None
    if view.kind is Kind.DATASET:
        return Dataset(
            view=view,
            node=node,
            id=strawberry.ID(view.id),
            kind=AssetKind.DATASET,
            namespace=view.namespace,
            name=view.name,
            tags=list(view.tags),
            owners=owners,
            updated_at=updated_at,
            type=view.type or None,
        )
    return DataJob(
        view=view,
        node=node,
        id=strawberry.ID(view.id),
        kind=AssetKind.JOB,
        namespace=view.namespace,
        name=view.name,
        tags=list(view.tags),
        owners=owners,
        updated_at=updated_at,
        type=view.type or None,
        integration=view.integration or None,
        state=GraphQLRunState(view.state.value) if view.state is not None else None,
    )


def _beside(operation: Operation, node: int, direction: Direction, kind: Kind, limit: int | None) -> list[Any]:
    """Return the direct neighbours of one kind, by name: jobless steps make datasets neighbours of datasets."""
    most = within("limit", NEIGHBOURS if limit is None else limit, 1, operation.limits.neighbours_max)
    mesh = operation.mesh
    entries = [(mesh.entry(each), each) for each in mesh.neighbours(node, direction)]
    named = sorted((entry.namespace, entry.name, each) for entry, each in entries if entry.kind is kind)
    return [operation.asset(each) for _, _, each in named[:most]]

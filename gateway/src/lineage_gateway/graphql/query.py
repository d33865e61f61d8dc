"""The root of the graph: every field a caller can begin with."""

from __future__ import annotations

from inspect import isawaitable
from typing import Annotated, Any

import strawberry

from lineage_gateway.graphql.answers import ColumnLineage, Lineage, column_lineage_of, lineage_of
from lineage_gateway.graphql.assets import Asset, DataJob, Dataset
from lineage_gateway.graphql.connections import PAGE, After, First
from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.domains import DataDomain, LineageMesh, all_domains, domain_named
from lineage_gateway.graphql.federation import Entity, Representation, Service, entities, service
from lineage_gateway.graphql.ids import run_address
from lineage_gateway.graphql.inputs import AssetRef, reference
from lineage_gateway.graphql.nodes import LEFT_OUT, Node, given, resolved
from lineage_gateway.graphql.paths import PathResult, paths_of
from lineage_gateway.graphql.reconciler.conflicts import (
    IdentityConflictConnection,
    IdentityConflictState,
    conflicts,
)
from lineage_gateway.graphql.reconciler.declarations import IdentityDeclaration, declarations
from lineage_gateway.graphql.reconciler.explanations import IdentityExplanation, explanation
from lineage_gateway.graphql.reconciler.references import IdentityReferenceConnection, reference_page
from lineage_gateway.graphql.reconciler.suggestions import (
    PROPOSED,
    IdentitySuggestionConnection,
    States,
    suggestion_page,
)
from lineage_gateway.graphql.runs import run_at
from lineage_gateway.graphql.scalars import AssetKind, LineageDirection
from lineage_gateway.graphql.searching import AssetConnection, connection
from lineage_gateway.lineage import (
    ByName,
    ColumnQuestion,
    LineageQuestion,
    PathsQuestion,
    SearchQuestion,
    asked_id,
    resolve,
    search_assets,
    within,
)
from lineage_gateway.mesh import Direction
from lineage_shared.ids import domain_id
from lineage_shared.model import Kind


def _argument(description: str) -> Any:
    return strawberry.argument(description=description)


Id = Annotated[strawberry.ID, _argument("A global id.")]
Ids = Annotated[list[strawberry.ID], _argument("Global ids.")]
Ref = Annotated[AssetRef, _argument("The asset to begin at.")]
From = Annotated[AssetRef, strawberry.argument(name="from", description="The asset that the data comes from.")]
To = Annotated[AssetRef, strawberry.argument(name="to", description="The asset that the data goes to.")]
MostPaths = Annotated[int | None, _argument("At most so many paths, shortest first.")]
Representations = Annotated[list[Representation], _argument("Entities by their keys.")]
Namespace = Annotated[str, _argument("The namespace, in any spelling that the mesh knows.")]
Name = Annotated[str, _argument("The name, in any spelling that the mesh knows.")]
InDomain = Annotated[str | None, _argument("A domain that reports it, where the name alone is ambiguous.")]
DomainName = Annotated[str, _argument("The name of the domain.")]
Way = Annotated[LineageDirection, _argument("Which way to follow the edges.")]
Depth = Annotated[int | None, _argument("How far: a dataset and the job before it count one. Null: as far as it goes.")]
Most = Annotated[int | None, _argument("At most so many nodes, nearest first.")]
Text = Annotated[str, _argument("A piece of a name or namespace; case does not matter.")]
Kinds = Annotated[list[AssetKind] | None, _argument("Return only these kinds.")]
Domains = Annotated[list[str] | None, _argument("Return only assets of these domains.")]
Tags = Annotated[list[str] | None, _argument("Return only assets with one of these tags.")]
Column = Annotated[str, _argument("The name of the column, dotted when nested.")]
Indirect = Annotated[bool | None, _argument("Whether to follow columns that only decide which rows there are.")]
ConflictStates = Annotated[
    list[IdentityConflictState] | None, _argument("Which conflicts: those that are there, if nothing is given.")
]
WalkAfter = Annotated[str | None, _argument("The endCursor of the page before.")]

DEPTH = 3
NODES = 1000
PATHS = 10


@strawberry.type(description="Where every query begins. A field that fails is null, with an error that has a code.")
class Query:
    """Where every query begins."""

    @resolved("Anything by its global id; null for an unknown one.")
    async def node(self, info: Info, id: Id) -> Node | None:  # noqa: A002 - Relay's name for it
        """Return the node with a global id."""
        return await _node(info.context, str(id))

    @resolved("Several nodes by their global ids, in their order; null for an unknown one.")
    def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        """Return nodes by their global ids."""
        within("the number of ids", len(ids), 0, info.context.limits.ids_max)
        # Each is a value or a coroutine of its own, so that one that fails does not take the others with it.
        return [_node_now(info.context, str(each)) for each in ids]

    @resolved("One asset.")
    def asset(self, info: Info, ref: Ref) -> Asset | None:
        """Return one asset."""
        pointed = reference(ref)
        found: Asset = info.context.asset(resolve(info.context.view, pointed), asked_id(pointed))
        return found

    @resolved("One dataset by its name.")
    def dataset(self, info: Info, namespace: Namespace, name: Name, domain: InDomain = LEFT_OUT) -> Dataset | None:
        """Return one dataset."""
        found: Dataset = info.context.asset(
            resolve(info.context.view, ByName(Kind.DATASET, namespace, name, given(domain)))
        )
        return found

    @resolved("One job by its name: equal names of two domains are two jobs.")
    def job(self, info: Info, namespace: Namespace, name: Name, domain: InDomain = LEFT_OUT) -> DataJob | None:
        """Return one job."""
        found: DataJob = info.context.asset(
            resolve(info.context.view, ByName(Kind.JOB, namespace, name, given(domain)))
        )
        return found

    @resolved("Assets whose name or namespace holds a text, best match first.")
    def search(
        self,
        info: Info,
        query: Text,
        *,
        kinds: Kinds = LEFT_OUT,
        domains: Domains = LEFT_OUT,
        tags: Tags = LEFT_OUT,
        first: First = PAGE,
        after: After = LEFT_OUT,
    ) -> AssetConnection | None:
        """Return one page of matches."""
        question = SearchQuestion(
            text=query,
            first=PAGE if first is None else first,
            after=given(after),
            kinds=_kinds(kinds),
            domains=_chosen(domains),
            tags=_chosen(tags),
        )
        return connection(info.context, search_assets(info.context.view, question), question.after)

    @resolved(
        "What an asset was made of, and what was made of it, across all domains. Filters choose what is "
        "returned, never what is walked: edges are drawn across what is left out."
    )
    def lineage(
        self,
        info: Info,
        of: Ref,
        *,
        direction: Way = LineageDirection.BOTH,
        depth: Depth = DEPTH,
        limit: Most = NODES,
        after: WalkAfter = LEFT_OUT,
        kinds: Kinds = LEFT_OUT,
        domains: Domains = LEFT_OUT,
        tags: Tags = LEFT_OUT,
    ) -> Lineage | None:
        """Return one page of a traversal."""
        question = LineageQuestion(
            of=reference(of),
            direction=Direction[direction.name],
            depth=depth,
            limit=NODES if limit is None else limit,
            after=given(after),
            kinds=_kinds(kinds),
            domains=_chosen(domains),
            tags=_chosen(tags),
        )
        return lineage_of(info.context, question, direction)

    @resolved("Where the values of a column come from, or go, across all domains (asks agents).")
    async def column_lineage(
        self,
        info: Info,
        of: Ref,
        column: Column,
        *,
        direction: Way = LineageDirection.UPSTREAM,
        depth: Depth = DEPTH,
        include_indirect: Indirect = True,
    ) -> ColumnLineage | None:
        """Return the lineage of one column."""
        question = ColumnQuestion(
            of=reference(of),
            column=column,
            direction=Direction[direction.name],
            depth=depth,
            include_indirect=include_indirect is not False,
        )
        return await column_lineage_of(info.context, question)

    @resolved("How data comes from one asset to another, across all domains: shortest paths first.")
    def paths(self, info: Info, from_: From, to: To, limit: MostPaths = PATHS) -> PathResult | None:
        """Return the shortest paths between two assets."""
        question = PathsQuestion(reference(from_), reference(to), PATHS if limit is None else limit)
        return paths_of(info.context, question)

    @resolved("Why two names are one asset, or are not; the mesh need not know them.")
    async def explain_identity(self, info: Info, a: Ref, b: Ref) -> IdentityExplanation | None:
        """Explain two names."""
        return await explanation(info.context, reference(a), reference(b))

    @resolved("Claims and declarations about names that do not fit together, for a person to look at.")
    def identity_conflicts(
        self, info: Info, first: First = PAGE, after: After = LEFT_OUT, states: ConflictStates = LEFT_OUT
    ) -> IdentityConflictConnection | None:
        """Return one page of conflicts."""
        wanted = given(states) or (IdentityConflictState.OPEN,)
        return conflicts(info.context, PAGE if first is None else first, given(after), wanted)

    @resolved("Datasets that may be one thing, best first. Nothing is joined before somebody accepts it.")
    async def identity_suggestions(
        self, info: Info, first: First = PAGE, after: After = LEFT_OUT, states: States = PROPOSED
    ) -> IdentitySuggestionConnection | None:
        """Return one page of suggestions."""
        wanted = PROPOSED if states is None else states
        return await suggestion_page(info.context, PAGE if first is None else first, given(after), wanted)

    @resolved("Everything that is declared about names: by the configuration, over the API, by domains.")
    def identity_declarations(self, info: Info) -> list[IdentityDeclaration]:
        """Return all declarations."""
        return declarations(info.context)

    @resolved("All names that the mesh knows, with what each denotes: to compare rules and declarations with others.")
    def identity_references(
        self, info: Info, first: First = PAGE, after: After = LEFT_OUT
    ) -> IdentityReferenceConnection | None:
        """Return one page of references."""
        return reference_page(info.context, PAGE if first is None else first, given(after))

    @resolved("All domains of the mesh, by name.")
    def domains(self, info: Info) -> list[DataDomain]:
        """Return all domains."""
        return all_domains(info.context)

    @resolved("One domain; null for a name that is not configured.")
    def domain(self, info: Info, name: DomainName) -> DataDomain | None:
        """Return one domain."""
        return domain_named(info.context, name)

    @resolved("The mesh as a whole.")
    def mesh(self, info: Info) -> LineageMesh:
        """Return the mesh as a whole."""
        counts = info.context.mesh.counts
        return LineageMesh(
            version=info.context.version,
            datasets=counts.datasets,
            jobs=counts.jobs,
            edges=counts.edges,
            cross_domain_edges=counts.cross_domain_edges,
        )

    @resolved("Entities for a router, in the order of their representations; null for an unknown one.", "_entities")
    def entities(self, info: Info, representations: Representations) -> list[Entity | None]:
        """Return entities by their keys."""
        found: list[Entity | None] = entities(info.context, representations)
        return found

    @resolved("What a router wants to know of this subgraph (Apollo Federation).", "_service")
    def service(self, info: Info) -> Service:
        """Return the schema for routers."""
        return service(info)


def _node_now(operation: Operation, global_id: str) -> Any:
    """Return an asset or a domain at once; a run, which only its agent knows, as a coroutine."""
    node = operation.mesh.resolve_id(global_id)
    if node is not None:
        return operation.asset(node, global_id)
    address = run_address(global_id)
    if address is not None:
        return run_at(operation, address)
    domain = next((name for name in operation.view.states if domain_id(name) == global_id), None)
    return domain_named(operation, domain) if domain is not None else None


async def _node(operation: Operation, global_id: str) -> Node | None:
    found: Any = _node_now(operation, global_id)
    node: Node | None = await found if isawaitable(found) else found
    return node


def _kinds(kinds: list[AssetKind] | None) -> frozenset[Kind] | None:
    chosen = given(kinds)
    return None if chosen is None else frozenset(Kind[kind.name] for kind in chosen)


def _chosen(names: list[str] | None) -> frozenset[str] | None:
    chosen = given(names)
    return None if chosen is None else frozenset(chosen)

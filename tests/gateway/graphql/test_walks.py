"""Walks over generated meshes, through GraphQL: every page is sound, and the pages together are the whole."""

from __future__ import annotations

import asyncio
from typing import Any

from graphql import GraphQLSchema
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_gateway.details import Details
from lineage_gateway.graphql import QueryLimits, Sources, build_schema
from lineage_gateway.graphql.assets import asset_at
from lineage_gateway.graphql.context import Operation
from lineage_gateway.graphql.documents import prepare
from lineage_gateway.graphql.schema import execute
from lineage_gateway.lineage import Limits
from lineage_gateway.mesh import Mesh, MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.model import Kind, NodeRecord, Step
from tests.gateway.graphql.federation import dataset, job

DATASETS = 7
DOMAINS = ("a", "b")

WALK = """query($of: AssetRef!, $direction: LineageDirection!, $depth: Int, $limit: Int, $after: String,
    $kinds: [AssetKind!], $domains: [String!]) {
  lineage(of: $of, direction: $direction, depth: $depth, limit: $limit, after: $after,
          kinds: $kinds, domains: $domains) {
    nodes { id kind domain distance asset { id } } edges { source target steps }
    totalNodes totalEdges truncated endCursor complete domains { domain }
  }
}"""

SETS = st.sets(st.integers(1, DATASETS), max_size=2)
STEPS = st.lists(st.tuples(SETS, SETS), min_size=1, max_size=2)
MESHES = st.tuples(st.lists(STEPS, max_size=4), st.lists(STEPS, max_size=4))
QUESTIONS = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["UPSTREAM", "DOWNSTREAM", "BOTH"]),
        "depth": st.one_of(st.none(), st.integers(0, 3)),
        "kinds": st.sampled_from([None, ["DATASET"], ["JOB"]]),
        "domains": st.sampled_from([None, ["a"]]),
    }
)


def mesh_of(jobs: tuple[list[list[tuple[set[int], set[int]]]], ...]) -> Mesh:
    """Two domains that report the same datasets, each with jobs of its own."""
    keeper = MeshKeeper()
    for domain, of_domain in zip(DOMAINS, jobs, strict=True):
        records: list[NodeRecord] = [dataset(number, "s3://lake", f"t{number}") for number in range(1, DATASETS + 1)]
        for at, steps in enumerate(of_domain):
            made = [Step(tuple(sorted(reads)), tuple(sorted(writes))) for reads, writes in steps]
            records.append(job(DATASETS + 1 + at, "jobs", f"j{at}", *made))
        keeper.replace(domain, DomainMirror(domain, records))
    return keeper.mesh


def asking(mesh: Mesh, schema: GraphQLSchema, variables: dict[str, Any]) -> dict[str, Any]:
    """Answer one walk, without a server."""

    async def answer() -> dict[str, Any]:
        states = {name: DomainState(name, DomainStatus.LIVE, not_live_s=0.0) for name in DOMAINS}
        async with Details(lambda _: None, entries_max=0, bytes_max=0) as details:
            sources = Sources(mesh=mesh, states=states, domains={}, details=details, limits=Limits())
            document = prepare(schema, WALK, QueryLimits()).document
            assert document is not None
            result = await execute(schema, document, Operation(sources, asset_at), variables=variables)
        assert result.errors is None
        assert result.data is not None
        found: dict[str, Any] = result.data["lineage"]
        return found

    return asyncio.run(answer())


@settings(max_examples=60, deadline=None)
@given(MESHES, QUESTIONS, st.integers(1, DATASETS), st.integers(1, 4))
def test_pages_are_sound_and_together_the_whole(
    jobs: tuple[list[list[tuple[set[int], set[int]]]], ...], question: dict[str, Any], root: int, limit: int
) -> None:
    """Edges join nodes of their page; following endCursor gives each node once, in order; totals never change."""
    mesh, schema = mesh_of(jobs), build_schema()
    of = {"id": mesh.id(mesh.find(Kind.DATASET, "s3://lake", f"t{root}")[0])}
    whole = asking(mesh, schema, {**question, "of": of, "limit": 1000})
    assert (len(whole["nodes"]), len(whole["edges"])) == (whole["totalNodes"], whole["totalEdges"])
    seen: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = asking(mesh, schema, {**question, "of": of, "limit": limit, "after": after})
        ids = {node["id"] for node in page["nodes"]}
        assert all({edge["source"], edge["target"]} <= ids for edge in page["edges"])
        assert (page["totalNodes"], page["totalEdges"]) == (whole["totalNodes"], whole["totalEdges"])
        seen += page["nodes"]
        after, more = page["endCursor"], page["truncated"]
    assert seen == whole["nodes"]
    assert all(node["asset"]["id"] == node["id"] for node in seen)
    assert [node["distance"] for node in seen] == sorted(node["distance"] for node in seen)
    assert whole["complete"] is True

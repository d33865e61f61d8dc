"""Names that are joined late, and parted again: every surface shows it at once, as a gateway that has just started.

Two datasets are there, with lineage and columns, and everything has been asked about both, so that whatever is cached
is warm; a subscriber follows each side. Then somebody says that they are one, and takes it back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lineage_shared.ids import asset_id
from lineage_shared.model import Kind
from tests import factories as make
from tests.federation.mesh import PRODUCER, Agent, Federation, Gateway, Name, run_event
from tests.federation.subscribers import OverEvents, OverWebSocket, Subscriber

DATASET_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent"
ALIAS = """mutation ($a: AssetRef!, $b: AssetRef!) { declareAlias(a: $a, b: $b, by: "ops") { declaration { id } } }"""
RETRACT = "mutation ($id: ID!) { retractClaim(id: $id) { declaration { id } } }"

SURFACES = """query (
  $table: AssetRef!, $path: AssetRef!, $raw: AssetRef!, $report: AssetRef!, $ids: [ID!]!, $text: String!
) {
  down: lineage(of: $raw, direction: DOWNSTREAM, depth: null) { ...Walk }
  up: lineage(of: $report, direction: UPSTREAM, depth: null) { ...Walk }
  both: lineage(of: $path, direction: BOTH, depth: null) { ...Walk }
  columnsUp: columnLineage(of: $report, column: "id", direction: UPSTREAM, depth: 10) { ...Columns }
  columnsDown: columnLineage(of: $raw, column: "id", direction: DOWNSTREAM, depth: 10) { ...Columns }
  paths(from: $raw, to: $report) { paths edges { source target steps } complete }
  table: asset(ref: $table) { ...Details }
  path: asset(ref: $path) { ...Details }
  nodes(ids: $ids) { id __typename ... on Dataset { redirectedFrom } }
  search(query: $text, kinds: [DATASET]) { totalCount edges { node { id namespace name } } }
  explainIdentity(a: $table, b: $path) {
    same complete path { kind a b status } heldBack { kind reason } difference { part declaration } }
  mesh { datasets jobs edges crossDomainEdges }
}
fragment Walk on Lineage {
  root { id } totalNodes totalEdges complete domains { domain }
  nodes { id namespace name domain distance upstreamCount downstreamCount } edges { source target steps domains }
}
fragment Columns on ColumnLineage {
  nodes { dataset column distance type } complete
  edges { sourceDataset sourceColumn targetDataset targetColumn kind job }
}
fragment Details on Dataset {
  id namespace name domain { name } domains { name } description columns { name } facets(names: ["documentation"])
  producedBy { id } consumedBy { id } identity { canonicalKey authority aliases { id domain canonicalKey } }
}"""


@dataclass
class Mesh:
    """Three domains under one gateway with a registry file; each story has datasets of its own."""

    federation: Federation
    agents: dict[str, Agent]
    gateway: Gateway
    config: Path
    domains: str
    numbers: Iterator[int] = field(default_factory=count)

    def configure(self, declarations: str = "") -> None:
        """Write the registry file, which is read again."""
        self.config.write_text(self.domains + declarations, encoding="utf-8")

    def synced(self, gateway: Gateway | None = None) -> Gateway:
        """Return a gateway once it has everything that the agents have."""
        found = gateway or self.gateway
        found.until_synced(*self.agents.values())
        return found

    def fresh(self) -> Gateway:
        """A gateway that has just started, over the same configuration and declarations."""
        return self.synced(self.federation.start_gateway(arguments=["--config", str(self.config)]))


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """The processes of all stories."""
    folder = tmp_path_factory.mktemp("surfaces")
    with Federation(folder) as federation:
        agents = {domain: federation.start_agent(domain) for domain in ("shop", "reports", "platform")}
        domains = "".join(f'[domains.{name}]\nurl = "{agent.url}"\n' for name, agent in agents.items())
        config = folder / "mesh.toml"
        config.write_text(domains, encoding="utf-8")
        gateway = federation.start_gateway(
            arguments=["--config", str(config)], LINEAGE_GATEWAY_DECLARATIONS_POLL_S="0.1"
        )
        yield Mesh(federation, agents, gateway, config, domains)


Tell = Callable[["Story", bool], None]
"""Somebody who says of a story's names that they are one (True), or takes it back."""


class Story:
    """A table that one domain writes, a path that another one reads, and who says that they are one."""

    def __init__(self, mesh: Mesh, left: str, right: str, tell: Tell) -> None:
        number = f"{next(mesh.numbers):02}"
        self.mesh = mesh
        self.tell = tell
        self.raw: Name = ("s3://raw", f"in-{number}")
        self.table: Name = ("hive://metastore:9083", f"sales.orders-{number}")
        self.path: Name = ("s3://lake", f"warehouse/orders-{number}")
        self.report: Name = ("s3://reports", f"daily-{number}")
        self.text = f"orders-{number}"
        self.declared = ""
        self.subscribers: dict[str, Subscriber] = {}
        loaded = [described(self.table, columnLineage=from_column(self.raw))]
        mesh.agents[left].post({**run_event(f"load-{number}"), "inputs": [described(self.raw)], "outputs": loaded})
        built = [described(self.report, columnLineage=from_column(self.path))]
        mesh.agents[right].post({**run_event(f"build-{number}"), "inputs": [described(self.path)], "outputs": built})

    def follow(self, stack: ExitStack) -> None:
        """Let a subscriber follow each side."""
        url = self.mesh.gateway.url
        self.subscribers = {
            "down": stack.enter_context(OverWebSocket(url, self.raw, "DOWNSTREAM")),
            "up": stack.enter_context(OverEvents(url, self.report, "UPSTREAM")),
        }
        for each in self.subscribers.values():
            each.mark()

    def say(self, domain: str, of: Name, facet: dict[str, Any], at: str) -> None:
        """Let a producer of a domain state a dataset's other names."""
        stated = {"namespace": of[0], "name": of[1], "facets": {"symlinks": facet}}
        event = {"eventTime": at, "producer": PRODUCER, "schemaURL": DATASET_EVENT, "dataset": stated}
        self.mesh.agents[domain].post(event)

    def surfaces(self, gateway: Gateway) -> dict[str, Any]:
        """Ask everything that shows the two, in a form that two gateways have alike."""
        ids = [asset_id(Kind.DATASET, *name, None) for name in (self.table, self.path)]
        ends = {end: {"dataset": named(getattr(self, end))} for end in ("table", "path", "raw", "report")}
        answers = dict(gateway.data(SURFACES, **ends, ids=ids, text=self.text))
        for end in ends:
            namespace, name = getattr(self, end)
            node = f"dataset:{namespace}:{name}"
            for at in (
                f"/api/v1/lineage?nodeId={quote(node)}&depth=20",
                f"/api/v1/column-lineage?nodeId={quote(node)}&depth=20&withDownstream=true",
                f"{folder((namespace, name))}/{quote(name, safe='')}",
                f"{folder((namespace, name))}?limit=1000",
            ):
                answers[at] = gateway.get(at).json()
        return {at: plain(answer) for at, answer in answers.items()}


def named(name: Name) -> dict[str, str]:
    """A name as GraphQL takes it."""
    return {"namespace": name[0], "name": name[1]}


def described(name: Name, **more: Any) -> dict[str, Any]:
    """A dataset with a column and a description."""
    facets = {"schema": make.schema(id="bigint"), "documentation": {"description": f"this is {name[1]}"}, **more}
    return make.dataset(name[1], name[0], **facets)


def from_column(name: Name) -> dict[str, Any]:
    """The facet that says that the column is another dataset's."""
    return make.column_lineage({"id": [make.column_input(name[1], "id", namespace=name[0])]})


def links(*others: Name) -> dict[str, Any]:
    """A `symlinks` facet."""
    return {"identifiers": [{**named(other), "type": "TABLE"} for other in others]}


def plain(answer: Any) -> Any:
    """Return an answer without what depends on a gateway's clock, and lists of objects in an order of their own."""
    if isinstance(answer, dict):
        return {name: plain(each) for name, each in answer.items() if name != "stalenessSeconds"}
    if isinstance(answer, list):
        each_plain = [plain(each) for each in answer]
        return sorted(each_plain, key=json.dumps) if any(isinstance(each, dict) for each in answer) else each_plain
    return answer


def told_by(surfaces: dict[str, Any], story: Story) -> list[bool]:
    """Return what each surface says: whether the two are one."""
    same_node = surfaces["nodes"][0]["id"] == surfaces["nodes"][1]["id"]
    graph = surfaces[f"/api/v1/lineage?nodeId={quote(f'dataset:{story.raw[0]}:{story.raw[1]}')}&depth=20"]["graph"]
    table, path = (surfaces[f"{folder(each)}/{quote(each[1], safe='')}"] for each in (story.table, story.path))
    return [
        story.report[1] in {node["name"] for node in surfaces["down"]["nodes"]},
        story.raw[1] in {node["name"] for node in surfaces["up"]["nodes"]},
        {story.raw[1], story.report[1]} <= {node["name"] for node in surfaces["both"]["nodes"]},
        len(surfaces["columnsUp"]["nodes"]) == 3,
        len(surfaces["columnsDown"]["nodes"]) == 3,
        bool(surfaces["paths"]["paths"]),
        surfaces["table"] == surfaces["path"],
        same_node,
        surfaces["search"]["totalCount"] == 1,
        surfaces["explainIdentity"]["same"],
        story.report[1] in {node["data"]["name"] for node in graph},
        table["name"] == path["name"],
    ]


def folder(name: Name) -> str:
    """Where Marquez lists the datasets of a namespace."""
    return f"/api/v1/namespaces/{quote(name[0], safe='')}/datasets"


def same_walk(subscriber: Subscriber, walk: dict[str, Any]) -> Callable[[], bool]:
    """Tell whether a subscriber has what the query answers."""
    nodes = {node["id"]: (node["upstreamCount"], node["downstreamCount"]) for node in walk["nodes"]}
    edges = {(edge["source"], edge["target"]): edge["domains"] for edge in walk["edges"]}

    def holds() -> bool:
        has = {key: (node["upstreamCount"], node["downstreamCount"]) for key, node in subscriber.nodes.items()}
        return has == nodes and subscriber.edges == edges

    return holds


def check(story: Story, fresh: Gateway, *, joined: bool) -> dict[str, Any]:
    """Check that every surface says the same, as a fresh gateway does, and that subscribers were told just that."""
    after = story.surfaces(story.mesh.gateway)
    assert set(told_by(after, story)) == {joined}, (story.text, told_by(after, story))
    assert story.surfaces(fresh) == after, story.text
    for way, each in story.subscribers.items():
        each.until(same_walk(each, after[way]), f"{way} of {story.text} as the query has it")
        now = {node["id"] for node in after[way]["nodes"]}
        assert (each.added, each.removed) == (now - each.was, each.was - now), story.text
        each.mark()
    return after


def symlink(domain: str, of: str, other: str, ends: str) -> Tell:
    """A producer that says it, and then something else."""

    def say(story: Story, holds: bool) -> None:
        source, target = getattr(story, of), getattr(story, other)
        replaced = {"empty": links(), "deleted": make.deleted(), "another": links((target[0], f"{target[1]}-x"))}
        facet, at = (links(target), "2026-01-02T00:00:00Z") if holds else (replaced[ends], "2026-01-03T00:00:00Z")
        story.say(domain, source, facet, at)

    return say


def declared(story: Story, holds: bool) -> None:
    """Somebody who declares it over the API, and retracts it."""
    gateway = story.mesh.gateway
    if holds:
        a, b = ({"dataset": named(each)} for each in (story.table, story.path))
        story.declared = gateway.data(ALIAS, a=a, b=b)["declareAlias"]["declaration"]["id"]
    else:
        gateway.data(RETRACT, id=story.declared)


def configured(story: Story, holds: bool) -> None:
    """The registry file, read again."""
    table, path = (f'{{namespace = "{namespace}", name = "{name}"}}' for namespace, name in (story.table, story.path))
    before = len(story.mesh.gateway.data("{ identityDeclarations { id } }")["identityDeclarations"])
    story.mesh.configure(f'[[declarations]]\ntype = "alias"\na = {table}\nb = {path}\n' if holds else "")
    story.mesh.gateway.until(
        lambda: len(story.mesh.gateway.data("{ identityDeclarations { id } }")["identityDeclarations"]) != before,
        "the configuration is read again",
    )


STORIES: tuple[tuple[str, str, Tell], ...] = (
    ("shop", "shop", symlink("shop", "path", "table", "empty")),
    ("shop", "shop", symlink("shop", "table", "path", "deleted")),
    ("shop", "reports", symlink("reports", "path", "table", "another")),
    ("shop", "reports", symlink("shop", "table", "path", "empty")),
    ("shop", "reports", symlink("platform", "path", "table", "deleted")),
    ("shop", "reports", symlink("platform", "table", "path", "another")),
    ("shop", "reports", declared),
    ("shop", "reports", configured),
)
"""Who writes the table, who reads the path, and who says that they are one: one of them, a third, an operator."""


def test_late_claims_show_everywhere_and_go_everywhere(mesh: Mesh) -> None:
    """Lineage, columns, details, search, paths, Marquez's reads, explanations, subscriptions: joined, then parted.

    A symlink comes from either side, from a third domain, in both directions; it ends by a facet that is empty, deleted
    or says something else.
    """
    stories = [Story(mesh, *story) for story in STORIES]
    mesh.synced()
    apart = after = [story.surfaces(mesh.gateway) for story in stories]
    for surfaces, story in zip(apart, stories, strict=True):
        assert set(told_by(surfaces, story)) == {False}
    with ExitStack() as stack:
        for story in stories:
            story.follow(stack)
        for holds in (True, False):
            for story in stories:
                story.tell(story, holds)
            mesh.synced()
            fresh = mesh.fresh()
            after = [check(story, fresh, joined=holds) for story in stories]
            fresh.stop()
    for was, now, story in zip(apart, after, stories, strict=True):
        if story.tell in (declared, configured):
            assert own(now) == own(was)


def own(surfaces: dict[str, Any]) -> dict[str, Any]:
    """Return the surfaces that show nothing of other stories."""
    return {at: each for at, each in surfaces.items() if at != "mesh" and not at.endswith("?limit=1000")}

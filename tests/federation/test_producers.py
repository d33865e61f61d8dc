"""The events of real producers, one domain for each: what becomes one asset, and what does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2

from tests import corpora
from tests.federation.mesh import Agent, Federation, Gateway

NAMES = """query ($text: String!, $after: String) {
  search(query: $text, kinds: [DATASET], first: 500, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id identity { aliases { namespace name domain } } } } } }"""
IN_NAMES = "aeiouy0123456789_./"
"""Every name of the corpora holds one of these."""

Spelled = tuple[str, str, str]
"""A dataset as a domain spells it: domain, namespace and name."""


def feed(agent: Agent, folder: Path) -> None:
    """Post the events of a producer; some of the odd ones are no events."""
    token = ""
    with httpx2.Client(trust_env=False, timeout=60) as client:
        for path in corpora.event_files(folder):
            for line in corpora.lines(path):
                answer = client.post(f"{agent.url}/api/v1/lineage", json=json.loads(line))
                token = answer.headers.get("lineage-position", token)
    agent.position(wait=token)


def classes(gateway: Gateway) -> list[set[Spelled]]:
    """The names of every dataset of the mesh."""
    found: dict[str, set[Spelled]] = {}
    for text in IN_NAMES:
        after, more = None, True
        while more:
            page: Any = gateway.data(NAMES, text=text, after=after)["search"]
            for node in (edge["node"] for edge in page["edges"]):
                aliases = node["identity"]["aliases"]
                found[node["id"]] = {(each["domain"], each["namespace"], each["name"]) for each in aliases}
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return list(found.values())


def test_datasets_of_different_producers_are_one_only_where_their_names_are(tmp_path: Path) -> None:
    """Only the specification's own samples are known to two producers; by symlink eight datasets of one are joined."""
    folders = [each for each in sorted(corpora.beside("events").iterdir()) if each.is_dir()]
    with Federation(tmp_path) as federation:
        agents = [federation.start_agent(folder.name.replace("_", "-")) for folder in folders]
        for agent, folder in zip(agents, folders, strict=True):
            feed(agent, folder)
        gateway = federation.start_gateway(*agents)
        gateway.until_synced(*agents)
        known = classes(gateway)
    assert len(known) > 100
    across = sorted(sorted(each) for each in known if len({domain for domain, _, _ in each}) > 1)
    within = sorted(sorted(each) for each in known if len(each) > len({domain for domain, _, _ in each}))
    assert {domain for each in across for domain, _, _ in each} == {"odd", "spec-samples"}
    assert all(len({(namespace, name) for _, namespace, name in each}) == 1 for each in across)
    assert len(within) == 8
    assert all(len({domain for domain, _, _ in each}) == 1 for each in within)

"""From wanted keys to one POST per domain and call, and from its answer to one outcome per key.

`/details` is asked once for the union of the nodes and the union of the parts: keys of one GraphQL level nearly always
want the same parts of all their nodes. What the agent left out because of its byte limit is asked for again.
`lineage_gateway.details.store` decides what has to be asked at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol

from lineage_gateway.details.keys import Detail, DetailKey, Failure, Outcome, Page
from lineage_shared.errors import LineageError
from lineage_shared.model import Part
from lineage_shared.wire import (
    CLAIMS_PART,
    DETAIL_NODES_MAX,
    ClaimsDetail,
    ColumnsAnswer,
    DetailsAnswer,
    NodeDetails,
    RunsAnswer,
    RunsRequest,
)


class DetailAgent(Protocol):
    """The calls of an agent's client that carry details. Each raises `LineageError` when it fails."""

    async def details(self, epoch: str, nodes: Iterable[int], parts: Iterable[str]) -> DetailsAnswer:
        """`POST /details`: parts of nodes, by number."""

    async def columns(self, epoch: str, datasets: Iterable[int]) -> ColumnsAnswer:
        """`POST /columns`: the current column edges into datasets."""

    async def runs(self, request: RunsRequest) -> RunsAnswer:
        """`POST /runs`: runs of jobs, or by runId."""


class Call(NamedTuple):
    """What one POST is made of: keys that agree in these may share it."""

    domain: str
    epoch: str
    path: str
    page: Page | None


_PATHS = {Part.SCHEMA: "details", Part.FACETS: "details", Part.COLUMNS: "columns", Part.RUNS: "runs"}


def grouped(keys: Iterable[DetailKey]) -> dict[Call, list[DetailKey]]:
    """Group keys by the POST that brings them, each of at most `DETAIL_NODES_MAX` nodes."""
    groups: dict[Call, list[DetailKey]] = defaultdict(list)
    for key in keys:
        groups[Call(key.domain, key.epoch, _PATHS[key.part], key.page)].append(key)
    return groups


async def answer(agent: DetailAgent, call: Call, keys: Collection[DetailKey]) -> dict[DetailKey, Outcome]:
    """Ask the agent; return an outcome for every key, and whatever else came along under its own key."""
    numbers = sorted({key.number for key in keys})
    found: dict[DetailKey, Outcome] = {}
    try:
        for start in range(0, len(numbers), DETAIL_NODES_MAX):
            chunk = tuple(numbers[start : start + DETAIL_NODES_MAX])
            parts = {key.part for key in keys}
            found |= await _ask(agent, call, chunk, parts)
    except LineageError as error:
        failure = Failure.of(call.domain, error)
        return dict.fromkeys(keys, failure)
    return found | _for_each(call.domain, keys, found)


async def claims(agent: DetailAgent, epoch: str, numbers: Collection[int]) -> dict[int, ClaimsDetail]:
    """Return what nodes claim, by number; one that is not there, or alone too large, is left out."""
    left = sorted(numbers)
    found: dict[int, ClaimsDetail] = {}
    while left:
        chunk = left[:DETAIL_NODES_MAX]
        got = await agent.details(epoch, chunk, [CLAIMS_PART])
        found |= {node.number: node.claims for node in got.nodes if node.claims is not None}
        again = got.truncated if len(got.truncated) < len(chunk) else ()
        left = [*again, *left[DETAIL_NODES_MAX:]]
    return found


def _for_each(domain: str, keys: Collection[DetailKey], found: dict[DetailKey, Outcome]) -> dict[DetailKey, Outcome]:
    """Give every wanted key its outcome: the agent may have answered in a newer revision than the one asked for."""
    newest: dict[tuple[int, Part], Outcome] = {(key.number, key.part): outcome for key, outcome in found.items()}
    return {key: newest.get((key.number, key.part), gone(domain)) for key in keys if key not in found}


def gone(domain: str) -> Failure:
    """Return what stands for a node that an agent does not have."""
    return Failure(domain, "NODE_GONE", f"domain {domain!r} does not know this node any more; ask again")


async def _ask(agent: DetailAgent, call: Call, numbers: tuple[int, ...], parts: set[Part]) -> dict[DetailKey, Outcome]:
    if call.path == "columns":
        columns = await agent.columns(call.epoch, numbers)
        return {_key(call, each.number, Part.COLUMNS, each.revision): each for each in columns.datasets}
    if call.page is not None:
        asked = RunsRequest(epoch=call.epoch, jobs=numbers, limit=call.page.limit, after=call.page.after)
        runs = await agent.runs(asked)
        return {_key(call, each.job, Part.RUNS, each.revision): each for each in runs.jobs}
    return await _ask_details(agent, call, numbers, parts)


async def _ask_details(
    agent: DetailAgent, call: Call, numbers: tuple[int, ...], parts: set[Part]
) -> dict[DetailKey, Outcome]:
    found: dict[DetailKey, Outcome] = {}
    wanted = sorted(parts)
    while numbers:
        got = await agent.details(call.epoch, numbers, wanted)
        for node in got.nodes:
            found |= {_key(call, node.number, part, node.revisions.get(part, 0)): value for part, value in _parts(node)}
        if len(got.truncated) >= len(numbers):
            return found | _too_large(call, got.truncated, parts)
        numbers = got.truncated
    return found


def _parts(node: NodeDetails) -> list[tuple[Part, Detail]]:
    parts: list[tuple[Part, Detail]] = []
    if node.schema is not None:
        parts.append((Part.SCHEMA, node.schema))
    if node.facets is not None:
        parts.append((Part.FACETS, node.facets))
    return parts


def _too_large(call: Call, numbers: Iterable[int], parts: set[Part]) -> dict[DetailKey, Outcome]:
    failure = Failure(
        call.domain, "AGENT_ANSWER_TOO_LARGE", f"the details of one node of {call.domain!r} are too large"
    )
    return {_key(call, number, part, -1): failure for number in numbers for part in parts}


def _key(call: Call, number: int, part: Part, revision: int) -> DetailKey:
    return DetailKey(call.domain, call.epoch, number, part, revision, call.page)

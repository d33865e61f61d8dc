"""Where commands send events and look up names: a store file that nobody serves, or a running agent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import quote

import httpx2
import msgspec

from lineage_agent.app import open_store
from lineage_agent.config import load
from lineage_agent.ingest import read_one
from lineage_agent.store import Store, lookup
from lineage_shared.errors import InvalidEvent, InvalidSetting, LineageError, NotFound, Unauthorized, Unavailable
from lineage_shared.marquez import Name
from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, canonical, reference_of

TIMEOUT_S: Final = 60.0
ATTEMPTS_MAX: Final = 20
RETRY_S_MAX: Final = 10.0
_UNAUTHORIZED, _TOO_LARGE, _UNAVAILABLE, _OK = 401, 413, 503, 200


@dataclass(slots=True)
class Outcome:
    """What became of some events: how many are in the record, how many of those were known, and which were refused."""

    stored: int = 0
    duplicates: int = 0
    refused: dict[int, str] = field(default_factory=dict)


class Target(Protocol):
    """Takes events, and knows names."""

    async def send(self, events: Sequence[bytes]) -> Outcome:
        """Deliver JSON events; the refused ones are named by their index."""

    async def find(self, reference: Reference) -> list[Name]:
        """Return the names that a reference may mean there; raise `Unauthorized` where they may not be looked up."""


class FileTarget:
    """A store file, opened by this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = 0

    async def send(self, events: Sequence[bytes]) -> Outcome:
        """Store the events that can be read."""
        outcome = Outcome()
        entries: list[tuple[bytes, bytes]] = []
        for index, event in enumerate(events):
            try:
                entries.append(read_one(event))
            except LineageError as error:
                outcome.refused[index] = error.message
        receipts = await self._store.append(entries) if entries else []
        outcome.stored = len(receipts)
        outcome.duplicates = sum(receipt.duplicate for receipt in receipts)
        self._last = max([self._last, *(receipt.event_id for receipt in receipts)])
        return outcome

    async def find(self, reference: Reference) -> list[Name]:
        """Look in the file, once all of it is projected."""
        while self._store.gauges.pending:
            await self._store.advanced(self._store.position.sequence)
        found = await self._store.query(lookup.candidates, self._store.names, reference)
        reported = [each for each in found if not each.mentioned] or found[:1]
        return [Name(each.namespace, each.name) for each in reported]

    async def finish(self) -> None:
        """Wait until everything sent is projected."""
        if self._last:
            await self._store.projected(self._last)


class UrlTarget:
    """A running agent, by its batch route. Waits and sends again where the agent says so."""

    def __init__(self, client: httpx2.AsyncClient, mesh_key: str | None = None) -> None:
        self._client = client
        self._mesh_key = mesh_key

    async def find(self, reference: Reference) -> list[Name]:
        """Ask the agent's Marquez-shaped reads, which know names and no other references."""
        asked = _named(reference)
        if asked is None:
            return []
        kind = "jobs" if reference.kind is Kind.JOB else "datasets"
        path = f"/api/v1/namespaces/{quote(asked.namespace, safe='')}/{kind}/{quote(asked.name, safe='')}"
        response = await self._get(path)
        if response.status_code == NotFound.status:
            return []
        if response.status_code != _OK:
            raise Unavailable(f"the agent answered {response.status_code}: {_message(response)}")
        answer = response.json()
        found = msgspec.convert(answer["id"], Name)
        more: list[Name] = msgspec.convert(answer.get("lineageMesh", {}).get("sameAs", []), list[Name])
        return [found] if found == asked else [found, *more]

    async def _get(self, path: str) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._mesh_key}"} if self._mesh_key else {}
        response = await self._answered(self._client.get(path, headers=headers))
        if response.status_code == _UNAUTHORIZED:
            raise Unauthorized(_message(response), hint="names are looked up with --mesh-key or LINEAGE_MESH_KEY")
        return response

    async def send(self, events: Sequence[bytes]) -> Outcome:
        """Deliver one batch; one that is too long is delivered event by event."""
        response = await self._post(b"[" + b",".join(events) + b"]")
        if response.status_code == _TOO_LARGE and len(events) > 1:
            return _joined([await self.send([event]) for event in events])
        if response.status_code == _TOO_LARGE:
            return Outcome(refused={0: _message(response)})
        if response.status_code != _OK:
            raise InvalidEvent(f"the agent answered {response.status_code}: {_message(response)}", code="REFUSED")
        answer = response.json()
        refused = {each["index"]: each["reason"] for each in answer.get("failed_events", ())}
        return Outcome(answer["summary"]["successful"], 0, refused)

    async def _post(self, body: bytes) -> httpx2.Response:
        response = await self._attempt(body)
        for _ in range(ATTEMPTS_MAX):
            if response.status_code != _UNAVAILABLE:
                return response
            told = response.headers.get("retry-after", "")
            await asyncio.sleep(min(float(told) if told.isdecimal() else 1.0, RETRY_S_MAX))
            response = await self._attempt(body)
        raise Unavailable(f"the agent is still busy after {ATTEMPTS_MAX} attempts: {_message(response)}")

    async def _attempt(self, body: bytes) -> httpx2.Response:
        response = await self._answered(self._client.post("/api/v1/lineage/batch", content=body))
        if response.status_code == _UNAUTHORIZED:
            raise Unauthorized(_message(response), hint="give a key with --key or LINEAGE_API_KEY")
        if response.status_code == NotFound.status:
            raise NotFound(f"{self._client.base_url} is not a lineage agent", hint="see --url", code="NOT_AN_AGENT")
        return response

    async def _answered(self, asking: Awaitable[httpx2.Response]) -> httpx2.Response:
        try:
            return await asking
        except httpx2.HTTPError as error:
            raise Unavailable(
                f"{self._client.base_url} does not answer: {error}",
                hint="is the agent running? see --url",
                code="NO_ANSWER",
            ) from None


@asynccontextmanager
async def open_file(db: str | None, config_file: str | None, domain: str | None = None) -> AsyncIterator[FileTarget]:
    """Open the store that is meant; on the way out wait until all is projected."""
    settings = load({"db": db, "domain": domain}, config_file)
    async with open_store(settings, keep=True) as store:
        target = FileTarget(store)
        yield target
        await target.finish()


@asynccontextmanager
async def open_url(url: str, key: str | None, mesh_key: str | None = None) -> AsyncIterator[UrlTarget]:
    """Open a connection to a running agent."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    try:
        client = httpx2.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_S)
    except (httpx2.InvalidURL, ValueError) as error:
        raise InvalidSetting(f"--url {url}: {error}") from None
    async with client:
        yield UrlTarget(client, mesh_key)


def open_target(
    *,
    db: str | None,
    url: str | None,
    key: str | None,
    config_file: str | None,
    domain: str | None = None,
    mesh_key: str | None = None,
) -> AbstractAsyncContextManager[Target]:
    """Open the agent at `url`, or else the store file."""
    if url and db:
        raise InvalidSetting("--db and --url exclude each other")
    return open_url(url, key, mesh_key) if url else open_file(db, config_file, domain)


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    refused = {index: reason for index, each in enumerate(outcomes) for reason in each.refused.values()}
    return Outcome(sum(each.stored for each in outcomes), sum(each.duplicates for each in outcomes), refused)


def _named(reference: Reference) -> Name | None:
    """Return a reference as a namespace and a name; None for one that has no such form."""
    if reference.id:
        key = canonical(reference, None, Declarations())
        reference = reference_of(key) if isinstance(key, Key) and not key.column else reference
    return Name(reference.namespace, reference.name) if reference.namespace and not reference.id else None


def _message(response: httpx2.Response) -> str:
    try:
        return str(msgspec.json.decode(response.content)["message"])
    except (msgspec.MsgspecError, KeyError, TypeError):
        return response.text[:200]

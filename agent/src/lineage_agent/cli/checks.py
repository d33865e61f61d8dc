"""The checks of `doctor`. Each returns what it found, or raises a `LineageError` that says what to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2

from lineage_agent.app import build, open_store, serving
from lineage_agent.config import Keys, check_exposure, declarations_of, keys_of, load
from lineage_agent.declarations import DISPUTES_SHOWN, disputes
from lineage_agent.rest import Doorkeeper
from lineage_agent.store import driver, maintenance
from lineage_shared.bearer import Keyring
from lineage_shared.errors import LineageError, NotFound, Unauthorized, Unavailable
from lineage_shared.settings import Resolved

TIMEOUT_S: Final = 30.0
_JSON: Final = {"Accept": "application/json"}
_PROBE: Final = "lineage-agent-doctor"
_REFUSED, _UNAUTHORIZED, _OK, _CREATED = 422, 401, 200, 201


class Patient:
    """An agent as its settings describe it, examined on a copy of its store."""

    def __init__(self, *, config_file: str | None, flags: Mapping[str, Any], scratch: Path) -> None:
        self._config_file = config_file
        self._flags = flags
        self._scratch = scratch
        self._settings: Resolved
        self._copy = scratch / "copy.db"

    async def settings(self) -> str:
        """Read the settings."""
        self._settings = load(self._flags, self._config_file)
        said = [origin for origin in self._settings.origins.values() if origin != "default"]
        return f"{len(said)} given ({', '.join(sorted(set(said))) or 'none'}), the others at their defaults"

    async def declarations(self) -> str:
        """Read what is declared about names, and see whether all of it holds."""
        declared = declarations_of(self._settings)
        disputed = list(disputes(declared))
        told = "".join(f"; {each}" for each in disputed[:DISPUTES_SHOWN])
        return f"{len(declared)} declared{told}" if disputed else f"{len(declared)} declared, none against another"

    async def keys(self) -> str:
        """Read the keys, and see whether the address needs some."""
        keys = keys_of(self._settings)
        check_exposure(self._settings, keys)
        doors = [
            f"{name}: {len(ring.digests) or 'no'} key(s)"
            for name, ring in (("events", keys.ingest), ("mesh", keys.mesh))
        ]
        return f"{', '.join(doors)}; listens on {self._settings.host}"

    async def sqlite(self) -> str:
        """Find an SQLite that loses nothing."""
        return driver.version()

    async def store(self) -> str:
        """Read the store beside whoever serves it, and copy it."""
        return await asyncio.to_thread(self._examine_store, Path(self._settings.db))

    def _examine_store(self, path: Path) -> str:
        if not path.is_file():
            if not path.resolve().parent.is_dir():
                raise NotFound(f"the folder of {path} does not exist", hint="make it, or set db", code="NO_FOLDER")
            return f"{path} does not exist yet; `serve` makes it"
        found = maintenance.status(path)
        if self._settings.domain and self._settings.domain != found.domain:
            raise NotFound(f"{path} records {found.domain!r}, not {self._settings.domain!r}", hint="see domain and db")
        maintenance.backup(path, self._copy)
        return f"{path} of domain {found.domain}: {found.events} events, {found.dead_letters} dead letters"

    async def end_to_end(self) -> str:
        """Send a test event to a server of our own, and look for it as a gateway would."""
        values = {**self._settings.values, "db": str(self._copy), "host": "127.0.0.1", "port": 0}
        if not values["domain"] and not self._copy.exists():
            raise NotFound("no domain is named", hint="set domain, or pass --domain NAME", code="NO_DOMAIN")
        settings = Resolved(values, self._settings.origins)
        async with _serving(settings) as client:
            position = await _post_probe(client)
            about = await _get(client, "/mesh/v1/about", {"wait": position})
            nodes = await _snapshot_names(client)
        if _PROBE not in nodes:
            raise NotFound("the test event is not in the snapshot", code="EVENT_INVISIBLE")
        return f"a test event was stored, projected and published at position {about['position']} of a copy"


class Remote:
    """A running agent, asked over HTTP without leaving a trace."""

    def __init__(self, url: str, key: str | None, mesh_key: str | None) -> None:
        self._url = url
        self._key = key
        self._mesh_key = mesh_key

    async def ingest(self) -> str:
        """Send what is no event: an agent that lets us in refuses it with 422, and stores nothing."""
        async with _client(self._url, self._key) as client:
            response = await _request(client, "POST", "/api/v1/lineage", json={"doctor": True})
        if response.status_code == _UNAUTHORIZED:
            raise Unauthorized("the agent wants another key for events", hint="--key KEY or LINEAGE_API_KEY")
        if response.status_code != _REFUSED:
            raise NotFound(f"{self._url} answers {response.status_code}; it is no lineage agent", code="NOT_AN_AGENT")
        return f"{self._url} takes events"

    async def mesh(self) -> str:
        """Ask what a gateway asks first."""
        async with _client(self._url, self._mesh_key) as client:
            about = await _get(client, "/mesh/v1/about")
        return f"domain {about['domain']} at position {about['position']}, {about.get('datasets', 0)} datasets"


@asynccontextmanager
async def _serving(settings: Resolved) -> AsyncIterator[httpx2.AsyncClient]:
    async with open_store(settings) as store:
        app, health = build(store, settings, Doorkeeper(Keys(Keyring(), Keyring())))
        async with serving(app, health, settings) as url, _client(url, None) as client:
            yield client


def _client(url: str, key: str | None) -> httpx2.AsyncClient:
    headers = {**_JSON, **({"Authorization": f"Bearer {key}"} if key else {})}
    return httpx2.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_S)


async def _post_probe(client: httpx2.AsyncClient) -> str:
    event = {
        "eventTime": datetime.now(UTC).isoformat(),
        "eventType": "COMPLETE",
        "producer": "lineage-agent doctor",
        "run": {"runId": str(uuid4())},
        "job": {"namespace": _PROBE, "name": _PROBE},
        "outputs": [{"namespace": _PROBE, "name": _PROBE}],
    }
    response = await _request(client, "POST", "/api/v1/lineage", json=event)
    if response.status_code != _CREATED:
        raise LineageError(
            f"the test event was answered {response.status_code}: {response.text[:200]}", code="EVENT_REFUSED"
        )
    return str(response.headers["lineage-position"])


async def _snapshot_names(client: httpx2.AsyncClient) -> set[str]:
    response = await _request(client, "GET", "/mesh/v1/snapshot")
    blocks = [json.loads(line) for line in response.text.splitlines()]
    return {name for block in blocks for name in block.get("names", ())}


async def _get(client: httpx2.AsyncClient, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
    response = await _request(client, "GET", path, params=parameters)
    if response.status_code == _UNAUTHORIZED:
        raise Unauthorized("the agent wants another key for the mesh", hint="--mesh-key KEY or LINEAGE_MESH_KEY")
    if response.status_code != _OK:
        raise NotFound(
            f"{client.base_url}{path} answered {response.status_code}: {response.text[:200]}", code="NOT_AN_AGENT"
        )
    answer: dict[str, Any] = response.json()
    return answer


async def _request(client: httpx2.AsyncClient, method: str, path: str, **arguments: Any) -> httpx2.Response:
    try:
        return await client.request(method, path, **arguments)
    except httpx2.HTTPError as error:
        raise Unavailable(
            f"{client.base_url} does not answer: {error}", hint="is it running?", code="NO_ANSWER"
        ) from None

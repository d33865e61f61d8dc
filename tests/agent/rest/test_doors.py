"""Every route: its door, its one error shape, its methods."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from lineage_agent.rest.doors import Door
from lineage_agent.rest.operations import DOORS
from lineage_shared import marquez
from tests import factories as make
from tests.agent.running import RunningAgent, lineage_agent, running_agent

INGEST_KEY = "ingest-0123456789abcdef"
MESH_KEY = "mesh-0123456789abcdef"

# Method, path, and the key that opens it.
ROUTES = [
    ("POST", "/api/v1/lineage", INGEST_KEY),
    ("POST", "/api/v1/lineage/batch", INGEST_KEY),
    ("GET", "/mesh/v1/about", MESH_KEY),
    ("GET", "/mesh/v1/snapshot", MESH_KEY),
    ("GET", "/mesh/v1/changes", MESH_KEY),
    ("POST", "/mesh/v1/details", MESH_KEY),
    ("POST", "/mesh/v1/columns", MESH_KEY),
    ("POST", "/mesh/v1/runs", MESH_KEY),
    ("POST", "/mesh/v1/expand", MESH_KEY),
    *((each.method, each.path, MESH_KEY) for each in marquez.OPERATIONS),
    ("GET", "/openapi.json", MESH_KEY),
    ("GET", "/metrics", MESH_KEY),
    ("GET", "/health/live", ""),
    ("GET", "/health/ready", ""),
]
EACH_ROUTE = pytest.mark.parametrize(
    ("method", "path", "key"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent with a key for each door, one of them in a file."""
    folder = tmp_path_factory.mktemp("doors")
    (folder / "mesh.keys").write_text(f"# gateways\n{MESH_KEY}\n")
    with running_agent(folder, ingest_keys=INGEST_KEY, mesh_keys_file=folder / "mesh.keys") as running:
        yield running


def is_error(response: httpx2.Response) -> bool:
    """Tell whether a response has the one shape of errors."""
    body = response.json()
    shape = set(body) - {"hint"} == {"code", "message"} and all(
        isinstance(text, str) and text for text in body.values()
    )
    return shape and response.headers["content-type"] == "application/json"


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"authorization": f"Bearer {key}"} if key else {}


def test_the_table_is_complete() -> None:
    """The table above names every route that the agent has, with its door."""
    keys = {Door.OPEN: "", Door.INGEST: INGEST_KEY, Door.MESH: MESH_KEY}
    assert {route: keys[door] for route, door in DOORS.items()} == {(how, path): key for how, path, key in ROUTES}


@EACH_ROUTE
@pytest.mark.parametrize("given", ["", "Bearer wrong-0123456789abcdef", "Basic dXNlcjpwYXNz", "Bearer"])
def test_without_the_key(client: httpx2.Client, method: str, path: str, key: str, given: str) -> None:
    """Only health is open; all else wants its key, and says so."""
    response = client.request(method, path, headers={"authorization": given} if given else {})
    if not key:
        assert response.status_code == 200
    else:
        assert (response.status_code, is_error(response)) == (401, True)
        assert response.headers["www-authenticate"].startswith("Bearer")


@EACH_ROUTE
def test_with_the_other_key(client: httpx2.Client, method: str, path: str, key: str) -> None:
    """The key of one door does not open the other."""
    other = {INGEST_KEY: MESH_KEY, MESH_KEY: INGEST_KEY, "": INGEST_KEY}[key]
    response = client.request(method, path, headers={"authorization": f"Bearer {other}"})
    assert response.status_code == (401 if key else 200)


@EACH_ROUTE
def test_with_the_key(client: httpx2.Client, method: str, path: str, key: str) -> None:
    """The right key opens; what is wrong then with an empty request is told in the one shape."""
    response = client.request(method, path, headers=bearer(key))
    assert response.status_code == 200 or (response.status_code in {400, 404} and is_error(response))


@EACH_ROUTE
def test_other_methods(client: httpx2.Client, method: str, path: str, key: str) -> None:
    """A wrong method is a 405 that names the right one."""
    taken = {each for each, route, _ in ROUTES if route == path}
    for other in {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - taken:
        response = client.request(other, path, headers=bearer(key))
        assert (response.status_code, is_error(response)) == (405, True)
        assert method in response.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/v1/lineage/", "/mesh/v1", "/mesh/v2/about", "/%00", "/../etc/passwd"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_routes(client: httpx2.Client, method: str, path: str) -> None:
    """An unknown route is a 404 with advice, never a redirect: producers would turn a POST into a GET."""
    response = client.request(method, path)
    assert (response.status_code, is_error(response)) == (404, True)
    assert "/api/v1/lineage" in response.json()["hint"] or method == "GET"


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost:3000", "sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: " ".join(headers.values()))
def test_a_page_of_another_site_does_not_post(agent: RunningAgent, tmp_path: Path, headers: dict[str, str]) -> None:
    """Where no key is asked for, a browser could post for any page: 403, and nothing is stored. A key shows intent."""
    with running_agent(tmp_path) as open_agent, open_agent.client() as client:
        for path in (path for method, path, _ in ROUTES if method == "POST"):
            response = client.post(path, content=b"{}", headers=headers)
            assert (response.status_code, response.json()["code"], is_error(response)) == (403, "CROSS_SITE", True)
        own = {"origin": open_agent.url, "sec-fetch-site": "same-origin"}
        assert open_agent.post(make.run_event(), **own).status_code == 201
        assert client.get("/mesh/v1/about", headers=headers).status_code == 200
    assert agent.post(make.run_event(), **headers, **bearer(INGEST_KEY)).status_code == 201


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_key_files_are_read_again(tmp_path: Path) -> None:
    """SIGHUP takes a changed key file without a restart; an unfit one changes nothing."""
    file = tmp_path / "ingest.keys"
    file.write_text(INGEST_KEY)
    with running_agent(tmp_path, ingest_keys_file=file) as agent:

        def reloaded(text: str, saying: str) -> None:
            file.write_text(text)
            agent.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 10
            while saying not in agent.log.read_text() and time.monotonic() < deadline:
                time.sleep(0.01)

        reloaded("short", "the keys stay as they were")
        assert agent.post(make.run_event(), **bearer(INGEST_KEY)).status_code == 201
        reloaded(MESH_KEY, "read again")
        statuses = [agent.post(make.run_event(), **bearer(key)).status_code for key in (INGEST_KEY, MESH_KEY)]
        assert statuses == [401, 201]


def test_keys_are_not_shown(agent: RunningAgent) -> None:
    """Neither the log nor `config show` tells a key."""
    shown = lineage_agent(agent.db.parent, "config", "show", ingest_keys=INGEST_KEY).stdout
    assert "(set)" in shown
    assert INGEST_KEY not in shown + agent.log.read_text()
    assert MESH_KEY not in shown + agent.log.read_text()

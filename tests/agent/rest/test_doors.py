"""Every route: its door, its one error shape, its methods."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from lineage_agent.rest.routes import DOORS, Door
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
    ("GET", "/metrics", MESH_KEY),
    ("GET", "/health/live", ""),
    ("GET", "/health/ready", ""),
]
EACH_ROUTE = pytest.mark.parametrize(("method", "path", "key"), ROUTES, ids=[path for _, path, _ in ROUTES])


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
    assert {path: keys[door] for path, door in DOORS.items()} == {path: key for _, path, key in ROUTES}


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
    assert response.status_code == 200 or (response.status_code == 400 and is_error(response))


@EACH_ROUTE
def test_other_methods(client: httpx2.Client, method: str, path: str, key: str) -> None:
    """A wrong method is a 405 that names the right one."""
    for other in {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - {method}:
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


def test_keys_are_not_shown(agent: RunningAgent) -> None:
    """Neither the log nor `config show` tells a key."""
    shown = lineage_agent(agent.db.parent, "config", "show", ingest_keys=INGEST_KEY).stdout
    assert "(set)" in shown
    assert INGEST_KEY not in shown + agent.log.read_text()
    assert MESH_KEY not in shown + agent.log.read_text()

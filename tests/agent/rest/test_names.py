"""What a domain declares about names, told to gateways, and understood in its own reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from lineage_shared import wire
from lineage_shared.naming import as_json, read_declaration
from lineage_shared.wire import About
from tests import factories as make
from tests.agent.rest.test_marquez import columns, get, refused
from tests.agent.running import lineage_agent, running_agent, spawned

LAKE, HIVE, DB = "s3://lake", "hive://meta:9083", "postgres://db.prod:5432"
DECLARED: list[dict[str, Any]] = [
    {"type": "namespace_alias", "canonical": DB, "aliases": ["postgres://10.0.0.7"]},
    {"type": "job_namespace_alias", "canonical": make.JOBS, "aliases": ["airflow-old"]},
    {"type": "alias", "a": {"namespace": DB, "name": "shop.public.orders"}, "b": {"system": "dbt", "id": "model.s.o"}},
]
EVENTS = [
    make.run_event(
        "load",
        run="1",
        inputs=[make.dataset("orders", LAKE), make.dataset("/orders/", "s3a://lake")],
        outputs=[make.dataset("shop.public.orders", DB, columnLineage=columns(LAKE, "orders", id="key"))],
    ),
    make.run_event(
        "copy",
        run="2",
        inputs=[make.dataset("shop.public.orders", DB)],
        outputs=[make.dataset("w/orders", LAKE, symlinks=make.symlinks("sales.orders", namespace=HIVE))],
    ),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of an agent that declares something, and knows the events."""
    settings = {"declarations": json.dumps(DECLARED)}
    with running_agent(tmp_path_factory.mktemp("names"), **settings) as agent, agent.client() as client:
        agent.settle([agent.post(event) for event in EVENTS][-1])
        yield client


@pytest.mark.parametrize("media_type", [wire.JSON, wire.MSGPACK])
def test_gateways_are_told(reader: httpx2.Client, media_type: str) -> None:
    """`/about` holds what is declared, as declarations of this domain, in both encodings."""
    answer = reader.get("/mesh/v1/about", headers={"accept": media_type})
    about = wire.decode(answer.content, About, media_type)
    assert [read_declaration(each) for each in about.declarations] == [
        read_declaration(each, domain="shop") for each in DECLARED
    ]
    assert {each["domain"] for each in about.declarations} == {"shop"}


def test_an_agent_without_declarations_tells_none(tmp_path: Path) -> None:
    """Nothing declared is an empty list."""
    with running_agent(tmp_path) as agent, agent.client() as client:
        assert client.get("/mesh/v1/about", headers={"accept": wire.JSON}).json()["declarations"] == []


SPELLINGS = [
    (LAKE, "/orders", LAKE, "orders"),
    ("s3n://lake", "orders/", LAKE, "orders"),
    ("s3a://lake", "/orders/", "s3a://lake", "/orders/"),
    ("postgres://10.0.0.7:5432", "shop.public.orders", DB, "shop.public.orders"),
    ("postgresql://DB.prod", "shop.public.orders", DB, "shop.public.orders"),
    (HIVE, "sales.orders", LAKE, "w/orders"),
    ("hive://META", "Sales.Orders", LAKE, "w/orders"),
]


@pytest.mark.parametrize(("namespace", "name", "meant", "stored"), SPELLINGS)
def test_a_dataset_in_any_spelling(reader: httpx2.Client, namespace: str, name: str, meant: str, stored: str) -> None:
    """Dataset, versions, lineage and column lineage are found by what the domain holds to be the same."""
    path = ("namespaces", namespace, "datasets", name)
    assert get(reader, *path)["id"] == {"namespace": meant, "name": stored}
    assert get(reader, *path, "versions")["totalCount"] >= 0
    for route in ("lineage", "column-lineage"):
        asked = get(reader, route, nodeId=f"dataset:{namespace}:{name}")
        assert asked == get(reader, route, nodeId=f"dataset:{meant}:{stored}")
    assert f"dataset:{meant}:{stored}" in {
        node["id"] for node in get(reader, "lineage", nodeId=f"dataset:{namespace}:{name}")["graph"]
    }


def test_the_other_names_of_one_thing_are_told(reader: httpx2.Client) -> None:
    """An answer about one of several names lists the others; one that is alone says nothing."""
    one = get(reader, "namespaces", LAKE, "datasets", "orders")
    assert one["lineageMesh"] == {"sameAs": [{"namespace": "s3a://lake", "name": "/orders/"}]}
    other = get(reader, "namespaces", "s3a://lake", "datasets", "/orders/")
    assert other["lineageMesh"] == {"sameAs": [{"namespace": LAKE, "name": "orders"}]}
    assert "lineageMesh" not in get(reader, "namespaces", LAKE, "datasets", "w/orders")


def test_a_job_and_a_column_in_another_spelling(reader: httpx2.Client) -> None:
    """A job is found by a declared namespace, with its runs; a column by any spelling of its dataset."""
    assert get(reader, "namespaces", "airflow-old", "jobs", "load")["id"]["namespace"] == make.JOBS
    assert get(reader, "namespaces", "airflow-old", "jobs", "load", "runs")["totalCount"] == 1
    assert get(reader, "lineage", nodeId="job:airflow-old:load") == get(
        reader, "lineage", nodeId=f"job:{make.JOBS}:load"
    )
    found = get(reader, "column-lineage", nodeId="datasetField:postgresql://DB.prod:shop.public.orders:id")
    assert [node["data"]["field"] for node in found["graph"]] == ["id", "key"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("jdbc:postgresql://10.0.0.7/shop public.orders", f"{DB}:shop.public.orders"),
        ("postgresql+psycopg2://me:secret@db.prod/shop public.orders", f"{DB}:shop.public.orders"),
        ("s3a://lake/w/orders/", f"{LAKE}:w/orders"),
    ],
)
def test_a_node_id_may_be_the_text_of_another_tool(reader: httpx2.Client, text: str, meant: str) -> None:
    """Behind the kind a node id may be any system's spelling, if it has a colon as node ids do."""
    assert get(reader, "lineage", nodeId=f"dataset:{text}") == get(reader, "lineage", nodeId=f"dataset:{meant}")
    assert refused(reader, "lineage", nodeId="dataset:model.s.o") == (400, "NODE_ID_INVALID")
    assert refused(reader, "lineage", nodeId=f"dataset:{text}x") == (404, "ASSET_NOT_FOUND")


def test_what_only_looks_alike_is_not_found(reader: httpx2.Client) -> None:
    """Another case where case counts, another server, a list of another spelling's namespace: not known."""
    for namespace, name in (
        (LAKE, "Orders"), ("postgres://10.0.0.8", "shop.public.orders"), (LAKE, "/"), ("s3://l\u0430ke", "orders"),
    ):  # fmt: skip
        assert refused(reader, "namespaces", namespace, "datasets", name) == (404, "ASSET_NOT_FOUND")
    assert refused(reader, "namespaces", "s3n://lake", "datasets") == (404, "ASSET_NOT_FOUND")
    assert refused(reader, "namespaces", "AIRFLOW-OLD", "jobs", "load") == (404, "ASSET_NOT_FOUND")


def test_declarations_take_effect_at_a_restart(tmp_path: Path) -> None:
    """Other declarations in the file hold from the next start on, in the same epoch and with the same record."""
    file = tmp_path / "agent.toml"
    asked = f"/api/v1/namespaces/{quote('postgres://10.0.0.7', safe='')}/datasets/shop.public.orders"
    epochs = set()
    for text, status in (("", 404), (_toml(DECLARED[0]), 200), ("", 404)):
        file.write_text(text, encoding="utf-8")
        with running_agent(tmp_path, "--config", "agent.toml") as agent, agent.client() as client:
            agent.settle(agent.post(EVENTS[0]))
            assert client.get(asked).status_code == status
            epochs.add(client.get("/mesh/v1/about", headers={"accept": wire.JSON}).json()["position"].partition(".")[0])
    assert len(epochs) == 1


def test_a_bad_declaration_keeps_the_agent_from_starting(tmp_path: Path) -> None:
    """`serve` and `doctor` refuse, naming file, entry and what to write; the store is not made."""
    (tmp_path / "agent.toml").write_text(_toml({**DECLARED[0], "domain": "ml"}), encoding="utf-8")
    for command in (["serve", "--domain", "shop", "--port", "0"], ["doctor", "--domain", "shop"]):
        done = spawned(tmp_path, *command)
        told = done.stdout + done.stderr
        assert (done.returncode in {1, 2}, "agent.toml: declarations[0] (namespace_alias).domain: 'ml'" in told) == (
            True, True,
        )  # fmt: skip
        assert "leave `domain` out" in told
    assert not (tmp_path / "lineage.db").exists()


def test_what_does_not_hold_together_is_logged_and_shown(tmp_path: Path) -> None:
    """Declarations against one another let the agent start, which says so in its log; `doctor` says it too."""
    apart = {"type": "different_from", **{end: DECLARED[2][end] for end in ("a", "b")}}
    settings: dict[str, Any] = {"declarations": json.dumps([DECLARED[2], apart])}
    with running_agent(tmp_path, **settings) as agent:
        assert "different-from" in agent.log.read_text(encoding="utf-8")
    done = lineage_agent(tmp_path, "doctor", "--db", "shop.db", "--domain", "shop", **settings)
    assert (done.returncode, "2 declared; different-from" in done.stdout) == (0, True)
    fine = lineage_agent(tmp_path, "doctor", "--db", "shop.db", "--domain", "shop", declarations=json.dumps(DECLARED))
    assert "3 declared, none against another" in fine.stdout


def _toml(declaration: dict[str, Any]) -> str:
    told = (f"{name} = {json.dumps(value)}" for name, value in as_json(read_declaration(declaration)).items())
    return "\n".join(("[[declarations]]", *told))

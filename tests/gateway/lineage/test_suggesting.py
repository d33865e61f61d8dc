"""What a survey finds in a version of the mesh, out of names, columns, neighbours and column lineage."""

from __future__ import annotations

import json
from threading import Event

import pytest

from lineage_gateway.identity.likeness import Suggestion
from lineage_gateway.lineage import Evidence, Stopped, Survey, survey
from lineage_gateway.lineage import suggesting as module
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.model import Kind, NodeRecord, Part, Revisions, Step
from lineage_shared.naming import Declarations, Key, canonical, read_reference, reference_of
from lineage_shared.wire import ColumnEdge, DatasetColumns, SchemaDetail, SchemaField
from tests.corpora import beside

EPOCHS = dict.fromkeys(("one", "two", "three", "sales", "finance", "spark-it", "ct"), "e")


def dataset(number: int, namespace: str, name: str, schema: int = 0, columns: int = 0) -> NodeRecord:
    """A dataset; the numbers are the revisions of its details."""
    return NodeRecord(number, Kind.DATASET, namespace, name, revisions=Revisions(schema=schema, columns=columns))


def job(number: int, name: str, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> NodeRecord:
    """A job with one step."""
    times = (0,) * max(len(inputs), len(outputs))
    return NodeRecord(
        number,
        Kind.JOB,
        "etl",
        name,
        steps=(Step(inputs, outputs),),
        inputs=inputs,
        outputs=outputs,
        inputs_first_seen_us=times[: len(inputs)],
        outputs_first_seen_us=times[: len(outputs)],
    )


def schema(*names: str) -> SchemaDetail:
    """Columns of no known type."""
    return SchemaDetail(fields=tuple(SchemaField(name) for name in names))


def surveyed(domains: dict[str, list[NodeRecord]], evidence: Evidence | None = None, most: int = 10) -> Survey:
    """A survey of what domains assert."""
    keeper = MeshKeeper()
    for domain, records in domains.items():
        keeper.replace(domain, DomainMirror(domain, records))
    return survey(keeper.mesh, evidence or Evidence(100), EPOCHS, most=most, stop=Event())


def values(found: Suggestion) -> dict[str, float]:
    """The measured values of a suggestion."""
    return {each.name: each.value for each in found.features}


ORDERS = dataset(1, "postgres://db1.acme.example", "shop.public.orders", schema=3)
SAME = dataset(1, "postgres://db2.acme.example", "shop.public.orders", schema=4)


def test_one_name_on_two_servers_is_found_and_more_is_wished_for() -> None:
    """What is suggested is asked about first; what is known in its revision is not asked for again."""
    other = dataset(2, "s3://lake", "x", schema=1, columns=2)
    evidence = Evidence(100)
    found = surveyed({"one": [ORDERS, other], "two": [SAME]}, evidence)
    assert [values(each) for each in found.found] == [{"name": 1.0}]
    wishes = [(each.member.domain, each.member.number, each.part) for each in found.wishes]
    assert set(wishes[:2]) == {("one", 1, Part.SCHEMA), ("two", 1, Part.SCHEMA)}
    assert wishes[2:] == [("one", 2, Part.COLUMNS), ("one", 2, Part.SCHEMA)]
    evidence.put_schema(("one", 1), "e", 3, schema("id", "a", "b"))
    evidence.put_schema(("two", 1), "e", 3, schema("ID", "A", "b"))
    evidence.put_schema(("one", 2), "another epoch", 9, schema("id", "a", "b"))
    again = surveyed({"one": [ORDERS, other], "two": [SAME]}, evidence)
    assert [values(each) for each in again.found] == [{"name": 1.0, "columns": 1.0}]
    assert [(each.member.domain, each.member.number, each.part) for each in again.wishes] == [
        ("two", 1, Part.SCHEMA),
        ("one", 2, Part.COLUMNS),
        ("one", 2, Part.SCHEMA),
    ]


def test_the_same_columns_and_a_neighbour_make_up_for_another_name() -> None:
    """Two jobs make one thing of the same input under two names: neither name alone would bring them together."""
    source, lake = dataset(1, "s3://lake", "in"), dataset(2, "s3://lake", "published/daily", schema=1)
    table = dataset(2, "hive://metastore:9083", "sales.revenue", schema=1)
    domains = {"one": [source, lake, job(3, "a", (1,), (2,))], "two": [source, table, job(3, "b", (1,), (2,))]}
    evidence = Evidence(100)
    assert surveyed(domains, evidence).found == ()
    for domain in ("one", "two"):
        evidence.put_schema((domain, 2), "e", 1, schema("day", "amount", "currency"))
    (found,) = surveyed(domains, evidence).found
    assert values(found) == {"name": 0.0, "columns": 1.0, "neighbours": 1.0}


def test_column_lineage_that_names_what_the_job_does_not_list() -> None:
    """The source that stands for a listed input is suggested, if that input is named nowhere."""
    listed, named = dataset(1, "s3://lake", "shop/orders"), dataset(2, "s3://lake", "shop/orders/2024-01-01")
    other, out = dataset(3, "s3://lake", "shop/customers"), dataset(4, "s3://out", "x", columns=1)
    records = [listed, named, other, out, job(5, "etl", (1, 3), (4,))]
    evidence = Evidence(100)
    assert surveyed({"one": records}, evidence).found == ()
    edges = tuple(ColumnEdge(source, "a", "a", "DIRECT", job=5) for source in (2, 3))
    evidence.put_columns(("one", 4), "e", 1, DatasetColumns(number=4, revision=1, edges=edges))
    (found,) = surveyed({"one": records}, evidence).found
    assert values(found) == {"name": 1.0, "loss": 1.0, "mention": 1.0}


def test_what_flows_on_or_is_seen_beside_is_no_other_name() -> None:
    """A copy is downstream, over several jobs too; two inputs of one step are two things."""
    middle = dataset(2, "s3://lake", "landing")
    target = dataset(3, "postgres://db2.acme.example", "shop.public.orders")
    (plain,) = surveyed({"one": [ORDERS], "two": [SAME]}).found
    jobs = [job(4, "extract", (1,), (2,)), job(5, "load", (2,), (3,))]
    flowing = surveyed({"one": [ORDERS, middle, target, *jobs]}).found
    beside = surveyed({"one": [ORDERS, middle, target, job(4, "join", (1, 3), (2,))]}).found
    assert all(each.score < plain.score for each in (*flowing, *beside))
    assert len(flowing) <= 1 >= len(beside)


def test_local_names_of_two_domains_never_meet() -> None:
    """Equal text says nothing there; nor does what denotes nothing at all."""
    local = dataset(1, "file", "/tmp/orders")
    nothing = dataset(2, "null", "null")
    assert surveyed({"one": [local, nothing], "two": [local, nothing]}).found == ()


def test_the_best_are_kept_and_a_survey_can_be_ended() -> None:
    """At most so many; told to stop, it stops."""
    domains = {
        "one": [ORDERS],
        "two": [SAME],
        "three": [dataset(1, "postgres://db3.acme.example", "shop.public.orders")],
    }
    assert len(surveyed(domains).found) == 3
    assert surveyed(domains, most=1).found == surveyed(domains).found[:1]
    keeper = MeshKeeper()
    keeper.replace("one", DomainMirror("one", [ORDERS]))
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        survey(keeper.mesh, Evidence(1), EPOCHS, most=1, stop=stop)


def test_wishes_and_evidence_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room, only news of what is known is asked for and taken in; what is gone makes room."""
    monkeypatch.setattr(module, "WISHES_MAX", 2)
    many = [dataset(number, "s3://lake", f"a{number}", schema=1) for number in range(1, 9)]
    assert len(surveyed({"one": many}).wishes) == 2
    evidence = Evidence(1)
    evidence.put_schema(("one", 1), "e", 1, schema("a"))
    assert surveyed({"one": many}, evidence).wishes == ()
    evidence.put_schema(("one", 2), "e", 1, schema("b"))
    evidence.put_schema(("one", 1), "e", 2, schema("a", "b"))
    keeper = MeshKeeper()
    keeper.replace("one", DomainMirror("one", many))
    members = [keeper.mesh.entry(node).members[0] for node in range(2)]
    assert [len(evidence.columns(member, EPOCHS) or ()) for member in members] == [2, 0]
    evidence.retain({"one": {1: 0}}, EPOCHS)
    assert len(surveyed({"one": many}, evidence).wishes) == 0
    evidence.retain({"one": {2: 0}}, EPOCHS)
    assert len(surveyed({"one": many}, evidence).wishes) == 2


def test_what_the_corpus_calls_evidence_is_suggested_and_nothing_scores_above_it() -> None:
    """Every pair that only evidence can join is proposed; no pair that is two things has a better score."""
    rows = [json.loads(line) for line in (beside("identifiers") / "pairs.jsonl").read_text().splitlines()]
    wanted = {row["id"]: _score(row) for row in rows if row["needs"] == "evidence" and row["same"]}
    others = {row["id"]: _score(row) for row in rows if not row["same"]}
    assert len(wanted) >= 7
    assert min(wanted.values()) >= 0.8
    assert max(others.values()) <= min(wanted.values())
    # Three pairs of keys that differ by case alone are what Atlas leaves of one, to the letter.
    assert sum(score >= min(wanted.values()) for score in others.values()) <= 3


def _score(row: dict[str, dict[str, str]]) -> float:
    """The score with which a labelled pair is suggested in a mesh that holds both; 0 when it is not."""
    evidence, domains = Evidence(100), dict[str, list[NodeRecord]]()
    for number, (side, default) in enumerate((("a", "one"), ("b", "two")), 1):
        spelled = _reported(row[side])
        domain = row[side].get("domain", default)
        domains.setdefault(domain, []).append(dataset(number, *spelled))
        if "columns" in row[side]:
            evidence.put_schema((domain, number), "e", 0, schema(*row[side]["columns"]))
    return max((each.score for each in surveyed(domains, evidence).found), default=0.0)


def _reported(raw: dict[str, str]) -> tuple[str, str]:
    """A name as an agent would report it: OpenLineage's spelling, where there is one."""
    key = canonical(read_reference(raw), raw.get("domain"), Declarations())
    if not isinstance(key, Key):
        return raw.get("namespace", ""), raw.get("name", "")
    if key.platform == "atlas" and key.path[0].startswith("s3://"):
        bucket, _, name = key.path[0].removeprefix("s3://").partition("/")
        return f"s3://{bucket}", name
    spelled = reference_of(key)
    return spelled.namespace or key.platform, spelled.name or spelled.id

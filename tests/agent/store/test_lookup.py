"""Looking nodes up by any spelling: the index of keys, and the claims that join further names."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_agent.projection import Names
from lineage_agent.store import lookup, publication, spellings
from lineage_agent.store.engine import Engine
from lineage_shared.claims import Claim, Classes
from lineage_shared.model import Kind
from lineage_shared.naming import Declaration, Key, Reference, System, canonical, read_declaration
from tests import factories as make
from tests.agent.store.files import fill, fresh, opened
from tests.shared.naming.cases import Case
from tests.shared.naming.cases import Names as Words
from tests.shared.naming.names import NAMES as UNSEEN
from tests.shared.naming.spellings import ROWS

LAKE, HIVE, GLUE = "s3://lake", "hive://meta:9083", "arn:aws:glue:eu-west-1:123456789012"
ALIAS = {"type": "namespace_alias", "canonical": "postgres://db.prod", "aliases": ["postgres://10.0.0.7:5432"]}


def declared(*raws: dict[str, Any], domain: str = "shop") -> list[Declaration]:
    """Declarations of a domain."""
    return [read_declaration(each, domain=domain) for each in raws]


def ref(namespace: str, name: str, kind: Kind = Kind.DATASET) -> Reference:
    """A reference in OpenLineage's form."""
    return Reference(namespace=namespace, name=name, kind=kind)


def found(engine: Engine, reference: Reference) -> tuple[str, str] | None:
    """The name of the node that a reference means."""
    number = lookup.find(engine.connection, engine.names, reference)
    if number is None:
        return None
    record = publication.record(engine.connection, number)
    assert record is not None
    return record.namespace, record.name


def holding(engine: Engine, *datasets: tuple[str, str] | dict[str, Any]) -> None:
    """Let a run write these datasets."""
    outputs = [each if isinstance(each, dict) else make.dataset(each[1], each[0]) for each in datasets]
    fill(engine, [make.run_event(outputs=outputs)])


def indexed(connection: sqlite3.Connection) -> list[tuple[bytes, int]]:
    """All of the index."""
    return connection.execute("SELECT key, node FROM spelling ORDER BY key, node").fetchall()


@settings(max_examples=8)
@given(words=UNSEEN)
def test_any_spelling_with_the_same_key_finds_it(words: Words) -> None:
    """Of every platform one name is stored: all spellings with its key find it, and near misses find nothing of it."""
    cases = [case for makers in ROWS.values() for made in makers if _reported(case := made(words))]
    stored = [_reported(case)[0] for case in cases]
    with fresh() as engine:
        holding(engine, *((each.namespace, each.name) for each in stored))
        for case, kept in zip(cases, stored, strict=True):
            key = _text(engine.names, kept)
            for each in case.same:
                if _text(engine.names, each) != key:
                    continue  # The rules are the concern of tests/shared/naming/test_rows.py.
                answer = found(engine, each)
                assert answer is not None, each
                assert _text(engine.names, ref(*answer)) == key, each
            for each in case.other:
                answer = found(engine, each)
                assert answer is None or _text(engine.names, ref(*answer)) != key, each


def _reported(case: Case) -> list[Reference]:
    """The spellings that events may use."""
    return [each for each in case.same if each.system is System.OPENLINEAGE and each.column is None]


def _text(names: Names, reference: Reference) -> str:
    key = names.key(reference)
    assert key is not None
    return key.text


def test_a_stored_name_means_itself() -> None:
    """Of two names that are one thing each finds itself; a third spelling finds the anchor, the smallest."""
    with fresh() as engine:
        holding(engine, ("s3a://lake", "orders"), (LAKE, "orders"), (LAKE, "/orders/"))
        assert found(engine, ref("s3a://lake", "orders")) == ("s3a://lake", "orders")
        assert found(engine, ref(LAKE, "/orders/")) == (LAKE, "/orders/")
        assert found(engine, ref("s3n://lake", "orders")) == (LAKE, "/orders/")
        assert found(engine, Reference(system=System.URI, id="s3a://lake/orders/")) == (LAKE, "/orders/")
        assert found(engine, ref(LAKE, "Orders")) is None
        listed = lookup.candidates(engine.connection, engine.names, ref("s3n://lake", "orders"))
        assert [(each.namespace, each.name) for each in listed] == [
            (LAKE, "/orders/"), (LAKE, "orders"), ("s3a://lake", "orders"),
        ]  # fmt: skip


def test_what_denotes_nothing_is_found_by_its_very_name_only() -> None:
    """A root or an empty name is a node like any other, and no spelling of anything."""
    with fresh() as engine:
        holding(engine, (LAKE, "/"), (LAKE, "None"))
        assert found(engine, ref(LAKE, "/")) == (LAKE, "/")
        assert found(engine, ref("s3a://lake", "/")) is None
        assert found(engine, ref("s3a://lake", "None")) is None
        assert len(indexed(engine.connection)) == 1  # the job


def test_jobs_are_looked_up_too() -> None:
    """Declared job namespaces are one; a job is never found by the name of a dataset."""
    jobs = {"type": "job_namespace_alias", "canonical": make.JOBS, "aliases": ["airflow-old"]}
    with fresh(declared=declared(jobs)) as engine:
        holding(engine, (LAKE, "etl"))
        assert found(engine, ref("airflow-old", "etl", Kind.JOB)) == (make.JOBS, "etl")
        assert found(engine, ref(make.JOBS, "ETL", Kind.JOB)) is None
        assert found(engine, ref("airflow-old", "etl")) is None


def test_names_are_read_anew_when_declarations_change(tmp_path: Path) -> None:
    """Opened with other declarations a file is looked up by those; opened without any word it keeps the last ones."""
    path, asked = tmp_path / "shop.db", ref("postgres://10.0.0.7:5432", "shop.public.orders")
    with opened(path) as engine:
        holding(engine, ("postgres://db.prod:5432", "shop.public.orders"))
        assert found(engine, asked) is None
    with opened(path, declared=declared(ALIAS)) as engine:
        epoch = engine.state.epoch
        assert found(engine, asked) == ("postgres://db.prod:5432", "shop.public.orders")
        holding(engine, ("postgres://10.0.0.7:5432", "shop.public.late"))
        after = indexed(engine.connection)
    with opened(path) as engine:
        assert engine.names.declarations.all == tuple(declared(ALIAS))
        assert (indexed(engine.connection), engine.state.epoch) == (after, epoch)
        assert found(engine, ref("postgres://db.prod", "shop.public.late")) is not None
    with opened(path, declared=()) as engine:
        assert found(engine, asked) is None
        assert indexed(engine.connection) != after


def test_a_node_and_its_row_come_and_go_together(tmp_path: Path) -> None:
    """What is indexed event by event, or after a rebuild, is what would be indexed all at once."""
    path = tmp_path / "shop.db"
    with opened(path) as engine:
        holding(engine, (LAKE, "a"), ("s3a://lake", "a"), (HIVE, "db.t"), (LAKE, "/"))
        kept = indexed(engine.connection)
        assert len(kept) == 4  # three datasets and the job; `/` denotes nothing
        engine.connection.execute("DELETE FROM meta WHERE key = 'spellings'")
        spellings.refresh(engine.connection, engine.names)
        assert indexed(engine.connection) == kept
        engine.rebuild()
        assert indexed(engine.connection) == []
        while engine.project(10):
            pass
        assert len(indexed(engine.connection)) == 4


def test_a_symlinked_name_leads_to_who_claims_it() -> None:
    """A name that only a symlink mentions means the dataset that claims it, in any spelling, as long as it does."""
    claiming = make.dataset("w/orders", LAKE, symlinks=make.symlinks("sales.orders", namespace=HIVE))
    with fresh() as engine:
        holding(engine, claiming)
        for namespace, name in ((HIVE, "sales.orders"), ("hive://META:9083", "SALES.orders")):
            assert found(engine, ref(namespace, name)) == (LAKE, "w/orders")
        fill(engine, [make.run_event(run="2", at=9, outputs=[make.dataset("w/orders", LAKE, symlinks=make.deleted())])])
        assert found(engine, ref(HIVE, "sales.orders")) == (HIVE, "sales.orders")
        assert found(engine, ref("hive://META:9083", "SALES.orders")) == (HIVE, "sales.orders")


def test_a_name_that_two_claim_leads_to_neither() -> None:
    """Two datasets that claim one name are both not meant by it; nor is one that is declared to be different."""
    one, two = (make.dataset(each, LAKE, symlinks=make.symlinks("d.t", namespace=HIVE)) for each in ("w/one", "w/two"))
    with fresh() as engine:
        holding(engine, one, two)
        assert found(engine, ref(HIVE, "d.t")) == (HIVE, "d.t")
    apart = {
        "type": "different_from",
        "a": {"namespace": LAKE, "name": "w/one"},
        "b": {"namespace": HIVE, "name": "d.t"},
    }
    with fresh(declared=declared(apart)) as engine:
        holding(engine, one)
        assert found(engine, ref("hive://meta", "D.T")) == (HIVE, "d.t")


def test_a_declared_alias_leads_to_what_is_stored() -> None:
    """A name that nobody ever reported is found through the pair that declares it, and on through a symlink."""
    alias = {
        "type": "alias",
        "a": {"system": "dbt", "id": "model.shop.orders"},
        "b": {"namespace": HIVE, "name": "sales.orders"},
    }
    with fresh(declared=declared(alias)) as engine:
        holding(engine, make.dataset("w/orders", LAKE, symlinks=make.symlinks("sales.orders", namespace=HIVE)))
        assert found(engine, Reference(system=System.DBT, id="model.shop.orders")) == (LAKE, "w/orders")


def test_a_name_in_a_catalog_comes_before_a_path() -> None:
    """Of several reported names of one thing, the one in a catalog is meant by a spelling that is none of them."""
    alias = {
        "type": "alias",
        "a": {"namespace": GLUE, "name": "table/sales/orders"},
        "b": {"namespace": LAKE, "name": "w/o"},
    }
    linked = make.dataset("sales.orders", HIVE, symlinks=make.symlinks("w/o", namespace=LAKE))
    with fresh(declared=declared(alias)) as engine:
        holding(engine, linked, (LAKE, "w/o"))
        assert found(engine, ref(GLUE, "table/sales/orders")) == (HIVE, "sales.orders")
        assert found(engine, ref("s3a://lake", "w/o")) == (HIVE, "sales.orders")


def test_a_flood_of_claims_joins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more hangs together than is looked at, a name means what has its key, and nothing that is claimed."""
    monkeypatch.setattr(lookup, "KEYS_MAX", 20)
    datasets = [make.dataset(f"w/{i}", LAKE, symlinks=make.symlinks("d.t", namespace=HIVE)) for i in range(30)]
    with fresh() as engine:
        holding(engine, *datasets)
        assert found(engine, ref("hive://meta", "D.t")) == (HIVE, "d.t")
        assert found(engine, ref("s3a://lake", "w/7")) == (LAKE, "w/7")


PLACES = [(LAKE, "x"), ("s3a://lake", "x"), (LAKE, "y"), (HIVE, "d.t"), ("hive://META", "d.T"), (HIVE, "d.u"),
          (GLUE, "table/d/t"), ("file", "/x")]  # fmt: skip
PAIRS = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)), max_size=6)


@settings(max_examples=40, deadline=None)
@given(symlinks=PAIRS, aliases=PAIRS, apart=PAIRS)
def test_only_what_hangs_together_is_weighed_and_the_outcome_is_that_of_all(
    symlinks: list[Any], aliases: list[Any], apart: list[Any]
) -> None:
    """For every name the nodes found are those of its class among all claims of the domain."""
    pairs = [("alias", *each) for each in aliases] + [("different_from", *each) for each in apart]
    raws = [{"type": kind, **_ends(one, other)} for kind, one, other in pairs]
    with fresh(declared=declared(*raws)) as engine:
        for at, (source, target) in enumerate(dict(symlinks).items()):
            symlink = make.symlinks(target[1], namespace=target[0])
            dataset = make.dataset(source[1], source[0], symlinks=symlink)
            fill(engine, [make.run_event(run=str(at), at=at, outputs=[dataset])])
        classes = Classes(_all_claims(engine))
        records = list(publication.records(engine.connection))
        for place in PLACES:
            members = classes.members(_text(engine.names, ref(*place)))
            alike = {
                each.number
                for each in records
                if each.kind is Kind.DATASET and _text(engine.names, ref(each.namespace, each.name)) in members
            }
            assert {each.number for each in lookup.alike(engine.connection, engine.names, ref(*place))} == alike, place


def _ends(one: tuple[str, str], other: tuple[str, str]) -> dict[str, Any]:
    return {name: {"namespace": each[0], "name": each[1]} for name, each in (("a", one), ("b", other))}


def _all_claims(engine: Engine) -> set[Claim]:
    records = {each.number: each for each in publication.records(engine.connection)}
    keys: dict[int, Key] = {}
    for number, each in records.items():
        key = canonical(ref(each.namespace, each.name, each.kind), "shop", engine.names.declarations)
        if isinstance(key, Key):
            keys[number] = key
    claims = {claim for each in engine.names.claims.values() for claim in each}
    return claims | {
        engine.names.symlink(keys[number], keys[claim.target])
        for number, each in records.items()
        for claim in each.claims
    }

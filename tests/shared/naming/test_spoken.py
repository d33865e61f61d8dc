"""One text, as the references that it may be."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.forms import FORMS
from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, System, canonical, readings

ORDERS = Reference(namespace="postgres://db.acme.example:5432", name="shop.public.orders")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("postgres://db.acme.example:5432 shop.public.orders", ORDERS),
        ("postgresql://DB.acme.example/shop/public/orders", ORDERS),
        ("jdbc:postgresql://db.acme.example/shop public.orders", ORDERS),
        ("postgresql+psycopg2://u:p@db.acme.example/shop public.orders", ORDERS),
        (json.dumps({"namespace": ORDERS.namespace, "name": ORDERS.name}), ORDERS),
        ("s3a://lake/orders/", Reference(namespace="s3://lake", name="orders")),
        ("arn:aws:s3:::lake/orders", Reference(namespace="s3://lake", name="orders")),
        ("model.shop.orders", Reference(system=System.DBT, id="model.shop.orders")),
        (
            "trino://u@db.acme.example/Hive/shop orders",
            Reference(namespace="trino://db.acme.example:8080", name="hive.shop.orders"),
        ),
        (
            "mysql:`db.acme.example`.shop.orders",
            Reference(namespace="mysql://db.acme.example:3306", name="shop.orders"),
        ),
        ("s3a://lake/shop/orders@prod", Reference(namespace="s3://lake", name="shop/orders")),
        ("shop-prod:sales.orders", Reference(namespace="bigquery", name="shop-prod.sales.orders")),
        ("shop-prod.sales.orders", Reference(namespace="bigquery", name="shop-prod.sales.orders")),
    ],
)
def test_every_tools_spelling_is_among_the_readings(text: str, meant: Reference) -> None:
    """What a person copied from some tool leads to the key of what is meant."""
    names = Declarations()
    wanted = canonical(meant, None, names)
    assert isinstance(wanted, Key)
    found = [canonical(each, None, names) for each in readings(text)]
    assert wanted.text in [key.text for key in found if isinstance(key, Key)]


@pytest.mark.parametrize("text", ["trino://h:8080/hive sales.orders", "s3://lake/orders@prod"])
def test_a_rarer_spelling_comes_after_the_usual_one(text: str) -> None:
    """A name with an `@` or a namespace with a path is first read as it stands, and only at last as another's."""
    names = Declarations()
    namespace, _, name = text.partition(" ")
    usual = Reference(namespace=namespace, name=name) if name else Reference(system=System.URI, id=text)
    keys = [canonical(each, None, names) for each in readings(text)]
    assert keys[0] == canonical(usual, None, names)
    assert readings(text)[-1].system in (System.SQLALCHEMY, System.GCP, System.ATLAS)


@pytest.mark.parametrize("spelling", [each for row in FORMS.values() for each in row], ids=repr)
def test_every_documented_spelling_is_read_from_its_text(spelling: Reference) -> None:
    """Each form of the table in docs/identifiers.md has, typed as it is printed, a reading with the key of its row."""
    names = Declarations()
    wanted = canonical(spelling, "sales", names)
    assert isinstance(wanted, Key)
    text = " ".join(each for each in (spelling.id or spelling.namespace, spelling.name) if each)
    found = [canonical(each, "sales", names) for each in readings(text)]
    assert wanted.text in [key.text for key in found if isinstance(key, Key)]


@given(text=st.text(), kind=st.sampled_from(Kind))
def test_any_text_has_readings_or_none(text: str, kind: Kind) -> None:
    """Nothing raises, and nothing is read twice."""
    found = readings(text, kind, "east")
    assert len(set(found)) == len(found)
    for each in found:
        canonical(each, None, Declarations())


def test_junk_is_not_read() -> None:
    """Nothing, too much, and broken JSON."""
    assert readings("  ") == readings("x" * 10_000) == readings("{") == readings("{}") == ()

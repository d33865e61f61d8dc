"""Which names mean something only inside one domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.naming import is_local
from lineage_shared.naming.locality import host

LOCAL: list[tuple[str, str]] = [
    ("file", "/data/x.csv"),
    ("file:", "/data/x.csv"),
    ("file://host", "/data/x.csv"),
    ("FILE:///data", "x.csv"),
    ("duckdb://shop.duckdb", "main.orders"),
    ("dlt.destinations.duckdb://duckdb", "crm.contacts"),
    ("sqlite:///x.db", "t"),
    ("dbfs:/mnt", "t"),
    ("postgres://localhost:5432", "d.s.t"),
    ("postgres://LOCALHOST.:5432", "d.s.t"),
    ("postgres://db.localhost", "d.s.t"),
    ("postgres://user:pw@127.0.0.1:5432", "d.s.t"),
    ("postgres://127.8.9.1", "d.s.t"),
    ("postgres://0.0.0.0:5432", "d.s.t"),
    ("postgres://[::1]:5432", "d.s.t"),
    ("postgres://[::ffff:127.0.0.1]:5432", "d.s.t"),
    ("postgres://None:5432", "d.s.t"),
    ("hdfs:///warehouse", "t"),
    ("kafka://localhost:9092,127.0.0.1:9093", "topic"),
    ("/tmp/warehouse", "default.t"),
    ("~/warehouse", "t"),
    ("./warehouse", "t"),
    ("models", "./model.pkl"),
    ("models", "../model.pkl"),
]
GLOBAL: list[tuple[str, str]] = [
    ("postgres://db.shop.example:5432", "d.s.t"),
    ("postgres://10.0.0.5:5432", "d.s.t"),
    ("postgres://[2001:db8::1]:5432", "d.s.t"),
    ("bigquery", "p.d.t"),
    ("pubsub", "topic:p:t"),
    ("s3://bucket", "data/x.csv"),
    ("s3://bucket", "./data/x.csv"),
    ("hdfs://nn:8020", "/warehouse/t"),
    ("kafka://localhost:9092,broker:9092", "topic"),
    ("arn:aws:glue:eu-west-1:123", "table/d/t"),
    ("postgres://mylocalhost", "d.s.t"),
    ("filestore://host", "t"),
]


@pytest.mark.parametrize(("namespace", "name"), LOCAL)
def test_local(namespace: str, name: str) -> None:
    """Files, embedded databases, loopback and missing hosts, and relative paths are local."""
    assert is_local(namespace, name)


@pytest.mark.parametrize(("namespace", "name"), GLOBAL)
def test_global(namespace: str, name: str) -> None:
    """A named host, a bucket or a platform without hosts means the same everywhere."""
    assert not is_local(namespace, name)


@pytest.mark.parametrize(
    ("authority", "expected"),
    [
        ("user:pw@DB.Shop.:5432", "db.shop"),
        ("db", "db"),
        ("[2001:DB8::1]:5432", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("", ""),
    ],
)
def test_host(authority: str, expected: str) -> None:
    """The host alone: no user, port, brackets or trailing dot, in lower case."""
    assert host(authority) == expected


@given(st.text(max_size=20), st.text(max_size=20))
def test_total(namespace: str, name: str) -> None:
    """Any text is local or not."""
    assert is_local(namespace, name) in (True, False)
    assert is_local(f"scheme://{namespace}", name) in (True, False)

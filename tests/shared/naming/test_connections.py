"""Connection URLs: the forms of the drivers' manuals lead to the table that they ask for."""

from __future__ import annotations

import pytest

from lineage_shared.naming import Declarations, Key, Reference, System, Unidentifiable, canonical

TNS = "(ADDRESS=(PROTOCOL=tcp)(HOST=h)(PORT=1521))"
TWO = "(ADDRESS=(PROTOCOL=tcp)(HOST=h1))(ADDRESS=(PROTOCOL=tcp)(HOST=h2)(PORT=1522))"
FORMS = [
    ("jdbc:postgresql://h", "s.t", "postgres://h:5432", "s.t"),
    ("jdbc:postgresql://[2001:DB8:0:0::1]:5433/d", "s.t", "postgres://[2001:db8::1]:5433", "d.s.t"),
    ("jdbc:postgresql://h2,h1:5432/d", "s.t", "postgres://h1:5432,h2:5432", "d.s.t"),
    ("jdbc:postgresql://h?user=fred&password=sec%40ret", "s.t", "postgres://h", "s.t"),
    ("jdbc:mysql://fred:sec%40ret@h", "s.t", "mysql://h:3306", "s.t"),
    ("jdbc:mysql+srv:loadbalance://h", "s.t", "mysql://h:3306", "s.t"),
    ("jdbc:mysql://u:p@h1:1111,u:p@h2:2222", "s.t", "mysql://h1:1111,h2:2222", "s.t"),
    ("jdbc:mysql://(host=h1,port=1111,user=x),(host=h2,port=2222)", "s.t", "mysql://h1:1111,h2:2222", "s.t"),
    ("jdbc:mysql://address=(host=h1)(port=1)(user=x),address=(host=h2)(port=2)", "s.t", "mysql://h1:1,h2:2", "s.t"),
    ("jdbc:sqlserver://h", "s.t", "sqlserver://h", "s.t"),
    ("jdbc:sqlserver://h;database=D", "s.t", "sqlserver://h", "D.s.t"),
    ("jdbc:sqlserver://h;portNumber=1433;user=x", "s.t", "sqlserver://h:1433", "s.t"),
    ("jdbc:sqlserver://h\\Some", "s.t", "sqlserver://h/some", "s.t"),
    ("jdbc:sqlserver://h;instanceName=some", "s.t", "sqlserver://h/some", "s.t"),
    ("jdbc:sqlserver://;serverName=3ffe:8311:eeee:f70f:0:5eae:10.203.31.9", "s.t",
     "sqlserver://[3ffe:8311:eeee:f70f:0:5eae:10.203.31.9]", "s.t"),
    ("jdbc:jtds:sqlserver://h/D;instance=some", "s.t", "sqlserver://h/some", "D.s.t"),
    ("jdbc:oracle:thin:@//h", "s.t", "oracle://h:1521", "s.t"),
    ("jdbc:oracle:thin:@h", "s.t", "oracle://h:1521", "s.t"),
    ("jdbc:oracle:thin:fred/sec%40ret@//h:1522/svc", "s.t", "oracle://h:1522", "svc.s.t"),
    ("jdbc:oracle:thin:@tcp://h", "s.t", "oracle://h", "s.t"),
    ("jdbc:oracle:thin:@tcps://h:2484/svc?wallet=x", "s.t", "oracle://h:2484", "svc.s.t"),
    ("jdbc:oracle:thin:@h:sid", "s.t", "oracle://h", "sid.s.t"),
    ("jdbc:oracle:thin:@//h1,h2", "s.t", "oracle://h1:1521,h2:1521", "s.t"),
    ("jdbc:oracle:thin:@[3ffe:8311:eeee:f70f:0:5eae:10.203.31.9]:1522", "s.t",
     "oracle://[3ffe:8311:eeee:f70f:0:5eae:10.203.31.9]:1522", "s.t"),
    ("jdbc:oracle:thin:@h?connect_timeout=30&retry_count=3", "s.t", "oracle://h:1521", "s.t"),
    (f"jdbc:oracle:oci@(DESCRIPTION={TNS}(CONNECT_DATA=(INSTANCE_NAME=ORCL)))", "s.t",
     "oracle://h", "ORCL.s.t"),
    (f"jdbc:oracle:thin:@(description= (retry_count=2){TNS.lower()}(connect_data=(service_name=v)))", "s.t",
     "oracle://h", "v.s.t"),
    (f"jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS_LIST={TWO})(CONNECT_DATA=(SID=a.example)))", "s.t",
     "oracle://h1:1521,h2:1522", "a.example.s.t"),
    ("jdbc:oracle:thin:@ldap://oid:5000/mydb1,cn=OracleContext,dc=myco", "s.t", "oracle://oid:5000", "mydb1.s.t"),
    ("jdbc:oracle:thin:@ldap:l.example:5000/cn=x,dc=com/mydb1", "s.t", "oracle://l.example:5000", "mydb1.s.t"),
    ("jdbc:teradata://h/USER=fred,PASSWORD=x,DBS_PORT=1111", "s.t", "teradata://h:1111", "s.t"),
    ("jdbc:teradata://h/DATABASE=mydb", "s.t", "teradata://h:1025", "mydb.s.t"),
    ("jdbc:cassandra://[::1]--127.0.0.1:9042--host1/k", "t", "cassandra://[::1]:9042,127.0.0.1:9042,host1:9042", "k.t"),
    ("jdbc:ch:https://h:8443/d", "t", "clickhouse://h:8443", "d.t"),
    ("jdbc:clickhouse://h1,h2", "s.t", "clickhouse://h1:8123,h2:8123", "s.t"),
    ("jdbc:trino://h", "c.s.t", "trino://h:443", "c.s.t"),
    ("jdbc:trino://h:8080/c/s", "t", "trino://h:8080", "c.s.t"),
    ("jdbc:oceanbase:hamode://h", "s.t", "oceanbase://h:2881", "s.t"),
    ("jdbc:crate://h1,h2", "s.t", "crate://h1:5432,h2:5432", "s.t"),
    ("jdbc:db2://h:50000/D:currentSchema=S;", "s.t", "db2://h:50000", "D.s.t"),
    ("jdbc:databricks://h:443/default;httpPath=/x;ConnCatalog=main", "s.t", "databricks://h", "main.s.t"),
    ("jdbc:awsathena://AwsRegion=eu-west-1;S3OutputLocation=s3://b/x", "c.d.t",
     "awsathena://athena.eu-west-1.amazonaws.com", "c.d.t"),
    ("jdbc:redshift:iam://c.abc.eu-west-1.redshift.amazonaws.com:5439/dev", "s.t",
     "redshift://c.abc.eu-west-1.redshift.amazonaws.com", "dev.s.t"),
    ("jdbc:unknown://fred:sec%40ret@h/mydb?x=y", "s.t", "unknown://h", "mydb.s.t"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "table", "namespace", "name"), FORMS)
def test_a_connection_leads_to_its_table(url: str, table: str, namespace: str, name: str) -> None:
    """URL and table together are what OpenLineage writes as namespace and name."""
    asked = canonical(Reference(system=System.JDBC, id=url, name=table), "d", Declarations())
    written = canonical(Reference(namespace=namespace, name=name), "d", Declarations())
    assert isinstance(asked, Key), asked
    assert isinstance(written, Key)
    assert asked.text == written.text


@pytest.mark.parametrize(
    "text", ["", "jdbc:", "jdbc:postgresql", "jdbc:oracle:thin:nowhere", "postgresql://h/d", "jdbc:sqlserver:x"]
)
def test_an_unreadable_url_identifies_nothing(text: str) -> None:
    """It is refused with a reason."""
    found = canonical(Reference(system=System.JDBC, id=text, name="t"), None, Declarations())
    assert isinstance(found, Unidentifiable)
    assert found.reason


def test_no_secret_reaches_a_key() -> None:
    """Passwords and tokens of URLs are in no key, whatever the system."""
    for reference in (
        Reference(system=System.SQLALCHEMY, id="postgresql://etl:hush@h/d", name="s.t"),
        Reference(system=System.SQLALCHEMY, id="databricks://token:hush@h?catalog=c&schema=s", name="t"),
        Reference(system=System.JDBC, id="jdbc:mysql://h/d?user=x&password=hush", name="t"),
        Reference(system=System.URI, id="s3a://AKIA:hush@bucket/k"),
        Reference(namespace="redis://etl:hush@h:6379", name="k"),
        Reference(namespace="postgres://h?dbname=d&password=hush", name="s.t"),
        Reference(namespace="snowflake://o-a?db=d&token=hush", name="s.t"),
        Reference(namespace="duckdb://md:shop?motherduck_token=hush", name="main.t"),
        Reference(system=System.SQLALCHEMY, id="postgresql://etl:hush/hush#hush@h/d", name="s.t"),
        Reference(system=System.SQLALCHEMY, id="duckdb:///md:shop?motherduck_token=hush", name="main.t"),
        Reference(namespace="redis://etl:hush@{h}:6379", name="k"),
    ):
        key = canonical(reference, None, Declarations())
        assert isinstance(key, Key)
        assert "hush" not in key.text

"""Databases behind a host: spellings of one table, and near misses.

What all of them have in common is in `server`; each row adds the URLs of its own drivers.
"""

from __future__ import annotations

from lineage_shared.naming import Reference, System
from tests.shared.naming.cases import Case, Maker, Names, alchemy, by_id, gcp, jdbc, ol

EXACT, FOLDED, CASELESS = "exact", "folded", "caseless"


def server(scheme: str, port: int | None, levels: int, case: str, *aliases: str, more: Maker | None = None) -> Maker:
    """Return the cases of a platform of hosts; `case` says how its names treat letter case."""

    def made(n: Names) -> Case:
        parts = (n.database, n.schema, n.table)[3 - levels :] if levels > 1 else (n.table,)
        name, home = ".".join(parts), f"{scheme}://{n.host}"
        marks = ("", f":{port}", f".:{port}", "/") if port else ("", ".", "/")
        same = [ol(f"{each}://{n.host}{mark}", name) for each in (scheme, *aliases) for mark in marks]
        same += [ol(f"{scheme}://{n.host.upper()}", name), ol(f"{scheme}://user:secret@{n.host}", name)]
        if scheme not in ("trino", "mariadb"):  # Airflow's providers complete or rename these.
            same.append(by_id(System.AIRFLOW_ASSET, f"{home}/{'/'.join(parts)}"))
        other = [ol(f"{scheme}://{host}", name) for host in _strangers(n.host, port)]
        other += [ol(home, text) for text in (f"{name}_v2", f"{name}_20240131", ".".join(reversed(parts)))]
        other += [ol(home, ".".join(parts[1:])), ol(f"kafka://{n.host}", name), ol(home, f"x{name}")]
        _case(case, home, parts, same, other)
        extra = more(n) if more else Case((), ())
        return Case((*same, *extra.same), (*other, *extra.other), extra.ignored)

    return made


def _strangers(host: str, port: int | None) -> list[str]:
    """Hosts that begin or end like another one, and its ports."""
    near = [f"{host}0", f"x{host}", host.replace(".", "0.", 1), f"{host}.evil.example"]
    return near + ([f"{host}:{port + 1}", f"{host}:{port}0"] if port else [f"{host}:1", f"{host}:11"])


def _case(case: str, home: str, parts: tuple[str, ...], same: list[Reference], other: list[Reference]) -> None:
    upper, quoted = ".".join(parts).upper(), ".".join(f'"{part.title()}"' for part in parts)
    odd = [".".join((*parts[:-1], each)) for each in ("my-table", "MY-TABLE")]
    if case == EXACT:
        other += [ol(home, upper), ol(home, quoted)]
    elif case == FOLDED:
        same.append(ol(home, upper))
        other += [ol(home, quoted), *(ol(home, each) for each in odd)]
    else:
        same += [ol(home, upper), ol(home, quoted)]


def _levels(n: Names) -> str:
    return f"{n.schema}.{n.table}"


def postgres(n: Names) -> Case:
    """The drivers of Postgres, and the catalogs that write its URIs."""
    name = _levels(n)
    same = (
        jdbc(f"postgresql://{n.host}/{n.database}?ssl=true", name),
        jdbc(f"postgresql://{n.host}:5432/{n.database}?currentSchema={n.schema}", n.table),
        jdbc(f"aws-wrapper:postgresql://{n.host}/{n.database}", name),
        alchemy(f"postgresql+asyncpg://u:p@{n.host}/{n.database}", name),
        alchemy(f"postgresql://u:p/w#d@{n.host}/{n.database}", name),
        alchemy(f"postgresql+psycopg2://u:p@/{n.database}?host={n.host}:5432", name),
        by_id(System.SPLINE, f"jdbc:postgresql://{n.host}:5432/{n.database}:{name}"),
        by_id(System.URI, f"postgresql://{n.host}/{n.database}.{name}"),
        by_id(
            System.PURVIEW, f"postgresql://{n.host}/{n.database}/{n.schema}/{n.table}", kind="azure_postgresql_table"
        ),
        gcp(f"postgresql:`{n.host}:5432`.{n.database}.{name}"),
        Reference(
            system=System.DBT, namespace=f"postgres://{n.host}:5432", name=f'"{n.database}"."{n.schema}"."{n.table}"'
        ),
    )
    other = (
        jdbc(f"postgresql://{n.host}/{n.schema}", name),
        jdbc(f"postgresql://{n.host}/{n.database}", n.table),
        jdbc(f"postgresql://{n.host}?currentSchema={n.database}", n.table),
        jdbc(f"postgresql:///{n.database}?cloudSqlInstance={n.account}:eu:{n.host}", name),
        alchemy(f"postgresql://u:p@/{n.database}?host={n.host}0:5432", name),
        alchemy(f"postgresql://u:p@/{n.database}?host=/cloudsql/{n.host}", name),
        ol(f"postgres://{n.host}", f"{n.database}.{n.table}"),
        by_id(System.DATAHUB, f"urn:li:dataset:(urn:li:dataPlatform:postgres,{n.database}.{name},PROD)"),
        by_id(System.OPENMETADATA, f"svc.{n.database}.{name}"),
    )
    return Case(same, other)


def mssql(n: Names) -> Case:
    """SQL Server: brackets, properties, data sources, and instances, which are other servers."""
    name = _levels(n)
    full = f"{n.database}.{name}"
    odbc = f"DRIVER%3D%7BODBC+Driver+18%7D%3BSERVER%3Dtcp%3A{n.host}%2C1433%3BDATABASE%3D{n.database}"
    same = (
        ol(f"mssql://{n.host}:1433", f"[{n.database}].[{n.schema}].[{n.table}]"),
        ol(f"mssql://tcp:{n.host},1433", full),
        jdbc(f"sqlserver://{n.host};databaseName={n.database};encrypt=true", name),
        jdbc(f"sqlserver://;serverName={n.host};portNumber=1433;database={n.database}", name),
        jdbc(f"jtds:sqlserver://{n.host}:1433/{n.database};user=x", name),
        alchemy(f"mssql+pymssql://u:p@{n.host}/{n.database}", name),
        alchemy(f"mssql+pyodbc://u:p@{n.host}:1433/{n.database}?driver=x", name),
        alchemy(f"mssql+pyodbc:///?odbc_connect={odbc}", name),
        by_id(System.PURVIEW, f"mssql://{n.host}/{n.database}/{n.schema}/{n.table}", kind="azure_sql_table"),
        by_id(System.PURVIEW, f"mssql://{n.host}//[{n.database}]/{n.schema}//{n.table}", kind="azure_sql_table"),
    )
    other = (
        ol(f"mssql://{n.host}/inst", full),
        ol(f"mssql://{n.host}:1433/inst", full),
        ol(f"mssql://{n.host},1434", full),
        jdbc(f"sqlserver://{n.host};instanceName=inst;databaseName={n.database}", name),
        jdbc(f"sqlserver://{n.host};databaseName={n.database};socketFactoryConstructorArg=p:eu:i", name),
        alchemy(f"mssql+pyodbc://u:p@{n.host}", full),
    )
    return Case(same, other)


def oracle(n: Names) -> Case:
    """Oracle's connection strings; a service is no identifier, and has no case."""
    name = _levels(n)
    tns = f"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST={n.host})(PORT=1521))(CONNECT_DATA=(SERVICE_NAME={n.database})))"
    same = (
        ol(f"oracle://{n.host}", f'"{n.database}".{n.schema}."{n.table.upper()}"'),
        jdbc(f"oracle:thin:@//{n.host}:1521/{n.database}", name),
        jdbc(f"oracle:thin:@{n.host}:{n.database}", name),
        jdbc(f"oracle:thin:u/p@{n.host}:1521:{n.database}", name),
        jdbc(f"oracle:oci:@{tns}", name),
        alchemy(f"oracle+oracledb://u:p@{n.host}:1521/?service_name={n.database}", name),
        gcp(f"oracle:`{n.host}:1521`.{n.database}.{name}"),
    )
    other = (
        ol(f"oracle://{n.host}", f'{n.database}.{n.schema}."{n.table}"'),
        jdbc(f"oracle:thin:@{n.host}:1521:{n.schema}", name),
        jdbc(f"oracle:thin:@{n.host}?TNS_ADMIN=/etc", f"{n.database}.{name}"),
        alchemy(f"oracle+oracledb://u:p@{n.host}", f"{n.database}.{name}"),
    )
    return Case(same, other)


def db2(n: Names) -> Case:
    """Db2's options stand behind a colon; its port has no default that all editions share."""
    name = _levels(n)
    same = (
        jdbc(f"db2://{n.host}/{n.database}:currentSchema={n.schema};", n.table),
        alchemy(f"ibm_db_sa://u:p@{n.host}/{n.database}", name),
        gcp(f"db2:`{n.host}`.{n.database}.{name}"),
    )
    purview = f"db2://servers/{n.host}:50000/databases/{n.database}/schemas/{n.schema}/tables/{n.table}"
    other = (jdbc(f"db2://{n.host}:50000/{n.database}", name), by_id(System.PURVIEW, purview, kind="db2_table"))
    return Case(same, other)


def hana(n: Names) -> Case:
    """SAP HANA reads unquoted names in upper case."""
    same = (
        jdbc(f"sap://{n.host}/?databaseName={n.database}&currentschema={n.schema}", n.table),
        alchemy(f"hana+hdbcli://u:p@{n.host}/{n.database}", _levels(n)),
    )
    return Case(same, (jdbc(f"sap://{n.host}:30015/?databaseName={n.database}", _levels(n)),))


def vertica(n: Names) -> Case:
    """Vertica's names have no case, quoted or not."""
    same = (
        jdbc(f"vertica://{n.host}:5433/{n.database}", _levels(n)),
        alchemy(f"vertica+vertica_python://u:p@{n.host}:5433/{n.database}", _levels(n).upper()),
    )
    return Case(same, ())


def crate(n: Names) -> Case:
    """CrateDB's port for SQLAlchemy is that of HTTP."""
    same = (jdbc(f"crate://{n.host}:5432/{n.database}", _levels(n)),)
    return Case(same, (alchemy(f"crate://{n.host}/{n.database}", _levels(n)),))


def mysql(n: Names) -> Case:
    """MySQL's drivers, and the database of a connection in front of a complete name (OpenLineage before 1.47)."""
    name = f"{n.schema}.{n.table}"
    same = (
        ol(f"mysql://{n.host}:3306", f"`{n.schema}`.`{n.table}`"),
        ol(f"mysql://{n.host}:3306", f"{n.database}.{name}"),
        jdbc(f"mysql://{n.host}/{n.schema}?useSSL=false", n.table),
        jdbc(f"mysql:loadbalance://{n.host}:3306/{n.database}", name),
        jdbc(f"mysql://address=(host={n.host})(port=3306)/{n.schema}", n.table),
        alchemy(f"mysql+pymysql://u:p@{n.host}/{n.schema}", n.table),
        by_id(System.AIRFLOW_ASSET, f"mariadb://{n.host}/{n.schema}/{n.table}"),
        by_id(System.PURVIEW, f"mysql://servers/{n.host}:3306/dbs/{n.schema}/tables/{n.table}", kind="mysql_table"),
        gcp(f"mysql:`{n.host}`.{name}"),
    )
    other = (
        ol(f"mariadb://{n.host}", name),
        alchemy(f"mysql+pymysql://u:p@/{n.schema}?unix_socket=/cloudsql/{n.host}", n.table),
        by_id(System.AIRFLOW_ASSET, f"mysql://{n.host}/{n.schema}/x%2F{n.table}"),
    )
    return Case(same, other, frozenset({"database"}))


def mariadb(n: Names) -> Case:
    """MariaDB, under its own scheme."""
    same = (
        jdbc(f"mariadb:sequential://{n.host}/{n.schema}", n.table),
        alchemy(f"mariadb+mariadbconnector://u:p@{n.host}/{n.schema}", n.table),
        ol(f"mariadb://{n.host}", f"{n.database}.{n.schema}.{n.table}"),
    )
    return Case(same, (), frozenset({"database"}))


def oceanbase(n: Names) -> Case:
    """OceanBase's URL may name a mode."""
    return Case((jdbc(f"oceanbase:hamode://{n.host}/{n.schema}", n.table),), ())


def clickhouse(n: Names) -> Case:
    """ClickHouse over HTTP; the native protocol has another port."""
    same = (
        jdbc(f"ch:http://{n.host}/{n.schema}", n.table),
        alchemy(f"clickhousedb://u:p@{n.host}/{n.schema}", n.table),
        alchemy(f"clickhouse+http://u:p@{n.host}:8123/{n.schema}", n.table),
    )
    return Case(same, (alchemy(f"clickhouse+native://u:p@{n.host}/{n.schema}", n.table),))


def teradata(n: Names) -> Case:
    """Teradata's port and database are options of its URL."""
    same = (
        jdbc(f"teradata://{n.host}/DBS_PORT=1025,DATABASE={n.schema}", n.table),
        alchemy(f"teradatasql://u:p@{n.host}/{n.schema}", n.table),
    )
    return Case(same, (jdbc(f"teradata://{n.host}/DBS_PORT=1026,DATABASE={n.schema}", n.table),))


def cassandra(n: Names) -> Case:
    """Cassandra's drivers part hosts by two dashes."""
    same = (
        jdbc(f"cassandra://{n.host}:9042/{n.schema}", n.table),
        gcp(f"cassandra:`{n.host}:9042`.{n.schema}.{n.table}"),
    )
    return Case(same, (jdbc(f"cassandra://{n.host}--b.{n.host}:9042/{n.schema}", n.table),))


def mongodb(n: Names) -> Case:
    """A collection may hold dots."""
    other = (
        ol(f"mongodb+srv://{n.host}", f"{n.schema}.{n.table}"),
        ol(f"mongodb://{n.host},b.{n.host}", f"{n.schema}.{n.table}"),
        ol(f"mongodb://{n.host}", f"{n.schema}.{n.table}.archive"),
    )
    return Case((by_id(System.URI, f"mongodb://{n.host}/{n.schema}.{n.table}"),), other)


def mongodb_srv(n: Names) -> Case:
    """The name of a list of hosts is none of the hosts."""
    name = f"{n.schema}.{n.table}"
    same = tuple(ol(f"mongodb+srv://{host}", name) for host in (n.host, f"u:p@{n.host.upper()}/?w=majority"))
    other = (
        ol(f"mongodb://{n.host}", name),
        ol(f"mongodb+srv://x{n.host}", name),
        ol(f"mongodb+srv://{n.host}", n.table),
    )
    return Case((*same, by_id(System.URI, f"mongodb+srv://{n.host}/{name}")), other)

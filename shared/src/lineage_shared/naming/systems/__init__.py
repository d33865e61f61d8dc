"""One parser per naming system: a reference in that system's form to OpenLineage's terms, or to a key of its own.

A parser never raises and looks nothing up but declarations. What cannot be read is `Unidentifiable`; a name of a
catalog that leaves out the server is a key of that catalog, until a binding says what its scope stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineage_shared.naming.declared.declarations import Declarations
from lineage_shared.naming.keys import Key, Unidentifiable
from lineage_shared.naming.placing import Spelling
from lineage_shared.naming.reference import Reference, System
from lineage_shared.naming.systems import (
    amundsen,
    atlas,
    datahub,
    dbt,
    gcp,
    jdbc,
    openlineage,
    openmetadata,
    purview,
    spline,
    sqlalchemy,
    uri,
)

Parser = Callable[[Reference, str | None, Declarations], Spelling | Key | Unidentifiable]

PARSERS: Mapping[System, Parser] = {
    System.OPENLINEAGE: openlineage.parse,
    System.JDBC: jdbc.parse,
    System.SQLALCHEMY: sqlalchemy.parse,
    System.URI: uri.parse,
    System.AIRFLOW_ASSET: uri.parse_asset,
    System.DBT: dbt.parse,
    System.DATAHUB: datahub.parse,
    System.OPENMETADATA: openmetadata.parse,
    System.ATLAS: atlas.parse,
    System.PURVIEW: purview.parse,
    System.AMUNDSEN: amundsen.parse,
    System.SPLINE: spline.parse,
    System.GCP: gcp.parse,
}

__all__ = ["PARSERS", "Parser"]

"""Google's fully qualified names: ``mysql:`host:3306`.shop.orders``, a system and its segments with dots between them.

A segment that holds a dot, a colon or a space stands in backticks. Google publishes what each form is in OpenLineage's
terms (Knowledge Catalog, "OpenLineage mapping"); the table has the forms for which it does, and those of its own
services that hold the whole OpenLineage name. A name with other than the published number of segments is not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from lineage_shared.naming import parts as dotted
from lineage_shared.naming.parts import Part
from lineage_shared.naming.placing import Spelling

# The service has no namespace in OpenLineage but its own name, and the full name behind it.
_METASTORE = "dataproc_metastore:"
_FORM = re.compile(r"(?P<system>[a-z][a-z0-9_\-]*(?::(?:table|topic|subscription))?):(?P<segments>[^/].*)", re.DOTALL)


class _Form(NamedTuple):
    """How many segments, and the templates of namespace and name; a name of several is one of levels."""

    segments: int
    namespace: str
    name: tuple[str, ...]


_FORMS: Mapping[str, _Form] = {
    "athena": _Form(4, "awsathena://athena.{1}.amazonaws.com", ("{0}", "{2}", "{3}")),
    "aws_glue:table": _Form(4, "arn:aws:glue:{0}:{1}", ("{2}", "{3}")),
    "bigquery": _Form(3, "bigquery", ("{0}", "{1}", "{2}")),
    "cassandra": _Form(3, "cassandra://{0}", ("{1}", "{2}")),
    "cosmos-db": _Form(3, "azurecosmos://{0}/dbs/{1}", ("colls/{2}",)),
    "db2": _Form(4, "db2://{0}", ("{1}", "{2}", "{3}")),
    "kusto": _Form(4, "azurekusto://{0}.{1}.kusto.windows.net", ("{2}/{3}",)),
    "mysql": _Form(3, "mysql://{0}", ("{1}", "{2}")),
    "oracle": _Form(4, "oracle://{0}", ("{1}", "{2}", "{3}")),
    "postgresql": _Form(4, "postgres://{0}", ("{1}", "{2}", "{3}")),
    "redshift": _Form(6, "redshift://{0}.{1}:{2}", ("{3}", "{4}", "{5}")),
    "snowflake": _Form(4, "snowflake://{0}", ("{1}", "{2}", "{3}")),
    "spanner": _Form(5, "spanner://{0}:{2}", ("{3}", "{4}")),
    "trino": _Form(4, "trino://{0}", ("{1}", "{2}", "{3}")),
    "abs": _Form(3, "abfss://{1}@{0}.dfs.core.windows.net", ("{2}",)),
    "dbfs": _Form(2, "dbfs://{0}", ("{1}",)),
    "gcs": _Form(2, "gs://{0}", ("{1}",)),
    "hdfs": _Form(2, "hdfs://{0}", ("{1}",)),
    "kafka": _Form(2, "kafka://{0}", ("{1}",)),
    "pubsub:subscription": _Form(2, "pubsub", ("subscription:{0}:{1}",)),
    "pubsub:topic": _Form(2, "pubsub", ("topic:{0}:{1}",)),
    "s3": _Form(2, "s3://{0}", ("{1}",)),
}


def read_qualified(text: str, column: str | None) -> Spelling | None:
    """Read a fully qualified name whose form is published; None for any other text."""
    if text.startswith(_METASTORE):
        return Spelling(_METASTORE.removesuffix(":"), text, column=column, rules=("qualified-name",))
    match = _FORM.fullmatch(text)
    form = _FORMS.get(match["system"]) if match else None
    if match is None or form is None:
        return None
    written = dotted.split(match["segments"], "`")
    if len(written) != form.segments or any(":" in part.text and not part.quoted for part in written):
        return None
    found = [part.text for part in written]
    name = tuple(Part(template.format(*found)) for template in form.name)
    return Spelling(form.namespace.format(*found), parts=name, column=column, rules=("qualified-name",))

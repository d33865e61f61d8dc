"""Families of column types: what platforms call differently, and hold to be much the same.

A suggestion compares columns of two platforms, where exact types never agree: `bigint` of one is `NUMBER(38,0)` of the
other. Exact numbers are one family, whatever their width, because warehouses keep one number for all of them.
"""

from __future__ import annotations

import re

from lineage_gateway.identity.likeness.candidates import Column

COLUMN_CHARS_MAX = 256
"""Characters of a column's name that are compared."""

_FAMILIES = {
    "number": "int integer bigint smallint tinyint mediumint byteint long short byte serial bigserial smallserial"
    " decimal dec numeric number bignumeric bigdecimal fixed money smallmoney unsigned",
    "float": "float double real float32 float64 float4 float8 half binary_float binary_double",
    "text": "string text varchar char character nvarchar nchar varchar2 nvarchar2 bpchar clob nclob longtext mediumtext"
    " tinytext ntext citext enum fixedstring lowcardinality utf8 str name",
    "boolean": "bool boolean bit logical",
    "timestamp": "timestamp timestamptz timestamp_ntz timestamp_ltz timestamp_tz datetime datetime2 datetimeoffset"
    " smalldatetime datetime64 instant",
    "date": "date date32",
    "time": "time timetz",
    "binary": "binary varbinary bytes bytea blob longblob mediumblob tinyblob raw image",
    "json": "json jsonb variant object super",
    "uuid": "uuid uniqueidentifier guid",
    "list": "array list repeated set multiset",
    "map": "map hstore",
    "struct": "struct record row tuple nested",
}
_FAMILY = {word: family for family, words in _FAMILIES.items() for word in words.split()}
_WORD = re.compile(r"[a-z][a-z_]*[0-9]*")
_WIDTH = re.compile(r"u?(int)[0-9]+")
_WRAPPERS = frozenset({"nullable", "lowcardinality"})


def family(written: str) -> str:
    """Return the family of a type as a producer wrote it; empty for one that is unknown."""
    for word in _WORD.findall(written.casefold()):
        if word in _WRAPPERS:
            continue
        known = "number" if _WIDTH.fullmatch(word) else _FAMILY.get(word) or _FAMILY.get(word.rstrip("0123456789"))
        return known or ""
    return ""


def column(name: str, written: str) -> Column:
    """Return a column as it is compared: case never tells two columns of different platforms apart."""
    return Column(name[:COLUMN_CHARS_MAX].casefold(), family(written))

"""Paths in object stores and file systems: from a file, a partition or a pattern to the folder that is the dataset.

Certain are: slashes at the ends, `key=value` folders at the end (Hive's partition layout), a Spark or MapReduce part
file, a pattern for the files of a folder, and the log folders that Delta and Hudi keep inside a table by protocol. Not
certain, and so untouched: date folders (two daily backups are two datasets) and where Iceberg keeps its metadata.
Never is a path cut down to the root of its bucket.
"""

from __future__ import annotations

import re

_DATA_FILE = r"(?:parquet|orc|avro|csv|tsv|json|jsonl|ndjson|txt|gz|gzip|bz2|zst|zstd|snappy|lz4|deflate)"
_PARTITION = re.compile(rf"(?!.*\.{_DATA_FILE}$)[^=/]+=[^=/]+")
_PART_FILE = re.compile(r"part-(?:[rm]-)?[0-9]{5,}(?:[-._].*)?", re.DOTALL)
_PATTERN = re.compile(rf"(?:part-)?\*{{1,2}}(?:\.{_DATA_FILE})*")
_TABLE_LOG = frozenset({"_delta_log", ".hoodie"})
_HINTS = ("=", "part-", "*", "_delta_log", ".hoodie")


def segments(path: str, *, collapse: bool, rules: list[str]) -> list[str]:
    """Return the segments of a path without the slashes at its ends."""
    bare = path.strip("/")
    if bare != path:
        rules.append("slashes")
    found = bare.split("/") if bare else []
    if collapse and "//" in bare:
        rules.append("doubled-slash")
        found = [segment for segment in found if segment]
    return found


def folder(path: list[str], rules: list[str]) -> list[str]:
    """Return the path of the dataset that the path lies in; at least one segment stays."""
    if len(path) < 2 or not any(hint in "/".join(path) for hint in _HINTS):  # noqa: PLR2004 -- a folder and its child
        return path
    while True:
        shorter = _without_partitions(_without_file(_without_log(path, rules), rules), rules)
        if len(shorter) == len(path):
            return path
        path = shorter
        while len(path) > 1 and not path[-1]:
            path = path[:-1]


def _without_log(path: list[str], rules: list[str]) -> list[str]:
    for position in range(1, len(path)):
        if path[position] in _TABLE_LOG:
            rules.append("table-log")
            return path[:position]
    return path


def _without_file(path: list[str], rules: list[str]) -> list[str]:
    if len(path) > 1 and _PART_FILE.fullmatch(path[-1]):
        rules.append("part-file")
        return path[:-1]
    if len(path) > 1 and _PATTERN.fullmatch(path[-1]) and ("*" not in path[-2] or _PARTITION.fullmatch(path[-2])):
        # A pattern in front of it would be for many folders, which are many datasets.
        rules.append("file-pattern")
        return path[:-1]
    return path


def _without_partitions(path: list[str], rules: list[str]) -> list[str]:
    end = len(path)
    while end and _PARTITION.fullmatch(path[end - 1]):
        end -= 1
    if end == 0 or end == len(path):
        return path
    rules.append("partition")
    return path[:end]

"""Picking values out of JSON of any shape: what is not of the wanted type reads as if it were missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lineage_shared.model import DatasetRef, JobRef

_NOTHING: Mapping[str, Any] = {}


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give the objects of a JSON array, leaving out whatever else it holds."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def text(value: Any, key: str) -> str:
    """Return the string under `key` of an object, or an empty one."""
    found = mapping(value).get(key)
    return found if isinstance(found, str) else ""


def flag(value: Any, key: str) -> bool | None:
    """Return the boolean under `key` of an object, or None."""
    found = mapping(value).get(key)
    return found if isinstance(found, bool) else None


def count(value: Any, key: str) -> str:
    """Return the whole number under `key` as text, since counts exceed what JSON numbers carry; '' when there is none.

    Producers also send digits in a string, and floats without a fraction.
    """
    found = mapping(value).get(key)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) and found.isascii() and found.isdigit() else ""


def dataset_ref(value: Any) -> DatasetRef | None:
    """Return the dataset that an object names, by the same rule as `event.read_event`, or None."""
    pair = _reference(value)
    return DatasetRef(*pair) if pair else None


def job_ref(value: Any) -> JobRef | None:
    """Return the job that an object names, or None."""
    pair = _reference(value)
    return JobRef(*pair) if pair else None


def _reference(value: Any) -> tuple[str, str] | None:
    found = mapping(value)
    namespace, name = found.get("namespace"), found.get("name")
    return (namespace, name) if isinstance(namespace, str) and isinstance(name, str) and name else None

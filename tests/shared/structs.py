"""Hypothesis strategies made from the types of message fields, so that a new message or field is tested at once."""

from __future__ import annotations

import types
import typing
from enum import Enum
from typing import Any

import msgspec
from hypothesis import strategies as st

from lineage_shared.model import NUMBER_MAX, TIME_US_MAX, NodeRecord, Number, TimeUs
from tests.strategies import json_values

BASIC: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=12),
    bool: st.booleans(),
    type(None): st.none(),
    Any: json_values,
    Number: st.integers(0, NUMBER_MAX),
    TimeUs: st.integers(-TIME_US_MAX, TIME_US_MAX),
}


def of_type(wanted: Any) -> st.SearchStrategy[Any]:
    """Values of any type that messages use."""
    if wanted in BASIC:
        return BASIC[wanted]
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(of_type, arguments))
    if origin is dict:
        return st.dictionaries(of_type(arguments[0]), of_type(arguments[1]), max_size=3)
    if origin is list or (origin is tuple and arguments[-1] is Ellipsis):
        lists = st.lists(of_type(arguments[0]), max_size=3)
        return lists if origin is list else lists.map(tuple)
    if origin is tuple:
        return st.tuples(*map(of_type, arguments))
    return st.sampled_from(wanted) if issubclass(wanted, Enum) else of_struct(wanted)


def of_struct(wanted: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Instances of a struct with every field filled."""
    hints = typing.get_type_hints(wanted, include_extras=True)
    built: st.SearchStrategy[Any] = st.builds(
        wanted, **{name: of_type(hints[name]) for name in wanted.__struct_fields__}
    )
    return built.map(_with_times) if wanted is NodeRecord else built


def _with_times(record: NodeRecord) -> NodeRecord:
    """Make the times of a record run parallel to its edges."""

    def fit(times: tuple[int, ...], numbers: tuple[int, ...]) -> tuple[int, ...]:
        return (times + (0,) * len(numbers))[: len(numbers)]

    volatile = msgspec.structs.replace(
        record.volatile,
        inputs_last_seen_us=fit(record.volatile.inputs_last_seen_us, record.inputs),
        outputs_last_seen_us=fit(record.volatile.outputs_last_seen_us, record.outputs),
    )
    return msgspec.structs.replace(
        record,
        inputs_first_seen_us=fit(record.inputs_first_seen_us, record.inputs),
        outputs_first_seen_us=fit(record.outputs_first_seen_us, record.outputs),
        volatile=volatile,
    )

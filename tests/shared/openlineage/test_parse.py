"""Bytes to JSON: everything unreadable becomes one kind of error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.errors import InvalidInput
from lineage_shared.openlineage import NESTING_MAX, canonical_json, parse
from tests.strategies import json_values

UNREADABLE = {
    "nothing": b"",
    "white space": b" \n",
    "half an object": b'{"a": 1',
    "two documents": b"{} {}",
    "a bare word": b"event",
    "single quotes": b"{'a': 1}",
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number beyond floats": b'{"a": 1e400}',
    "a number of 5,000 digits": b"1" * 5_000,
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "the other half": b'{"a": "\\udc00"}',
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a raw control character": b'{"a": "\x00"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_is_refused(body: bytes) -> None:
    """What is not JSON is refused with 400, a code and a hint."""
    with pytest.raises(InvalidInput) as caught:
        parse(body)
    assert (caught.value.code, caught.value.status) == ("JSON_INVALID", 400)
    assert caught.value.hint


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
@pytest.mark.parametrize("levels", [NESTING_MAX + 2, 1_000, 5_000, 100_000])
def test_deep_nesting_is_refused(opening: bytes, closing: bytes, levels: int) -> None:
    """A document that nests too deep is refused, whether or not a decoder could have read it."""
    with pytest.raises(InvalidInput) as caught:
        parse(opening * levels + b"1" + closing * levels)
    assert caught.value.code == "JSON_TOO_DEEP"


@pytest.mark.parametrize("levels", [100_000, 5_000])
def test_unclosed_deep_nesting_is_refused(levels: int) -> None:
    """Nesting that never ends is refused as well."""
    with pytest.raises(InvalidInput):
        parse(b"[" * levels)


def test_nesting_limit_is_exact() -> None:
    """As many levels as allowed pass, and encode again; one more does not."""
    deepest = b"[" * NESTING_MAX + b"]" * NESTING_MAX
    assert canonical_json(parse(deepest)) == deepest
    with pytest.raises(InvalidInput, match=str(NESTING_MAX)):
        parse(b"[" + deepest + b"]")


def _levels(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_levels, inner), default=0)


@given(json_values | st.lists(st.text('[]{}"\\/nu', max_size=6)), st.integers(NESTING_MAX - 6, NESTING_MAX))
def test_nesting_is_counted_right(value: object, around: int) -> None:
    """The limit is on levels of objects and arrays, whatever brackets, quotes and backslashes stand in strings."""
    body = b'["[\\"{\\\\",' * around + json.dumps(value).encode() + b"]" * around
    if around + _levels(value) <= NESTING_MAX:
        assert _levels(parse(body)) == around + _levels(value)
    else:
        with pytest.raises(InvalidInput, match="nests deeper"):
            parse(body)


def test_many_brackets_are_not_depth() -> None:
    """A wide document passes, and brackets inside strings do not count."""
    assert len(parse(b"[" + b"[[]]," * 10_000 + b"{}]")) == 10_001
    assert parse(json.dumps("[" * 10_000).encode()) == "[" * 10_000


@given(json_values)
def test_reads_what_others_write(value: object) -> None:
    """Any JSON value of another encoder is read as it was meant."""
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False, indent=2).encode()) == value


@given(st.binary(max_size=40) | st.text(alphabet='[]{}",:0123456789eE+-.\\u dnaflstru', max_size=40).map(str.encode))
def test_no_other_error(body: bytes) -> None:
    """Whatever the bytes: a value that can be encoded again, or an `InvalidInput`."""
    try:
        value = parse(body)
    except InvalidInput:
        return
    assert parse(canonical_json(value)) == value


def test_numbers_keep_their_digits() -> None:
    """Whole numbers beyond 64 bits stay exact."""
    assert parse(b"123456789012345678901234567890") == 123456789012345678901234567890

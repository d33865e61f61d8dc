"""The messages of the mesh protocol: round trips, positions, and what is no message."""

import inspect
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_shared import wire
from lineage_shared.errors import InvalidInput, ProtocolViolation
from lineage_shared.model import NodeRecord
from lineage_shared.wire import JSON, MSGPACK, FacetsDetail, Position
from tests.shared.structs import of_struct

MESSAGES = [
    each for name in wire.__all__ if inspect.isclass(each := getattr(wire, name)) and issubclass(each, msgspec.Struct)
] + [NodeRecord]


@pytest.mark.parametrize("media_type", [MSGPACK, JSON])
@pytest.mark.parametrize("message_type", MESSAGES, ids=lambda each: each.__name__)
@given(data=st.data())
@settings(max_examples=20)
def test_round_trip(message_type: type[msgspec.Struct], media_type: str, data: st.DataObject) -> None:
    """Every message comes back as it was sent, in both encodings."""
    message = data.draw(of_struct(message_type))
    assert wire.decode(wire.encode(message, media_type), message_type, media_type) == message


@pytest.mark.parametrize("media_type", [MSGPACK, JSON])
def test_unknown_fields_are_ignored(media_type: str) -> None:
    """A newer peer may add fields."""
    body = wire.encode({"domain": "d", "version": "1", "position": "a.1.b", "of_tomorrow": [1]}, media_type)
    assert wire.decode(body, wire.About, media_type) == wire.About(domain="d", version="1", position="a.1.b")


GARBAGE = [b"", b"\xc1", b"{", b"null", b"[]", b'{"position": 7}', b"\xff" * 8, b"[" * 100_000, b"\x91" * 100_000]


@pytest.mark.parametrize("media_type", [MSGPACK, JSON])
@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:8]))
def test_garbage_is_a_violation(body: bytes, media_type: str) -> None:
    """What is not the message expected is a `ProtocolViolation` that names it."""
    with pytest.raises(ProtocolViolation, match="not a Commit"):
        wire.decode(body, wire.Commit, media_type)


@given(st.binary(max_size=60), st.sampled_from([MSGPACK, JSON]), st.sampled_from(MESSAGES))
def test_no_other_error(body: bytes, media_type: str, message_type: type[msgspec.Struct]) -> None:
    """Whatever the bytes: a message, or a `ProtocolViolation`."""
    try:
        assert isinstance(wire.decode(body, message_type, media_type), message_type)
    except ProtocolViolation as violation:
        assert violation.status == 502  # noqa: PT017 - either outcome is fine, another exception is not


ODD_RECORDS = [
    {"number": -1},
    {"number": 2**53},
    {"number": 1, "inputs": [2], "inputs_first_seen_us": [1, 2]},
    {"number": 1, "inputs": [2, 3], "volatile": {"inputs_last_seen_us": [1]}},
    {"number": 1, "outputs": [2**60]},
    {"number": 1, "steps": [{"inputs": [-2], "outputs": []}]},
    {"number": 1, "volatile": {"updated_us": 2**63}},
]


@pytest.mark.parametrize("media_type", [MSGPACK, JSON])
@pytest.mark.parametrize("odd", ODD_RECORDS, ids=str)
def test_records_out_of_bounds_are_a_violation(odd: dict[str, Any], media_type: str) -> None:
    """Numbers and times have bounds, and times run parallel to their edges, so that no reader has to look again."""
    record = {"kind": "job", "namespace": "ns", "name": "n", **odd}
    body = wire.encode({"position": "a.1.b", "nodes": [record]}, media_type)
    with pytest.raises(ProtocolViolation):
        wire.decode(body, wire.Commit, media_type)


@pytest.mark.parametrize(("value", "packed"), [(2**70, str(2**70)), (-(2**70), str(-(2**70))), (2**64 - 1, 2**64 - 1)])
def test_big_numbers(value: int, packed: int | str) -> None:
    """Whole numbers of facets beyond 64 bits stay exact: as text in msgpack, as they are in JSON."""
    detail = FacetsDetail(facets={"x": {"deep": [value, True, 1.5]}})
    assert wire.decode(wire.encode(detail, JSON), FacetsDetail, JSON) == detail
    read: Any = wire.decode(wire.encode(detail), FacetsDetail)
    assert read.facets == {"x": {"deep": [packed, True, 1.5]}}


def test_frame() -> None:
    """A frame is the length in 4 bytes, big endian, and the message."""
    assert wire.frame(b"abc") == b"\x00\x00\x00\x03abc"


@given(st.integers(0, 10**18 - 1), st.from_regex(r"\A[0-9a-f]{1,64}\Z"), st.from_regex(r"\A[0-9a-f]{1,64}\Z"))
def test_position_round_trip(sequence: int, epoch: str, nonce: str) -> None:
    """A position survives its text form."""
    position = Position(epoch, sequence, nonce)
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize(
    "text", ["", "a", "a.1", "a.-1.b", "a.1.b\n", "A.1.b", "a.1.b.c", "a.\u0661.b", " a.1.b", "a.1.", f"a.{'1' * 19}.b"]
)
def test_no_position(text: str) -> None:
    """Any other text is refused with a code of its own."""
    with pytest.raises(InvalidInput) as caught:
        Position.parse(text)
    assert caught.value.code == "POSITION_INVALID"


@given(st.text(max_size=30))
def test_any_text_as_position(text: str) -> None:
    """Any text is a position or an `InvalidInput`."""
    try:
        assert str(Position.parse(text)).count(".") == 2
    except InvalidInput as error:
        assert error.status == 400  # noqa: PT017 - either outcome is fine, another exception is not

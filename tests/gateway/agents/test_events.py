"""Server-sent events are read alike, however the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.agents.events import EventParser, ServerEvent
from lineage_shared.errors import ProtocolViolation

STREAM = (
    b'\xef\xbb\xbf: hello\nretry: 10\n\nid: e.1.a\nevent: commit\ndata: {"a":\ndata: 1}\n\n'
    b"event: heartbeat\r\n\r\ndata:no space\r\rid\ndata: \xc3\xa9\n\n\n\nevent: cut off"
)
EVENTS = [
    ServerEvent("commit", b'{"a":\n1}', "e.1.a"),
    ServerEvent("heartbeat", b"", "e.1.a"),
    ServerEvent("message", b"no space", "e.1.a"),
    ServerEvent("message", b"\xc3\xa9", ""),
]


def read(chunks: list[bytes]) -> list[ServerEvent]:
    """Feed chunks to a fresh parser."""
    parser = EventParser(event_bytes_max=1000)
    return [event for chunk in chunks for event in parser.feed(chunk)]


def cuts(data: bytes, places: list[int]) -> list[bytes]:
    """Cut data at these places."""
    bounds = [0, *sorted(places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_chunk_boundaries_do_not_matter(places: list[int]) -> None:
    """Every way of cutting one stream gives the same events."""
    assert read(cuts(STREAM, places)) == EVENTS


def test_single_bytes_are_enough() -> None:
    """A stream that arrives byte by byte gives the same events."""
    assert read([bytes([byte]) for byte in STREAM]) == EVENTS


LINE = st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"]), max_size=20)


@given(
    st.lists(st.tuples(LINE.filter(bool), st.lists(LINE, min_size=1, max_size=3), LINE), max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.data(),
)
def test_written_events_are_read_back(events: list[tuple[str, list[str], str]], end: str, data: st.DataObject) -> None:
    """What a server writes with any of the three line ends is what the parser reads."""
    text = "".join(
        f"event: {name}{end}id: {id_}{end}" + "".join(f"data: {line}{end}" for line in lines) + end
        for name, lines, id_ in events
    ).encode()
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=10))
    expected = [ServerEvent(name, "\n".join(lines).encode(), id_) for name, lines, id_ in events]
    assert read(cuts(text, places)) == expected


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    """Arbitrary bytes give events or nothing, never an exception."""
    read(chunks)


@pytest.mark.parametrize("piece", [b"x" * 100, b"data: y\n", b": comment without end"])
def test_an_endless_event_is_refused(piece: bytes) -> None:
    """An event, or a line, beyond the limit is refused before it is collected."""
    parser = EventParser(event_bytes_max=1000)

    def feed_on() -> None:
        for _ in range(1000):
            parser.feed(piece)

    with pytest.raises(ProtocolViolation, match="1000 bytes"):
        feed_on()


def test_the_id_stays_until_another_comes() -> None:
    """An id holds for later events too, and one with a NUL is ignored."""
    events = read([b"id: a\ndata: 1\n\ndata: 2\n\nid: b\0c\ndata: 3\n\nid: d\ndata: 4\n\n"])
    assert [event.id for event in events] == ["a", "a", "a", "d"]

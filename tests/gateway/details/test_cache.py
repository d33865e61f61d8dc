"""The cache of details: exact, and bounded in entries and bytes."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.details.cache import DetailCache
from lineage_gateway.details.keys import DetailKey
from lineage_shared.model import Part
from lineage_shared.wire import FacetsDetail


def key(number: int) -> DetailKey:
    """The key of a node's facets."""
    return DetailKey("shop", "e1", number, Part.FACETS, 1)


def detail(size: int) -> FacetsDetail:
    """Facets of about so many bytes."""
    return FacetsDetail(description="x" * size)


def test_the_least_recently_used_entry_goes_first() -> None:
    """Reading an entry keeps it."""
    cache = DetailCache(entries_max=2, bytes_max=10_000)
    cache.put(key(1), detail(1))
    cache.put(key(2), detail(2))
    assert cache.get(key(1)) == detail(1)
    cache.put(key(3), detail(3))
    assert [cache.get(key(number)) is not None for number in (1, 2, 3)] == [True, False, True]


def test_one_detail_larger_than_the_bound_is_not_held() -> None:
    """It would only drive everything else out."""
    cache = DetailCache(entries_max=10, bytes_max=100)
    cache.put(key(1), detail(20))
    cache.put(key(2), detail(200))
    assert (len(cache), cache.get(key(2))) == (1, None)


def test_a_cache_of_no_entries_holds_nothing() -> None:
    """0 turns it off."""
    cache = DetailCache(entries_max=0, bytes_max=1000)
    cache.put(key(1), detail(1))
    assert (len(cache), cache.size_bytes) == (0, 0)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 90)), max_size=40))
def test_bounds_and_contents_hold(puts: list[tuple[int, int]]) -> None:
    """Whatever is put: the bounds hold, the size is that of what is held, and the newest of a key is what is read."""
    cache = DetailCache(entries_max=3, bytes_max=150)
    newest: dict[int, FacetsDetail] = {}
    for number, size in puts:
        newest[number] = detail(size)
        cache.put(key(number), newest[number])
        held = {each: found for each in newest if (found := cache.get(key(each))) is not None}
        assert all(found == newest[each] for each, found in held.items())
        assert len(cache) == len(held) <= 3
        assert cache.size_bytes == sum(len(msgspec.msgpack.encode(found)) for found in held.values()) <= 150

"""A change of rules or declarations reports what it merges and what it splits."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.naming import Declarations, Key, Reference, canonical, read_declaration
from lineage_shared.naming.shadow import Changes, compared

ONE, OTHER, THIRD = (Reference(namespace=f"s3://{each}", name="orders") for each in "abc")
ALIAS = read_declaration({"type": "namespace_alias", "canonical": "s3://a", "aliases": ["s3://b"]})


def reading(declarations: Declarations) -> Callable[[Reference], str | None]:
    """The keys under some declarations."""

    def read(reference: Reference) -> str | None:
        key = canonical(reference, None, declarations)
        return key.text if isinstance(key, Key) else None

    return read


def test_what_merges_one_way_splits_the_other() -> None:
    """Groups are named whole; what is not concerned is not named."""
    bare, declared = reading(Declarations()), reading(Declarations([ALIAS]))
    assert compared([THIRD, OTHER, ONE], bare, declared) == Changes(merges=((ONE, OTHER),))
    assert compared([THIRD, OTHER, ONE], declared, bare) == Changes(splits=((ONE, OTHER),))
    assert compared([ONE, OTHER], bare, lambda _: None) == Changes()


@given(
    keys=st.dictionaries(st.sampled_from([ONE, OTHER, THIRD]), st.tuples(st.sampled_from("xy"), st.sampled_from("xy")))
)
def test_a_change_undone_swaps_merges_and_splits(keys: dict[Reference, tuple[str, str]]) -> None:
    """Equal readings change nothing; the way back is the mirror image."""
    there = compared(keys, lambda each: keys[each][0], lambda each: keys[each][1])
    back = compared(keys, lambda each: keys[each][1], lambda each: keys[each][0])
    assert (there.merges, there.splits) == (back.splits, back.merges)
    assert compared(keys, lambda each: keys[each][0], lambda each: keys[each][0]) == Changes()

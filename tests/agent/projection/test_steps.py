"""Merging voices into steps, as values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage_agent.projection import Voice, merged_steps
from lineage_shared.model import Origin, Step

numbers = st.frozensets(st.integers(1, 6), max_size=4)
voices = st.lists(
    st.builds(
        Voice, numbers, numbers, st.dictionaries(st.integers(1, 6), numbers, max_size=2), st.tuples(numbers, numbers)
    ),
    max_size=4,
)


def pairs(voice: Voice) -> set[tuple[int, int]]:
    """The (input, output) pairs of one voice, worked out one by one."""
    listed = {(one, out) for out in voice.outputs for one in voice.explicit.get(out, voice.inputs)}
    named = {(one, out) for out in voice.named[1] for one in voice.explicit.get(out, ())}
    return listed | named


@given(voices)
def test_steps_hold_exactly_the_pairs_of_all_voices(given_voices: list[Voice]) -> None:
    """No pair is lost or invented; every input and every output stands in some step; no output stands in two."""
    steps = merged_steps(given_voices)
    assert {(one, out) for step in steps for one in step.inputs for out in step.outputs} == set().union(
        *map(pairs, given_voices)
    )
    outputs = [out for step in steps for out in step.outputs]
    assert sorted(outputs) == sorted({out for voice in given_voices for out in voice.outputs | voice.named[1]})
    read = {
        one
        for voice in given_voices
        for side in (voice.inputs, voice.named[0], *voice.explicit.values())
        for one in side
    }
    assert {one for step in steps for one in step.inputs} == read
    assert len({step.inputs for step in steps if step.outputs}) == len([step for step in steps if step.outputs])


@given(voices)
def test_the_order_of_voices_does_not_matter(given_voices: list[Voice]) -> None:
    """Steps are a function of the set of voices."""
    assert merged_steps(given_voices) == merged_steps(given_voices[::-1] + given_voices)


@given(voices, numbers)
def test_what_is_gone_is_in_no_step(given_voices: list[Voice], gone: frozenset[int]) -> None:
    """A voice without some datasets gives steps without them."""
    steps = merged_steps(voice.without(gone) for voice in given_voices if not voice.explicit.keys() - voice.outputs)
    assert not gone.intersection(*[(*step.inputs, *step.outputs) for step in steps] or [()])


def test_origins_are_kept_apart() -> None:
    """The same inputs and outputs by another origin are another step."""
    one = Voice(frozenset({1}), frozenset({2}))
    other = Voice(frozenset({1}), frozenset({2}), origin=Origin.DESIGN)
    assert merged_steps([one, other]) == (Step((1,), (2,), Origin.DESIGN), Step((1,), (2,), Origin.RUN))

"""Rule 1 at any time, as values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineage_agent.projection import Contribution, Past, Source, Spell, State, Word, absences_of, speaking

A, B = (0, 1), (1, 2)


def run(number: int, ended: int, terminal: State | None = State.COMPLETE) -> Contribution:
    """A run."""
    return Contribution(number, Source.RUN, str(number), ended, ended, terminal)


terminals = st.sampled_from((None, State.COMPLETE, State.FAIL))
contributions = st.lists(st.tuples(st.integers(0, 5), terminals), max_size=6).map(
    lambda rows: [run(number, ended, terminal) for number, (ended, terminal) in enumerate(rows)]
)


@given(contributions, st.booleans(), st.integers(1, 3))
def test_who_speaks_does_not_depend_on_order(runs: list[Contribution], continuous: bool, window: int) -> None:
    """The choice is a function of the set, and is a part of it."""
    chosen = speaking(runs, continuous=continuous, window=window)
    assert chosen == speaking(runs[::-1], continuous=continuous, window=window)
    assert set(chosen) <= set(runs)
    assert bool(chosen) == bool(runs)
    if continuous:
        assert chosen == sorted(runs, key=lambda one: one.age)[-1:]
    completed = [one for one in chosen if one.terminal == State.COMPLETE]
    assert continuous or len(completed) == min(window, len([one for one in runs if one.terminal == State.COMPLETE]))


@given(contributions, st.integers(1, 3))
def test_the_past_ends_in_the_present(runs: list[Contribution], window: int) -> None:
    """Edges with an open interval are those of the contributions that speak now."""
    words = [Word(one, [Spell((0, one.id), one.ended_ns)]) for one in runs]
    past = Past(words, window=window)
    open_now = {edge for edge, spans in past.intervals().items() if spans[-1][1] is None}
    assert open_now == {(0, one.id) for one in speaking(runs, continuous=False, window=window)} == past.edges_at(10**6)


def test_silence_and_absence() -> None:
    """A node that does not exist says nothing; a dataset that does not exist has no edge, unless it is a rename's."""
    words = [Word(run(1, 1), [Spell(A, 1), Spell(B, 1, steadfast=True)])]
    past = Past(words, absences={1: [(3, 5)], 2: [(3, 5)]}, silences=[(7, None)])
    assert past.intervals() == {A: [(1, 3), (5, 7)], B: [(1, 7)]}


def test_absences_run_from_drop_to_production() -> None:
    """The last lasts where the dataset is gone, even if a production bears the same time."""
    assert absences_of([3, 1], {2, 5}, gone=False) == [(1, 2), (3, 5)]
    assert absences_of([3], {3}, gone=False) == [(3, 3)]
    assert absences_of([3], {3}, gone=True) == [(3, None)]
    assert absences_of([], {3}, gone=False) == []

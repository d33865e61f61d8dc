"""The rule of the statuses (ARCHITECTURE rule 14), over time and without any network."""

import math

from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.sync import Contact, DomainState, DomainStatus, StatusRules, state_of
from lineage_shared.wire import Position

RULES = StatusRules(live_within_s=25, unreachable_after_connects=3)
AT = Position("e", 4, "a")


def contact(**more: object) -> Contact:
    """A contact that began at second 0."""
    return Contact(started_at_s=0.0, **more)  # type: ignore[arg-type]


def state(of: Contact, now_s: float) -> DomainState:
    """The state of the domain `sales` at a second."""
    return state_of("sales", of, now_s, RULES)


def heard_at_0() -> Contact:
    """A contact that synced at second 0."""
    made = contact(position=AT)
    made.heard(0.0, 1_000_000)
    return made


def test_nothing_yet_is_never_synced() -> None:
    """Before the first snapshot a domain is NEVER_SYNCED and says what it waits for, however often connecting fails."""
    made = contact()
    assert state(made, 1.0) == DomainState("sales", DomainStatus.NEVER_SYNCED, "connecting")
    made.lost(2.0, "cannot connect")
    made.failed_in_a_row = 99
    assert state(made, 3.0).status is DomainStatus.NEVER_SYNCED
    assert state(made, 3.0).message == "cannot connect"
    assert state(made, 3.0).not_live_s == math.inf


def test_live_ends_after_the_bound() -> None:
    """Connected and silent: LIVE up to 25 s after the last message, then STALE with a reason."""
    made = heard_at_0()
    assert (state(made, 25.0).status, state(made, 25.0).message, state(made, 25.0).not_live_s) == ("LIVE", "", 0.0)
    late = state(made, 26.0)
    assert (late.status, late.message, late.not_live_s) == ("STALE", "connected, but no message for 26 s", 1.0)
    assert (late.position, late.synced_at_us, late.staleness_s) == (AT, 1_000_000, 26.0)


def test_a_lost_stream_is_stale_then_unreachable() -> None:
    """From the loss on a domain is STALE; the third failed connect makes it UNREACHABLE; a message makes it LIVE."""
    made = heard_at_0()
    made.lost(5.0, "the connection broke off")
    assert (state(made, 6.0).status, state(made, 6.0).not_live_s) == ("STALE", 1.0)
    made.failed_in_a_row = 2
    assert state(made, 6.0).status == "STALE"
    made.failed_in_a_row = 3
    assert (state(made, 7.0).status, state(made, 7.0).message) == ("UNREACHABLE", "the connection broke off")
    made.heard(8.0, 9)
    assert (state(made, 8.0).status, made.failed_in_a_row) == ("LIVE", 0)


def test_later_losses_do_not_move_the_first() -> None:
    """Failing connects after a loss do not make the domain look fresher than it is."""
    made = heard_at_0()
    made.lost(5.0, "gone")
    made.lost(50.0, "still gone")
    assert state(made, 65.0).not_live_s == 60.0
    assert state(made, 65.0).message == "still gone"


@given(st.lists(st.tuples(st.sampled_from(["heard", "lost", "failed"]), st.floats(0, 30)), max_size=30))
def test_statuses_keep_to_the_rule(history: list[tuple[str, float]]) -> None:
    """Whatever happens: LIVE means connected and recent, and the time not LIVE is never more than the time silent."""
    made, now_s = heard_at_0(), 0.0
    for what, wait_s in history:
        now_s += wait_s
        if what == "heard":
            made.heard(now_s, 1)
        else:
            made.lost(now_s, "lost")
            made.failed_in_a_row += what == "failed"
        seen = state(made, now_s)
        assert seen.staleness_s is not None
        assert (seen.status == "LIVE") == (made.connected and seen.staleness_s <= 25)
        assert (seen.status == "UNREACHABLE") == (not made.connected and made.failed_in_a_row >= 3)
        assert 0 <= seen.not_live_s <= seen.staleness_s
        assert bool(seen.message) == (seen.status != "LIVE")

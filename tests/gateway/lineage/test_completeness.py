"""What an answer rests on, and when it is complete (ARCHITECTURE rule 14)."""

import math

import pytest

from lineage_gateway.lineage import never_synced, not_found, rests_on
from lineage_gateway.sync import DomainState, DomainStatus
from lineage_shared.wire import Position

LIVE = DomainState(
    "live", DomainStatus.LIVE, position=Position("e1", 7, "a7"), synced_at_us=5, staleness_s=0.5, not_live_s=0.0
)
STALE = DomainState("stale", DomainStatus.STALE, "reconnecting", not_live_s=10.0)
GONE = DomainState("gone", DomainStatus.UNREACHABLE, "cannot connect", not_live_s=100.0)
NEVER = DomainState("never", DomainStatus.NEVER_SYNCED, "connecting", not_live_s=math.inf)


def states(*each: DomainState) -> dict[str, DomainState]:
    """States by name."""
    return {state.name: state for state in each}


@pytest.mark.parametrize(
    ("known", "visited", "named", "complete"),
    [
        ((LIVE,), ["live"], ["live"], True),
        ((LIVE,), [], [], True),
        ((LIVE, STALE), ["live", "stale"], ["live", "stale"], True),
        ((LIVE, GONE), ["live"], ["live"], True),
        ((LIVE, GONE), ["live", "gone"], ["gone", "live"], False),
        ((LIVE, NEVER), ["live"], ["live", "never"], False),
        ((NEVER,), [], ["never"], False),
        ((LIVE,), ["live", "removed"], ["live"], True),
    ],
)
def test_an_answer_names_what_it_rests_on(
    known: tuple[DomainState, ...], visited: list[str], named: list[str], complete: bool
) -> None:
    """All domains visited, and all that nothing is known of; a domain gone too long, or never there, leaves a gap."""
    rests = rests_on(states(*known), visited, 60.0)
    assert ([each.domain for each in rests.domains], rests.complete) == (named, complete)


def test_a_domain_that_could_not_be_asked_leaves_a_gap() -> None:
    """Its failure is the message, even when it is LIVE."""
    rests = rests_on(states(LIVE), [], 60.0, {"live": "took too long"})
    assert (rests.complete, rests.domains[0].domain, rests.domains[0].message) == (False, "live", "took too long")


def test_a_domain_is_told_with_position_and_age() -> None:
    """Position as its opaque text; no message when nothing is wrong."""
    (answer,) = rests_on(states(LIVE), ["live"], 60.0).domains
    assert (answer.position, answer.synced_at_us, answer.staleness_s, answer.message) == ("e1.7.a7", 5, 0.5, None)


def test_not_found_says_when_it_only_may_be_unknown() -> None:
    """An empty answer never means that nobody could look."""
    assert never_synced(states(LIVE, NEVER)) == ["never"]
    assert "never" in not_found(states(LIVE, NEVER), "it").message
    assert not_found(states(LIVE), "it").message == "it is not known to this mesh"

"""Classes: a function of the set of claims, kept up to date claim by claim."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_shared.claims import ACTIVE, Claim, ClaimKind, Classes, Reason, Status, Trust, Verdict, assessed
from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, canonical

DECLARATIONS = Declarations()
NAMESPACES = ("hive://a", "hive://b", "s3://x", "s3://y", "gs://x", "postgres://h", "file", "trino://t:1")


def key(namespace: str, name: str, domain: str | None = None, kind: Kind = Kind.DATASET) -> Key:
    """Return the key of a reference that identifies something."""
    found = canonical(Reference(namespace=namespace, name=name, kind=kind), domain, DECLARATIONS)
    assert isinstance(found, Key)
    return found


def symlink(source: Key, target: Key) -> Claim:
    """Return a producer's claim."""
    return Claim(ClaimKind.SYMLINK, source, target, Trust.SYMLINK)


def alias(one: Key, other: Key, trust: Trust = Trust.GATEWAY) -> Claim:
    """Return a declared claim."""
    return Claim(ClaimKind.ALIAS, one, other, trust)


def apart(one: Key, other: Key) -> Claim:
    """Return a cannot-link."""
    return Claim(ClaimKind.DIFFERENT_FROM, one, other)


KEYS = st.builds(
    key, st.sampled_from(NAMESPACES), st.sampled_from(["p/a", "p/b", "c"]), st.sampled_from(["sales", "crm"])
)
CLAIMS = st.builds(
    Claim,
    st.sampled_from([ClaimKind.SYMLINK, ClaimKind.SYMLINK, ClaimKind.ALIAS, ClaimKind.ALIAS, ClaimKind.DIFFERENT_FROM]),
    KEYS,
    KEYS,
    st.sampled_from([Trust.GATEWAY, Trust.OWNER, Trust.SYMLINK]),
)


def state(classes: Classes, claims: Sequence[Claim]) -> object:
    """Return everything that can be asked."""
    texts = sorted({text for claim in claims for text in claim.pair})
    return (
        dict(classes.all),
        {claim.id: classes.verdict(claim) for claim in claims},
        classes.conflicts(),
        {text: list(classes.held_at([text])) for text in texts},
    )


@given(claims=st.lists(CLAIMS, max_size=14), data=st.data())
@settings(max_examples=400)
def test_incremental_equals_from_scratch(claims: list[Claim], data: st.DataObject) -> None:
    """After any sequence of claims and retractions the state is that of the claims that are left, made at once."""
    classes, left = Classes(), dict[object, Claim]()
    for claim in claims:
        classes.apply([claim])
        left[claim.id] = claim
        retracts: bool = data.draw(st.booleans())
        if retracts:
            gone: Claim = data.draw(st.sampled_from(list(left.values())))
            classes.apply((), [gone])
            del left[gone.id]
        assert state(classes, claims) == state(Classes(left.values()), claims)


@given(claims=st.lists(CLAIMS, max_size=20), data=st.data(), most=st.integers(1, 5))
@settings(max_examples=200)
def test_components_that_are_too_large_come_and_go_without_a_trace(
    claims: list[Claim], data: st.DataObject, most: int
) -> None:
    """With a limit of few keys as with the real one: united, cut and shrunk in any order; at last nothing is left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lineage_shared.claims.classes.COMPONENT_KEYS_MAX", most)
        classes, left = Classes(), dict[object, Claim]()
        for at in range(0, len(claims), 2):
            classes.apply(claims[at : at + 2])
            left.update((claim.id, claim) for claim in claims[at : at + 2])
            gone: list[Claim] = data.draw(st.lists(st.sampled_from(list(left.values())), max_size=3, unique=True))
            classes.apply((), gone)
            for claim in gone:
                del left[claim.id]
            assert state(classes, claims) == state(Classes(left.values()), claims)
        classes.apply((), left.values())
        assert state(classes, claims) == state(Classes(), claims)
        assert not classes._keys
        assert not classes._components.by_number
        assert not classes._overgrown


@given(claims=st.lists(CLAIMS, max_size=14))
@settings(max_examples=100)
def test_conflicts_are_told_when_they_come_and_go(claims: list[Claim]) -> None:
    """Whoever looks at the touched ones only knows all that are there."""
    classes, known = Classes(), set[tuple[str, str]]()
    for claim in [*claims, *claims]:
        if classes.verdict(claim) is None:
            classes.apply([claim])
        else:
            classes.apply((), [claim])
        for each in classes.touched_conflicts():
            (known.add if classes.conflict(each) is not None else known.discard)(each)
        assert sorted(known) == classes.conflict_ids
        assert not classes.has_touched_conflicts


@given(claims=st.lists(CLAIMS, max_size=14), seed=st.integers(0, 1_000))
@settings(max_examples=300)
def test_the_order_of_claims_does_not_matter(claims: list[Claim], seed: int) -> None:
    """Any permutation gives the same classes, verdicts and conflicts."""
    shuffled = list(claims)
    random.Random(seed).shuffle(shuffled)
    assert state(Classes(claims), claims) == state(Classes(shuffled), claims)


@given(claims=st.lists(CLAIMS, max_size=14))
@settings(max_examples=300)
def test_no_class_breaks_a_rule(claims: list[Claim]) -> None:
    """No class holds two keys that are told apart; without a gateway's word none shares a server or joins domains.

    What anybody but the gateway tells apart may be one by the gateway's word, and that is shown.
    """
    classes = Classes(claims)
    keys = {each.text: each for claim in claims for each in (claim.source, claim.target)}
    declared = any(claim.trust is Trust.GATEWAY for claim in claims)
    for claim in claims:
        if claim.kind is ClaimKind.DIFFERENT_FROM and claim.source != claim.target:
            joined = claim.target.text in classes.members(claim.source.text)
            assert not joined or (declared and claim.trust is not Trust.GATEWAY)
            assert classes.verdict(claim) == (
                Verdict(Status.REJECTED, Reason.OVERRULED, claim.source.text) if joined else ACTIVE
            )
    for members in set(classes.all.values()):
        if not declared:
            places = [
                (keys[m].platform, "" if keys[m].platform in ("s3", "gcs") else keys[m].authority) for m in members
            ]
            assert len(set(places)) == len(places)
            assert len({keys[member].domain for member in members} - {None}) <= 1


def test_a_late_claim_joins_and_its_retraction_parts() -> None:
    """A symlink merges two known keys at once, tells which ones changed, and leaves no trace when it is taken back."""
    table, path = key("hive://a", "db.t"), key("s3://x", "p/t")
    classes = Classes()
    assert classes.apply([symlink(path, table)]) == {table.text, path.text}
    assert classes.members(table.text) == classes.members(path.text) == (table.text, path.text)
    assert classes.apply((), [symlink(path, table)]) == {table.text, path.text}
    assert classes.members(table.text) == (table.text,)
    assert not classes.all
    assert not classes._keys


def test_a_target_of_two_sources_identifies_neither() -> None:
    """All symlinks to it are held back, the first included; they come back when one is left."""
    table, one, other = key("hive://a", "db.t"), key("s3://x", "p/one"), key("gs://x", "p/two")
    classes = Classes([symlink(one, table)])
    classes.apply([symlink(other, table)])
    assert not classes.all
    assert [(each.reason, each.claims) for each in classes.conflicts()] == [(Reason.FAN_IN, 2)]
    classes.apply((), [symlink(one, table)])
    assert classes.members(table.text) == (table.text, other.text)[:: 1 if table.text < other.text else -1]


def test_what_hangs_on_to_one_side_of_a_conflict_stays() -> None:
    """Only the claims between the keys in conflict are held back."""
    one, other, middle, end = key("hive://a", "x.a"), key("hive://a", "x.b"), key("s3://x", "m"), key("gs://x", "e")
    claims = [alias(one, middle, Trust.OWNER), alias(middle, other, Trust.OWNER), alias(end, other, Trust.OWNER)]
    classes = Classes(claims)
    assert set(classes.members(other.text)) == {other.text, end.text}
    assert classes.members(one.text) == (one.text,)
    assert [classes.verdict(claim).status for claim in claims[:2]] == [Status.QUARANTINED] * 2  # type: ignore[union-attr]


def test_a_cannot_link_beats_the_gateway_s_own_alias() -> None:
    """The alias is held back, and holds again when the cannot-link is retracted."""
    one, other, via = key("hive://a", "x.a"), key("trino://t:1", "x.a.b"), key("s3://x", "v")
    classes = Classes([alias(one, via), alias(via, other)])
    classes.apply([apart(one, other)])
    assert not classes.all
    assert classes.conflicts()[0].reason is Reason.DIFFERENT_FROM
    classes.apply((), [apart(one, other)])
    assert len(classes.members(one.text)) == 3


def test_the_gateway_may_join_what_no_symlink_may() -> None:
    """Two keys of one server, and local names of two domains, become one by the gateway's word only."""
    for one, other in (
        (key("hive://a", "x.a"), key("hive://a", "x.b")),
        (key("file", "/x", "sales"), key("file", "/x", "crm")),
        (key("s3://x", "a"), key("s3://y", "a")),
    ):
        assert not Classes([symlink(one, other)]).all
        assert not Classes([alias(one, other, Trust.OWNER)]).all
        assert Classes([alias(one, other)]).all


def test_what_is_no_pair_is_refused() -> None:
    """A job is no dataset, a session's catalog no table, and one key cannot differ from itself."""
    table, job = key("hive://a", "x.a"), key("prod", "dag.task", kind=Kind.JOB)
    session = key("kafka://k:1", "default_catalog.default_database.src")
    verdicts = {
        Reason.KINDS: alias(table, job),
        Reason.SESSION: symlink(key("kafka://k:1", "t"), session),
        Reason.ONE_KEY: apart(table, table),
    }
    for reason, claim in verdicts.items():
        found = Classes([claim]).verdict(claim)
        assert found is not None
        assert (found.status, found.reason) == (Status.REJECTED, reason)


@pytest.mark.parametrize("server", ["kafka://k:1", "postgres://h", "mysql://h", "snowflake://org-acct", "hive://h"])
def test_a_table_of_a_session_is_no_symlink_on_any_platform(server: str) -> None:
    """However many levels a server's names have, and whatever becomes of their case."""
    claim = symlink(key("s3://lake", "t"), key(server, "default_catalog.default_database.src"))
    found = Classes([claim]).verdict(claim)
    assert found is not None
    assert (found.status, found.reason) == (Status.REJECTED, Reason.SESSION)


def test_a_claim_about_another_domain_s_key_waits() -> None:
    """It holds when the owner owns it no more, or speaks as well; whose word it is follows from ownership."""
    mine, theirs = key("hive://a", "x.a"), key("trino://t:1", "h.x.a")
    claim = Claim(ClaimKind.ALIAS, mine, theirs, domain="sales")
    waiting = assessed(claim, "sales", "crm")
    assert (waiting.trust, waiting.awaits) == (Trust.DOMAIN, "crm")
    classes = Classes([waiting])
    assert not classes.all
    assert [each.reason for each in classes.conflicts()] == [Reason.OWNER]
    assert assessed(claim, "sales", "sales").trust is Trust.OWNER
    classes.apply([assessed(claim, "sales", None)], [waiting])
    assert classes.members(mine.text) == tuple(sorted((mine.text, theirs.text)))


def test_a_flood_of_symlinks_onto_one_target_is_bounded() -> None:
    """A hundred thousand claims join nothing, make one conflict, and cost memory for themselves only."""
    table = key("hive://a", "db.t")
    classes = Classes()
    tracemalloc.start()
    for number in range(20_000):
        classes.apply([symlink(key("s3://x", f"p/{number}"), table)])
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert not classes.all
    (conflict,) = classes.conflicts()
    assert (conflict.reason, conflict.claims, len(conflict.keys)) == (Reason.FAN_IN, 20_000, 20)
    assert used < 20_000 * 4_000


def test_a_component_that_grows_too_large_joins_nothing() -> None:
    """Chains of claims end in a record, not in one class of everything; retracting a link heals both halves."""
    chain = [key(f"postgres://h{number}", "a.b.c") for number in range(600)]
    claims = [alias(one, other) for one, other in pairwise(chain)]
    classes = Classes()
    for claim in claims:
        classes.apply([claim])
    assert not classes.all
    assert [each.reason for each in classes.conflicts()] == [Reason.GROWTH]
    assert state(classes, claims[:3]) == state(Classes(claims), claims[:3])
    classes.apply((), [claims[300]])
    assert {len(members) for members in classes.all.values()} == {301, 299}


def test_symlinks_make_no_large_class() -> None:
    """A class of more than a hundred keys needs the gateway's word."""
    chain = [key(f"postgres://h{number}", "a.b.c") for number in range(120)]
    claims = [symlink(one, other) for one, other in pairwise(chain)]
    assert not Classes(claims).all
    assert len(Classes(claims[:80]).members(chain[0].text)) == 81


def test_a_change_resolves_its_own_component_only() -> None:
    """Among many classes, one claim changes the keys that it touches."""
    pairs = [(key("hive://a", f"x.t{number}"), key("s3://x", f"p/{number}")) for number in range(500)]
    classes = Classes(symlink(path, table) for table, path in pairs)
    extra = key("trino://t:1", "h.x.t7")
    assert classes.apply([alias(extra, pairs[7][0])]) == {extra.text, pairs[7][0].text, pairs[7][1].text}

"""What is proposed, what counts against it, and that nothing depends on the order."""

from __future__ import annotations

from lineage_gateway.identity import Candidate, suggested
from lineage_gateway.identity.suggestions import BLOCK_MAX, suggestion_id


def candidate(server: str, *path: str, **more: frozenset[str]) -> Candidate:
    """A dataset on a server."""
    return Candidate(f"{server}/{'/'.join(path)}", ("postgres", server), path, **more)


ONE = candidate("db1", "shop", "public", "orders", columns=frozenset("abc"), jobs=frozenset({"load"}))
TWO = candidate("db2", "shop", "public", "orders", columns=frozenset("abd"), jobs=frozenset({"load"}))


def test_equal_names_on_two_servers_are_proposed_with_every_feature() -> None:
    """Name, columns and jobs are kept apart, so that a person sees what the score is made of."""
    (found,) = suggested([TWO, ONE], most=10)
    assert (found.id, found.a, found.b) == (suggestion_id(TWO.key, ONE.key), ONE.key, TWO.key)
    assert {each.name: each.value for each in found.features} == {"name": 1.0, "columns": 0.5, "jobs": 1.0}
    assert suggested([ONE, TWO], most=10) == suggested([TWO, ONE], most=10)
    assert suggested([ONE, TWO], most=0) == ()


def test_environments_layers_and_flows_count_against_it() -> None:
    """A copy in dev, a raw layer, and a dataset made of the other one are likely others."""
    (plain,) = suggested([ONE, candidate("db3", "shop", "public", "orders")], most=10)
    for other in (
        candidate("db-dev", "shop", "public", "orders"),
        candidate("db3", "shop", "v2", "public", "orders"),
        candidate("db3", "raw", "public", "orders"),
        candidate("db3", "shop", "public", "orders", near=frozenset({ONE.key})),
    ):
        assert all(each.score < plain.score for each in suggested([ONE, other], most=10))


def test_one_server_and_common_words_say_nothing() -> None:
    """Two tables of one server are two; a name that everybody uses is no evidence."""
    assert suggested([ONE, candidate("db1", "archive", "public", "orders")], most=10) == ()
    assert suggested([candidate(f"db{at}", "data") for at in range(BLOCK_MAX + 1)], most=10) == ()

"""Declarations of domains that say nothing, too much, or what only a newer version reads."""

from __future__ import annotations

from typing import Any

from lineage_gateway.identity import DomainLimits, declared_by
from tests.gateway.mesh.test_domain_declarations import DIFFERENT, LOCAL, SAME, domain, joined, mesh_of
from tests.gateway.mesh.test_keeper import TABLE_A, TOPIC


def test_bad_declarations_of_a_domain_are_refused_one_by_one() -> None:
    """One that names another domain, cannot be read, or is too long says nothing; the rest holds."""
    bad: list[dict[str, Any]] = [
        {**SAME, "domain": "north"},
        {"type": "alias", "a": {**LOCAL, "domain": "north"}, "b": TOPIC},
        {"type": "namespace_binding", "system": "dbt", "scope": {"domain": "north"}, "namespace": "s3://lake"},
        {"type": "alias", "a": TABLE_A},
        {"type": "unheard of"},
        {"type": 5, "a": []},
        {"type": "namespace_alias", "canonical": "x" * 10_000, "aliases": ["s3://lake"]},
    ]
    found = domain("east", *bad, SAME)
    assert len(found.refused) == len(bad)
    assert all(each.why for each in found.refused)
    assert found.refused[-1].said == {"type": "namespace_alias"}
    assert joined(mesh_of(found))
    long = {"type": "alias", "a": {"namespace": "s3://lake", "name": "x" * 10_000}, "b": TOPIC}
    nothing = {"type": "alias", "a": {"namespace": "s3://lake", "name": "null"}, "b": TOPIC}
    assert "longer" in domain("east", long).refused[0].why
    keeper = mesh_of(domain("east", nothing, SAME))
    assert joined(keeper)
    assert [each.why for each in keeper.identities.declared.overruled] == ["one of its names denotes nothing"]


def test_a_newer_agent_may_say_more_than_is_known() -> None:
    """Unknown fields of what a domain publishes are left unread, and what is known holds."""
    newer = {**SAME, "since": "r2", "a": {**TABLE_A, "since": "r2"}}
    found = domain("east", newer)
    assert (found.refused, found.declarations) == ((), domain("east", SAME).declarations)


def test_a_domain_that_declares_too_much_declares_nothing() -> None:
    """Beyond the number or the bytes, none of its declarations counts, and one record says so."""
    few, small = DomainLimits(declarations_max=1), DomainLimits(bytes_max=100)
    for limits in (few, small):
        found = declared_by("east", [SAME, DIFFERENT], limits)
        assert found.declarations == ()
        assert [each.said for each in found.refused] == [{}]

"""Ids: golden values, so that they never change; and nothing is confused with anything else."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared import ids
from lineage_shared.model import Kind

TEXT = st.text(max_size=6)
REFERENCES = st.tuples(st.sampled_from(Kind), TEXT, TEXT, st.none() | TEXT)


@pytest.mark.parametrize(
    ("reference", "golden"),
    [
        ((Kind.DATASET, "postgres://db:5432", "shop.public.orders", None), "78a9531a-7201-5012-96bc-7e185ddff458"),
        ((Kind.DATASET, "file", "/data/ünï.csv", "shop"), "b564d1dd-1f3c-5890-87fe-453a1f0924d8"),
        ((Kind.JOB, "airflow", "dag.task", "shop"), "0b57b9c8-8c93-57c7-bdc4-850edb70c7f6"),
        ((Kind.DATASET, "", '"quoted\x00"', None), "d852812e-038b-50a6-9888-84e5d5360db4"),
    ],
)
def test_golden_asset_ids(reference: Any, golden: str) -> None:
    """Frontends keep ids in addresses and bookmarks: they are the same in every release."""
    assert ids.asset_id(*reference) == golden


def test_golden_other_ids() -> None:
    """The ids of domains and runs never change either."""
    assert ids.domain_id("shop") == "0d89f8dc-5e1d-5439-a91c-87844aab110e"
    assert ids.run_node_id("shop", "airflow", "dag.task", "r1") == "b7061031-a669-579c-ba98-c8503a63aae7"


@given(REFERENCES, REFERENCES)
def test_injective(one: Any, other: Any) -> None:
    """Two ids are equal only for the same reference, whatever characters it has."""
    assert (ids.asset_id(*one) == ids.asset_id(*other)) == (one == other)


@given(REFERENCES)
def test_bytes_are_the_same_id(reference: Any) -> None:
    """The 16 bytes are those of the text, which is a UUID of version 5."""
    identity = UUID(ids.asset_id(*reference))
    assert identity.version == 5
    assert ids.asset_bytes(*reference) == identity.bytes


@given(TEXT, TEXT)
def test_no_domain_is_not_an_empty_one(namespace: str, name: str) -> None:
    """A global name differs from one that is local to a domain, even to one without a name."""
    assert ids.asset_id(Kind.DATASET, namespace, name, None) != ids.asset_id(Kind.DATASET, namespace, name, "")


@given(st.tuples(TEXT, TEXT, TEXT, TEXT), st.tuples(TEXT, TEXT, TEXT, TEXT))
def test_runs_are_keyed_by_run_and_job(one: Any, other: Any) -> None:
    """One runId under two jobs is two runs."""
    assert (ids.run_node_id(*one) == ids.run_node_id(*other)) == (one == other)

"""What speaks for two datasets being one, what against it; and that nothing depends on which comes first."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.identity.likeness import (
    Candidate,
    CandidatePair,
    Column,
    column,
    named,
    scored,
    suggested,
    suggestion_id,
)
from lineage_gateway.identity.likeness.features import PENALTIES
from lineage_gateway.policies import FEATURES

KEYS = (
    "ds1:postgres:db1.acme.example:shop/public/orders",
    "ds1:postgres:db2.acme.example:shop/public/orders",
    "ds1:postgres:db2.acme.example:shop_dev/public/orders_v2",
    "ds1:postgres:db1.acme.example:5433:shop/public/orders",
    "ds1:postgres:shop.c0ffee.eu-west-1.rds.amazonaws.com:shop/public/orders",
    "ds1:snowflake:xy1.us-west-1.aws:SHOP/RAW/ORDERS",
    "ds1:snowflake:xy1.us-west-2.aws:SHOP/RAW/ORDERS",
    "ds1:kafka:broker:9092:shop.public.orders",
    "ds1:s3:lake:shop/orders",
    "ds1:s3:lake:shop/Orders",
    "ds1:s3:lake:shop/orders/metadata/00001-a.metadata.json",
    "ds1:hive:metastore:shop/orders",
    "ds1:text:trino:8080:hive.shop.orders",
    "ds1:trino:trino:8080:hive/shop/orders",
    "ds1@sales:file::tmp/orders",
)
places = st.lists(st.integers(100, 104), max_size=3, unique=True).map(tuple)
one_column = st.builds(Column, st.sampled_from("abcdef"), st.sampled_from(["", "number", "text"]))
columns = st.none() | st.lists(one_column, max_size=4, unique_by=lambda each: each.name).map(tuple)
candidates = st.builds(
    Candidate,
    node=st.integers(1, 50),
    key=st.sampled_from(KEYS),
    names=st.lists(st.sampled_from(KEYS).map(named), min_size=1, max_size=2, unique=True).map(tuple),
    reads=places,
    writes=places,
    above=places,
    below=places,
    readers=st.lists(st.sampled_from(["load", "copy"]), max_size=2, unique=True).map(tuple),
    columns=columns,
)
mentions = st.sampled_from([0.0, 0.5, 1.0])


def candidate(key: str, node: int, **more: object) -> Candidate:
    """A dataset under its own key."""
    return Candidate(node=node, key=key, names=(named(key),), **more)  # type: ignore[arg-type]


def score(one: str, other: str, mention: float = 0.0) -> float:
    """The score of two names of which nothing else is known."""
    return scored(CandidatePair(candidate(one, 1), candidate(other, 2), mention)).score


@given(one=candidates, other=candidates, mention=mentions, flows=st.booleans())
def test_which_comes_first_does_not_matter(one: Candidate, other: Candidate, mention: float, flows: bool) -> None:
    """The same id, score and features, in the same order."""
    assert scored(CandidatePair(one, other, mention, flows)) == scored(CandidatePair(other, one, mention, flows))


@given(one=candidates, other=candidates, mention=mentions)
def test_penalties_only_lower_and_evidence_only_raises(one: Candidate, other: Candidate, mention: float) -> None:
    """What is seen side by side, or flows from one into the other, scores less; a mention never does."""
    found = scored(CandidatePair(one, other, mention))
    assert all(each.points < 0 for each in found.features if each.is_penalty)
    assert {each.name for each in found.features} <= {*FEATURES, *PENALTIES}
    assert all(0 <= each.value <= 1 for each in found.features)
    assert scored(CandidatePair(one, other, mention, flows=True)).score <= found.score
    reading, beside = (msgspec.structs.replace(each, reads=(*each.reads, 7)) for each in (one, other))
    assert scored(CandidatePair(reading, beside, mention)).score <= found.score
    assert scored(CandidatePair(one, other, 0.0)).score <= found.score


@given(st.lists(candidates, min_size=2, max_size=4, unique_by=lambda each: each.key), st.integers(0, 4))
def test_the_order_of_the_candidates_does_not_matter(found: list[Candidate], most: int) -> None:
    """The best are the same, best first."""
    pairs = [CandidatePair(one, other) for one, other in permutations(found, 2)][: 2 * most + 2]
    outcome = [each for each, _ in suggested(pairs, most=most)]
    assert outcome == [each for each, _ in suggested(reversed(pairs), most=most)]
    assert [each.score for each in outcome] == sorted((each.score for each in outcome), reverse=True)


def test_every_feature_is_kept_and_counts() -> None:
    """Name, columns with types, neighbours and jobs are told apart, so that a person sees what the score is made of."""
    one = candidate(
        KEYS[0], 1, columns=(column("ID", "bigint"), column("state", "text")), above=(5,), readers=("load",)
    )
    two = candidate(
        KEYS[1], 2, columns=(column("id", "NUMBER(38,0)"), column("State", "int")), above=(5,), readers=("load",)
    )
    found = scored(CandidatePair(one, two))
    assert {each.name: each.value for each in found.features} == {
        "name": 1.0,
        "columns": 0.75,
        "neighbours": 1.0,
        "jobs": 1.0,
    }
    assert found.id == suggestion_id(KEYS[1], KEYS[0])
    assert scored(CandidatePair(candidate(KEYS[0], 1, columns=(column("x", ""),)), two)).score < score(*KEYS[:2])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ds1:s3:lake:ice/orders/metadata/00012-a.metadata.json", "ds1:s3:lake:ice/orders"),
        ("ds1:s3:lake:shop/orders_csv", "ds1:s3:lake:shop/orders.csv"),
        ("ds1:text:trino:8080:hive.shop.orders", "ds1:trino:trino:8080:hive/shop/orders"),
        ("ds1:snowflake:xy1.us-west-1.aws:A/B/C", "ds1:snowflake:xy1.us-west-2.aws:A/B/C"),
        ("ds1:postgres:x.rds.amazonaws.com:a/b/c", "ds1:postgres:db.acme.example:a/b/c"),
        ("ds1:s3:lake:shop/orders", "ds1:s3:lake:shop/Orders"),
    ],
)
def test_what_tools_are_known_to_lose_or_miswrite_counts_more_than_a_name(one: str, other: str) -> None:
    """Metadata files, extensions, schemes, regions, endpoints, lower-cased keys."""
    assert score(one, other) > score(*KEYS[:2]) > 0.5


@pytest.mark.parametrize(
    ("one", "other", "penalty"),
    [
        (KEYS[0], "ds1:postgres:db-dev.acme.example:shop/public/orders", "environment"),
        (KEYS[0], "ds1:postgres:db2.acme.example:shop/public/orders_backup", "environment"),
        (KEYS[0], "ds1:postgres:db2.acme.example:shop/v2/orders", "version"),
        (KEYS[0], "ds1:postgres:db2.acme.example:shop/public/orders_20240101", "version"),
        (KEYS[0], "ds1:postgres:db2.acme.example:shop/bronze/orders", "layer"),
        (KEYS[0], "ds1:postgres:db1.acme.example:shop/archived/orders", "same_server"),
        ("ds1:s3:lake:shop/orders", "ds1:s3:other:shop/orders", "same_server"),
        ("ds1:mysql:db:shop/Orders", "ds1:mysql:db:shop/orders", "same_server"),
        (KEYS[0], KEYS[3], "endpoint"),
        ("ds1:mssql:db:a/b/c", "ds1:mssql:db/reporting:a/b/c", "endpoint"),
        ("ds1:snowflake:xy1.us-east-1.aws:A/B/C", "ds1:snowflake:xy1.us-east-2.aws:A/B/C", "endpoint"),
        ("ds1:glue:aws:us-east-1:1:a/b", "ds1:glue:aws:us-east-1:2:a/b", "endpoint"),
        (KEYS[0], "ds1:kafka:broker:9092:shop.public.orders", "store"),
        (KEYS[0], "ds1:snowflake:xy1.eu-west-1.aws:SHOP/PUBLIC/ORDERS", "store"),
    ],
)
def test_what_tells_two_things_apart_counts_against_them(one: str, other: str, penalty: str) -> None:
    """Environments, versions, layers, one server, another port or account, another store: less than a plain pair."""
    found = scored(CandidatePair(candidate(one, 1), candidate(other, 2)))
    assert penalty in {each.name for each in found.features}
    assert found.score < score(*KEYS[:2])


def test_a_mention_explains_a_partition_and_a_missing_database() -> None:
    """Column lineage that names a part of what the job lists is of the same run; without it these are two things."""
    for one, other in (
        ("ds1:s3:lake:shop/orders/2024-01-01", "ds1:s3:lake:shop/orders"),
        ("ds1:postgres:db:shop/orders", "ds1:postgres:db:crm/shop/orders"),
    ):
        assert score(one, other, mention=1.0) > 0.8
        assert score(one, other) < 0.35


@pytest.mark.parametrize(
    ("written", "family"),
    [
        ("BIGINT", "number"), ("int4", "number"), ("uint64", "number"), ("NUMBER(38,0)", "number"),
        ("decimal(10,2)", "number"), ("Nullable(Int32)", "number"), ("double precision", "float"), ("float8", "float"),
        ("character varying(10)", "text"), ("LowCardinality(String)", "text"), ("nvarchar2(10)", "text"),
        ("timestamp(6) with time zone", "timestamp"), ("TIMESTAMP_NTZ", "timestamp"), ("array<int>", "list"),
        ("struct<a:int>", "struct"), ("", ""), ("geography", ""),
    ],
)  # fmt: skip
def test_types_of_all_platforms_fall_into_families(written: str, family: str) -> None:
    """What platforms call differently is compared as one; an unknown type speaks neither for nor against."""
    assert column("x", written).family == family

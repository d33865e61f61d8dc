"""What `canonical` promises for any text at all."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lineage_shared.model import Kind
from lineage_shared.naming import Declarations, Key, Reference, System, Unidentifiable, canonical, reference_of
from lineage_shared.naming.platforms import BY_SCHEME

ANY = st.text(max_size=40)
PIECES = st.lists(
    st.sampled_from(
        [
            *'./:@,;"`[]\\%#?$*=-_{}() ',
            "a",
            "B",
            "9",
            "None",
            "null",
            "part-00000",
            "k=v",
            "_delta_log",
            "\x00",
            "\u212a",
        ]
    ),
    max_size=12,
).map("".join)
SCHEMES = st.sampled_from([*BY_SCHEME, "https", "redis", "SASL_SSL", "jdbc"])
NAMESPACES = st.one_of(
    ANY, PIECES, st.builds("{}://{}".format, SCHEMES, PIECES), SCHEMES, st.builds("{}:/{}".format, SCHEMES, PIECES)
)
IDS = st.one_of(
    NAMESPACES,
    st.builds("jdbc:{}:{}".format, SCHEMES, PIECES),
    st.builds("jdbc:{}://{}".format, SCHEMES, PIECES),
    st.builds("jdbc:oracle:thin:@{}".format, PIECES),
    st.builds("urn:li:dataset:(urn:li:dataPlatform:{},{},PROD)".format, SCHEMES, PIECES),
    st.builds(
        "urn:li:schemaField:(urn:li:dataset:(urn:li:dataPlatform:{},{},PROD),{})".format, SCHEMES, PIECES, PIECES
    ),
    st.builds("arn:aws:{}:eu:1:{}".format, st.sampled_from(["s3", "glue", "kinesis"]), PIECES),
    st.builds("{}@{}".format, PIECES, PIECES),
)
COLUMNS = st.none() | ANY | PIECES
REFERENCES = st.builds(
    Reference,
    system=st.sampled_from(System),
    namespace=NAMESPACES,
    name=ANY | PIECES,
    id=IDS,
    kind=st.sampled_from(Kind),
    column=COLUMNS,
    type=st.sampled_from(["", "hive_table", "hive_column", "hdfs_path", "column", "azure_sql_column"]),
    domain=st.none() | ANY,
)
OPENLINEAGE = st.builds(Reference, namespace=NAMESPACES, name=ANY | PIECES, column=COLUMNS, domain=st.none() | ANY)


@given(reference=REFERENCES, domain=st.none() | ANY)
@settings(max_examples=1500)
def test_every_text_has_an_answer(reference: Reference, domain: str | None) -> None:
    """`canonical` never raises, and a key's text is printable and can be sent as UTF-8."""
    key = canonical(reference, domain, Declarations())
    if isinstance(key, Unidentifiable):
        assert key.reason
    else:
        assert key.text.encode()
        assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in key.text)


@given(reference=st.one_of(OPENLINEAGE, REFERENCES))
@example(reference=Reference(namespace="mongodb://h", name='a.b"c.d'))
@example(reference=Reference(system=System.GCP, id="..0/"))
@example(reference=Reference(system=System.GCP, id="/.."))
@settings(max_examples=1500)
def test_a_key_s_own_spelling_leads_back_to_it(reference: Reference) -> None:
    """The reference that a key is written as has that key: `canonical` is idempotent."""
    key = canonical(reference, "sales", Declarations())
    if isinstance(key, Key):
        again = canonical(reference_of(key), "sales", Declarations())
        assert isinstance(again, Key), (key, again, reference_of(key))
        assert again.text == key.text


@example(namespace="ADL://", name="None")
@given(namespace=NAMESPACES, name=ANY | PIECES)
@settings(max_examples=800)
def test_the_short_way_gives_what_the_long_way_gives(namespace: str, name: str) -> None:
    """A plain name's key does not depend on whether its column, and so the long way, was asked for."""
    plain = canonical(Reference(namespace=namespace, name=name), None, Declarations())
    column = canonical(Reference(namespace=namespace, name=name, column="x"), None, Declarations())
    if isinstance(plain, Key):
        assert isinstance(column, Key)
        assert column.dataset_text == plain.text
    else:
        assert column == plain


@given(one=st.tuples(ANY, ANY), other=st.tuples(ANY, ANY))
@example(one=("a:b", "c"), other=("a", "b:c"))
@example(one=("a", "b%2Fc"), other=("a", "b/c"))
@settings(max_examples=500)
def test_other_opaque_names_have_other_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    """The text of a key is injective: names without a platform's rules share a key only when they are equal."""
    keys = [canonical(Reference(namespace=f"my-{ns}", name=name), None, Declarations()) for ns, name in (one, other)]
    if all(isinstance(key, Key) for key in keys) and one != other:
        assert keys[0] != keys[1]


def test_look_alikes_are_not_merged() -> None:
    """Letters of other alphabets, composed and decomposed forms and invisible letters all stay apart."""
    namespace = "snowflake://org-acct"
    names = ["KEY", "\u212aEY", "KE\u0423", "\uff2b\uff25\uff39", "K\u200bEY", "caf\u00e9", "cafe\u0301"]
    keys = [canonical(Reference(namespace=namespace, name=f"a.b.{name}"), None, Declarations()) for name in names]
    texts = {key.text for key in keys if isinstance(key, Key)}
    assert len(texts) == len(names)


def test_a_name_that_no_platform_allows_identifies_nothing() -> None:
    """A name of 10 kB is refused with a reason, not truncated."""
    for name in ("x" * 10_000, "x." * 5_000):
        key = canonical(Reference(namespace="postgres://h", name=name), None, Declarations())
        assert isinstance(key, Unidentifiable)
        assert key.reason == "too-long"


def test_what_denotes_nothing_is_no_key() -> None:
    """Roots, empty names and failed look-ups printed as text identify nothing."""
    for namespace, name in (
        ("s3://b", "/"), ("s3://b", ""), ("kafka://null:-1", "t"), ("postgres://None:None", "a.b.c"),
        ("postgres://h", "None.b.c"), ("postgres://h", "null"), ("", "t"), ("gs://", "x"), ("snowflake://", "a.b.c"),
    ):  # fmt: skip
        assert isinstance(canonical(Reference(namespace=namespace, name=name), None, Declarations()), Unidentifiable)


def test_local_names_are_keys_of_their_domain() -> None:
    """Loopback hosts, files, constants and relative names share a key inside one domain only."""
    for namespace, name in (
        ("postgres://localhost:5432", "a.b.c"), ("file", "/x/y"), ("dbfs", "/x"), ("unity-catalog", "a.b.c"),
        ("hive", "a.b"), ("duckdb://w.duckdb", "w.main.t"), ("kafka://127.0.0.1:9092", "t"), ("hdfs://", "/x"),
        ("s3://b", "./x"),
    ):  # fmt: skip
        keys = [
            canonical(Reference(namespace=namespace, name=name), domain, Declarations())
            for domain in ("sales", "finance")
        ]
        assert all(isinstance(key, Key) for key in keys)
        assert keys[0] != keys[1]
        assert [key.domain for key in keys if isinstance(key, Key)] == ["sales", "finance"]


def test_a_key_tells_the_rules_that_led_to_it() -> None:
    """The rewrites are kept, for explanations."""
    key = canonical(
        Reference(namespace="postgresql://U:P@DB.Example.", name='"shop"."public"."t"'), None, Declarations()
    )
    assert isinstance(key, Key)
    assert key.text == "ds1:postgres:db.example:shop/public/t"
    assert set(key.rules) == {"scheme-alias", "credentials", "host-form", "quotes"}

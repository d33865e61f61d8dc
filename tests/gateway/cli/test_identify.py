"""`lineage-gateway identify`: the contract for machines, and the words for people."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lineage_gateway.cli import server
from lineage_gateway.cli.identify import identify

ORDERS = {"system": "openlineage", "namespace": "s3://lake", "name": "orders"}
COPY = {"namespace": "s3://archive", "name": "orders"}


def asked(body: Any, *flags: str) -> Result:
    """Run the command on a body."""
    given = body if isinstance(body, str | bytes) else json.dumps(body)
    return CliRunner().invoke(identify, list(flags), input=given, standalone_mode=False)


def test_equal_spellings_get_one_string_and_nothing_gets_null() -> None:
    """One string or null per identifier, in order; a field that is not known is not read."""
    ids = [ORDERS, {"system": "uri", "id": "s3a://lake/orders", "columns": ["x"]}, COPY, {"namespace": "", "name": ""}]
    one, same, other, nothing = json.loads(asked({"ids": ids}).stdout)["canonical"]
    assert one == same != other
    assert nothing is None
    assert json.loads(asked({"ids": []}).stdout) == {"canonical": []}


def test_declarations_join() -> None:
    """The declarations of the request, and only they, are believed."""
    alias = {"type": "namespace_alias", "canonical": "s3://lake", "aliases": ["s3://archive"]}
    one, other = json.loads(asked({"ids": [ORDERS, COPY], "declarations": [alias]}).stdout)["canonical"]
    assert one == other


def test_names_without_meaning_as_text_are_answered() -> None:
    """Lone surrogates, control characters and long names are names too."""
    names = ["\ud800", "a\x00b", "x" * 10_000]
    found = asked({"ids": [{"namespace": "kafka://b:9092", "name": name} for name in names]})
    assert len(json.loads(found.stdout)["canonical"]) == len(names)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "stdin: not JSON"),
        ("{", "stdin: not JSON"),
        (b"\xff\xfe\xfa", "stdin: not JSON"),
        ("[" * 100_000, "stdin: not JSON"),
        ("[]", "a JSON object with `ids`"),
        ({"declarations": []}, "a JSON object with `ids`"),
        ({"ids": {}}, "ids: a list"),
        ({"ids": None}, "ids: a list"),
        ({"ids": [1]}, "ids[0]: an object"),
        ({"ids": [{}]}, "ids[0]: `id`"),
        ({"ids": [{"system": "ftp", "id": "x"}]}, "ids[0].system: 'ftp' is unknown"),
        ({"ids": [], "declarations": [{"type": "guess"}]}, "declarations[0].type: 'guess' is unknown"),
        ({"ids": [], "declarations": 7}, "declarations: a list"),
    ],
)
def test_junk_is_an_error_that_says_what_and_where(
    body: Any, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, a message, a hint, and nothing on stdout."""
    given = body if isinstance(body, str | bytes) else json.dumps(body)
    raw = given if isinstance(given, bytes) else given.encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert server.run(["identify"]) == server.EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err
    assert "hint: " in shown.err


def test_explanations_name_rules_claims_and_what_would_join() -> None:
    """For people: the key, its rules, the first difference, and the declaration that would help."""
    shown = asked({"ids": [ORDERS, COPY]}, "--explain").stdout
    assert "key ds1:s3:lake:orders" in shown
    assert "authority: 'lake' is not 'archive'" in shown
    assert '"type": "namespace_alias"' in shown
    nothing = {"namespace": "", "name": ""}
    alias = {"type": "alias", "a": ORDERS, "b": COPY, "by": "ops"}
    broken = {"type": "alias", "a": ORDERS, "b": nothing}
    differing = {"type": "different_from", "a": ORDERS, "b": COPY}
    shown = asked({"ids": [ORDERS, COPY, nothing], "declarations": [alias, broken]}, "--explain").stdout
    assert "by alias of" in shown
    assert "identifies nothing" in shown
    assert "says nothing" in shown
    shown = asked({"ids": [ORDERS, COPY], "declarations": [alias, differing]}, "--explain").stdout
    assert "held back: alias (different-from)" in shown
    assert "conflict: different-from" in shown

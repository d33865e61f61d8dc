"""`lineage-gateway identify`: the contract for machines, and the words for people."""

from __future__ import annotations

import io
import json
from pathlib import Path
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


def test_fields_of_newer_versions_are_left_unread() -> None:
    """A machine's command takes declarations, and names in them, with more fields than it knows."""
    alias = {"type": "alias", "a": {**ORDERS, "why": "x"}, "b": {**COPY, "columns": ["id"]}, "since": "r2"}
    first, second = json.loads(asked({"ids": [ORDERS, COPY], "declarations": [alias]}).output)["canonical"]
    assert first == second


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
    assert '"type": "alias"' in shown
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


PATH_COLUMNS = [{**ORDERS, "column": each} for each in ("id", "ID")]
TABLE = {"namespace": "hive://ms:9083", "name": "db.orders"}


def test_columns_of_a_class_are_matched_and_twins_are_not() -> None:
    """Names that differ in case only are one where no other column of the class is given that may be meant as well."""
    alias = {"type": "alias", "a": TABLE, "b": ORDERS}
    ids = [{**TABLE, "column": "Id"}, PATH_COLUMNS[1]]
    one, other = json.loads(asked({"ids": ids, "declarations": [alias]}).stdout)["canonical"]
    assert one == other
    assert "the same as the one before" in asked({"ids": ids, "declarations": [alias]}, "--explain").stdout
    one, twin, other = json.loads(asked({"ids": [ids[0], *PATH_COLUMNS], "declarations": [alias]}).stdout)["canonical"]
    assert one == twin != other


NAMESPACE_ALIAS = {"type": "namespace_alias", "canonical": "s3://lake", "aliases": ["s3://archive"]}


def test_a_record_is_what_was_asked_and_what_came_of_it(tmp_path: Path) -> None:
    """It holds the input, the output and the ruleset; a later comparison with itself finds nothing, exit code 0."""
    body = {"ids": [ORDERS, COPY, {"namespace": "", "name": ""}], "declarations": [NAMESPACE_ALIAS]}
    found = json.loads(asked(body, "--record").stdout)
    assert list(found) == ["ruleset", "ids", "declarations", "canonical"]
    assert found["canonical"] == json.loads(asked(body).stdout)["canonical"]
    assert found["declarations"] == [NAMESPACE_ALIAS]
    former = tmp_path / "former.json"
    former.write_text(json.dumps(found))
    done = asked("", "--against", str(former))
    assert done.return_value == 0
    assert done.stdout == "0 merges, 0 splits of 3 identifiers; ruleset r1 before, r1 now\n"


def test_what_other_rules_join_and_part_is_told(tmp_path: Path) -> None:
    """For people and for machines; exit code 1. A record of another version may have any strings."""
    former = tmp_path / "former.json"
    ids = [ORDERS, {"namespace": "s3a://lake", "name": "orders"}, COPY]
    former.write_text(json.dumps({"ids": ids, "canonical": ["x", "y", "x"], "ruleset": "r0"}))
    done = asked("", "--against", str(former))
    assert done.return_value == 1
    assert done.stdout.splitlines() == [
        "become one",
        '  - {"namespace": "s3://lake", "name": "orders"}',
        '  - {"namespace": "s3a://lake", "name": "orders"}',
        "cease to be one",
        '  - {"namespace": "s3://archive", "name": "orders"}',
        '  - {"namespace": "s3://lake", "name": "orders"}',
        "1 merges, 1 splits of 3 identifiers; ruleset r0 before, r1 now",
    ]
    done = asked("", "--against", str(former), "--json")
    plain = {"namespace": "s3://lake", "name": "orders"}
    assert json.loads(done.stdout) == {
        "ruleset": {"before": "r0", "after": "r1"},
        "identifiers": 3,
        "merges": [[[plain], [ids[1]]]],
        "splits": [[[COPY], [plain]]],
    }


def test_many_changes_are_cut_for_people_only(tmp_path: Path) -> None:
    """The text names the first hundred; JSON has all."""
    former = tmp_path / "former.json"
    ids = [{"namespace": f"{scheme}://lake{at}", "name": "x"} for at in range(101) for scheme in ("s3", "s3a")]
    former.write_text(json.dumps({"ids": ids, "canonical": list(map(str, range(202)))}))
    shown = asked("", "--against", str(former)).stdout
    assert shown.count("become one\n") == 100
    assert "and 1 more that become one (--json)" in shown
    assert "ruleset unknown before" in shown
    assert len(json.loads(asked("", "--against", str(former), "--json").stdout)["merges"]) == 101


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "not JSON"),
        ("{}", "a JSON object with `ids`"),
        ({"ids": [ORDERS]}, "`canonical` is missing"),
        ({"ids": [ORDERS], "canonical": []}, "canonical: 1 are expected, one for each of `ids`, not 0"),
        ({"ids": [ORDERS], "canonical": [7]}, "canonical[0]: a text or null"),
        ({"ids": [ORDERS], "canonical": {}}, "canonical: a list"),
        ({"ids": [{"id": 7}], "canonical": ["x"]}, "ids[0].id: a text"),
        ({"ids": [], "canonical": [], "declarations": [{"type": "x"}]}, "declarations[0].type"),
    ],
)
def test_a_record_that_is_none_is_an_error(
    body: Any, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the file and the place in it."""
    former = tmp_path / "former.json"
    former.write_text(body if isinstance(body, str) else json.dumps(body))
    assert server.run(["identify", "--against", str(former)]) == server.EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{former}: " in shown.err
    assert message in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ["--against", "no-such-file"],
        ["--json"],
        ["--declarations", __file__],
        ["--against", __file__, "--record"],
        ["--against", __file__, "--explain"],
    ],
)
def test_options_that_do_not_go_together_are_refused(words: list[str]) -> None:
    """Exit code 2."""
    assert server.run(["identify", *words]) == server.EXIT_USAGE


@pytest.mark.parametrize(("more", "code"), [([], 0), ([NAMESPACE_ALIAS], 1)])
def test_declarations_are_compared_before_they_hold(more: list[Any], code: int, tmp_path: Path) -> None:
    """Those of files, united, stand in place of those of the record."""
    former, extra = tmp_path / "former.json", tmp_path / "more.json"
    former.write_text(asked({"ids": [ORDERS, COPY]}, "--record").stdout)
    extra.write_text(json.dumps({"declarations": more}))
    words = ["--against", str(former), "--declarations", str(former), "--declarations", str(extra)]
    assert asked("", *words).return_value == code

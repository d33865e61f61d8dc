"""`lineage-gateway declarations`: every type through TOML and back, and files that cannot be taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_gateway.cli import server
from lineage_gateway.cli.declaration_files import as_toml, read_declarations
from lineage_gateway.declarations import DeclarationFile
from lineage_gateway.declaring import said_by
from lineage_shared.naming import Declaration, as_json, read_declaration

ODD = 'x"\x7f\n\\é\u2028.y\t'
ONE, OTHER = {"namespace": "s3://a", "name": ODD}, {"system": "datahub", "id": "urn:li:dataset:(s3,a,PROD)"}
LOCAL = {"namespace": "file", "name": "/tmp/x", "domain": "east", "column": "a.b"}
ALL: list[dict[str, Any]] = [
    {"type": "symlink", "of": ONE, "symlink": OTHER, "domain": "west"},
    {"type": "alias", "a": ONE, "b": OTHER, "by": ODD},
    {"type": "alias", "a": LOCAL, "b": {**LOCAL, "name": "/tmp/y", "type": "t"}},
    {"type": "different_from", "a": ONE, "b": OTHER, "by": "ops", "domain": "east"},
    {"type": "namespace_alias", "canonical": "s3://a", "aliases": ["s3://b", "s3://c"]},
    {
        "type": "namespace_binding",
        "system": "datahub",
        "scope": {"platform": "kafka", "instance": None, "a key": ODD},
        "namespace": "kafka://b:9092",
    },
    {
        "type": "namespace_binding",
        "system": "datahub",
        "scope": {"orchestrator": "airflow", "cluster": "prod"},
        "namespace": "airflow",
        "object": "job",
    },
    {"type": "name_defaults", "namespace": "postgres://h", "database": "d", "schema": "s", "two_part": "schema.table"},
    {"type": "case_policy", "namespace": "mssql://h", "case": "insensitive"},
    {"type": "path_spec", "spec": "s3://bucket/exports/{table}/{date}"},
    {"type": "shard_policy", "spec": "project.dataset.events_YYYYMMDD", "domain": "east"},
    {"type": "database_alias", "namespace": "oracle://h", "names": ["orcl", "ORCLPDB"]},
    {"type": "catalog_binding", "namespace": "trino://h:8080", "catalog": "pg", "target": "postgres://h"},
    {"type": "instance_default", "system": "datahub", "platform": "mysql", "instance": "i", "env": "PROD"},
    {"type": "job_namespace_alias", "canonical": "airflow", "aliases": ["airflow-old"]},
]
TYPES = 13


def registry(folder: Path, text: str = "") -> list[str]:
    """A registry file with some declarations, as options."""
    config = folder / "mesh.toml"
    config.write_text(f'declarations_db = "{folder / "d.db"}"\n{text}')
    return ["--config", str(config)]


def stored(folder: Path) -> list[Declaration]:
    """What the file holds."""
    return [each.declaration for each in DeclarationFile(folder / "d.db").active()]


@pytest.mark.parametrize("form", ["toml", "lines", "record"])
def test_every_type_comes_back_as_it_went(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Imported from any form, exported, imported elsewhere and exported again: the same values and the same text."""
    given_declarations = [read_declaration(each) for each in ALL]
    assert len({as_json(each)["type"] for each in given_declarations}) == TYPES
    signed = [said_by(each, "ops") for each in given_declarations]
    source = tmp_path / "source"
    texts = {
        "toml": "\n".join(map(as_toml, given_declarations)),
        "lines": "\n\n".join(json.dumps(as_json(each)) for each in given_declarations),
        "record": json.dumps({"ids": [], "declarations": ALL}, indent=1),
    }
    source.write_text(texts[form], encoding="utf-8")
    exported: list[str] = []
    for place in ("one", "other"):
        (folder := tmp_path / place).mkdir()
        options = registry(folder)
        assert server.run(["declarations", "import", str(source), "--by", "ops", *options]) == 0
        assert set(stored(folder)) == set(signed)
        capsys.readouterr()
        assert server.run(["declarations", "export", *options]) == 0
        exported.append(capsys.readouterr().out)
        source.write_text(exported[-1], encoding="utf-8")
        assert set(read_declarations(source, known_fields_only=True)) == set(signed)
    assert exported[0] == exported[1]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(names=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4))
def test_any_text_survives_toml(names: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Quotes, control characters and what only looks like the end of a line."""
    declared = [
        read_declaration({"type": "alias", "a": {"namespace": a, "name": b}, "b": {"id": c}, "by": a})
        for a, b, c in names
    ]
    path = tmp_path_factory.getbasetemp() / "d.toml"
    path.write_text("\n".join(map(as_toml, declared)), encoding="utf-8", newline="")
    assert read_declarations(path) == declared


def test_nothing_exported_is_nothing_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty file is a file of no declarations."""
    options = registry(tmp_path)
    assert server.run(["declarations", "export", *options]) == 0
    empty = tmp_path / "empty.toml"
    empty.write_text(capsys.readouterr().out)
    assert server.run(["declarations", "import", str(empty), *options]) == 0
    assert "0 declarations are in" in capsys.readouterr().err


GOOD = as_toml(read_declaration(ALL[4]))
CONTRARY = '[[declarations]]\ntype = "case_policy"\nnamespace = "mssql://h"\ncase = "sensitive"\n'


NOTHING = {"type": "namespace_alias", "canonical": "postgres://h", "aliases": ["postgres://h"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{GOOD}[[declarations]]\ntype = "guess"\n', "declarations[1].type: 'guess' is unknown"),
        (f'{GOOD}[[declarations]]\ntype = "alias"\n', "declarations[1] (alias).a: an object is expected"),
        (f"{GOOD}[[declarations]]\ntype = \n", "(at line"),
        ('[[declaration]]\ntype = "alias"\n', "a list `declarations` is expected"),
        ("declarations = 7\n", "a list `declarations` is expected"),
        (b"\xff\xfe", "codec can't decode"),
        (f'{json.dumps(ALL[4])}\n{{"type"\n', "line 2: not JSON"),
        (f'{json.dumps(ALL[4])}\n{{"type": "alias"}}\n', "declarations[1] (alias).a: an object is expected"),
        (json.dumps({**ALL[4], "domian": "shop"}), "declarations[0] (namespace_alias): the field 'domian' is unknown"),
        (json.dumps({**NOTHING, "domain": "shop"}), "declarations[0] (namespace_alias): the declaration says nothing"),
        (json.dumps({"type": "alias", "a": ONE, "b": ONE, "by": "x" * 201}), "(alias).by: it is longer than 200"),
        ('{"ids": []}', "a list `declarations` is expected"),
        (f"{GOOD}{CONTRARY}", "declarations[1] (case_policy): the configuration says otherwise"),
        (
            json.dumps(
                {"declarations": [ALL[4], {"type": "alias", "a": ONE, "b": {"namespace": "s3://a", "name": "/"}}]}
            ),
            "declarations[1] (alias): s3://a / denotes nothing",
        ),
        (
            json.dumps({"declarations": [{"type": "alias", "a": ONE, "b": {"namespace": "file", "name": "/x"}}]}),
            "declarations[0] (alias): file /x means something inside one domain only",
        ),
    ],
)
def test_a_bad_entry_is_named_and_nothing_is_imported(
    text: str | bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2; the file, the place in it, and not even what stands before."""
    options = registry(
        tmp_path, '[[declarations]]\ntype = "case_policy"\nnamespace = "mssql://h:1433"\ncase = "insensitive"\n'
    )
    bad = tmp_path / "bad"
    bad.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert server.run(["declarations", "import", str(bad), *options]) == server.EXIT_USAGE
    shown = capsys.readouterr()
    assert f"{bad}: " in shown.err
    assert message in shown.err
    assert stored(tmp_path) == []


def test_who_imports_is_named_where_nobody_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pair keeps the name that it has, and takes the importer's otherwise, who has at most 200 characters."""
    source = tmp_path / "source.json"
    other = {"namespace": "s3://b", "name": "z"}
    pairs = [{"type": "alias", "a": ONE, "b": other}, {"type": "different_from", "a": ONE, "b": other, "by": "eve"}]
    source.write_text(json.dumps({"declarations": pairs}))
    arguments = ["declarations", "import", str(source), *registry(tmp_path), "--by"]
    assert server.run([*arguments, "x" * 201]) == server.EXIT_USAGE
    assert "--by is longer than 200 characters" in capsys.readouterr().err
    assert server.run([*arguments, "ops"]) == 0
    assert {(as_json(each)["type"], as_json(each)["by"]) for each in stored(tmp_path)} == {
        ("alias", "ops"),
        ("different_from", "eve"),
    }


def test_no_more_is_imported_than_a_gateway_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there already counts once."""
    options = registry(tmp_path, "declarations_max = 2\n")
    for count, code in ((2, 0), (2, 0), (3, server.EXIT_USAGE)):
        source = tmp_path / "source.json"
        source.write_text(json.dumps({"declarations": ALL[4:10][:count]}))
        assert server.run(["declarations", "import", str(source), *options]) == code
    assert "more than 2 declarations" in capsys.readouterr().err
    assert len(stored(tmp_path)) == 2


def test_what_the_configuration_overrules_is_marked_in_the_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stays in the file, and comes back when the configuration changes."""
    source = tmp_path / "source.toml"
    source.write_text(CONTRARY)
    assert server.run(["declarations", "import", str(source), *registry(tmp_path)]) == 0
    options = registry(tmp_path, CONTRARY.replace('"sensitive"', '"insensitive"'))
    capsys.readouterr()
    assert server.run(["declarations", "list", *options]) == 0
    configured, api = capsys.readouterr().out.splitlines()
    assert configured.endswith('"insensitive"}')
    assert api.endswith("(overruled by the configuration)")
    assert server.run(["declarations", "list", "--json", *options]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["origin"], row["overruled"]) for row in rows] == [("CONFIGURATION", False), ("API", True)]

"""The file of declarations: durable, shared, never forgetting."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from lineage_gateway.cli.declarations import declarations
from lineage_gateway.config import load
from lineage_gateway.declarations import Decision, DeclarationFile, declaration_id
from lineage_shared.errors import InvalidSetting, Unavailable
from lineage_shared.naming import read_declaration

ALIAS = read_declaration(
    {"type": "alias", "a": {"namespace": "s3://a", "name": 'x"\x7f\n'}, "b": {"namespace": "s3://b", "name": "é"}}
)
BINDING = read_declaration(
    {"type": "namespace_binding", "system": "datahub", "scope": {"platform": "kafka"}, "namespace": "kafka://b:9092"}
)


def test_nothing_is_made_before_something_is_declared(tmp_path: Path) -> None:
    """A file that is not there says nothing, and looking does not make it."""
    file = DeclarationFile(tmp_path / "d.db")
    assert (file.revision(), file.active(), file.decisions()) == (0, (), {})
    assert not file.path.exists()


def test_declarations_last_and_are_taken_back(tmp_path: Path) -> None:
    """Another reader of the file sees every write by its revision; a retracted declaration may come back."""
    file, other = DeclarationFile(tmp_path / "d.db"), DeclarationFile(tmp_path / "d.db")
    stored = file.add(ALIAS, "ops", 1)
    assert file.add(ALIAS, "somebody else", 2).id == stored.id == declaration_id(ALIAS)
    assert other.active() == (stored,)
    before = other.revision()
    assert file.retract(stored.id, "ops", 3)
    assert not file.retract(stored.id, "ops", 4)
    assert other.revision() > before
    assert other.active() == ()
    assert file.add(ALIAS, "again", 5) in other.active()


def decided(state: str, by: str, policy: str = "") -> Decision:
    """A decision about the suggestion `s`."""
    return Decision(suggestion="s", state=state, decided_by=by, decided_us=6, a="x", b="y", score=0.9, policy=policy)


def test_a_decision_stands_as_long_as_what_it_declared(tmp_path: Path) -> None:
    """Whoever is first decides; taken back, it is open for people and for no policy, and the audit keeps everything."""
    file, other = DeclarationFile(tmp_path / "d.db"), DeclarationFile(tmp_path / "d.db")
    (taken,) = file.decide([(decided("accepted", "policy p", "p"), ALIAS)])
    assert taken.declaration == declaration_id(ALIAS)
    assert other.decide([(decided("rejected", "ops"), BINDING)]) == []
    assert [each.declaration for each in other.active()] == [ALIAS]
    assert other.decisions() == {"s": taken}
    file.retract(taken.declaration, "ops", 7)
    assert not other.decisions()["s"].standing
    assert other.decide([(decided("accepted", "policy p", "p"), ALIAS)]) == []
    assert other.active() == ()
    (again,) = other.decide([(decided("rejected", "ops"), BINDING)])
    assert file.decisions() == {"s": again}
    assert [(each.state, each.standing) for each in file.audit("s")] == [("accepted", False), ("rejected", True)]
    assert file.audit("unknown") == DeclarationFile(tmp_path / "none.db").audit("s") == ()


def test_a_file_that_is_none_is_an_error_in_plain_words(tmp_path: Path) -> None:
    """What cannot be used is named, with the setting that leads to it."""
    path = tmp_path / "d.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(Unavailable, match="cannot be used") as caught:
        DeclarationFile(path).active()
    assert caught.value.code == "DECLARATIONS_UNAVAILABLE"


def test_what_is_exported_can_be_imported_and_configured(tmp_path: Path) -> None:
    """The exported form is that of the registry file, whatever characters a name holds."""
    config = tmp_path / "mesh.toml"
    config.write_text("")
    file = DeclarationFile(tmp_path / "declarations.db")
    file.add(ALIAS, "ops", 1)
    file.add(BINDING, "ops", 2)
    flags = ["--config", str(config)]
    exported = CliRunner().invoke(declarations, ["export", *flags]).stdout
    config.write_text(exported)
    assert set(load({"config": str(config)}, {}).declarations) == {ALIAS, BINDING}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mesh.toml").write_text("")
    done = CliRunner().invoke(declarations, ["import", str(config), "--config", str(elsewhere / "mesh.toml")])
    assert done.exit_code == 0, done.output
    assert {each.declaration for each in DeclarationFile(elsewhere / "declarations.db").active()} == {ALIAS, BINDING}
    listed = CliRunner().invoke(declarations, ["list", *flags]).stdout
    assert listed.count("CONFIGURATION") == listed.count("API") == 2
    assert CliRunner().invoke(declarations, ["list", "--json", *flags]).stdout.count('"id"') == 4


@pytest.mark.parametrize("written", ["declarations = 1", '[[declarations]]\ntype = "guess"', "[[declarations]]"])
def test_an_unfit_declaration_is_refused_with_its_place(tmp_path: Path, written: str) -> None:
    """The file and the place in it are named."""
    config = tmp_path / "mesh.toml"
    config.write_text(written)
    with pytest.raises(InvalidSetting, match=r"mesh\.toml"):
        load({"config": str(config)}, {})

"""The agent's settings: where values come from, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineage_agent import config
from lineage_shared.errors import InvalidSetting


def test_precedence(tmp_path: Path) -> None:
    """A flag wins over the environment, that over the file, that over the default; each origin is told."""
    file = tmp_path / "agent.toml"
    file.write_text('host = "10.0.0.1"\nport = 1\ndomain = "file"\n[windows]\netl = 3\n')
    settings = config.load({"domain": "flag"}, str(file), {"LINEAGE_AGENT_PORT": "2", "LINEAGE_AGENT_DOMAIN": "env"})
    assert (settings.domain, settings.port, settings.host, settings.db) == ("flag", 2, "10.0.0.1", "lineage.db")
    assert settings.windows == {"etl": 3}
    origins = [settings.origins[name] for name in ("domain", "port", "host", "db")]
    assert origins == ["flag --domain", "environment LINEAGE_AGENT_PORT", str(file), "default"]


def test_the_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    """LINEAGE_AGENT_CONFIG names the file, and is itself no unknown setting."""
    file = tmp_path / "other.toml"
    file.write_text('domain = "x"\n')
    assert config.load({}, None, {"LINEAGE_AGENT_CONFIG": str(file)}).domain == "x"


def test_paths_in_a_file_are_relative_to_it(tmp_path: Path) -> None:
    """A configuration file and what it names can be moved together; an absolute path stays."""
    file = tmp_path / "agent.toml"
    file.write_text('db = "shop.db"\nmesh_keys_file = "/keys"\n')
    settings = config.load({}, str(file), {"LINEAGE_AGENT_INGEST_KEYS_FILE": "here"})
    assert settings.db == str(tmp_path / "shop.db")
    assert (settings.mesh_keys_file, settings.ingest_keys_file) == ("/keys", "here")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1\n", "unknown setting 'prot'"),
        ('port = "x"\n', "port must be"),
        ("port = 70000\n", "at most 65535"),
        ("[windows]\netl = 0\n", "at most 1000"),
        ("port = \n", "not TOML"),
        ('log_level = "loud"\n', "none of"),
    ],
)
def test_unfit_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """Unknown names, wrong types and values out of range are refused, naming the file."""
    file = tmp_path / "agent.toml"
    file.write_text(text)
    with pytest.raises(InvalidSetting, match=message) as caught:
        config.load({}, str(file), {})
    assert str(file) in caught.value.message


def test_unknown_variables_are_refused() -> None:
    """A misspelt variable is an error with a guess, not silence."""
    with pytest.raises(InvalidSetting) as caught:
        config.load({}, None, {"LINEAGE_AGENT_PROT": "1"})
    assert "port" in caught.value.hint


def test_windows_from_the_environment() -> None:
    """A table of numbers is written name=number in a variable."""
    settings = config.load({}, None, {"LINEAGE_AGENT_WINDOWS": "a://b=2, c=7"})
    assert settings.windows == {"a://b": 2, "c": 7}


def test_keys_come_from_values_and_files(tmp_path: Path) -> None:
    """Keys stand in settings, or one a line in a file; `config show` hides them."""
    file = tmp_path / "keys"
    file.write_text("# who\n0123456789abcdef # laptop\n\n")
    settings = config.load({}, None, {"LINEAGE_AGENT_MESH_KEYS_FILE": str(file), "LINEAGE_AGENT_INGEST_KEYS": "f" * 16})
    keys = config.keys_of(settings)
    keys.mesh.check("Bearer 0123456789abcdef")
    keys.ingest.check("bearer " + "f" * 16)
    assert {name: value for name, value, _ in settings.shown()}["ingest_keys"] == "(set)"


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_key_file_does_not_open_the_door(tmp_path: Path, text: str) -> None:
    """A key file without a key is an error: it must not mean that no key is needed."""
    file = tmp_path / "keys"
    file.write_text(text)
    with pytest.raises(InvalidSetting, match="holds no key"):
        config.keys_of(config.load({"mesh_keys_file": str(file)}, None, {}))


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db.example", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    """Only addresses that other machines cannot reach are loopback."""
    assert config.is_loopback(host) is loopback


def test_exposure_needs_both_keys() -> None:
    """An address that others reach needs keys for both doors, or the explicit wish to have none."""
    one = config.load({"host": "0.0.0.0", "ingest_keys": ("f" * 16,)}, None, {})
    with pytest.raises(InvalidSetting, match="no mesh_keys") as caught:
        config.check_exposure(one, config.keys_of(one))
    assert "--insecure-no-auth" in caught.value.hint
    allowed = config.load({"host": "0.0.0.0", "insecure_no_auth": True}, None, {})
    config.check_exposure(allowed, config.keys_of(allowed))


def test_every_setting_explains_itself() -> None:
    """Each row has a help text, and a limit with a unit names it."""
    assert all(setting.help.endswith(".") or "e.g." in setting.help for setting in config.TABLE)
    assert all(setting.minimum is not None for setting in config.TABLE if setting.type in {int, float})

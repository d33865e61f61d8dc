"""The settings table and the registry file: what is taken, and what is refused with which words."""

from pathlib import Path
from typing import Any

import pytest

from lineage_gateway.config import SETTINGS, Configuration, keyring, load
from lineage_gateway.lineage import Limits
from lineage_shared.errors import InvalidSetting


def read(text: str, tmp_path: Path, environ: dict[str, str] | None = None, **flags: Any) -> Configuration:
    """Load a registry file with this text."""
    path = tmp_path / "mesh.toml"
    path.write_text(text, encoding="utf-8")
    return load({"config": str(path), **flags}, environ or {})


def test_defaults_are_within_their_limits() -> None:
    """Every row of the table has help, and a default that the row itself would accept."""
    for setting in SETTINGS:
        assert setting.help
        if setting.minimum is not None:
            assert setting.minimum <= setting.default
        if setting.maximum is not None:
            assert setting.default <= setting.maximum
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    """The nearest origin wins, and is remembered."""
    environ = {"LINEAGE_GATEWAY_PORT": "2", "LINEAGE_GATEWAY_DEADLINE_S": "3.5", "HOME": "/"}
    settings = read("port = 1\ndeadline_s = 1\nlimit_max = 7", tmp_path, environ, port=3).settings
    assert (settings.port, settings.deadline_s, settings.limit_max, settings.host) == (3, 3.5, 7, "127.0.0.1")
    assert [settings.origins[name] for name in ("port", "deadline_s", "host")] == [
        "flag --port",
        "environment LINEAGE_GATEWAY_DEADLINE_S",
        "default",
    ]
    assert settings.origins["limit_max"].endswith("mesh.toml")


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    """LINEAGE_GATEWAY_CONFIG stands for --config."""
    path = tmp_path / "mesh.toml"
    path.write_text('[domains.sales]\nurl = "http://127.0.0.1:1"')
    assert load({}, {"LINEAGE_GATEWAY_CONFIG": str(path)}).domains[0].name == "sales"


def test_a_file_in_the_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --config and --agent, ./mesh.toml is read; with --agent it is not."""
    monkeypatch.chdir(tmp_path)
    assert load({}, {}).domains == ()
    Path("mesh.toml").write_text('[domains.sales]\nurl = "http://127.0.0.1:1"')
    assert [each.name for each in load({}, {}).domains] == ["sales"]
    assert [each.name for each in load({"agents": ("hr=http://127.0.0.1:2",)}, {}).domains] == ["hr"]


def test_domains_come_from_file_and_flags(tmp_path: Path) -> None:
    """Tables and --agent add up; namespaces and keys belong to their domain."""
    configuration = read(
        '[domains.sales]\nurl = "http://127.0.0.1:1"\nkey = "s3cret"\nnamespaces = ["postgres://db"]',
        tmp_path,
        agents=("hr=http://127.0.0.1:2",),
    )
    sales, hr = configuration.domains
    assert (sales.name, sales.url, sales.key, sales.namespaces) == (
        "sales",
        "http://127.0.0.1:1",
        "s3cret",
        ("postgres://db",),
    )
    assert (hr.name, hr.url, hr.key) == ("hr", "http://127.0.0.1:2", "")
    assert "s3cret" not in repr(configuration)


def test_keys_come_from_files_and_variables(tmp_path: Path) -> None:
    """A key file is found beside the registry file and watched; a variable may have any name."""
    (tmp_path / "sales.key").write_text("from-file\n")
    text = (
        '[domains.sales]\nurl = "http://a"\nkey_file = "sales.key"\n'
        '[domains.hr]\nurl = "http://b"\nkey_env = "LINEAGE_GATEWAY_HR"\n'
        '[domains.ml]\nurl = "http://c"'
    )
    environ = {"LINEAGE_GATEWAY_HR": "from-variable", "LINEAGE_GATEWAY_AGENT_KEY": "shared"}
    configuration = read(text, tmp_path, environ)
    assert [each.key for each in configuration.domains] == ["from-file", "from-variable", "shared"]
    assert configuration.files == (tmp_path / "mesh.toml", tmp_path / "sales.key")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("prot = 1", "unknown setting 'prot'", "'port'"),
        ("port = 'x'", "port must be of type int", ""),
        ("port = 99999", "at most 65535", ""),
        ("port = = 1", "not TOML", ""),
        ("domains = 3", "must be tables", "[domains.NAME]"),
        ("domains.sales = 'http://a'", "must be a table", "[domains.sales]"),
        ("[domains.sales]\nulr = 'http://a'", "unknown setting 'ulr'", "'url'"),
        ("[domains.sales]\nurl = 3", "url must be of type str", ""),
        ("[domains.sales]\nurl = 'http://a'\nkey = 'x'\nkey_env = 'Y'", "key and key_env are given", ""),
        ("[domains.sales]\nurl = 'http://a'\nkey_env = 'NOT_SET'", "key_env gives an empty key", ""),
        ("[domains.sales]\nurl = 'http://a'\nkey_file = 'none'", "cannot read", ""),
        ("log_level = 'loud'", "none of debug", ""),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str, hint: str, tmp_path: Path) -> None:
    """A refused configuration says where, what, and what was probably meant."""
    with pytest.raises(InvalidSetting) as caught:
        read(text, tmp_path)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A registry file that is not there is refused by name."""
    with pytest.raises(InvalidSetting, match="nowhere"):
        load({"config": str(tmp_path / "nowhere.toml")}, {})


def test_a_misspelt_variable_is_refused() -> None:
    """A variable with our prefix that names no setting is not silently ignored."""
    with pytest.raises(InvalidSetting, match="LINEAGE_GATEWAY_PROT"):
        load({}, {"LINEAGE_GATEWAY_PROT": "1"})


def test_an_agent_flag_needs_name_and_url() -> None:
    """--agent without an equals sign is refused with an example."""
    with pytest.raises(InvalidSetting, match="not NAME=URL"):
        load({"agents": ("http://127.0.0.1:1",)}, {})


def test_callers_keys_come_from_setting_and_file(tmp_path: Path) -> None:
    """`keys` and `keys_file` add up; comments and blank lines are skipped; an empty file is refused."""
    path = tmp_path / "keys"
    path.write_text("# ours\n\nfile-key-0123456789\n")
    settings = load(
        {}, {"LINEAGE_GATEWAY_KEYS": "list-key-0123456789", "LINEAGE_GATEWAY_KEYS_FILE": str(path)}
    ).settings
    ring = keyring(settings)
    ring.check("Bearer file-key-0123456789")
    ring.check("Bearer list-key-0123456789")
    path.write_text("# nothing\n")
    with pytest.raises(InvalidSetting, match="holds no key"):
        keyring(settings)


def test_secrets_are_not_shown() -> None:
    """`config show` hides keys and shows the rest."""
    shown = load({}, {"LINEAGE_GATEWAY_AGENT_KEY": "0123456789abcdef"}).settings.shown()
    assert ("agent_key", "(set)", "environment LINEAGE_GATEWAY_AGENT_KEY") in shown
    assert "0123456789abcdef" not in str(shown)


def test_limits_take_their_settings_by_name() -> None:
    """The defaults of the answers' limits are those of the settings table."""
    assert Limits.of(load({}, {}).settings) == Limits()

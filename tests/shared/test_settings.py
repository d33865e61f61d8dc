"""Settings: precedence, origins, types, limits; what is misspelt is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_shared.errors import InvalidSetting
from lineage_shared.settings import Resolved, Setting, convert, resolve

TABLE = (
    Setting("host", str, "127.0.0.1", "where to listen"),
    Setting("port", int, 8081, "where to listen", minimum=0, maximum=65_535),
    Setting("deadline_s", float, 2.5, "how long to wait", minimum=0.1),
    Setting("zoom", float, 1.0, "at most this", maximum=2),
    Setting("insecure", bool, default=False, help="no keys"),
    Setting("keys", tuple, (), "who may", secret=True),
    Setting("window", dict, {}, "runs to unite", minimum=1),
    Setting("tables", list, (), "each of some form"),
    Setting("log", str, "info", "how much to say", choices=("info", "debug")),
)


def _resolve(
    flags: dict[str, Any] | None = None, environ: dict[str, str] | None = None, file: dict[str, Any] | None = None
) -> Resolved:
    return resolve(
        TABLE, prefix="LINEAGE_TEST", flags=flags or {}, environ=environ or {}, file=file or {}, file_name="a.toml"
    )


def test_defaults() -> None:
    """Without anything given, every setting has its default, and says so."""
    resolved = _resolve()
    assert resolved.values == {setting.name: setting.default for setting in TABLE}
    assert set(resolved.origins.values()) == {"default"}
    assert resolved.port == 8081


def test_precedence() -> None:
    """Flag before environment before file before default; the origin names the winner."""
    environ, file = {"LINEAGE_TEST_PORT": "2"}, {"port": 3}
    cases = [
        (_resolve({"port": 1}, environ, file), 1, "flag --port"),
        (_resolve({}, environ, file), 2, "environment LINEAGE_TEST_PORT"),
        (_resolve({}, {}, file), 3, "a.toml"),
        (_resolve(), 8081, "default"),
    ]
    assert [(resolved.port, resolved.origins["port"]) for resolved, _, _ in cases] == [case[1:] for case in cases]


def test_flag_not_given() -> None:
    """A flag that is None was not given, a false one was."""
    file = {"port": 3, "insecure": True}
    resolved = _resolve(flags={"port": None, "insecure": False}, file=file)
    assert (resolved.port, resolved.insecure) == (3, False)


def test_unknown_attribute() -> None:
    """A setting that no table holds is a programmer's error."""
    with pytest.raises(AttributeError):
        _ = _resolve().colour


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", "8080", 8080),
        ("deadline_s", "1e1", 10.0),
        ("insecure", "true", True),
        ("insecure", "0", False),
        ("keys", "a, b,,c ", ("a", "b", "c")),
        ("keys", "", ()),
        ("window", "dbt=3, a=b=2", {"dbt": 3, "a=b": 2}),
        ("tables", '[{"a": [1]}]', ({"a": [1]},)),
        ("host", "::1", "::1"),
        ("log", "debug", "debug"),
    ],
)
def test_environment_values(name: str, text: str, value: Any) -> None:
    """Text from the environment becomes the setting's type; commas part lists."""
    assert _resolve(environ={f"LINEAGE_TEST_{name.upper()}": text}).values[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("deadline_s", 3), ("keys", ["a", "b"]), ("window", {"dbt": 3}), ("port", "8080"), ("tables", [{"a": 1}])],
)
def test_file_values(name: str, value: Any) -> None:
    """Values of a file come with types of their own."""
    expected = {"deadline_s": 3.0, "keys": ("a", "b"), "window": {"dbt": 3}, "port": 8080, "tables": ({"a": 1},)}
    assert _resolve(file={name: value}).values[name] == expected[name]


BAD: list[tuple[str, Any, str]] = [
    ("port", "http", "port must be of type int"),
    ("port", "", "port must be of type int"),
    ("port", 80.5, "port must be of type int"),
    ("port", True, "port must be of type int"),
    ("port", 65_536, "port = 65536 is not at least 0 and at most 65535"),
    ("port", "-1", "is not at least 0"),
    ("deadline_s", "0", "is not at least 0.1"),
    ("deadline_s", "nan", "is not at least 0.1"),
    ("zoom", 3, "zoom = 3.0 is not at most 2"),
    ("insecure", "maybe", "insecure must be of type bool"),
    ("host", 7, "host must be of type str"),
    ("keys", [1], "keys must be a list of strings"),
    ("window", "dbt", "window must be a table of whole numbers"),
    ("window", {"dbt": 0}, "is not at least 1"),
    ("tables", {"a": 1}, "tables must be a list of tables (`[[tables]]`)"),
    ("tables", "[1", "tables must be a list of tables"),
    ("log", "loud", "log = 'loud' is none of info, debug"),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD, ids=[f"{name}={value}" for name, value, _ in BAD])
def test_unfit_values(name: str, value: Any, message: str) -> None:
    """A value of a wrong type or out of its limits is refused, and the message says where it came from."""
    with pytest.raises(InvalidSetting) as caught:
        _resolve(file={name: value})
    assert caught.value.message.startswith("a.toml: ")
    assert message in caught.value.message


def test_unknown_in_file() -> None:
    """An unknown key is refused, with the closest known one."""
    with pytest.raises(InvalidSetting, match="unknown setting 'prot'") as caught:
        _resolve(file={"prot": 1})
    assert caught.value.hint == "did you mean 'port'?"


def test_unknown_in_environment() -> None:
    """A variable with our prefix that names no setting is refused; others are not ours."""
    with pytest.raises(InvalidSetting, match="LINEAGE_TEST_XYZZY") as caught:
        _resolve(environ={"LINEAGE_TEST_XYZZY": "1"})
    assert "config show" in caught.value.hint
    assert _resolve(environ={"LINEAGE_TESTS_PORT": "1", "PORT": "2"}).port == 8081


def test_shown() -> None:
    """All settings with their origins are shown, secrets hidden."""
    shown = {name: (value, origin) for name, value, origin in _resolve(flags={"keys": ["s3cret"]}).shown()}
    assert shown["keys"] == ("(set)", "flag --keys")
    assert shown["port"] == ("8081", "default")
    assert "s3cret" not in str(shown)
    assert ("keys", "[]", "default") in _resolve().shown()


@given(st.sampled_from(TABLE), st.text(max_size=12))
def test_no_other_error(setting: Setting, text: str) -> None:
    """Any text is a value within the limits, or an `InvalidSetting`."""
    try:
        convert(setting, text, "test")
    except InvalidSetting as error:
        assert setting.name in error.message  # noqa: PT017 - either outcome is fine, another exception is not

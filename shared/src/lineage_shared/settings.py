"""Settings as one table per server: name, type, default, limits and help; and how a value is found.

Order of precedence: flag, environment variable (`PREFIX_NAME`), configuration file, default. The result remembers the
origin of every value, so that `config show` can tell. Reading files and the environment is the caller's.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lineage_shared.errors import InvalidSetting


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of a settings table.

    `type` is str, int, float, bool, tuple (of strings; commas in the environment), dict (text to whole numbers; in the
    environment `name=number`, with commas between) or list (of tables; JSON in the environment).
    """

    name: str
    type: type
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """The values of a whole table with the origin of each."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    secrets: frozenset[str] = field(default=frozenset())

    def __getattr__(self, name: str) -> Any:
        """Read a value by its setting's name."""
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def shown(self) -> list[tuple[str, str, str]]:
        """Return (name, value, origin) of every setting, secrets hidden."""
        return [(name, self._display(name), self.origins[name]) for name in self.values]

    def _display(self, name: str) -> str:
        value = self.values[name]
        if name in self.secrets and value:
            return "(set)"
        return msgspec.json.encode(value).decode()


def resolve(
    table: Iterable[Setting],
    *,
    prefix: str,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    file: Mapping[str, Any],
    file_name: str,
) -> Resolved:
    """Find the value of every setting; raise `InvalidSetting` naming the origin of an unknown or unfit one.

    Flags that are None were not given. Environment variables that begin with `PREFIX_` but name no setting are refused
    as well: a misspelt variable would otherwise be silently ignored.
    """
    rows = {setting.name: setting for setting in table}
    _refuse_unknown(file, rows, lambda name: f"{file_name}: unknown setting {name!r}")
    named = {key[len(prefix) + 1 :].lower(): key for key in environ if key.startswith(prefix + "_")}
    _refuse_unknown(named, rows, lambda name: f"environment: unknown variable {named[name]!r}")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, setting in rows.items():
        raw, origin = setting.default, "default"
        if flags.get(name) is not None:
            raw, origin = flags[name], f"flag --{name.replace('_', '-')}"
        elif name in named:
            raw, origin = environ[named[name]], f"environment {named[name]}"
        elif name in file:
            raw, origin = file[name], file_name
        values[name] = raw if origin == "default" else convert(setting, raw, origin)
        origins[name] = origin
    return Resolved(values, origins, frozenset(name for name, setting in rows.items() if setting.secret))


_WANTED: Mapping[Any, Any] = {tuple: tuple[str, ...], dict: dict[str, int], list: tuple[dict[str, Any], ...]}


def convert(setting: Setting, raw: Any, origin: str) -> Any:
    """Turn a raw value into the setting's type and check its limits."""
    strict = not isinstance(raw, str)
    wanted = _WANTED.get(setting.type, setting.type)
    try:
        written = _listed(setting, raw) if setting.type in _WANTED and isinstance(raw, str) else raw
        value = msgspec.convert(written, wanted, strict=strict)
    except msgspec.MsgspecError as error:
        raise InvalidSetting(f"{origin}: {setting.name} must be {_type_name(setting)}: {error}") from None
    _check_limits(setting, value, origin)
    return value


def _listed(setting: Setting, text: str) -> Any:
    """Read several values out of one text; JSON that is none raises `msgspec.DecodeError`."""
    if setting.type is list:
        return msgspec.json.decode(text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return dict(part.rpartition("=")[::2] for part in parts) if setting.type is dict else parts


def _check_limits(setting: Setting, value: Any, origin: str) -> None:
    low, high = setting.minimum, setting.maximum
    numbers = value.values() if isinstance(value, dict) else (value,) if low is not None or high is not None else ()
    # Written so that NaN, which is neither below nor above anything, is outside.
    if not all((low is None or low <= each) and (high is None or each <= high) for each in numbers):
        bounds = [f"at least {low}"] * (low is not None) + [f"at most {high}"] * (high is not None)
        raise InvalidSetting(f"{origin}: {setting.name} = {value} is not {' and '.join(bounds)}")
    if setting.choices and value not in setting.choices:
        raise InvalidSetting(f"{origin}: {setting.name} = {value!r} is none of {', '.join(setting.choices)}")


def _type_name(setting: Setting) -> str:
    names: Mapping[Any, str] = {
        tuple: "a list of strings",
        dict: "a table of whole numbers",
        list: f"a list of tables (`[[{setting.name}]]`)",
    }
    return names.get(setting.type, f"of type {setting.type.__name__}")


def _refuse_unknown(given: Iterable[str], rows: Mapping[str, Setting], message: Any) -> None:
    for name in given:
        if name not in rows:
            close = difflib.get_close_matches(name, rows, n=1)
            raise InvalidSetting(
                message(name), hint=f"did you mean {close[0]!r}?" if close else "`config show` lists all"
            )

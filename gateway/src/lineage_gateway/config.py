"""What a gateway is told: its settings, domains, declarations and policies, from flags, environment and `mesh.toml`.

This is the only module that reads the environment. `load` reads everything once and returns a frozen `Configuration`;
`lineage_gateway.registry` calls it again when the file changes. Precedence: flag, environment (`LINEAGE_GATEWAY_*`),
file, default. Unknown keys are refused everywhere, with the closest known one as a hint.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lineage_gateway.policies import SuggestionPolicy, read_policies
from lineage_gateway.settings import DOMAIN, SETTINGS
from lineage_shared.bearer import Keyring, keys_in
from lineage_shared.claims import unusable
from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import Declaration, Declarations, as_json, read_declaration
from lineage_shared.naming.declared import Symlink
from lineage_shared.settings import Resolved, resolve

__all__ = [
    "CONFIG_FILE",
    "DOMAIN",
    "PREFIX",
    "SETTINGS",
    "Configuration",
    "DomainTable",
    "declarations_file",
    "keyring",
    "load",
]

PREFIX = "LINEAGE_GATEWAY"
CONFIG_FILE = "mesh.toml"


@dataclass(frozen=True, slots=True)
class DomainTable:
    """One `[domains.NAME]` table as written, its key resolved; `registry` checks it. `where` names its origin."""

    name: str
    url: str
    where: str
    key: str = field(default="", repr=False)
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings, the domains as written, and the files whose change should be noticed."""

    settings: Resolved
    domains: tuple[DomainTable, ...]
    files: tuple[Path, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    policies: tuple[SuggestionPolicy, ...] = ()


def load(flags: Mapping[str, Any], environ: Mapping[str, str]) -> Configuration:
    """Read files and environment; raise `InvalidSetting` naming the origin of the first thing that is wrong.

    `flags` maps setting names to values, None = not given. `environ` is the process's environment.
    """
    path = _config_file(flags, environ)
    tables = _read_toml(Path(path)) if path else {}
    written = tables.pop("domains", {})
    if not isinstance(written, dict):
        raise InvalidSetting(f"{path}: `domains` must be tables", hint='write [domains.NAME] with url = "http://..."')
    declarations = _declarations(tables.pop("declarations", []), path)
    policies = read_policies(tables.pop("suggestion_policies", []), str(path))
    key_names = {table["key_env"] for table in written.values() if _names_environment(table)}
    own = {name: value for name, value in environ.items() if name not in key_names}
    settings = resolve(SETTINGS, prefix=PREFIX, flags=flags, environ=own, file=tables, file_name=str(path))
    files = [Path(path)] if path else []
    domains = [_domain(name, table, Path(path), environ, files) for name, table in written.items()]
    domains += [_flag_domain(text, settings) for text in settings.agents]
    keyed = tuple(_with_default_key(domains, settings.agent_key))
    return Configuration(settings, keyed, tuple(files), declarations, policies)


def _declarations(written: Any, path: str) -> tuple[Declaration, ...]:
    """Read the `[[declarations]]` of a registry file."""
    if not isinstance(written, list):
        raise InvalidSetting(
            f"{path}: `declarations` must be tables", hint='write [[declarations]] with type = "alias"'
        )
    places = ((each, f"declarations[{place}]") for place, each in enumerate(written))
    try:
        found = tuple(read_declaration(each, where, known_fields_only=True) for each, where in places)
    except InvalidInput as error:
        raise InvalidSetting(f"{path}: {error.message}", hint=error.hint, code=error.code) from None
    # A symlink is what a producer said; one copied from its events may point at nothing, and then does no harm.
    said = Declarations(each for each in found if not isinstance(each, Symlink))
    for each, reason in unusable(said):
        where = f"declarations[{found.index(each)}] ({as_json(each)['type']})"
        raise InvalidSetting(
            f"{path}: {where}: it says nothing ({reason})", hint="correct it or take it out", code="DECLARATION_INVALID"
        )
    return found


def declarations_file(settings: Resolved, files: Iterable[Path]) -> Path | None:
    """Return the file of declarations, beside the registry file if there is one; None where there shall be none."""
    if not settings.declarations_db:
        return None
    return next((file.parent for file in files), Path()) / str(settings.declarations_db)


def keyring(settings: Resolved) -> Keyring:
    """Return the keys that callers of /graphql must send, from `keys` and `keys_file`."""
    keys = list(settings.keys)
    if settings.keys_file:
        keys += keys_in(_read_text(Path(settings.keys_file), "keys_file"), f"keys_file {settings.keys_file}")
    return Keyring.of(keys)


def _config_file(flags: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Return the registry file that was named, else mesh.toml of this folder unless there are agents without it."""
    named = flags.get("config") or environ.get(f"{PREFIX}_CONFIG") or ""
    if named or flags.get("agents") or f"{PREFIX}_AGENTS" in environ:
        return str(named)
    return CONFIG_FILE if Path(CONFIG_FILE).is_file() else ""


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read_text(path, "config"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetting(f"{path}: not TOML: {error}") from None


def _read_text(path: Path, setting: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InvalidSetting(f"{setting}: cannot read {path}: {reason}") from None


def _names_environment(table: Any) -> bool:
    return isinstance(table, dict) and isinstance(table.get("key_env"), str)


def _domain(name: str, table: Any, path: Path, environ: Mapping[str, str], files: list[Path]) -> DomainTable:
    where = f"{path}: [domains.{name}]"
    if not isinstance(table, dict):
        raise InvalidSetting(f"{where}: must be a table", hint=f'write [domains.{name}] with url = "http://..."')
    row = resolve(DOMAIN, prefix=PREFIX, flags={}, environ={}, file=table, file_name=where)
    given = [each for each in ("key", "key_file", "key_env") if getattr(row, each)]
    if len(given) > 1:
        raise InvalidSetting(f"{where}: {' and '.join(given)} are given, at most one may be")
    key = row.key
    if row.key_file:
        file = path.parent / row.key_file
        files.append(file)
        key = _only_key(_read_text(file, f"{where}: key_file"), f"{where}: key_file {row.key_file}")
    if row.key_env:
        key = environ.get(row.key_env, "").strip()
    if given and not key:
        raise InvalidSetting(f"{where}: {given[0]} gives an empty key")
    return DomainTable(name, row.url, where, key, row.namespaces)


def _only_key(text: str, where: str) -> str:
    first, *more = keys_in(text, where)
    if more:
        raise InvalidSetting(f"{where} holds {len(more) + 1} keys", hint="leave the one that the gateway shall send")
    return first


def _flag_domain(text: str, settings: Resolved) -> DomainTable:
    name, equals, url = text.partition("=")
    where = settings.origins["agents"].replace("flag --agents", "flag --agent")
    if not equals:
        raise InvalidSetting(f"{where}: {text!r} is not NAME=URL", hint="for example sales=http://127.0.0.1:8081")
    return DomainTable(name.strip(), url.strip(), where)


def _with_default_key(domains: list[DomainTable], key: str) -> list[DomainTable]:
    return [each if each.key else replace(each, key=key) for each in domains]

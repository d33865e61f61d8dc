"""The agent's settings: one table, and how its values are found.

A flag wins over an environment variable (`LINEAGE_AGENT_NAME`), that over the configuration file (agent.toml), that
over the default. The environment and files are read here and nowhere else; everything below gets values. Keys may
stand in files of their own, one a line, so that they need not stand in agent.toml. Paths in the configuration file are
relative to its folder, all others to the working directory.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lineage_agent.declarations import read_declarations
from lineage_shared.bearer import Keyring, keys_in
from lineage_shared.errors import InvalidSetting
from lineage_shared.naming import Declaration, as_json
from lineage_shared.settings import Resolved, Setting, resolve

PREFIX = "LINEAGE_AGENT"
CONFIG_VARIABLE = f"{PREFIX}_CONFIG"
CONFIG_FILE = "agent.toml"

MIB = 1024 * 1024

TABLE: tuple[Setting, ...] = (
    Setting("domain", str, "", "Name of the domain that this agent records; the store file keeps it."),
    Setting("db", str, "lineage.db", "The store: one SQLite file, made when missing."),
    Setting("host", str, "127.0.0.1", "Address to listen on. Anything but loopback needs keys."),
    Setting("port", int, 8081, "TCP port to listen on; 0 picks a free one.", 0, 65535),
    Setting("description", str, "", "What the domain does, in a sentence; shown in the mesh."),
    Setting("contacts", tuple, (), "Whom to ask: addresses, channels, teams."),
    Setting(
        "namespaces", tuple, (), "Prefixes of dataset namespaces that this domain owns, e.g. postgres://db.shop:5432."
    ),
    Setting(
        "windows",
        dict,
        {},
        "Per job namespace: how many newest completed runs count as current lineage. 1 where nothing is said; more for "
        "incremental jobs that read different inputs each time.",
        1,
        1000,
    ),
    Setting(
        "declarations",
        list,
        (),
        "What the domain declares about names, in the form of docs/identifiers.md; as JSON in the environment.",
    ),
    Setting("declarations_max", int, 1000, "Most declarations; beyond it the agent does not start.", 0, 100_000),
    Setting(
        "declarations_bytes_max",
        int,
        MIB,
        "Longest declarations, as JSON, in bytes; beyond it the agent does not start.",
        1024,
        16 * MIB,
    ),
    Setting("ingest_keys", tuple, (), "Bearer keys that producers may send events with. None: open.", secret=True),
    Setting("ingest_keys_file", str, "", "File with more such keys, one a line; # begins a comment."),
    Setting("mesh_keys", tuple, (), "Bearer keys for the mesh protocol and /metrics. None: open.", secret=True),
    Setting("mesh_keys_file", str, "", "File with more such keys, one a line; # begins a comment."),
    Setting("insecure_no_auth", bool, False, "Allow a non-loopback address without keys."),
    Setting("share_environment_variables", bool, False, "Let environment variables leave this agent."),
    Setting("share_source_code", bool, False, "Let the text of source code leave this agent."),
    Setting("share_stack_traces", bool, False, "Let stack traces leave this agent."),
    Setting(
        "body_bytes_max", int, 64 * MIB, "Longest request body, inflated, in bytes; beyond it 413.", 1024, 1024 * MIB
    ),
    Setting(
        "bodies_bytes_max",
        int,
        256 * MIB,
        "Request bodies held in memory at once, inflated, in bytes; beyond it 503 with Retry-After.",
        1024,
        16 * 1024 * MIB,
    ),
    Setting(
        "body_timeout_s",
        float,
        60.0,
        "Longest time for a request body to arrive, in seconds; beyond it 408.",
        0.1,
        3600,
    ),
    Setting(
        "request_bytes_max",
        int,
        4 * MIB,
        "Longest request of the mesh protocol, inflated, in bytes; beyond it 413.",
        1024,
        64 * MIB,
    ),
    Setting("batch_events_max", int, 10_000, "Most events in one batch; beyond it 413.", 1, 1_000_000),
    Setting(
        "queue_events_max",
        int,
        10_000,
        "Most events waiting to be stored; beyond it 503 with Retry-After.",
        1,
        1_000_000,
    ),
    Setting("readers_max", int, 4, "Connections that read the store at the same time.", 1, 64),
    Setting("subscribers_max", int, 100, "Open change feeds; beyond it 503 with Retry-After.", 1, 10_000),
    Setting(
        "backlog_nodes_max",
        int,
        10_000,
        "Most changed nodes that a returning subscriber is told one by one; beyond it a new snapshot.",
        1,
        1_000_000,
    ),
    Setting("heartbeat_s", float, 10.0, "Seconds between heartbeats of a quiet change feed.", 0.05, 20),
    Setting(
        "volatile_interval_ms",
        int,
        250,
        "Shortest time between two change messages that move no lineage (states, times, revisions), in milliseconds.",
        0,
        5_000,
    ),
    Setting("detail_nodes_max", int, 10_000, "Most nodes, or runs, in one detail request; beyond it 413.", 1, 10_000),
    Setting("runs_max", int, 1_000, "Most runs of one job in one answer; beyond it 400.", 1, 100_000),
    Setting("expand_nodes_max", int, 100_000, "Most nodes in one closure; beyond it truncated.", 1, 1_000_000),
    Setting(
        "detail_bytes_max",
        int,
        16 * MIB,
        "Longest detail answer in bytes; what is beyond it is named, not sent.",
        1024,
        64 * MIB,
    ),
    Setting("page_max", int, 500, "Most items in one page of the Marquez-shaped reads; beyond it 400.", 1, 10_000),
    Setting("depth_max", int, 1000, "Largest depth of a lineage graph, beyond it 400.", 1, 1_000_000),
    Setting("graph_nodes_max", int, 1000, "Most nodes in one lineage graph; the nearest are shown.", 1, 100_000),
    Setting("search_chars_max", int, 256, "Longest search text, in characters.", 1, 10_000),
    Setting(
        "wait_s_max",
        float,
        30.0,
        "Longest time that a reader may wait for its event to be projected, in seconds.",
        0,
        300,
    ),
    Setting("drain_s", float, 10.0, "Longest time to finish what is under way after SIGTERM, in seconds.", 0.1, 600),
    Setting("log_level", str, "info", "How much is logged, on stderr.", choices=("debug", "info", "warning", "error")),
)

_PATHS = ("db", "ingest_keys_file", "mesh_keys_file")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the two doors."""

    ingest: Keyring
    mesh: Keyring


def load(
    flags: Mapping[str, Any], config_file: str | None = None, environ: Mapping[str, str] | None = None
) -> Resolved:
    """Find the value of every setting; raise `InvalidSetting` for an unknown or unfit one, naming where it stands.

    Without `config_file`, the variable LINEAGE_AGENT_CONFIG names the file, else ./agent.toml is read if it exists.
    Declarations are given as JSON in their common form, scoped to the domain where it is named.
    """
    variables = dict(os.environ if environ is None else environ)
    named = config_file or variables.pop(CONFIG_VARIABLE, "")
    variables.pop(CONFIG_VARIABLE, None)
    path = Path(named or CONFIG_FILE)
    file = _read_toml(path) if named or path.is_file() else {}
    found = resolve(TABLE, prefix=PREFIX, flags=flags, environ=variables, file=file, file_name=str(path))
    beside = {name: str(path.parent / file[name]) for name in _PATHS if found.origins[name] == str(path) and file[name]}
    declared = {"declarations": tuple(map(as_json, _declarations(found)))}
    return replace(found, values={**found.values, **beside, **declared})


def declarations_of(settings: Resolved) -> tuple[Declaration, ...]:
    """Return what the domain declares; raise `InvalidSetting` when there is something, and no domain is named."""
    if settings.declarations and not settings.domain:
        raise InvalidSetting(
            f"{settings.origins['declarations']}: there are declarations, and no domain that they are of",
            hint='write domain = "NAME" beside them, or pass --domain NAME',
            code="NO_DOMAIN",
        )
    return _declarations(settings)


def _declarations(settings: Resolved) -> tuple[Declaration, ...]:
    return read_declarations(
        settings.declarations,
        domain=settings.domain,
        origin=settings.origins["declarations"],
        count_max=settings.declarations_max,
        bytes_max=settings.declarations_bytes_max,
    )


def keys_of(settings: Resolved) -> Keys:
    """Collect the keys from settings and key files."""
    return Keys(
        ingest=Keyring.of((*settings.ingest_keys, *_read_keys(settings.ingest_keys_file))),
        mesh=Keyring.of((*settings.mesh_keys, *_read_keys(settings.mesh_keys_file))),
    )


def check_exposure(settings: Resolved, keys: Keys) -> None:
    """Refuse to listen beyond this machine without keys, unless that was asked for."""
    if is_loopback(settings.host) or settings.insecure_no_auth:
        return
    missing = [name for name, ring in (("ingest_keys", keys.ingest), ("mesh_keys", keys.mesh)) if not ring]
    if missing:
        raise InvalidSetting(
            f"host {settings.host} can be reached from other machines, and there are no {' and no '.join(missing)}",
            hint="set keys (`lineage-agent init --keys` makes a file), or allow it with --insecure-no-auth",
            code="KEYS_REQUIRED",
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidSetting(
            f"{path} cannot be read: {error.strerror}", hint="`lineage-agent init` writes one"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{path} is not TOML: {error}") from None


def _read_keys(name: str) -> list[str]:
    if not name:
        return []
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"the key file {name} cannot be read: {error}") from None
    return keys_in(text, f"the key file {name}")

"""The domains of the mesh: name, URL, credential, namespaces owned; reloaded without a restart.

`domains_of` checks what `config` read. `Registry` holds the current domains and looks at the files every
`registry_poll_s` (a stat, no dependency); a change, or SIGHUP, loads them again. A file that cannot be used changes
nothing: the old domains stay and `error` says why. `lineage_gateway.sync` waits for `changed` and starts, restarts
and stops followers.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from lineage_gateway.config import Configuration, DomainTable
from lineage_gateway.policies import SuggestionPolicy
from lineage_shared.errors import InvalidSetting, LineageError
from lineage_shared.naming import DOMAIN_NAME_RULE, Declaration, is_domain_name

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DomainConfig:
    """One domain: where its agent answers, with which key, and the namespace prefixes it owns by configuration."""

    name: str
    url: str
    key: str = field(default="", repr=False)
    namespaces: tuple[str, ...] = ()

    @property
    def is_on_this_machine(self) -> bool:
        """Tell whether the agent is reached over loopback, where compressing costs more than it saves."""
        return is_loopback(urlsplit(self.url).hostname or "")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def domains_of(tables: Iterable[DomainTable]) -> dict[str, DomainConfig]:
    """Check the domains as written; raise `InvalidSetting` for the first that cannot be used."""
    domains: dict[str, DomainConfig] = {}
    for table in tables:
        if table.name in domains:
            raise InvalidSetting(f"{table.where}: the domain {table.name!r} is given twice")
        domains[table.name] = _domain(table)
    return domains


def _domain(table: DomainTable) -> DomainConfig:
    if not is_domain_name(table.name):
        raise InvalidSetting(f"{table.where}: {table.name[:80]!r} is no domain name", hint=DOMAIN_NAME_RULE)
    if any(not prefix.strip() for prefix in table.namespaces):
        raise InvalidSetting(f"{table.where}: a namespace is empty", hint="an empty prefix would own every dataset")
    return DomainConfig(table.name, _url(table), table.key, table.namespaces)


def _url(table: DomainTable) -> str:
    """Return the URL without a trailing slash. Refusals never repeat the URL: it may hold a password."""
    try:
        parts = urlsplit(table.url)
        _ = parts.port
    except ValueError as error:
        raise InvalidSetting(f"{table.where}: the url cannot be read: {error}") from None
    for wrong, message, hint in _URL_RULES:
        if wrong(parts):
            raise InvalidSetting(f"{table.where}: {message}", hint=hint)
    return table.url.rstrip("/")


_URL_RULES: tuple[tuple[Callable[[SplitResult], bool], str, str], ...] = (
    (
        lambda url: url.scheme not in {"http", "https"},
        "the url does not begin with http:// or https://",
        "for example http://127.0.0.1:8081",
    ),
    (lambda url: not url.hostname, "the url names no host", "for example http://127.0.0.1:8081"),
    (lambda url: "@" in url.netloc, "the url holds credentials", "put the bearer key in key_file or key_env"),
    (lambda url: bool(url.query or url.fragment), "the url has a query or fragment", "give the agent's base URL only"),
)


class Registry:
    """The current domains. `load` reads the configuration again; settings other than domains need a restart."""

    def __init__(self, load: Callable[[], Configuration]) -> None:
        self._load = load
        configuration = load()
        self._files = configuration.files
        self._seen = _stamps(self._files)
        self._changed = asyncio.Event()
        self.settings = configuration.settings
        self.domains: Mapping[str, DomainConfig] = domains_of(configuration.domains)
        self.declarations = configuration.declarations
        self.policies = configuration.policies
        self.error: LineageError | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are watched; the registry file first, if there is one."""
        return self._files

    @property
    def has_file(self) -> bool:
        """Tell whether there is a file from which domains may still come."""
        return bool(self._files)

    def reload(self) -> bool:
        """Read the configuration again; return whether it could be used. Domains that did not change are untouched."""
        before = _stamps(self._files)
        self._seen = before
        try:
            configuration = self._load()
            domains = domains_of(configuration.domains)
        except LineageError as error:
            self.error = error
            _log.error("the registry stays as it was: %s", error.message)
            return False
        self.error = None
        self._files = configuration.files
        # What was stamped before reading counts, so that a write in between is seen as a change at the next look.
        self._seen = {**_stamps(self._files), **{file: before[file] for file in self._files if file in before}}
        self._publish(domains, configuration.declarations, configuration.policies)
        return True

    def _publish(
        self,
        domains: Mapping[str, DomainConfig],
        declarations: tuple[Declaration, ...],
        policies: tuple[SuggestionPolicy, ...],
    ) -> None:
        if (domains, declarations, policies) == (self.domains, self.declarations, self.policies):
            return
        if domains != self.domains:
            _log.info("the registry now has %d domains: %s", len(domains), ", ".join(domains) or "none")
            self.domains = domains
        self.declarations, self.policies = declarations, policies
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, seen: Mapping[str, DomainConfig]) -> Mapping[str, DomainConfig]:
        """Wait until the domains are others than `seen`; return them."""
        while self.domains is seen or self.domains == seen:
            await self._changed.wait()
        return self.domains

    async def declarations_changed(self, seen: tuple[Declaration, ...]) -> tuple[Declaration, ...]:
        """Wait until the declarations are others than `seen`; return them."""
        while self.declarations == seen:
            await self._changed.wait()
        return self.declarations

    async def policies_changed(self, seen: tuple[SuggestionPolicy, ...]) -> tuple[SuggestionPolicy, ...]:
        """Wait until the policies are others than `seen`; return them."""
        while self.policies == seen:
            await self._changed.wait()
        return self.policies

    async def watch(self, poll_s: float) -> None:
        """Reload whenever a file changed, until cancelled."""
        while True:
            await asyncio.sleep(poll_s)
            if _stamps(self._files) != self._seen:
                self.reload()


def _stamps(files: Iterable[Path]) -> dict[Path, tuple[int, int, int] | None]:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is written or replaced; None when it is not there."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino

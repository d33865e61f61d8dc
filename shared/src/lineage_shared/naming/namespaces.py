"""Namespaces: from the text that a producer wrote to a platform, an authority and what else is known.

This is the expensive half of a key, and most references repeat a namespace, so `Declarations` remembers the results.
`names` reads the other half.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from lineage_shared.naming import hosts, paths
from lineage_shared.naming.accounts import azure_container, snowflake_account
from lineage_shared.naming.fold import lower
from lineage_shared.naming.locality import are_local, is_local
from lineage_shared.naming.platforms import BY_NAME, BY_SCHEME, Naming, Place, Platform
from lineage_shared.naming.web import storage_address

TEXT_CHARS_MAX = 4_096
"""A longer namespace, name or id denotes nothing: no platform allows it, and keys are kept in memory."""

_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<rest>.*)", re.DOTALL)
_BEHIND = re.compile(r"(?=[/\\?#])")
_OPTIONS = re.compile(r"(?=[?#])")
_LOCAL_PATH = re.compile(r"(?P<scheme>file|dbfs):(?P<path>/(?!/).*)", re.DOTALL | re.IGNORECASE)
_ARN = re.compile(r"(?:arn:)?(?P<partition>aws(?:-[a-z]+)*):(?P<service>[a-z0-9\-]+):(?P<rest>.*)", re.DOTALL)
_WEB = {"http": 80, "https": 443}
_WEB_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_LISTENER = re.compile(r"(?<=[A-Za-z_])://")
_SIGNIFICANT = re.compile(
    r"[?&#;](?P<name>database|databasename|dbname|db|schema|currentschema)=(?P<value>[^&#;]*)", re.IGNORECASE
)
# SQL Server writes a port behind a comma, and may name the protocol: `tcp:host,1433`.
_COMMA_PORT = re.compile(r"(?:tcp:)?(?P<host>[^,:]+)(?P<comma>,)?(?P<port>(?(comma)[0-9]+|))", re.IGNORECASE)
# A driver talks to its kin too; a provider's own host says which of the two it is: (driver, hint, host, platform).
_ENGINES = (
    (
        "postgres",
        "redshift",
        re.compile(r".+\.redshift(?:-serverless)?\.amazonaws\.com(?:\.cn)?(?::[0-9]*)?"),
        "redshift",
    ),
    ("mssql", "fabric", re.compile(r".+\.datawarehouse\.fabric\.microsoft\.com(?::[0-9]*)?"), "fabric"),
)


class Namespace(msgspec.Struct, frozen=True):
    """A namespace that has been read; `base` is a path inside of it (a warehouse folder), `local` needs a domain."""

    platform: Platform
    authority: str
    base: str = ""
    local: bool = False
    rules: tuple[str, ...] = ()
    missing: bool = False
    """Nothing can be found by it: a failed look-up, printed as text."""

    @property
    def identity(self) -> str:
        """The text by which declarations know the namespace, whatever its spelling."""
        return f"{self.platform.name}:{self.authority}" + (f"|{self.base}" if self.base else "")


def read_namespace(text: str) -> Namespace:
    """Read any text; never raises."""
    rules: list[str] = []
    if match := _URI.fullmatch(text):
        return _from_uri(lower(match["scheme"]), match["scheme"], match["rest"], rules)
    if match := _LOCAL_PATH.fullmatch(text):
        return _files(BY_SCHEME[lower(match["scheme"])], "", match["path"], rules)
    if match := _ARN.fullmatch(text):
        return _arn(match, text)
    return _plain(text)


def _plain(text: str) -> Namespace:
    name = lower(text).removesuffix(":")
    row = BY_SCHEME.get(name)
    if row is not None and row.place in (Place.CONSTANT, Place.FILES) and name == row.schemes[0]:
        return Namespace(row, "", local=row.local)
    if text.startswith("/"):
        return _files(BY_NAME["file"], "", text, [])
    return Namespace(BY_NAME["text"], text, local=is_local(text, ""), missing=not text or name in hosts.MISSING)


def _arn(match: re.Match[str], text: str) -> Namespace:
    rest, rules = match["rest"], () if text.startswith("arn:") else ("arn-prefix",)
    if match["service"] == "glue":
        return Namespace(BY_NAME["glue"], f"{match['partition']}:{rest}", rules=rules)
    return Namespace(BY_NAME["aws"], f"{match['partition']}:{match['service']}:{rest}", rules=rules)


def _from_uri(scheme: str, written: str, rest: str, rules: list[str]) -> Namespace:
    row = BY_SCHEME.get(scheme)
    if row is None or (row.place is Place.CONSTANT and rest.strip("/")):
        return _generic(scheme, rest, rules)
    if written != row.schemes[0]:
        rules.append("scheme-alias")
    return _READERS[row.place](row, scheme, rest, rules)


def _hosts(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    authority, path, options = _divided(_listeners_hidden(rest))
    port = row.ports.get(scheme, row.port)
    if row.place is Place.INSTANCE:
        authority = _with_colon(authority)
    row, default = _engine(row, authority, rules)
    if row.place is Place.INSTANCE and path.strip("/\\"):
        # A named instance listens where its own server says; only a declaration knows the port.
        port = default = None
    found = hosts.host_list(authority.replace("\0", "://"), port, default, rules)
    return _placed(row, found, path + _significant(row, options, rules), rules)


def _divided(rest: str) -> tuple[str, str, str]:
    """Return what stands behind a scheme as authority, path and options."""
    authority, *behind = _BEHIND.split(rest, maxsplit=1)
    path, *options = _OPTIONS.split(behind[0], maxsplit=1) if behind else ("",)
    return authority, path, options[0] if options else ""


def _significant(row: Platform, options: str, rules: list[str]) -> str:
    """Return the options that say more than how to connect; a file system has none, and they belong to its path."""
    if not options or row.naming is Naming.PATH:
        return options
    rules.append("options")
    kept = sorted(f"{lower(option['name'])}={option['value']}" for option in _SIGNIFICANT.finditer(options))
    return f"?{'&'.join(kept)}" if kept else ""


def _with_colon(authority: str) -> str:
    match = _COMMA_PORT.fullmatch(authority)
    return f"{match['host']}:{match['port']}" if match and match["port"] else authority


def _listeners_hidden(rest: str) -> str:
    """A list of Kafka's listeners holds `://` before every host, which must not be taken for the start of a path."""
    return _LISTENER.sub("\0", rest) if "://" in rest and "\0" not in rest else rest


def _engine(row: Platform, authority: str, rules: list[str]) -> tuple[Platform, int | None]:
    for driver, hint, hosts_of, platform in _ENGINES:
        if row.name == driver and hint in authority.lower() and hosts_of.fullmatch(lower(authority.rpartition("@")[2])):
            rules.append(f"{platform}-host")
            return BY_NAME[platform], BY_NAME[platform].port
    return row, row.port


def _placed(row: Platform, found: str, path: str, rules: list[str]) -> Namespace:
    names = found.split(",")
    missing = not hosts.are_hosts(found) or (bool(found) and all(map(hosts.is_missing, names)))
    local = row.local or are_local(found)
    tail = "/" + path[1:] if path.strip("/\\") else ""
    if row.place is Place.INSTANCE and tail:
        rules.append("instance-case")
        tail = lower(tail)
    if row.naming is Naming.PATH:
        base = _base(row, path, rules)
        return Namespace(row, found, base, local, tuple(rules), missing)
    return Namespace(row, found + tail.rstrip("/"), "", local, tuple(rules), missing)


def _base(row: Platform, path: str, rules: list[str]) -> str:
    return "/".join(paths.segments(path, collapse=row.collapse, rules=rules))


def _bucket(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    bucket, _, path = rest.partition("/")
    name = bucket.rpartition("@")[2]
    if name != bucket:
        rules.append("credentials")
    if row.naming is not Naming.PATH:
        return Namespace(row, f"{name}/{path}".rstrip("/"), rules=tuple(rules), missing=not name)
    return Namespace(row, name, _base(row, path, rules), rules=tuple(rules), missing=not name)


def _ozone(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    """`o3fs://bucket.volume.service/key` is `ofs://service/volume/bucket/key`; neither name may hold a dot."""
    if scheme == "ofs":
        return _hosts(row, scheme, rest, rules)
    authority, _, path = rest.partition("/")
    bucket, _, below = authority.rpartition("@")[2].partition(".")
    volume, _, service = below.partition(".")
    return _hosts(row, scheme, f"{service}/{volume}/{bucket}/{path}", rules)


def _azure(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    container, _, path = rest.partition("/")
    found = azure_container(container, rules)
    return Namespace(row, found, _base(row, path, rules), rules=tuple(rules), missing=not found)


def _snowflake(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    bare = _WEB_SCHEME.sub("", rest)
    if bare != rest:
        rules.append("account-form")
    server, path, options = _divided(bare)
    tail = (path + _significant(row, options, rules)).rstrip("/")
    account = snowflake_account(server, rules)
    missing = not account or hosts.is_missing(account.partition(".")[0])
    return Namespace(row, account + tail, local=are_local(server), rules=tuple(rules), missing=missing)


def _constant(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme, rest
    return Namespace(row, "", rules=tuple(rules))


def _file_like(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    if row.naming is not Naming.PATH:
        # Options may hold a token (MotherDuck's), and a database in memory is gone with the connection that made it.
        file = rest.partition("?")[0]
        return Namespace(row, file, local=True, rules=tuple(rules), missing=file.lstrip("/") == ":memory:")
    machine, _, path = rest.partition("/")
    return _files(row, lower(machine), path, rules)


def _files(row: Platform, machine: str, path: str, rules: list[str]) -> Namespace:
    if machine in ("localhost", "127.0.0.1"):
        rules.append("this-machine")
        machine = ""
    return Namespace(row, machine, _base(row, path, rules), local=True, rules=tuple(rules))


def _generic(scheme: str, rest: str, rules: list[str]) -> Namespace:
    """A URI without a row: only what holds for every URI with a host in it is rewritten."""
    authority, path, options = _divided(rest)
    known = storage_address(authority, path.removeprefix("/")) if scheme in _WEB else None
    if known is not None and (found := read_namespace(known[0])).platform.naming is Naming.PATH:
        base = "/".join(filter(None, (found.base, _base(found.platform, known[1], rules))))
        return msgspec.structs.replace(found, base=base, rules=(*rules, *found.rules, "web-address"))
    user, at, _ = authority.rpartition("@")
    kept = user + at if at and ":" not in user else ""
    found_hosts = hosts.host_list(authority, None, _WEB.get(scheme), rules)
    if not hosts.are_hosts(found_hosts):
        bare = rest if kept == user + at else rest.removeprefix(user + at)
        full = f"{scheme}://{bare}"
        return Namespace(BY_NAME["uri"], full, local=is_local(full, ""))
    tail = "" if path == "/" else path
    if scheme in BY_SCHEME and not (kept or found_hosts or tail or options):
        return Namespace(BY_SCHEME[scheme], "", rules=tuple(rules))  # A constant one, with nothing behind it after all.
    missing = bool(found_hosts) and all(map(hosts.is_missing, found_hosts.split(",")))
    full = f"{scheme}://{kept}{found_hosts}{tail}{options}"
    local = is_local(full, "")
    return Namespace(BY_NAME["uri"], full, local=local, rules=tuple(rules), missing=missing)


_READERS: Mapping[Place, Callable[[Platform, str, str, list[str]], Namespace]] = {
    Place.HOSTS: _hosts,
    Place.INSTANCE: _hosts,
    Place.BUCKET: _bucket,
    Place.OZONE: _ozone,
    Place.AZURE: _azure,
    Place.SNOWFLAKE: _snowflake,
    Place.CONSTANT: _constant,
    Place.FILES: _file_like,
}

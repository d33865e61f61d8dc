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
_AUTHORITY = re.compile(r"(?P<authority>[^/\\?#]*)(?P<path>[^?#]*)(?P<options>.*)", re.DOTALL)
_LOCAL_PATH = re.compile(r"(?P<scheme>file|dbfs):(?P<path>/(?!/).*)", re.DOTALL | re.IGNORECASE)
_ARN = re.compile(r"(?:arn:)?(?P<partition>aws(?:-[a-z]+)*):(?P<service>[a-z0-9\-]+):(?P<rest>.*)", re.DOTALL)
_WEB = {"http": 80, "https": 443}
_LISTENER = re.compile(r"(?<=[A-Za-z_])://")
_REDSHIFT = re.compile(r".+\.redshift(?:-serverless)?\.amazonaws\.com(?:\.cn)?(?::[0-9]+)?")


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
        return _from_uri(lower(match["scheme"]), match["scheme"], match["rest"], text, rules)
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
    return Namespace(BY_NAME["text"], text, local=is_local(text, ""), missing=not text)


def _arn(match: re.Match[str], text: str) -> Namespace:
    rest, rules = match["rest"], () if text.startswith("arn:") else ("arn-prefix",)
    if match["service"] == "glue":
        return Namespace(BY_NAME["glue"], f"{match['partition']}:{rest}", rules=rules)
    return Namespace(BY_NAME["aws"], f"{match['partition']}:{match['service']}:{rest}", rules=rules)


def _from_uri(scheme: str, written: str, rest: str, text: str, rules: list[str]) -> Namespace:
    row = BY_SCHEME.get(scheme)
    if row is None or (row.place is Place.CONSTANT and rest.strip("/")):
        return _generic(scheme, rest, text, rules)
    if written != row.schemes[0]:
        rules.append("scheme-alias")
    return _READERS[row.place](row, scheme, rest, rules)


def _hosts(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    match = _AUTHORITY.fullmatch(_listeners_hidden(rest))
    if match is None:  # The expression takes any text; this keeps the type checker content.
        return Namespace(row, rest)
    if match["options"]:
        rules.append("options")
    port = row.ports.get(scheme, row.port)
    row, default = _engine(row, match["authority"], rules)
    if row.place is Place.INSTANCE and match["path"].strip("/\\"):
        # A named instance listens where its own server says; only a declaration knows the port.
        port = default = None
    found = hosts.host_list(match["authority"].replace("\0", "://"), port, default, rules)
    return _placed(row, found, match["path"], rules)


def _listeners_hidden(rest: str) -> str:
    """A list of Kafka's listeners holds `://` before every host, which must not be taken for the start of a path."""
    return _LISTENER.sub("\0", rest.replace("\0", "")) if "://" in rest else rest


def _engine(row: Platform, authority: str, rules: list[str]) -> tuple[Platform, int | None]:
    """A Postgres driver talks to Redshift too; the host says which of the two it is."""
    if (
        row.name == "postgres"
        and "redshift" in lower(authority)
        and _REDSHIFT.fullmatch(lower(authority.rpartition("@")[2]))
    ):
        rules.append("redshift-host")
        row = BY_NAME["redshift"]
    return row, row.port


def _placed(row: Platform, found: str, path: str, rules: list[str]) -> Namespace:
    names = found.split(",")
    missing = not hosts.are_hosts(found) or (bool(found) and all(map(hosts.is_missing, names)))
    local = are_local(found)
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
    return Namespace(row, name, _base(row, path, rules), rules=tuple(rules), missing=not name)


def _azure(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    container, _, path = rest.partition("/")
    found = azure_container(container, rules)
    return Namespace(row, found, _base(row, path, rules), rules=tuple(rules), missing=not found)


def _snowflake(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    account = snowflake_account(rest, rules)
    return Namespace(
        row, account, rules=tuple(rules), missing=not account or hosts.is_missing(account.partition(".")[0])
    )


def _constant(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme, rest
    return Namespace(row, "", rules=tuple(rules))


def _file_like(row: Platform, scheme: str, rest: str, rules: list[str]) -> Namespace:
    del scheme
    if row.naming is not Naming.PATH:
        return Namespace(row, rest, local=True, rules=tuple(rules))
    machine, _, path = rest.partition("/")
    return _files(row, lower(machine), path, rules)


def _files(row: Platform, machine: str, path: str, rules: list[str]) -> Namespace:
    if machine in ("localhost", "127.0.0.1"):
        rules.append("this-machine")
        machine = ""
    return Namespace(row, machine, _base(row, path, rules), local=True, rules=tuple(rules))


def _generic(scheme: str, rest: str, text: str, rules: list[str]) -> Namespace:
    """A URI without a row: only what holds for every URI with a host in it is rewritten."""
    match = _AUTHORITY.fullmatch(rest)
    authority, path = (match["authority"], match["path"]) if match else (rest, "")
    if scheme in _WEB and (known := storage_address(authority, path.removeprefix("/"))):
        found = read_namespace(known[0])
        base = "/".join(filter(None, (found.base, _base(found.platform, known[1], rules))))
        return msgspec.structs.replace(found, base=base, rules=(*rules, *found.rules, "web-address"))
    user, at, _ = authority.rpartition("@")
    kept = user + at if at and ":" not in user else ""
    found_hosts = hosts.host_list(authority, None, _WEB.get(scheme), rules)
    if not hosts.are_hosts(found_hosts):
        bare = rest if kept == user + at else rest.removeprefix(user + at)
        return Namespace(BY_NAME["uri"], f"{scheme}://{bare}", local=is_local(text, ""))
    tail = "" if path == "/" else path
    options = match["options"] if match else ""
    local = is_local(text, "")
    missing = bool(found_hosts) and all(map(hosts.is_missing, found_hosts.split(",")))
    full = f"{scheme}://{kept}{found_hosts}{tail}{options}"
    return Namespace(BY_NAME["uri"], full, local=local, rules=tuple(rules), missing=missing)


_READERS: Mapping[Place, Callable[[Platform, str, str, list[str]], Namespace]] = {
    Place.HOSTS: _hosts,
    Place.INSTANCE: _hosts,
    Place.BUCKET: _bucket,
    Place.AZURE: _azure,
    Place.SNOWFLAKE: _snowflake,
    Place.CONSTANT: _constant,
    Place.FILES: _file_like,
}

"""Host lists: `user:secret@B.example.:5432,a.example` to `a.example,b.example`.

What DNS and the platform leave no doubt about: letter case, a trailing dot, the text form of an IPv6 address, the
default port, the order of a list, and that credentials and options are no part of a server's identity. No name is ever
looked up: that an address and a name are one server is a declaration.
"""

from __future__ import annotations

import ipaddress
import re

from lineage_shared.naming.fold import lower

_LISTENER = re.compile(r"[A-Za-z_][A-Za-z0-9_+\-]*://")
_PORT = re.compile(r"[0-9]{1,9}")
_SEPARATOR = re.compile(r"[,;]")
_HOST = re.compile(r"(?:\[[0-9A-Za-z:.%]+\]|[\w\-.~]*[\w\-~])(?::[\w\-]*)?")
MISSING = frozenset({"none", "null", "undefined"})


def host_list(text: str, port: int | None, default: int | None, rules: list[str]) -> str:
    """Return the hosts in order, with every port but `default`; `port` is what a missing one means."""
    bare = text if "@" in text.partition(",")[0] else text.rpartition("@")[2]
    _note(rules, "credentials", "@" in text)
    written = [part.rpartition("@")[2] for part in (part.strip(" ") for part in _SEPARATOR.split(bare)) if part]
    hosts = [_host_port(_without_listener(part, rules), port, default, rules) for part in written]
    ordered = sorted(set(hosts))
    _note(rules, "host-order", ordered != hosts)
    return ",".join(ordered)


def _without_listener(part: str, rules: list[str]) -> str:
    """Kafka's listener protocol (`SASL_SSL://host:9093`) says how to connect, not to what."""
    match = _LISTENER.match(part)
    if match is None:
        return part
    rules.append("listener-protocol")
    return part[match.end() :].rpartition("@")[2]


def _host_port(part: str, port: int | None, default: int | None, rules: list[str]) -> str:
    host, written = _divided(part)
    name = _name(host)
    _note(rules, "host-form", name != host)
    number = str(port) if not written and port is not None else _number(written)
    if not number:
        return name
    if number == str(default):
        _note(rules, "default-port", bool(written))
        return name
    return f"{name}:{number}"


def _divided(part: str) -> tuple[str, str]:
    if part.startswith("["):
        address, closed, rest = part.partition("]")
        return address + closed, rest.removeprefix(":")
    if part.count(":") > 1:
        return f"[{part}]", ""
    host, _, port = part.partition(":")
    return host, port


def _name(host: str) -> str:
    if not host.startswith("["):
        return lower(host).rstrip(".")
    try:
        return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
    except ValueError:
        return lower(host)


def _number(port: str) -> str:
    return str(int(port)) if _PORT.fullmatch(port) else lower(port)


def are_hosts(found: str) -> bool:
    """Tell whether a list as `host_list` returns it holds hosts only, or nothing: no template, no control character."""
    return not found or all(_HOST.fullmatch(host) for host in found.split(","))


def is_missing(host: str) -> bool:
    """Tell whether one host of a list is a failed look-up printed as text (`null:-1`, `None:None`)."""
    return host.partition(":")[0] in MISSING


def _note(rules: list[str], rule: str, applies: bool = True) -> None:  # noqa: FBT001, FBT002 -- a recorder of facts
    if applies and rule not in rules:
        rules.append(rule)

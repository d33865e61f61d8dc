"""Canonical keys: the text under which equal names of several domains become one node.

A key reads `ds1:NAMESPACE|NAME`, or `ds1@DOMAIN:NAMESPACE|NAME` for a name that is local to a domain; a job's key is
always local. A backslash stands before a separator that is meant as itself, so that no two references share a key by
accident.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from lineage_shared.model import Kind
from lineage_shared.naming.locality import is_local

RULESET = "r0"

_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_PREFIX = {Kind.DATASET: "ds1", Kind.JOB: "job1"}


@dataclass(frozen=True, slots=True)
class Key:
    """A canonical key, the rules that made it from the raw reference, and the domain it is scoped to, if any."""

    text: str
    domain: str | None
    rules: tuple[str, ...] = ()


def canonical(kind: Kind, namespace: str, name: str, domain: str) -> Key:
    """Return the key of a raw reference that `domain` reported. Never raises, never looks anything up.

    Jobs are opaque and local to their domain (rule 9); of a dataset's namespace only scheme and authority are
    rewritten, never its name.
    """
    if kind is Kind.JOB:
        return Key(_text(kind, namespace, name, domain), domain)
    rewritten, rules = _namespace(namespace)
    scope = domain if is_local(namespace, name) else None
    if scope is not None:
        rules = (*rules, "local-name")
    return Key(_text(kind, rewritten, name, scope), scope, rules)


def _text(kind: Kind, namespace: str, name: str, scope: str | None) -> str:
    at = f"@{_escaped(scope, ':')}" if scope is not None else ""
    return f"{_PREFIX[kind]}{at}:{_escaped(namespace, '|')}|{name}"


def _escaped(text: str, separator: str) -> str:
    return text.replace("\\", "\\\\").replace(separator, f"\\{separator}")


def _namespace(namespace: str) -> tuple[str, tuple[str, ...]]:
    match = _URI.fullmatch(namespace)
    if match is None:
        return namespace, ()
    rules: list[str] = []
    scheme = _noted(match["scheme"], match["scheme"].lower(), "scheme-case", rules)
    authority = _authority(match["authority"], rules)
    rest = _noted(match["rest"], "" if match["rest"] == "/" else match["rest"], "empty-path", rules)
    return f"{scheme}://{authority}{rest}", tuple(rules)


def _authority(authority: str, rules: list[str]) -> str:
    userinfo, _, hosts = authority.rpartition("@")
    kept = userinfo + "@" if userinfo and ":" not in userinfo else ""
    bare = _noted(authority, kept + hosts, "password", rules)
    return _noted(bare, kept + ",".join(map(_host_port, hosts.split(","))), "host-form", rules)


def _host_port(part: str) -> str:
    if part.startswith("["):
        address, _, port = part[1:].partition("]")
        return f"[{_ip6(address)}]{port}"
    name, colon, port = part.partition(":")
    return f"{name.lower().rstrip('.')}{colon}{port}"


def _ip6(text: str) -> str:
    try:
        return ipaddress.IPv6Address(text).compressed
    except ValueError:
        return text.lower()


def _noted(before: str, after: str, rule: str, rules: list[str]) -> str:
    if before != after:
        rules.append(rule)
    return after

"""Oracle's connection strings: easy connect, `host:port:sid`, TNS descriptors, LDAP names.

All of them lead to hosts and a service (or SID), which is the first part of a name. That a service and a SID are one
database is a declaration.
"""

from __future__ import annotations

import re

from lineage_shared.naming.systems.connections import Connection, bracketed

_PROTOCOL = re.compile(r"(?:tcps?:)?//", re.IGNORECASE)
# The last host of a list may have a SID behind it: `host:sid`, `host:1521:sid`.
_SID = re.compile(r"(?P<hosts>.+?(?::[0-9]+)?):(?P<sid>[A-Za-z_][^:,\]]*)", re.DOTALL)
_HOST = re.compile(r"\(\s*HOST\s*=\s*(?P<host>[^()\s]+)\s*\)", re.IGNORECASE)
_PORT = re.compile(r"\(\s*PORT\s*=\s*(?P<port>[0-9]+)\s*\)", re.IGNORECASE)
_ADDRESS = re.compile(r"\(\s*ADDRESS\s*=(?P<fields>(?:\s*\([^()]*\))+)\s*\)", re.IGNORECASE)
_FILES = re.compile(r"[?&]TNS_ADMIN=", re.IGNORECASE)
_SERVICE = re.compile(r"\(\s*(?:SERVICE_NAME|SID|INSTANCE_NAME)\s*=\s*(?P<service>[^()\s]+)\s*\)", re.IGNORECASE)
_LDAP = re.compile(r"ldaps?:(?://)?(?P<host>[^/\s]+)/(?P<entry>\S+)", re.IGNORECASE)


def read_oracle(location: str) -> Connection | None:
    """Read what stands behind `jdbc:oracle:`: `thin:[user/password]@...`."""
    _, at, target = location.rpartition("@") if "(" not in location else location.partition("@")
    if not at or not target:
        return None
    if target.lstrip().startswith("("):
        return _descriptor(target)
    if match := _LDAP.match(target):
        return Connection(f"oracle://{match['host']}", (_entry(match["entry"]),))
    return _easy(target)


def _descriptor(text: str) -> Connection | None:
    hosts = []
    for address in _ADDRESS.finditer(text):
        host, port = _HOST.search(address["fields"]), _PORT.search(address["fields"])
        if host is not None:
            hosts.append(bracketed(host["host"]) + (f":{port['port']}" if port else ""))
    service = _SERVICE.search(text)
    return Connection(f"oracle://{','.join(hosts)}", (service["service"] if service else "",)) if hosts else None


def _entry(entry: str) -> str:
    """Return the name in a directory: `name,cn=...`, or `cn=...,.../name`."""
    head, _, tail = entry.rpartition("/")
    return (tail if head else entry).partition(",")[0].removeprefix("cn=")


def _easy(text: str) -> Connection | None:
    match = _PROTOCOL.match(text)
    if match is None and _FILES.search(text):
        return None  # A net service name: what it stands for is in a file of the machine.
    bare = text[match.end() :] if match else text
    hosts, _, service = re.split(r"[?#]", bare, maxsplit=1)[0].partition("/")
    if found := _SID.fullmatch(hosts):
        return Connection(f"oracle://{found['hosts']}", (found["sid"],))
    return Connection(f"oracle://{hosts}", (re.split("[:/]", service, maxsplit=1)[0],)) if hosts else None

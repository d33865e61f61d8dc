"""Which dataset names mean something only inside the domain that reports them (ARCHITECTURE rule 9).

Local are: files and embedded databases by path, hosts that are loopback, link-local or missing, names that only one
machine's or one cluster's own name server knows (Docker's `*.docker.internal`, Kubernetes' `*.svc.cluster.local`),
relative paths, and namespaces that every producer of a kind writes alike (`unity-catalog`, a bare `hive`, Pulsar's
`persistent`). Equal text of two domains is then no evidence of sameness, so the reporting domain becomes a part of the
key.
"""

from __future__ import annotations

import ipaddress
import re

from lineage_shared.naming.platforms import CONSTANT_NAMESPACES

LOCAL_SCHEMES = frozenset({"file", "duckdb", "sqlite", "dbfs", "inmemory", "persistent", "non-persistent"})
RELATIVE = ("./", "../")
PATHS = ("/", "~/", *RELATIVE)
NO_HOST = frozenset(
    {
        *("", "none", "null", "undefined", "unknown"),
        # What the hosts files of Debian and Red Hat call the machine itself.
        *("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"),
        *("localhost4", "localhost4.localdomain4", "localhost6", "localhost6.localdomain6"),
        "host.containers.internal",
        # What Cloudera Manager calls the name service of every cluster.
        "nameservice1",
    }
)

_OWN_ZONES = (".localhost", ".docker.internal", ".cluster.local", ".svc")
# A machine announces itself on its own link as one label and `.local` (RFC 6762, section 3).
_ANNOUNCED = re.compile(r"[^.]+\.local")

_AUTHORITY = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/?#]*)(?P<path>.*)", re.DOTALL)


def is_local(namespace: str, name: str) -> bool:
    """Tell whether the dataset `name` in `namespace` is scoped to its domain."""
    match = _AUTHORITY.fullmatch(namespace)
    if match is None:
        if namespace in CONSTANT_NAMESPACES:
            return True
        return _is_local_scheme(namespace.split(":", 1)[0]) or namespace.startswith(PATHS) or name.startswith(RELATIVE)
    if _is_local_scheme(match["scheme"]):
        return True
    return are_local(match["authority"])


def are_local(authority: str) -> bool:
    """Tell whether every host of a list is the machine itself, or none."""
    return all(_is_local_host(host(part)) for part in authority.split(","))


def host(authority: str) -> str:
    """Return the host of one `user@host:port`, lower-cased, without brackets and trailing dot."""
    hostport = authority.rpartition("@")[2]
    if hostport.startswith("["):
        return hostport[1:].partition("]")[0].lower()
    bare = hostport.partition(":")[0] if hostport.count(":") <= 1 else hostport
    return bare.lower().rstrip(".")


def _is_local_scheme(scheme: str) -> bool:
    """Tell whether a scheme names nothing beyond a machine or cluster; dlt writes `dlt.destinations.duckdb`."""
    return scheme.lower().rpartition(".")[2] in LOCAL_SCHEMES


def _is_local_host(name: str) -> bool:
    if name in NO_HOST or name.endswith(_OWN_ZONES) or (name.endswith(".local") and _ANNOUNCED.fullmatch(name)):
        return True
    if not name[-1].isdigit() and ":" not in name:
        return False
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    # Python decides about mapped addresses since 3.13 only; keys may not depend on its version.
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback or plain.is_unspecified or plain.is_link_local)

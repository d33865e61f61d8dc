"""What suggestions look at: a dataset as its key names it, its columns, and what lies around it in the mesh.

Everything here is read out of one version of the mesh and the schemas that agents gave, and never changes. Steps, jobs
and datasets are numbers that mean something in that version only.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

import msgspec

from lineage_shared.naming.platforms import BY_NAME, Naming

_WORD = re.compile(r"[a-z]+|[0-9]+")
_VERSION = re.compile(r"(?<![a-z0-9])v[0-9]+(?![a-z0-9])")
_METADATA_FILE = re.compile(r"(.*/)?metadata/[^/]*\.metadata\.json$")


class Column(msgspec.Struct, frozen=True, order=True, gc=False):
    """A column by its folded name, with the family of its type; an empty family is an unknown type."""

    name: str
    family: str


class Named(msgspec.Struct, frozen=True, order=True, gc=False):
    """A dataset key in its parts, as `lineage_shared.naming.keys` writes them; parts stay percent-encoded."""

    platform: str
    authority: str
    domain: str
    path: tuple[str, ...]

    @property
    def server(self) -> tuple[str, str, str]:
        """Where the name means something."""
        return self.platform, self.authority, self.domain

    @property
    def slot(self) -> tuple[str, str, str]:
        """What holds one name of a thing: a server or account; the platform for object stores (`claims.resolve`)."""
        row = BY_NAME.get(self.platform)
        return self.platform, "" if row is not None and row.object_store else self.authority, self.domain

    @property
    def is_path(self) -> bool:
        """Whether the name is a path in an object store or a file system."""
        row = BY_NAME.get(self.platform)
        return row is not None and row.naming is Naming.PATH


def named(key: str) -> Named:
    """Return the parts of a dataset key's text; names without structure are parted at their dots, to be compared."""
    head, platform, rest = key.split(":", 2)
    authority, _, path = rest.rpartition(":")
    row = BY_NAME.get(platform)
    parts = path.split("." if row is not None and row.naming is Naming.OPAQUE else "/")
    return Named(sys.intern(platform), sys.intern(authority), head.partition("@")[2], tuple(parts))


def stem(name: Named) -> tuple[str, ...]:
    """Return the folded name from its end, without what tools are known to add or lose: the key of blocks by name.

    The metadata file of an Iceberg table stands for its table; a folder `sales.db` for the database `sales`; a dot and
    an underscore in a path for each other.
    """
    path = [part.casefold() for part in name.path]
    if not name.is_path:
        return tuple(reversed(path))
    if _METADATA_FILE.match("/".join(path)):
        path = path[:-2]
    return tuple(part.removesuffix(".db").replace(".", "_") for part in reversed(path))


class Words(NamedTuple):
    """What a name is made of: all words, those that are versions, and the numbers in its last part."""

    all: frozenset[str]
    versions: frozenset[str]
    numbers: tuple[str, ...]


def words_of(name: Named, path: tuple[str, ...]) -> Words:
    """Return the words of a server with a path."""
    text = "/".join((name.authority, *path)).casefold()
    numbers = sorted(word for word in _WORD.findall(path[-1]) if word.isdecimal()) if path else []
    return Words(frozenset(_WORD.findall(text)), frozenset(_VERSION.findall(text)), tuple(numbers))


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One dataset: `key` is its own, `names` are all of its class.

    `reads` and `writes` are the steps that read and write it, `above` and `below` the datasets one job away, `readers`
    and `writers` the names of the jobs around it. `columns` is None where nobody was asked, or no producer told. Tuples
    stand for sets, because there may be a hundred thousand of these.
    """

    node: int
    key: str
    names: tuple[Named, ...]
    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    columns: tuple[Column, ...] | None = None

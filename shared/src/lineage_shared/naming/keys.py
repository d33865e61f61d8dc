"""Canonical keys: what a spelling denotes, and the text under which equal names of several domains become one node.

A key reads `ds1:postgres:db.prod:shop/public/orders`, with `#column` behind it for a column, and `ds1@sales:...` for a
name that means something inside the domain `sales` only. Jobs read `job1@sales:...`. The text is injective: whatever
could be taken for a separator, and what cannot be seen (control characters, marks that change the writing direction),
is percent-encoded in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from lineage_shared.model import Kind

RULESET = "r1"

PREFIX = {Kind.DATASET: "ds1", Kind.JOB: "job1"}

_UNSEEN = "\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
_IN_PART = re.compile(f"[%:/#{_UNSEEN}]")
_IN_AUTHORITY = re.compile(f"[%{_UNSEEN}]")


class Key(msgspec.Struct, frozen=True, gc=False):
    """What a reference denotes.

    `authority` is the server, account, bucket or catalog scope that gives the `path` its meaning; `domain` is set for
    jobs and local names. `column` is empty for a dataset or job. `rules` are the rewrites that led from the spelling
    here, for explanations; they are no part of the identity, which is `text`.
    """

    text: str
    kind: Kind
    platform: str
    authority: str
    path: tuple[str, ...]
    domain: str | None = None
    column: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    ruleset: str = RULESET

    @property
    def dataset_text(self) -> str:
        """The text of the dataset that a column belongs to; of a dataset or job its own."""
        return self.text.rpartition("#")[0] if self.column else self.text


@dataclass(frozen=True, slots=True)
class Unidentifiable:
    """The spelling denotes nothing that could be found again: a node of its own event and domain, never a link."""

    reason: str
    rules: tuple[str, ...] = ()
    ruleset: str = RULESET


def key_of(
    platform: str,
    authority: str,
    path: tuple[str, ...],
    *,
    kind: Kind = Kind.DATASET,
    domain: str | None = None,
    rules: tuple[str, ...] = (),
) -> Key:
    """Return the key of a dataset or job."""
    text = prefix_of(kind, domain, platform, authority) + "/".join(map(escaped, path))
    return Key(text, kind, platform, authority, path, domain, (), rules)


def with_column(key: Key, column: tuple[str, ...], rules: tuple[str, ...] = ()) -> Key:
    """Return the key of a column of the dataset."""
    text = f"{key.text}#{'/'.join(map(escaped, column))}"
    return msgspec.structs.replace(key, text=text, column=column, rules=key.rules + rules)


def prefix_of(kind: Kind, domain: str | None, platform: str, authority: str) -> str:
    """Return the text of a key up to its path."""
    scope = "" if domain is None else f"@{escaped(domain)}"
    return f"{PREFIX[kind]}{scope}:{platform}:{_IN_AUTHORITY.sub(_encoded, authority)}:"


def escaped(part: str) -> str:
    """Return one part of a path, so that it can be joined with others."""
    return _IN_PART.sub(_encoded, part)


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))

"""Facets that datasets and jobs share: ownership, tags, documentation."""

from __future__ import annotations

from typing import Any

import msgspec

from lineage_shared.model import Owner
from lineage_shared.openlineage.facets.shape import mapping, objects, text


class Tag(msgspec.Struct, frozen=True, order=True):
    """A tag of an asset, or of one column of it when `field` is set."""

    key: str
    value: str = ""
    source: str = ""
    field: str = ""

    @property
    def label(self) -> str:
        """The tag in one word: `KEY`, or `KEY:VALUE` where the value says more than that the tag is set."""
        return self.key if self.value.lower() in ("", "true") else f"{self.key}:{self.value}"


def owners(facet: Any) -> tuple[Owner, ...]:
    """Read an `ownership` facet."""
    found = (Owner(text(item, "name"), text(item, "type")) for item in objects(mapping(facet).get("owners")))
    return tuple(dict.fromkeys(owner for owner in found if owner.name))


def tags(facet: Any) -> tuple[Tag, ...]:
    """Read a `tags` facet of a dataset, a job or a run."""
    found = (
        Tag(text(item, "key"), text(item, "value"), text(item, "source"), text(item, "field"))
        for item in objects(mapping(facet).get("tags"))
    )
    return tuple(dict.fromkeys(tag for tag in found if tag.key))


def documentation(facet: Any) -> str | None:
    """Read a `documentation` facet."""
    return text(facet, "description") or None

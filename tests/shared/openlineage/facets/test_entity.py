"""Facets that datasets and jobs share."""

import pytest

from lineage_shared.model import Owner
from lineage_shared.openlineage import facets
from lineage_shared.openlineage.facets import Tag
from tests.factories import ownership


def test_owners() -> None:
    """Owners with a name, each once; the type may lack."""
    facet = ownership(alice="MAINTAINER")
    facet["owners"] += [{"name": "team:b"}, {"no-name": "x"}, {"name": "alice", "type": "MAINTAINER"}]
    assert facets.owners(facet) == (Owner("alice", "MAINTAINER"), Owner("team:b"))


def test_tags() -> None:
    """Tags of the whole and of a column."""
    facet = {
        "tags": [{"key": "pii", "value": "true", "source": "USER", "field": "email"}, {"key": "k"}, {"value": "v"}]
    }
    assert facets.tags(facet) == (Tag("pii", "true", "USER", "email"), Tag("k"))


@pytest.mark.parametrize(
    ("tag", "label"), [(Tag("pii", "true"), "pii"), (Tag("pii"), "pii"), (Tag("tier", "gold"), "tier:gold")]
)
def test_tag_label(tag: Tag, label: str) -> None:
    """A tag in one word names its value only where that says something."""
    assert tag.label == label


def test_documentation() -> None:
    """A description, unless it is empty."""
    assert facets.documentation({"description": "text", "contentType": "text/markdown"}) == "text"
    assert facets.documentation({"description": ""}) is None

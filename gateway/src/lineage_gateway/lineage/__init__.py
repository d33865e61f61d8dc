"""The use cases: references, lineage, column lineage, search; each answer with what it rests on and what is missing."""

from lineage_gateway.lineage.column_telling import Place, Unasked
from lineage_gateway.lineage.columns import ColumnAnswer, ColumnQuestion, column_lineage
from lineage_gateway.lineage.completeness import DomainAnswer, Rests, never_synced, not_found, rests_on
from lineage_gateway.lineage.evidence import Evidence, Wish
from lineage_gateway.lineage.known_references import KnownReference, in_force, known_references
from lineage_gateway.lineage.limits import BAD_USER_INPUT, Limits, within
from lineage_gateway.lineage.opaque import bad_cursor, seal, unseal
from lineage_gateway.lineage.paths import PathsAnswer, PathsQuestion, paths
from lineage_gateway.lineage.references import (
    ById,
    ByName,
    ByText,
    Reference,
    asked_id,
    check_domains,
    resolve,
    spelled,
)
from lineage_gateway.lineage.searching import SearchQuestion, search_assets
from lineage_gateway.lineage.suggesting import Stopped, Survey, survey
from lineage_gateway.lineage.traversal import LineageAnswer, LineageQuestion, lineage
from lineage_gateway.lineage.view import MeshView

__all__ = [
    "BAD_USER_INPUT",
    "ById",
    "ByName",
    "ByText",
    "ColumnAnswer",
    "ColumnQuestion",
    "DomainAnswer",
    "Evidence",
    "KnownReference",
    "Limits",
    "LineageAnswer",
    "LineageQuestion",
    "MeshView",
    "PathsAnswer",
    "PathsQuestion",
    "Place",
    "Reference",
    "Rests",
    "SearchQuestion",
    "Stopped",
    "Survey",
    "Unasked",
    "Wish",
    "asked_id",
    "bad_cursor",
    "check_domains",
    "column_lineage",
    "in_force",
    "known_references",
    "lineage",
    "never_synced",
    "not_found",
    "paths",
    "resolve",
    "rests_on",
    "seal",
    "search_assets",
    "spelled",
    "survey",
    "unseal",
    "within",
]

"""Lenient, typed reading of OpenLineage events: bytes -> `parse` -> JSON value -> `read_event` -> `Event`.

Refused is only what cannot be read as an event; whatever else a producer sends is kept or passed over. Facets stay the
JSON that they were until a reader of `facets` looks at one.
"""

from lineage_shared.openlineage import facets
from lineage_shared.openlineage.canonical import canonical_json, content_hash, stamp_of
from lineage_shared.openlineage.event import DatasetMention, Event, EventKind, is_deleted, read_event
from lineage_shared.openlineage.parse import NESTING_MAX, parse
from lineage_shared.openlineage.timestamps import time_ns

__all__ = [
    "NESTING_MAX",
    "DatasetMention",
    "Event",
    "EventKind",
    "canonical_json",
    "content_hash",
    "facets",
    "is_deleted",
    "parse",
    "read_event",
    "stamp_of",
    "time_ns",
]

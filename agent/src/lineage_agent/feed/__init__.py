"""The feed: a snapshot at a position, and the changes since one (ARCHITECTURE section 5)."""

from lineage_agent.feed.changes import Feed, Pace, ServerEvent
from lineage_agent.feed.snapshot import Snapshot, SnapshotForm, take_snapshot

__all__ = ["Feed", "Pace", "ServerEvent", "Snapshot", "SnapshotForm", "take_snapshot"]

"""The limits of the mesh, with their units and defaults; the caller fills them from its settings table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeshLimits:
    """What bounds the work of one question, and how much waste a version may carry before it is compacted."""

    delta_entries_max: int = 20_000
    """Adjacency entries that are no longer used, beyond a quarter of those in use, before rows are written anew."""
    dead_nodes_max: int = 20_000
    """Nodes and steps that are gone, beyond a quarter of those alive, before everything is rebuilt from the mirrors."""
    contracted_edges_max: int = 100_000
    """Edges of one walk that are contracted across nodes that a filter left out; beyond: TooLarge."""
    contraction_visits_max: int = 1_000_000
    """Steps and nodes looked at while contracting the edges of one walk; beyond: TooLarge."""
    search_chars_max: int = 256
    """Characters of a search text; beyond: InvalidInput."""
    column_edges_max: int = 100_000
    """Column edges in one column walk; beyond it the answer is truncated."""
    paths_visits_max: int = 100_000
    """Places looked at in one search for paths; beyond it the answer is truncated."""

"""The merged graph of all domains, in memory: immutable versions, traversal, look-ups (ARCHITECTURE rules 7 to 13).

`MeshKeeper` owns the mirrors and makes a new `Mesh` version of every change; a `Mesh` never changes, so an answer is
made from one version, however long it takes. Nodes are dense integers that mean something only together with the
version they came from; what leaves the gateway is an id. `walk` answers a traversal, `column_walk` does the same over
column edges that the caller has fetched, `find_paths` tells the ways between two nodes. Nothing here does I/O, and all
of it runs in one thread; `MeshWriter` makes large changes in small pieces, so that the event loop is never held up for
long.

    mirrors --(keeper, draft)--> Mesh = entries (who reports what) + Graph (who reads and writes what, numpy rows)
    walk = traversal (hybrid breadth first) -> filters, contraction -> order, page -> EdgeTable
"""

from lineage_gateway.mesh.column_names import ColumnNames, WrittenColumns
from lineage_gateway.mesh.columns import ColumnKey, ColumnNode, ColumnWalk, ColumnWalkEdge, FetchedColumns, column_walk
from lineage_gateway.mesh.counts import Counts, DomainCounts
from lineage_gateway.mesh.edges import EdgeTable, EdgeView
from lineage_gateway.mesh.keeper import MeshKeeper
from lineage_gateway.mesh.limits import MeshLimits
from lineage_gateway.mesh.mesh import Mesh
from lineage_gateway.mesh.nodes import Entry, Member, NodeView, describing
from lineage_gateway.mesh.paths import PathRequest, Paths, find_paths
from lineage_gateway.mesh.search import SearchPage
from lineage_gateway.mesh.traversal import Direction
from lineage_gateway.mesh.walk import Cursor, Walk, WalkRequest, walk
from lineage_gateway.mesh.writer import MeshWriter

__all__ = [
    "ColumnKey",
    "ColumnNames",
    "ColumnNode",
    "ColumnWalk",
    "ColumnWalkEdge",
    "Counts",
    "Cursor",
    "Direction",
    "DomainCounts",
    "EdgeTable",
    "EdgeView",
    "Entry",
    "FetchedColumns",
    "Member",
    "Mesh",
    "MeshKeeper",
    "MeshLimits",
    "MeshWriter",
    "NodeView",
    "PathRequest",
    "Paths",
    "SearchPage",
    "Walk",
    "WalkRequest",
    "WrittenColumns",
    "column_walk",
    "describing",
    "find_paths",
    "walk",
]

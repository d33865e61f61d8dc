"""The agent's record: one SQLite file, one thread that writes it, a few connections that read it.

The only package that speaks SQL. `store` opens the file and is what the rest of the agent holds; `writer` is the thread
that appends events and projects them; `projector` turns a chunk of events into facts, derived lineage and publication.
Reading functions are plain functions of a connection, in `publication`, `details`, `columns`, `runs`, `walk`, `status`
and `log`; run them through `Store.query`, each in one read transaction:

    counts = await store.query(status.counts)

`maintenance` works on a file that nobody serves (rebuild), or beside its server (status, backup).
"""

from lineage_agent.store import columns, details, log, maintenance, publication, runs, status, walk
from lineage_agent.store.store import Gauges, Receipt, Store

__all__ = [
    "Gauges",
    "Receipt",
    "Store",
    "columns",
    "details",
    "log",
    "maintenance",
    "publication",
    "runs",
    "status",
    "walk",
]

"""Ingest: HTTP bodies -> events -> the store. `body` reads and inflates, `accept` stores; the answer comes after."""

from lineage_agent.ingest.accept import BatchResult, Ingest, Rejected, items_of, read_one
from lineage_agent.ingest.body import BodyLimits, BodyReader, ClientGone

__all__ = ["BatchResult", "BodyLimits", "BodyReader", "ClientGone", "Ingest", "Rejected", "items_of", "read_one"]

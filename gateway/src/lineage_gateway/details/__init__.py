"""Details from the agents: one parallel round per level, cached by exact revision, single flight, one deadline."""

from lineage_gateway.details.calls import DetailAgent
from lineage_gateway.details.keys import Detail, DetailKey, Failure, Outcome, Page
from lineage_gateway.details.operation import OperationDetails
from lineage_gateway.details.store import Deadline, Details, FoundRuns

__all__ = [
    "Deadline",
    "Detail",
    "DetailAgent",
    "DetailKey",
    "Details",
    "Failure",
    "FoundRuns",
    "OperationDetails",
    "Outcome",
    "Page",
]

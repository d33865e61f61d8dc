"""Reading OpenLineage events."""

"""Tests of lineage_gateway.lineage."""

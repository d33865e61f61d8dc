"""Tests of lineage_gateway.details."""

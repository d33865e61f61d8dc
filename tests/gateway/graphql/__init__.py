"""Tests of lineage_gateway.graphql."""

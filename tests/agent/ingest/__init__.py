"""Tests of the agent's ingest."""

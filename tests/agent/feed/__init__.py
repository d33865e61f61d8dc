"""Tests of the agent's feed."""

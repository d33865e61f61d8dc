"""Tests of the agent's rest."""

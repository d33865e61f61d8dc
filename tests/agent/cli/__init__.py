"""Tests of the agent's cli."""

"""Faults on real processes: `make chaos`."""

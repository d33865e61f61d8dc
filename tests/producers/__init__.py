"""Unmodified producers that have an environment of their own (`make producers`)."""

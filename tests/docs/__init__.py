"""The documentation against what it documents."""

"""The tests: one folder per distribution, `federation` for several together, `architecture` for the rules."""

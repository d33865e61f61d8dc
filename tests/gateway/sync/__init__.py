"""Following agents: statuses, resume, resets, faults."""

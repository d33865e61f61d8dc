"""From raw references to canonical keys."""

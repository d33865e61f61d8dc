"""Reading facets."""

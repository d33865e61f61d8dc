"""Rules that hold over the whole repository: what is packed, what is imported, how long things are."""

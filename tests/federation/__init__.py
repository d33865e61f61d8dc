"""Real agent processes under a real gateway process."""

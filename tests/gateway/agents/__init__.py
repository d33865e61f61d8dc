"""The client of one agent, against a real server that misbehaves on request."""

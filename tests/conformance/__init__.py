"""The clients, composers and routers of others, unchanged, against a running mesh: `make conformance`."""

"""Subscriptions: what they watch, what changed, and the transports that carry it.

`hub` follows the mesh for everybody, `watch` is one walk, `difference` says what changed in it (pure). `fields` are the
schema's, `streams` runs an operation; `websocket`, `sse` and `multipart` are its envelopes, `delivery` chooses between
those over HTTP.
"""

"""Running the gateway: one process, one event loop.

The port is bound before anything is followed, so that an unfit address is an error on the command line. SIGTERM or
SIGINT drains: not ready any more, the port closed, requests under way finished (up to `drain_s`), followers ended. A
second SIGINT stops waiting.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from lineage_gateway.agents import trusted
from lineage_gateway.app.access import check_exposure
from lineage_gateway.app.build import build
from lineage_gateway.app.health import Health
from lineage_gateway.config import keyring
from lineage_gateway.registry import Registry
from lineage_shared.errors import InvalidSetting
from lineage_shared.settings import Resolved

BACKLOG = 2048
UNREAD_MS_MAX = 60_000
"""A connection whose client takes nothing for so long is given up (Linux)."""
EXIT_FAILED, EXIT_INTERRUPTED = 1, 130


class _Server(uvicorn.Server):
    """uvicorn, with our order of stopping: it does not raise the signal again before everything is closed."""

    def __init__(self, config: uvicorn.Config, health: Health, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._health = health
        self._on_started = on_started
        self.stopped_by: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._health.drain()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals until the block ends."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stopped_by = self.stopped_by or sig
        super().handle_exit(sig, frame)


class _WebSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's, which takes a handshake that was refused with a response for one that was forgotten, and logs that."""

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True


def serve(registry: Registry, announce: Callable[[str], None]) -> int:
    """Serve until stopped; call `announce` with the URL once requests are answered. Return the exit code.

    Raises `InvalidSetting` (missing keys, an unfit ca_file, an address that cannot be listened on) before anything is
    served.
    """
    settings = registry.settings
    keys = keyring(settings)
    check_exposure(settings, keys)
    trusted(settings.ca_file)
    app, health = build(registry, keys)
    listener = listen(settings.host, settings.port)
    try:
        url = url_of(listener, settings.host)
        server = _Server(_uvicorn_config(app, settings), health, lambda: announce(url))
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(server.serve(sockets=[listener]))
    finally:
        listener.close()
    if not server.started:
        return EXIT_FAILED
    return EXIT_INTERRUPTED if server.stopped_by == signal.SIGINT else 0


def listen(host: str, port: int) -> socket.socket:
    """Bind the address without listening yet; raise `InvalidSetting` in plain words when that cannot be."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InvalidSetting(f"host {host!r} is no address of this machine: {error}", code="HOST_INVALID") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # A client that stopped reading would else hold what was written to it for as long as its machine is up.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS_MAX)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise InvalidSetting(
            f"cannot listen on {host} port {port}: {error.strerror}",
            hint="choose another --port (0 picks a free one), or stop what listens there",
            code="PORT_UNUSABLE",
        ) from None
    return listener


def url_of(listener: socket.socket, host: str) -> str:
    """Return the URL under which this machine reaches the server."""
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _uvicorn_config(app: Starlette, settings: Resolved) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="on",
        ws=_WebSocketProtocol,
        ws_max_size=settings.body_bytes_max,
        ws_ping_interval=settings.keep_alive_s,
        ws_ping_timeout=settings.keep_alive_s,
        # One message for a thousand subscribers would be compressed a thousand times.
        ws_per_message_deflate=False,
        log_config=None,
        log_level="warning" if settings.log_level == "info" else settings.log_level,
        access_log=settings.log_level == "debug",
        backlog=BACKLOG,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=max(1, round(settings.drain_s)),
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


def configure_logging(level: str) -> None:
    """Log to stderr, one line each."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Every request to an agent is a line of its own at level info: too much for a log that people read.
    logging.getLogger("httpx2").setLevel(logging.WARNING if level == "info" else level.upper())

"""Running the agent: one process, one event loop, one file.

The store is opened before the port, so that a file served by another process, or a newer one, is an error on the
command line and not a server that fails its requests. SIGTERM or SIGINT drains: not ready any more, the port closed,
subscribers told to come back, requests under way finished (up to `drain_s`), the store closed. A second SIGINT stops
waiting. SIGHUP reads the key files again; open change feeds go on under the key that they began with.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from lineage_agent.app.build import build, open_store
from lineage_agent.config import check_exposure, declarations_of, keys_of
from lineage_agent.declarations import DISPUTES_SHOWN, disputes
from lineage_agent.rest import Doorkeeper, Health
from lineage_shared.errors import InvalidSetting
from lineage_shared.settings import Resolved

BACKLOG = 2048

logger = logging.getLogger(__name__)


class _Server(uvicorn.Server):
    """uvicorn, with our order of stopping: it neither raises the signal again nor waits for endless streams."""

    def __init__(self, config: uvicorn.Config, health: Health, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._health = health
        self._on_started = on_started
        self.stopped_by: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._health.draining.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals until the block ends; unlike uvicorn's own, do not die of them before the store is closed."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stopped_by = self.stopped_by or sig
        super().handle_exit(sig, frame)


def serve(settings: Resolved, announce: Callable[[str], None]) -> int:
    """Serve until stopped; call `announce` with the URL once requests are answered. Return the exit code.

    Raises `InvalidSetting` (an address that cannot be listened on, an unfit file, missing keys) and `Conflict`
    (FILE_SERVED) before anything is served.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_serve(settings, announce))


async def _serve(settings: Resolved, announce: Callable[[str], None]) -> int:
    keys = keys_of(settings)
    check_exposure(settings, keys)
    for dispute in islice(disputes(declarations_of(settings)), DISPUTES_SHOWN):
        logger.warning("not everything that is declared about names holds: %s", dispute)
    listener = listen(settings.host, settings.port)
    try:
        async with open_store(settings) as store:
            doorkeeper = Doorkeeper(keys)
            app, health = build(store, settings, doorkeeper)
            server = _Server(_uvicorn_config(app, settings), health, lambda: announce(url_of(listener, settings.host)))
            with _reloading(doorkeeper, settings):
                await server.serve(sockets=[listener])
    finally:
        listener.close()
    return 130 if server.stopped_by == signal.SIGINT else 0


@contextmanager
def _reloading(doorkeeper: Doorkeeper, settings: Resolved) -> Iterator[None]:
    """Read the key files again at SIGHUP, where there is such a signal, until the block ends."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, reload_keys, doorkeeper, settings)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def reload_keys(doorkeeper: Doorkeeper, settings: Resolved) -> None:
    """Take the keys from the settings and the key files as they now stand; keep the old ones if those are unfit."""
    try:
        keys = keys_of(settings)
        check_exposure(settings, keys)
    except InvalidSetting as error:
        logger.warning("the keys stay as they were: %s", error.message)
        return
    doorkeeper.keys = keys
    logger.info("the key files were read again")


@asynccontextmanager
async def serving(app: Starlette, health: Health, settings: Resolved) -> AsyncIterator[str]:
    """Serve an application on a task of this event loop until the block ends; yield its URL."""
    listener = listen(settings.host, settings.port)
    started = asyncio.Event()
    server = _Server(_uvicorn_config(app, settings), health, started.set)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await started.wait()
        yield url_of(listener, settings.host)
    finally:
        server.should_exit = True
        await task
        listener.close()


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
        lifespan="off",
        log_config=None,
        log_level=None,
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
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING if level == "info" else level.upper())

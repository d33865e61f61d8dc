"""Waiting in tests for what sends no event."""

import asyncio
from collections.abc import Awaitable, Callable

WAIT_S_MAX = 15.0


async def until(holds: Callable[[], bool | Awaitable[bool]], every_s: float = 0.01) -> None:
    """Wait until something holds; fail after `WAIT_S_MAX`."""
    async with asyncio.timeout(WAIT_S_MAX):
        while not await _told(holds()):  # noqa: ASYNC110 - what is waited for sends no event
            await asyncio.sleep(every_s)


async def _told(answer: bool | Awaitable[bool]) -> bool:
    return answer if isinstance(answer, bool) else await answer

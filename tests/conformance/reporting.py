"""What a suite written in Python tells its runner: one JSON line per case on stdout.

Such suites run in the environment of the programs under test, so this needs the standard library alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

CASE_S_MAX = 30.0
MESSAGE_CHARS_MAX = 400


def report(case: str, message: str = "") -> None:
    """Print one case; it passed when there is no message."""
    line = {"case": case, "passed": not message, "message": " ".join(message.split())[:MESSAGE_CHARS_MAX]}
    print(json.dumps(line, separators=(",", ":")), flush=True)


async def check(case: str, action: Callable[[], Awaitable[None]]) -> None:
    """Run one case; it failed when it raised, or took longer than `CASE_S_MAX`."""
    try:
        async with asyncio.timeout(CASE_S_MAX):
            await action()
    except Exception as error:  # noqa: BLE001 - whatever a client raises is what there is to report
        report(case, f"{type(error).__name__}: {error}")
    else:
        report(case)

"""One owner per file: an operating-system lock on FILE.lock, which dies with its process.

The lock file itself stays: removing it would let two processes lock two files of the same name.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lineage_shared.errors import Conflict, InvalidSetting


@contextmanager
def owner_lock(path: Path) -> Iterator[None]:
    """Own the file until the block ends; raise `Conflict` (FILE_SERVED) when another process does."""
    lock_path = path.with_name(path.name + ".lock")
    try:
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise InvalidSetting(
            f"{lock_path} cannot be made: {error.strerror}", hint="the folder of the store must exist and be writable"
        ) from None
    try:
        _acquire(descriptor, path)
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    try:
        _lock(descriptor)
    except OSError:
        raise Conflict(
            f"{path} is served by another process{_owner(descriptor)}",
            hint="stop that process, or use another --db; `status`, `export` and `backup` work beside it",
            code="FILE_SERVED",
        ) from None


def _owner(descriptor: int) -> str:
    try:
        text = os.pread(descriptor, 32, 1).decode("ascii", "ignore").strip() if sys.platform != "win32" else ""
    except OSError:
        text = ""
    return f" (process {text})" if text.isdigit() else ""


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, f" {os.getpid()}\n".encode())


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

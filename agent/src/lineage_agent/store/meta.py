"""The few values that there is one of: whose file it is, and how far its projection has come."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lineage_agent.projection import PROJECTION_VERSION
from lineage_agent.store.driver import Connection
from lineage_shared.wire import Position

COMMITS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Meta:
    """The state of a file.

    `sequence` and `nonce` are of the last projection commit, `projected_through` is the id of the last event in it.
    `rebuild_through` is the last event that a rebuild must reach before the projection may be read, 0 if there is none.
    `windows` and `projection_version` are what the projection was made with.
    """

    domain: str
    epoch: str
    sequence: int
    nonce: str
    projected_through: int
    rebuild_through: int
    projection_version: int
    windows: Mapping[str, int]

    @property
    def position(self) -> Position:
        """The position of the last projection commit."""
        return Position(self.epoch, self.sequence, self.nonce)

    @property
    def is_rebuilding(self) -> bool:
        """Tell whether the projection is not yet what it was before a rebuild."""
        return self.projected_through < self.rebuild_through


def read(connection: Connection) -> Meta | None:
    """Return the state of the file, None for one that was never opened by a server."""
    rows = dict(connection.execute("SELECT key, value FROM meta"))
    if "epoch" not in rows:
        return None
    sequence = int(rows["sequence"])
    found = connection.execute("SELECT nonce FROM commit_log WHERE sequence = ?", (sequence,)).fetchone()
    return Meta(
        domain=rows["domain"],
        epoch=rows["epoch"],
        sequence=sequence,
        nonce=found[0].hex(),
        projected_through=int(rows["projected_through"]),
        rebuild_through=int(rows["rebuild_through"]),
        projection_version=int(rows["projection_version"]),
        windows=msgspec.json.decode(rows["windows"]),
    )


def begin_epoch(connection: Connection, domain: str, windows: Mapping[str, int]) -> None:
    """Write the state of an empty projection, at sequence 0 of a new epoch, with all present events to come."""
    last = connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0]
    connection.execute("DELETE FROM commit_log")
    write(
        connection,
        domain=domain,
        epoch=secrets.token_hex(8),
        projected_through=0,
        rebuild_through=last,
        projection_version=PROJECTION_VERSION,
        windows=msgspec.json.encode(dict(windows), order="sorted").decode(),
    )
    commit(connection, 0)


def commit(connection: Connection, sequence: int) -> str:
    """Note a projection commit; return its nonce."""
    nonce = secrets.token_bytes(8)
    row = (sequence, nonce, time.time_ns() // 1000)
    connection.execute("INSERT INTO commit_log (sequence, nonce, at_us) VALUES (?, ?, ?)", row)
    write(connection, sequence=sequence)
    return nonce.hex()


def forget_commits(connection: Connection) -> None:
    """Forget the commits beyond the newest `COMMITS_KEPT`; who stands at one of them needs a snapshot."""
    connection.execute(
        "DELETE FROM commit_log"
        " WHERE sequence < (SELECT sequence FROM commit_log ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
        (COMMITS_KEPT,),
    )


def value(connection: Connection, key: str) -> str | None:
    """Return one of the values, None for one that was never written."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def write(connection: Connection, **values: Any) -> None:
    """Write some of the values."""
    connection.executemany(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        [(key, str(value)) for key, value in values.items()],
    )

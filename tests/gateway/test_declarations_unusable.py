"""A file of declarations that cannot be read, and rounds of watching that fail."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lineage_gateway.config import load
from lineage_gateway.declarations import DeclarationFile, Stored
from lineage_gateway.declaring import Declaring
from lineage_gateway.identity import Declared
from lineage_gateway.mesh import MeshKeeper, MeshWriter
from lineage_gateway.registry import Registry
from lineage_shared.errors import Unavailable
from lineage_shared.naming import read_declaration
from tests.gateway.waiting import until

ALIAS = read_declaration(
    {"type": "alias", "a": {"namespace": "s3://a", "name": "x"}, "b": {"namespace": "gs://b", "name": "x"}}
)
MESH = '[domains.sales]\nurl = "http://127.0.0.1:9"\n'


def break_row(path: Path) -> None:
    """Write what is no declaration, as a fault of the disk may."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE declaration SET body = '{'")
        connection.execute("UPDATE revision SET number = number + 1")


def declaring_of(file: DeclarationFile, writer: MeshWriter | None = None) -> Declaring:
    """The owner of declarations over a file, without domains."""
    registry = Registry(lambda: load({"agents": ("sales=http://127.0.0.1:9",)}, {}))
    return Declaring(registry, writer or MeshWriter(MeshKeeper()), file, poll_s=0.01, declarations_max=10)


@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_gateway_does_not_start_without_what_was_declared(tmp_path: Path, command: str) -> None:
    """Otherwise names that people parted would be joined again, and nothing would say so."""
    (tmp_path / "mesh.toml").write_text(MESH, encoding="utf-8")
    (tmp_path / "declarations.db").write_bytes(b"no database" * 100)
    done = subprocess.run(
        [sys.executable, "-m", "lineage_gateway", command, "--config", "mesh.toml"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "DECLARATIONS_UNAVAILABLE" in done.stderr


async def test_a_row_that_is_none_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """At the start it stops the gateway; later what was read stays in force until the file is mended."""
    file = DeclarationFile(tmp_path / "d.db")
    stored = file.add(ALIAS, "ops", 1)
    async with declaring_of(file) as declaring:
        break_row(file.path)
        await until(lambda: declaring.problem is not None)
        assert declaring.stored.keys() == {stored.id}
        with pytest.raises(Unavailable):
            await declaring_of(file).__aenter__()
        file.path.unlink()
        await until(lambda: declaring.problem is None)
        assert declaring.stored == {}


async def test_what_is_written_and_does_not_show_is_not_answered_as_done(tmp_path: Path) -> None:
    """The caller is told that the change is kept and does not show yet."""

    class Unread(DeclarationFile):
        broken = False

        def active(self) -> tuple[Stored, ...]:
            if self.broken:
                raise Unavailable("gone", code="DECLARATIONS_UNAVAILABLE")
            return super().active()

    file = Unread(tmp_path / "d.db")
    async with declaring_of(file) as declaring:
        file.broken = True
        with pytest.raises(Unavailable, match="is kept, and does not show yet"):
            await declaring.declare(ALIAS, "ops")


def test_reading_does_not_wait_for_writers(tmp_path: Path) -> None:
    """A gateway that looks whether something changed takes no lock of a writer."""
    file = DeclarationFile(tmp_path / "d.db")
    file.add(ALIAS, "ops", 1)
    with sqlite3.connect(file.path, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert (file.revision(), len(file.active()), file.decisions()) == (1, 1, {})
        writer.execute("ROLLBACK")


async def test_a_round_that_fails_does_not_end_the_watch(tmp_path: Path) -> None:
    """What could not be brought into the mesh is tried again, with the next look at the file."""

    class Failing(MeshWriter):
        failures = 1

        async def declare(self, declared: Declared) -> None:
            if declared.pairs and self.failures:
                self.failures -= 1
                raise ValueError("unforeseen")
            await super().declare(declared)

    file, writer = DeclarationFile(tmp_path / "d.db"), Failing(MeshKeeper())
    async with declaring_of(file, writer) as declaring:
        file.add(ALIAS, "another gateway", 1)
        await until(lambda: bool(declaring.declared.pairs))
        assert writer.failures == 0

"""One process owns a file; the lock dies with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lineage_agent.store import Store
from lineage_agent.store.lock import owner_lock
from lineage_shared.errors import Conflict, InvalidSetting

_HOLDER = """
import sys, time
from pathlib import Path
from lineage_agent.store.lock import owner_lock
with owner_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


async def test_the_second_store_on_a_file_is_refused(tmp_path: Path) -> None:
    """A second opener gets FILE_SERVED and a hint, and the first goes on undisturbed."""
    path = tmp_path / "shop.db"
    async with Store.open(path, domain="shop") as store:
        with pytest.raises(Conflict) as caught:
            async with Store.open(path, domain="shop"):
                pass
        assert (caught.value.code, bool(caught.value.hint)) == ("FILE_SERVED", True)
        assert store.ready
    async with Store.open(path, domain="shop"):
        pass


async def test_another_name_of_the_file_is_the_same_file(tmp_path: Path) -> None:
    """A symbolic link does not get around the lock."""
    path, alias = tmp_path / "shop.db", tmp_path / "alias.db"
    async with Store.open(path, domain="shop"):
        alias.symlink_to(path)
        with pytest.raises(Conflict):
            async with Store.open(alias, domain="shop"):
                pass


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    """While another process holds the file the message names it; once that is killed the file is free."""
    path = tmp_path / "shop.db"
    child = subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(Conflict, match=f"process {child.pid}"), owner_lock(path):
        pass
    child.kill()
    child.wait()
    child.stdout.close()
    with owner_lock(path):
        pass


def test_a_lock_needs_its_folder(tmp_path: Path) -> None:
    """Where no lock file can be made the error says so."""
    with pytest.raises(InvalidSetting, match="cannot be made"), owner_lock(tmp_path / "nowhere" / "shop.db"):
        pass

"""The systemd units, checked by systemd itself where it is installed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.deploy.material import DEPLOY, run, tool

FOLDER = DEPLOY / "systemd"
UNITS = {"lineage-agent@.service": "lineage-agent@sales.service", "lineage-gateway.service": "lineage-gateway.service"}


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Each unit, of the domain sales where it is a template, with a program that exists here."""
    template: str = request.param
    text = (FOLDER / template).read_text(encoding="utf-8")
    for name in {template, UNITS[template]}:
        program = Path(sys.executable).parent
        (tmp_path / name).write_text(text.replace("/opt/lineage/bin", str(program)), encoding="utf-8")
    return tmp_path / UNITS[template]


def test_unit_is_understood(unit: Path) -> None:
    """`systemd-analyze verify` has nothing to say."""
    done = run(tool("systemd-analyze"), "verify", "--man=no", unit)
    assert (done.returncode, done.stderr) == (0, "")


def test_unit_is_hardened(unit: Path) -> None:
    """`systemd-analyze security` sees an exposure of at most 1.5 out of 10."""
    done = run(tool("systemd-analyze"), "security", "--offline=true", "--threshold=15", unit)
    assert done.returncode == 0, done.stdout


def test_keys_are_credentials() -> None:
    """Keys are read by systemd as root and handed over; nothing else of the unit names them."""
    for name in UNITS:
        text = (FOLDER / name).read_text(encoding="utf-8")
        loaded = set(re.findall(r"^LoadCredential=([\w.]+):", text, re.MULTILINE))
        assert loaded
        assert set(re.findall(r"^Environment=\w+_KEYS_FILE=%d/(\S+)$", text, re.MULTILINE)) <= loaded


def test_wrong_settings_end_with_2(tmp_path: Path) -> None:
    """Servers that cannot begin with their settings end with the exit code that the units do not restart."""
    for name, module in (("lineage-agent@.service", "lineage_agent"), ("lineage-gateway.service", "lineage_gateway")):
        assert "RestartPreventExitStatus=2\n" in (FOLDER / name).read_text(encoding="utf-8")
        done = run(sys.executable, "-m", module, "serve", "--host", "0.0.0.0", "--port", "0", cwd=tmp_path, env={})
        assert done.returncode == 2, done.stderr

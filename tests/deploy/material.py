"""What the tests of `deploy/` look at: its files, the settings and commands that there are, linters where installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lineage_agent import config as agent
from lineage_gateway import config as gateway

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILES = {name: DEPLOY / "docker" / f"{name}.Dockerfile" for name in ("agent", "gateway")}
DOMAINS = ("sales", "analytics", "ml")

SETTINGS = {
    agent.PREFIX: {setting.name: setting for setting in agent.TABLE},
    gateway.PREFIX: {setting.name: setting for setting in gateway.SETTINGS},
}
PORTS = {"agent": SETTINGS[agent.PREFIX]["port"].default, "gateway": SETTINGS[gateway.PREFIX]["port"].default}
SECRET_SETTINGS = {name for table in SETTINGS.values() for name, setting in table.items() if setting.secret}
# The one variable of the agent that is no row of the table: it says where the file with the others is.
VARIABLES = {f"{prefix}_{name.upper()}" for prefix, table in SETTINGS.items() for name in table} | {
    agent.CONFIG_VARIABLE
}


def deployed() -> list[Path]:
    """Every file that somebody deploys with, and the page about it."""
    folders = ("docker", "examples", "helm", "proxy", "systemd")
    files = [path for folder in folders for path in (DEPLOY / folder).rglob("*") if path.is_file()]
    return [*files, DEPLOY / "compose.yaml", DEPLOY / "keys.py", ROOT / "docs" / "deploy.md"]


def parsed(text: str) -> Any:
    """Return one YAML document as plain values."""
    return msgspec.yaml.decode(text)


def tool(*names: str) -> str:
    """Return the first of these programs that is installed, beside this Python or on the path; skip without."""
    for name in names:
        found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
        if found:
            return found
    pytest.skip(f"{names[0]} is not installed")


def run(*command: str | Path, cwd: Path = ROOT, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, check=False, text=True, **more)

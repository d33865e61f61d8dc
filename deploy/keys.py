"""Makes the keys of a mesh: one file each, none overwritten. Needs nothing but Python.

    python3 deploy/keys.py FOLDER DOMAIN...

For every domain, DOMAIN-ingest (producers send events with it) and DOMAIN-mesh (the gateway reads with it), and once
`callers` (frontends ask the gateway with it). The folder is closed to other users; its files are not, since a container
mounts each by itself and reads it as a user that this machine does not know.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path


def make(folder: Path, domains: list[str]) -> list[Path]:
    """Write the keys that are not there yet; return their files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        raise SystemExit(f"other users may look into {folder}: chmod 700 {folder}, or name another folder")
    names = ["callers", *(f"{domain}-{door}" for domain in domains for door in ("ingest", "mesh"))]
    made = [path for name in names if not (path := folder / name).exists()]
    for path in made:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
    return made


if __name__ == "__main__":
    if len(sys.argv) < 3:  # noqa: PLR2004 - the program, a folder, a domain
        sys.exit("usage: keys.py FOLDER DOMAIN...")
    for written in make(Path(sys.argv[1]), sys.argv[2:]):
        print(written)

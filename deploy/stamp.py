"""The stamp of a finished virtual environment: what it was made from, and what is in it.

`setup.sh` writes it last. The first line is a digest of the lock, the members' `pyproject.toml`, the Python and the
place (scripts and editable installs hold absolute paths, so an environment does not survive a move). The other lines
name the installed packages; `check` looks whether each is still there. Only the standard library is used, and no
site-packages (`python -I -S`), so that it answers in a few hundredths of a second even from a broken environment.
"""

import hashlib
import sys
from pathlib import Path

MEMBERS = ("shared", "agent", "gateway")


def digest(venv: Path, lock: Path) -> str:
    """One line that changes whenever the environment ought to be made anew."""
    sha = hashlib.sha256(f"{sys.version}\n{venv.resolve()}\n".encode())
    for path in (lock, *(Path(member, "pyproject.toml") for member in MEMBERS)):
        sha.update(path.read_bytes())
    return sha.hexdigest()


def site_packages(venv: Path) -> Path:
    """Where this environment keeps its packages."""
    return venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def main(command: str, venv: Path, lock: Path) -> int:
    """Run one command; 0 means yes, or done."""
    stamp, site = venv / ".stamp", site_packages(venv)
    if command == "write":
        installed = sorted(record.parent.name for record in site.glob("*.dist-info/RECORD"))
        stamp.write_text("\n".join([digest(venv, lock), *installed]) + "\n", encoding="utf-8")
        return 0
    made_from, *installed = stamp.read_text(encoding="utf-8").splitlines()
    complete = all((site / name / "RECORD").is_file() for name in installed)
    if command == "check":
        return 0 if complete and made_from == digest(venv, lock) else 1
    scripts = (venv / "bin" / "pip").read_text(encoding="utf-8")
    return 0 if complete and str(venv.resolve()) in scripts else 1  # mendable: whole, and not moved


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))

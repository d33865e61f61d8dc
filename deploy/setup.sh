#!/bin/sh
# Makes .venv: a fitting Python, the locked packages with their hashes, and the three distributions, editable.
# Needs nothing but Python and its pip; leaves pip's own configuration (mirrors, proxies, certificates) alone.
#
#   deploy/setup.sh             the project, in .venv
#   deploy/setup.sh producers   dbt with its OpenLineage wrapper, in .venv-producers
#   deploy/setup.sh conformance node and what else the conformance suites run, in .venv-conformance
#   PYTHON=/path/to/python      use this Python
#
# A finished .venv carries a stamp (deploy/stamp.py): when it fits, there is nothing to do. Without any stamp the
# .venv is half made and is made again; with an older one it is brought up to date in place.
set -eu

cd "$(dirname "$0")/.."
unset PYTHONHOME PYTHONPATH || true

case "${1:-}" in
  "") venv=.venv lock=requirements.lock members="shared agent gateway" ;;
  producers) venv=.venv-producers lock=requirements-producers.lock members="" ;;
  conformance) venv=.venv-conformance lock=requirements-conformance.lock members="" ;;
  *) echo "usage: deploy/setup.sh [producers|conformance]" >&2; exit 2 ;;
esac
stamp="$venv/.stamp"
log="$venv/setup.log"

say() { printf '%s\n' "$*"; }
die() { for line in "$@"; do printf '%s\n' "$line" >&2; done; exit 1; }

# Prints the real interpreter when "$1" runs, is CPython of a supported version and not free-threaded (for which
# some packages have no wheels). A pyenv shim may exist for a version that is not there: hence running it.
fitting() {
  "$1" -I -c '
import sys, sysconfig
fits = (
    (3, 11) <= sys.version_info < (3, 15)
    and sys.implementation.name == "cpython"
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)
print(sys.executable) if fits else sys.exit(1)
' 2>/dev/null
}

# True when the Python can make a virtual environment: Debian ships both modules apart.
whole() { "$1" -I -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
  python="" partial=""
  if [ -n "${PYTHON:-}" ]; then
    candidates=$PYTHON
    python=$(fitting "$PYTHON") || die "PYTHON=$PYTHON does not run, or is not CPython 3.11, 3.12, 3.13 or 3.14."
    whole "$python" || { partial=$python python=""; }
  else
    candidates="python3.14 python3.13 python3.12 python3.11 python3 python"
    for candidate in $candidates; do
      found=$(fitting "$candidate") || continue
      if whole "$found"; then python=$found; break; fi
      partial=${partial:-$found}
    done
  fi
  [ -z "$python" ] || return 0
  if [ -n "$partial" ]; then
    version=$("$partial" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    die "$partial (Python $version) fits, but lacks the modules venv or ensurepip." \
      "Install them:  apt install python$version-venv     (Debian, Ubuntu)" \
      "or name another Python:  make setup PYTHON=/path/to/python3"
  fi
  die "No fitting Python found. Lineage Mesh needs CPython 3.11, 3.12, 3.13 or 3.14." \
    "Tried: $candidates" \
    "Install one (for example  apt install python3 python3-venv,  or  brew install python@3.13)," \
    "or name one:  make setup PYTHON=/path/to/python3"
}

# Runs pip with "$@", showing one short line per package; the full output goes to the log.
pip_install() {
  rm -f "$venv/.done"
  {
    "$venv/bin/python" -m pip install --no-input --disable-pip-version-check --no-color --progress-bar off "$@" 2>&1 &&
      : >"$venv/.done"
  } | tee -a "$log" | awk '
    /^(Collecting|Processing|Obtaining) / {
      sub(/ \(from.*/, ""); sub(/^[A-Za-z]+ /, ""); sub(/.*\//, "") # a name with its version, a wheel, a folder
      if (sub(/\.(whl|tar\.gz)$/, "")) { split($0, part, "-"); $0 = part[1] "==" part[2] }
      print "  " $0; fflush()
    }
    /^Installing collected/ { print "  installing ..."; fflush() }
  '
  if [ ! -e "$venv/.done" ]; then
    tail -n 15 "$log" >&2
    die "" "pip failed; the whole story is in $log. Mend the cause and run the same command again."
  fi
}

# Which installation "$1" is, whether itself a virtual environment or not.
identity() { "$1" -I -c 'import sys; print(sys.version, sys.base_prefix)' 2>/dev/null; }

remake=""
if [ -n "${PYTHON:-}" ]; then
  find_python
  [ "$(identity "$python")" = "$(identity "$venv/bin/python")" ] || remake=yes
fi

if [ -z "$remake" ] && "$venv/bin/python" -I -S deploy/stamp.py check "$venv" "$lock" 2>/dev/null; then exit 0; fi

started=$(date +%s)
# What is half made (no stamp), moved, or runs no more is not worth mending.
if [ -n "$remake" ] || [ ! -f "$stamp" ] || ! "$venv/bin/python" -I -S deploy/stamp.py mendable "$venv" "$lock" 2>/dev/null; then
  [ -n "${PYTHON:-}" ] || find_python
  say "Making $venv with $("$python" -V) ($python)"
  rm -rf "$venv"
  "$python" -m venv "$venv" || { rm -rf "$venv"; die "$python could not make a virtual environment."; }
else
  say "Bringing $venv up to date"
  rm -f "$stamp"
fi

: >"$log"
say "Installing $(grep -c '==' "$lock") pinned packages, hashes checked"
pip_install --require-hashes -r "$lock"
if [ -n "$members" ]; then
  say "Installing the three distributions, editable"
  set --
  for member in $members; do set -- "$@" -e "./$member"; done
  pip_install --no-deps --no-build-isolation "$@"
fi
"$venv/bin/python" -I -S deploy/stamp.py write "$venv" "$lock"
say "$venv is ready ($(($(date +%s) - started)) s)"

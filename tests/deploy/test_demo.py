"""The demonstration as a process: how it ends when somebody stops it."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

DEMO = Path(__file__).parents[2] / "deploy" / "demo" / "demo.py"
ENDS_WITHIN_S = 30


def _is_listening(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_server_outlives_a_demonstration_that_is_stopped(tmp_path: Path, number: int) -> None:
    """Stopped while it loads, and told so twice as by make: no traceback, and nothing listens any more."""
    folder = tmp_path / "with a space"
    with subprocess.Popen(
        [sys.executable, DEMO, "--dir", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        assert _is_listening(url)
        process.send_signal(number)
        process.send_signal(number)
        _, said = process.communicate(timeout=ENDS_WITHIN_S)
    assert (process.returncode, "Traceback" in said) == (130, False), said
    assert not _is_listening(url)

"""`lineage-agent doctor`: it finds what is wrong, and leaves no trace."""

from __future__ import annotations

from pathlib import Path

from tests import factories as make
from tests.agent.running import lineage_agent, running_agent


def test_a_healthy_agent(tmp_path: Path) -> None:
    """Every check passes on fresh settings, before a store exists, and none is made."""
    lineage_agent(tmp_path, "init", "--domain", "shop", "--keys")
    done = lineage_agent(tmp_path, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 6
    assert not (tmp_path / "lineage.db").exists()


def test_a_running_agent_keeps_no_trace(tmp_path: Path) -> None:
    """Beside a running agent, and with a look at it by URL, its record stays as it was."""
    keys = {"ingest_keys": "i" * 16, "mesh_keys": "m" * 16}
    with running_agent(tmp_path, **keys) as agent:
        agent.settle(
            agent.post(make.run_event(), authorization=f"Bearer {'i' * 16}"), authorization=f"Bearer {'m' * 16}"
        )
        before = lineage_agent(tmp_path, "status", "--db", "shop.db").stdout
        command = ["doctor", "--db", "shop.db", "--url", agent.url]
        done = lineage_agent(tmp_path, *command, "--key", "i" * 16, "--mesh-key", "m" * 16)
        assert done.returncode == 0, done.stdout + done.stderr
        assert lineage_agent(tmp_path, "status", "--db", "shop.db").stdout == before
        for missing, hint in ((["--mesh-key", "m" * 16], "--key"), (["--key", "i" * 16], "--mesh-key")):
            failed = lineage_agent(tmp_path, *command, *missing)
            assert (failed.returncode, hint in failed.stdout) == (1, True)


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    """The first check that fails says what to do, and is the last one run."""
    (tmp_path / "agent.toml").write_text("prot = 1\n")
    assert "FAIL  settings" in lineage_agent(tmp_path, "doctor").stdout
    (tmp_path / "agent.toml").write_text('domain = "shop"\nhost = "0.0.0.0"\n')
    exposed = lineage_agent(tmp_path, "doctor").stdout
    assert "FAIL  keys" in exposed
    assert "--insecure-no-auth" in exposed
    (tmp_path / "agent.toml").write_text('domain = "shop"\ndb = "none/x.db"\n')
    assert "FAIL  store" in lineage_agent(tmp_path, "doctor").stdout
    (tmp_path / "agent.toml").write_text("")
    assert "NO_DOMAIN" in lineage_agent(tmp_path, "doctor").stdout
    gone = lineage_agent(tmp_path, "doctor", "--domain", "shop", "--url", "http://127.0.0.1:9")
    assert "NO_ANSWER" in gone.stdout


def test_another_domains_store_is_found(tmp_path: Path) -> None:
    """A store of another domain than configured is told before `serve` refuses it."""
    with running_agent(tmp_path, domain="other"):
        pass
    (tmp_path / "agent.toml").write_text('domain = "shop"\ndb = "other.db"\n')
    assert "records 'other'" in lineage_agent(tmp_path, "doctor").stdout

"""The command line, run as a person would: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest

from lineage_agent import config
from lineage_agent.cli import init as init_module
from lineage_agent.cli.main import COMMANDS
from tests import factories as make
from tests.agent.running import RunningAgent, lineage_agent, running_agent, spawned


def filled(folder: Path, count: int = 3) -> Path:
    """A store of the domain `shop` with some events, made by `ingest`."""
    events = make.ndjson(
        make.run_event(f"job{number}", at=number, inputs=["a"], outputs=["b"]) for number in range(count)
    )
    done = lineage_agent(folder, "ingest", "-", "--db", "shop.db", "--domain", "shop", stdin=events)
    assert done.returncode == 0, done.stderr
    return folder / "shop.db"


def status(folder: Path, db: str = "shop.db") -> dict[str, object]:
    """The status of a store."""
    found: dict[str, object] = json.loads(lineage_agent(folder, "status", "--db", db, "--json").stdout)
    return found


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS), ["dead-letters", "retry"], ["config", "show"]])
def test_every_command_has_help(tmp_path: Path, command: list[str]) -> None:
    """`--help` works everywhere, on stdout."""
    done = lineage_agent(tmp_path, *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout


@pytest.mark.parametrize("wrong", [["fly"], ["serve", "--wings"], ["status", "extra"], ["retire", "cat", "a", "b"]])
def test_wrong_usage(tmp_path: Path, wrong: list[str]) -> None:
    """Wrong usage is told on stderr, with exit code 2."""
    done = lineage_agent(tmp_path, *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error:" in done.stderr


def test_version(tmp_path: Path) -> None:
    """`--version` names the program."""
    assert spawned(tmp_path, "--version").stdout.startswith("lineage-agent, version ")


def test_init_writes_what_load_reads(tmp_path: Path) -> None:
    """The file that `init` writes is read back: what was given is set, all else is a comment with the default."""
    arguments = [
        "--domain",
        "shop",
        "--namespace",
        "postgres://db",
        "--namespace",
        "s3://b",
        "--contact",
        "a@b",
        "--keys",
    ]
    done = lineage_agent(tmp_path, "init", *arguments)
    assert (done.returncode, done.stdout) == (0, "")
    text = (tmp_path / "agent.toml").read_text()
    assert set(tomllib.loads(text)) == {"domain", "namespaces", "contacts", "ingest_keys_file", "mesh_keys_file"}
    assert all(setting.help in text for setting in config.TABLE)
    settings = config.load({}, str(tmp_path / "agent.toml"), {})
    assert settings.namespaces == ("postgres://db", "s3://b")
    assert stat.S_IMODE((tmp_path / "mesh.keys").stat().st_mode) == 0o600
    assert lineage_agent(tmp_path, "config", "show").returncode == 0


def test_init_defaults_are_the_defaults() -> None:
    """With every comment mark taken away, the file says what the agent does anyway."""
    lines = [
        line.removeprefix("# ") for line in init_module.render({}).splitlines() if " = " in line and "." not in line[:3]
    ]
    said = tomllib.loads("\n".join(line for line in lines if line.split(" = ")[0].isidentifier()))
    rows = {setting.name: setting for setting in config.TABLE if setting.type not in {dict, list}}
    assert {name: config.load({name: value}, None, {}).values[name] for name, value in said.items()} == {
        name: row.default for name, row in rows.items()
    }


def test_init_shows_how_to_declare(tmp_path: Path) -> None:
    """Without its comment marks the example of a declaration is one that an agent takes, and `config show` shows."""
    text = init_module.render({"domain": "shop"})
    example = text[text.index("# [[declarations]]") :]
    told = "".join(line.removeprefix("#").removeprefix(" ") for line in example.splitlines(keepends=True))
    (tmp_path / "agent.toml").write_text(f'domain = "shop"\n{told}', encoding="utf-8")
    shown = json.loads(lineage_agent(tmp_path, "config", "show", "--json").stdout)["declarations"]
    assert shown["origin"] == "agent.toml"
    assert [(each["type"], each["domain"]) for each in shown["value"]] == [("namespace_alias", "shop")]
    line = next(
        line for line in lineage_agent(tmp_path, "config", "show").stdout.splitlines() if "declarations " in line
    )
    assert '"canonical":"postgres://orders-db.acme.example:5432"' in line


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    """A second `init` changes nothing unless forced."""
    (tmp_path / "agent.toml").write_text("# mine\n")
    refused = lineage_agent(tmp_path, "init", "--domain", "shop")
    assert (refused.returncode, (tmp_path / "agent.toml").read_text()) == (1, "# mine\n")
    assert "--force" in refused.stderr
    assert lineage_agent(tmp_path, "init", "--domain", "shop", "--force").returncode == 0
    assert 'domain = "shop"' in (tmp_path / "agent.toml").read_text()


def test_config_show(tmp_path: Path) -> None:
    """`config show` prints name, value and origin of every setting; as JSON too."""
    (tmp_path / "agent.toml").write_text('domain = "shop"\n')
    done = lineage_agent(tmp_path, "config", "show", port=7)
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.stdout.splitlines()}
    assert rows["domain"] == ['"shop"', "agent.toml"]
    assert rows["port"] == ["7", "environment LINEAGE_AGENT_PORT"]
    assert set(rows) == {setting.name for setting in config.TABLE}
    shown = json.loads(lineage_agent(tmp_path, "config", "show", "--json", port=7).stdout)
    assert shown["port"] == {"value": 7, "origin": "environment LINEAGE_AGENT_PORT"}


def test_ingest_export_round_trip(tmp_path: Path) -> None:
    """What is exported and ingested again gives the same facts."""
    filled(tmp_path)
    exported = lineage_agent(tmp_path, "export", "--db", "shop.db").stdout
    assert len(exported.splitlines()) == 3
    copied = lineage_agent(tmp_path, "ingest", "-", "--db", "copy.db", "--domain", "shop", stdin=exported.encode())
    assert "3 events stored (0 known before), 0 refused" in copied.stderr
    assert status(tmp_path)["digest"] == status(tmp_path, "copy.db")["digest"]
    again = lineage_agent(tmp_path, "ingest", "-", "--db", "copy.db", stdin=exported.encode())
    assert "3 events stored (3 known before), 0 refused" in again.stderr
    assert status(tmp_path, "copy.db")["events"] == 3


@pytest.mark.parametrize("by_url", [False, True], ids=["file", "url"])
def test_ingest_names_the_lines_that_it_refuses(tmp_path: Path, by_url: bool) -> None:
    """Bad lines are told by number and skipped, the rest is stored; the exit code says that something was refused."""
    lines = [
        make.body(make.run_event("one")),
        b"{broken",
        b"",
        make.body([make.run_event("two"), {"eventTime": "never"}, make.run_event("three")]),
        make.body({"no": "event"}),
        b"[1, 2",
    ]
    (tmp_path / "events.ndjson").write_bytes(b"\n".join(lines))
    if by_url:
        with running_agent(tmp_path) as agent:
            done = lineage_agent(tmp_path, "ingest", "events.ndjson", "--url", agent.url)
    else:
        done = lineage_agent(tmp_path, "ingest", "events.ndjson", "--db", "shop.db", "--domain", "shop")
    assert (done.returncode, done.stdout) == (1, "")
    told = [line.split(":")[0] for line in done.stderr.splitlines() if line.startswith("line ")]
    assert sorted(told) == ["line 2", "line 4", "line 5", "line 6"]
    assert "3 events stored" in done.stderr
    assert (status(tmp_path)["events"], status(tmp_path)["pending"]) == (3, 0)


def test_ingest_to_a_url_needs_its_key(tmp_path: Path) -> None:
    """A missing key is exit code 4; a server that is not there is 1; both say what to do."""
    with running_agent(tmp_path, ingest_keys="k" * 16) as agent:
        event = make.body(make.run_event())
        refused = lineage_agent(tmp_path, "ingest", "-", "--url", agent.url, stdin=event)
        assert (refused.returncode, "--key" in refused.stderr) == (4, True)
        done = lineage_agent(tmp_path, "ingest", "-", "--url", agent.url, "--key", "k" * 16, stdin=event)
        assert done.returncode == 0
    gone = lineage_agent(tmp_path, "ingest", "-", "--url", agent.url, stdin=event)
    assert (gone.returncode, "NO_ANSWER" in gone.stderr) == (1, True)


def test_reading_beside_a_server(agent: RunningAgent, tmp_path: Path) -> None:
    """status, export, backup and the list of dead letters work on a file that is served."""
    agent.settle(agent.post(make.run_event("beside", outputs=["x"])))
    db = str(agent.db)
    assert status(tmp_path, db)["pending"] == 0
    assert '"beside"' in lineage_agent(tmp_path, "export", "--db", db).stdout
    backup = lineage_agent(tmp_path, "backup", "copy.db", "--db", db)
    assert backup.returncode == 0, backup.stderr
    assert status(tmp_path, "copy.db")["digest"] == status(tmp_path, db)["digest"]
    letters = lineage_agent(tmp_path, "dead-letters", "list", "--db", db)
    assert (letters.returncode, letters.stdout) == (0, "")


def test_status_for_people(tmp_path: Path) -> None:
    """Without --json, one line a number, in the order of the contract."""
    filled(tmp_path)
    lines = lineage_agent(tmp_path, "status", "--db", "shop.db").stdout.splitlines()
    names = [line.split()[0] for line in lines]
    assert names == [
        "domain", "epoch", "sequence", "events", "pending", "dead_letters", "datasets", "jobs", "runs", "edges",
        "edges_current", "column_edges", "column_edges_current", "digest", "sqlite",
    ]  # fmt: skip


def test_rebuild_begins_a_new_epoch(tmp_path: Path) -> None:
    """After `rebuild` the facts are the same and the epoch is another one."""
    filled(tmp_path)
    before = status(tmp_path)
    done = lineage_agent(tmp_path, "rebuild", "--db", "shop.db", "--yes")
    after = status(tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert (before["digest"], before["events"]) == (after["digest"], after["events"])
    assert before["epoch"] != after["epoch"]


@pytest.mark.parametrize("by_url", [False, True], ids=["file", "url"])
def test_retire(tmp_path: Path, by_url: bool) -> None:
    """A retired job's edges are not current any more; the retirement is an event of the record."""
    filled(tmp_path, 1)
    assert status(tmp_path)["edges_current"] == 2
    command = ["retire", "job", make.JOBS, "job0"]
    if by_url:
        with running_agent(tmp_path) as agent:
            done = lineage_agent(tmp_path, *command, "--url", agent.url)
            agent.settle(agent.post(make.run_event("job0", at=0, inputs=["a"], outputs=["b"])))
    else:
        done = lineage_agent(tmp_path, *command, "--db", "shop.db")
    assert done.returncode == 0, done.stderr
    assert (status(tmp_path)["edges_current"], status(tmp_path)["events"]) == (0, 2)
    assert "lineageMesh_retirement" in lineage_agent(tmp_path, "export", "--db", "shop.db").stdout


def test_commands_keep_the_windows_of_a_file(tmp_path: Path) -> None:
    """A command without the settings at hand does not project the file by other rules: the epoch stays."""
    filled(tmp_path)
    with running_agent(tmp_path, windows=f"{make.JOBS}=2"):
        pass
    before = status(tmp_path)["epoch"]
    for command in (["ingest", "-"], ["retire", "dataset", make.DATASETS, "a"], ["dead-letters", "retry"]):
        assert lineage_agent(tmp_path, *command, "--db", "shop.db").returncode == 0
    assert status(tmp_path)["epoch"] == before
    (tmp_path / "no.db").write_bytes(b"x" * 200)
    refused = lineage_agent(tmp_path, "ingest", "-", "--db", "no.db", "--domain", "shop")
    assert (refused.returncode, "not an SQLite file" in refused.stderr) == (2, True)


def test_a_missing_store_is_told(tmp_path: Path) -> None:
    """Commands that read name the file that they looked for."""
    for command in (["status"], ["export"], ["backup", "x.db"], ["rebuild"], ["dead-letters", "list"]):
        done = lineage_agent(tmp_path, *command, "--db", "none.db")
        assert (done.returncode, done.stdout) == (1, "")
        assert "none.db" in done.stderr
        assert "hint:" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_dead_letters_can_be_retried(tmp_path: Path) -> None:
    """Retrying when nothing is dead does nothing, and says so; a wrong number is an error."""
    filled(tmp_path)
    done = lineage_agent(tmp_path, "dead-letters", "retry", "--db", "shop.db")
    assert (done.returncode, "0 tried, 0 still dead" in done.stderr) == (0, True)
    assert lineage_agent(tmp_path, "dead-letters", "retry", "7", "--db", "shop.db").returncode == 1


def test_long_batches_are_split(tmp_path: Path) -> None:
    """Where an agent takes smaller batches, the events are sent one by one; one too long for it is refused by line."""
    facets = {"noise": {"text": "x" * 4_000}}
    events = [make.run_event("small"), make.run_event("large", run_facets=facets), make.run_event("other")]
    with running_agent(tmp_path, batch_events_max=1, body_bytes_max=2048) as agent:
        done = lineage_agent(tmp_path, "ingest", "-", "--url", agent.url, stdin=make.ndjson(events))
    assert done.returncode == 1
    assert "line 2: the body is longer than 2048 bytes" in done.stderr
    assert "2 events stored" in done.stderr


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        (["--url", "{url}/elsewhere"], 1, "NOT_AN_AGENT"),
        (["--url", "{url}", "--db", "x.db"], 2, "exclude each other"),
        (["--url", "http://[::1"], 2, "--url"),
        (["--db", "new.db"], 2, "no domain was named"),
    ],
)
def test_wrong_targets(agent: RunningAgent, tmp_path: Path, where: list[str], code: int, message: str) -> None:
    """A target that cannot be is told in plain words."""
    arguments = [each.format(url=agent.url) for each in where]
    done = lineage_agent(tmp_path, "ingest", "-", *arguments, stdin=make.body(make.run_event()))
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    """Without --debug an error is two lines; with it, Python's own story."""
    assert "Traceback" not in lineage_agent(tmp_path, "status", "--db", "none.db").stderr
    assert "Traceback" in spawned(tmp_path, "--debug", "status", "--db", "none.db").stderr

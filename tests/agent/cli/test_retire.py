"""`lineage-agent retire` by any spelling: what is retired is the name that the domain has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import factories as make
from tests.agent.running import Done, lineage_agent, running_agent
from tests.agent.store.files import fill, opened

LAKE, KEYS = "s3://lake", {"ingest_keys": "i" * 16, "mesh_keys": "m" * 16}
JOBS = {"type": "job_namespace_alias", "canonical": make.JOBS, "aliases": ["airflow-old"], "domain": "shop"}


def filled(folder: Path) -> None:
    """A store with some names, of which two are one thing."""
    with opened(folder / "shop.db") as engine:
        outputs = [make.dataset("a", LAKE), make.dataset("b", LAKE), make.dataset("/b/", "s3a://lake")]
        fill(engine, [make.run_event("load", inputs=["in"], outputs=outputs)])


@contextmanager
def retiring(folder: Path, *, by_url: bool) -> Iterator[list[str]]:
    """Where to retire: a file, or an agent with keys that serves it."""
    if not by_url:
        (folder / "agent.toml").write_text(
            'domain = "shop"\ndb = "shop.db"\n[[declarations]]\ntype = "job_namespace_alias"\n'
            f'canonical = "{make.JOBS}"\naliases = ["airflow-old"]\n'
        )
        yield []
        return
    with running_agent(folder, declarations=json.dumps([JOBS]), **KEYS) as agent:
        yield ["--url", agent.url, "--key", "i" * 16, "--mesh-key", "m" * 16]


def retire(folder: Path, *words: str) -> Done:
    """Run the command."""
    return lineage_agent(folder, "retire", *words)


@pytest.mark.parametrize("by_url", [False, True], ids=["file", "url"])
def test_any_spelling_retires_the_stored_name(tmp_path: Path, by_url: bool) -> None:
    """Namespace and name, or one text, in another spelling: the event names what is stored."""
    filled(tmp_path)
    told: list[str] = []
    with retiring(tmp_path, by_url=by_url) as where:
        for words in (
            ("dataset", "s3n://lake", "/a/"), ("dataset", "s3a://lake/a/"), ("dataset", "s3a://lake", "/b/"),
            ("job", "airflow-old", "load"), ("job", f"{make.JOBS} load"),
        ):  # fmt: skip
            done = retire(tmp_path, *words, *where)
            assert done.returncode == 0, done.stderr
            told.append(done.stderr.strip())
    assert told == [
        "retired dataset s3://lake a", "retired dataset s3://lake a", "retired dataset s3a://lake /b/",
        f"retired job {make.JOBS} load", f"retired job {make.JOBS} load",
    ]  # fmt: skip
    exported = [json.loads(line) for line in lineage_agent(tmp_path, "export", "--db", "shop.db").stdout.splitlines()]
    assert [each["dataset"]["name"] for each in exported if "dataset" in each] == ["a", "a", "/b/"]


@pytest.mark.parametrize("by_url", [False, True], ids=["file", "url"])
def test_what_is_not_one_name_here_is_refused(tmp_path: Path, by_url: bool) -> None:
    """A spelling that several stored names share, or none, retires nothing and says which there are."""
    filled(tmp_path)
    with retiring(tmp_path, by_url=by_url) as where:
        several = retire(tmp_path, "dataset", "s3n://lake", "b", *where)
        assert (several.returncode, "AMBIGUOUS_REFERENCE" in several.stderr) == (1, True)
        assert "2 names are this one thing: s3://lake b; s3a://lake /b/" in several.stderr
        for words in (("dataset", LAKE, "c"), ("job", make.JOBS, "a"), ("dataset", "model.s.o"), ("dataset", "?")):
            done = retire(tmp_path, *words, *where)
            assert (done.returncode, "ASSET_NOT_FOUND" in done.stderr) == (1, True), done.stderr
    assert lineage_agent(tmp_path, "export", "--db", "shop.db").stdout.count("\n") == 1


def test_names_are_looked_up_with_the_mesh_key(tmp_path: Path) -> None:
    """An agent that does not let names be looked up lets nothing be retired by them, and the hint names the flag."""
    filled(tmp_path)
    with running_agent(tmp_path, **KEYS) as agent:
        done = retire(tmp_path, "dataset", LAKE, "a", "--url", agent.url, "--key", "i" * 16)
        assert (done.returncode, "--mesh-key" in done.stderr) == (4, True)
        gone = retire(tmp_path, "dataset", LAKE, "a", "--url", "http://127.0.0.1:9")
        assert (gone.returncode, "NO_ANSWER" in gone.stderr) == (1, True)

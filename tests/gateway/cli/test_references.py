"""From a running gateway to what other rules or declarations would change: `lineage references`, then `identify`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lineage_gateway.cli import server
from lineage_shared.model import Claim, Kind, NodeRecord
from tests.gateway.cli.live import lineage, live_gateway
from tests.gateway.graphql.telling_agent import TellingAgent

KEY = "correct-horse-battery"
TABLE = {"namespace": "hive://ms.acme.example:9083", "name": "db.t"}
PATH = {"namespace": "s3://lake", "name": "db/t"}
COPY = {"namespace": "s3://copy", "name": "db/t"}


def agents() -> tuple[TellingAgent, TellingAgent]:
    """One domain with a table and its path, another with the same path in another spelling, and a copy."""
    one, other = TellingAgent("east"), TellingAgent("west")
    one.commit(
        nodes=[
            NodeRecord(1, Kind.DATASET, TABLE["namespace"], TABLE["name"]),
            NodeRecord(2, Kind.DATASET, PATH["namespace"], PATH["name"], claims=(Claim(1, "TABLE"),)),
            NodeRecord(3, Kind.JOB, "jobs", "j"),
        ]
    )
    other.commit(
        nodes=[
            NodeRecord(1, Kind.DATASET, "s3a://lake", "/db/t/"),
            NodeRecord(2, Kind.DATASET, COPY["namespace"], COPY["name"]),
            NodeRecord(3, Kind.DATASET, "s3://lake", "/"),
        ]
    )
    return one, other


async def recorded(*words: str) -> str:
    """What the command prints of a gateway over both domains."""
    running = agents()
    await asyncio.gather(*(each.start() for each in running))
    try:
        async with live_gateway(*running, key=KEY) as url:
            refused = await lineage("references", url=url)
            assert (refused.code, refused.out) == (4, "")
            done = await lineage("references", *words, url=url, LINEAGE_KEY=KEY)
            assert (done.code, done.err) == (0, "6 references\n")
            return done.out
    finally:
        await asyncio.gather(*(each.stop() for each in running))


async def test_a_record_names_everything_and_is_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In pages or at once: all references with what they are, the claims, and with the same rules no change."""
    whole = await recorded()
    assert json.loads(whole) == json.loads(await recorded("--page", "1"))
    found = json.loads(whole)
    assert found["ruleset"] == "r1"
    names = [(each["domain"], each["kind"], each["name"]) for each in found["ids"]]
    assert names == [
        ("east", "dataset", "db.t"),
        ("east", "dataset", "db/t"),
        ("east", "job", "j"),
        ("west", "dataset", "/db/t/"),
        ("west", "dataset", "db/t"),
        ("west", "dataset", "/"),
    ]
    table, path, job, spelling, copy, nothing = found["canonical"]
    assert table == path == spelling != copy
    assert job is not None
    assert nothing is None
    assert found["declarations"] == [{"type": "symlink", "of": PATH, "symlink": TABLE, "domain": "east"}]

    former, other = tmp_path / "former.json", tmp_path / "other.toml"
    former.write_text(whole)
    assert server.run(["identify", "--against", str(former)]) == 0
    assert "0 merges, 0 splits of 6 identifiers; ruleset r1 before, r1 now" in capsys.readouterr().out
    other.write_text('[[declarations]]\ntype = "namespace_alias"\ncanonical = "s3://lake"\naliases = ["s3://copy"]\n')
    assert server.run(["identify", "--against", str(former), "--declarations", str(other)]) == 1
    shown = capsys.readouterr().out
    assert "become one" in shown
    assert "cease to be one" in shown
    both = ["--declarations", str(former), "--declarations", str(other)]
    assert server.run(["identify", "--against", str(former), *both, "--json"]) == 1
    changes = json.loads(capsys.readouterr().out)
    assert changes["splits"] == []
    (parts,) = changes["merges"]
    assert sorted(sorted(each["name"] for each in part) for part in parts) == [["/db/t/", "db.t", "db/t"], ["db/t"]]


async def test_a_domain_that_never_came_leaves_the_record_incomplete() -> None:
    """What is known is printed; exit code 3."""
    one, _ = agents()
    away = TellingAgent("away")
    await away.start()
    await away.stop()
    await one.start()
    try:
        async with live_gateway(one, away) as url:
            done = await lineage("references", url=url)
    finally:
        await one.stop()
    assert done.code == 3
    assert "never synced: away" in done.err
    assert len(json.loads(done.out)["ids"]) == 3

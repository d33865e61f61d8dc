"""`lineage-gateway` as people run it: serve, check, schema, config show."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lineage_gateway.cli.server import run
from tests.gateway import fake_agent
from tests.gateway.fake_agent import FakeAgent
from tests.gateway.processes import GatewayProcess
from tests.gateway.sync.following import dataset, datasets
from tests.gateway.waiting import until

KEY = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and no mesh.toml of the folder, gets in."""
    for name in [name for name in os.environ if name.startswith("LINEAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


class Served:
    """A gateway process, asked from a test whose own loop serves the agents."""

    def __init__(self, process: GatewayProcess) -> None:
        self.process = process

    async def domains(self) -> dict[str, dict[str, Any]]:
        """The domains as readiness shows them."""
        body = (await asyncio.to_thread(self.process.get, "/health/ready")).json()
        shown: dict[str, dict[str, Any]] = body["domains"]
        return shown

    async def until(self, domain: str, **wanted: object) -> None:
        """Wait until readiness shows a domain like this; without further words, until it shows it at all."""

        async def shown() -> bool:
            found = (await self.domains()).get(domain)
            return found is not None and wanted.items() <= found.items()

        await until(shown)

    async def until_gone(self, domain: str) -> None:
        """Wait until a domain is no longer shown."""

        async def gone() -> bool:
            return domain not in await self.domains()

        await until(gone)

    async def registry_error(self) -> bool:
        """Whether readiness reports an error of the registry file."""
        return bool((await asyncio.to_thread(self.process.get, "/health/ready")).json()["registry_error"])

    async def ask(self, query: str) -> dict[str, Any]:
        """Ask the GraphQL route."""
        return await asyncio.to_thread(self.process.graphql, query)

    async def stop(self, number: int) -> int:
        """Send a signal and wait for the end."""
        return await asyncio.to_thread(self.process.stop, number)


@asynccontextmanager
async def served(folder: Path, *arguments: str, **environ: str) -> AsyncIterator[Served]:
    """A gateway process."""
    process = await asyncio.to_thread(GatewayProcess, folder, *arguments, environ=environ)
    try:
        yield Served(process)
    finally:
        await asyncio.to_thread(process.stop)


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process; return exit code, stdout and stderr."""
    code = run(list(arguments))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


async def test_serve_follows_and_drains(tmp_path: Path) -> None:
    """A served gateway prints its URL, follows, answers, and ends with 0 on SIGTERM."""
    async with FakeAgent("sales", datasets(3)) as sales, served(tmp_path, "--agent", f"sales={sales.url}") as gateway:
        await gateway.until("sales", status="LIVE", sequence=1)
        assert (await gateway.ask("{ mesh { datasets } }"))["data"] == {"mesh": {"datasets": 3}}
        sales.commit(nodes=[dataset(4)])
        await gateway.until("sales", sequence=2)
        assert (await gateway.ask("{ mesh { datasets } }"))["data"] == {"mesh": {"datasets": 4}}
        assert await gateway.stop(signal.SIGTERM) == 0
        assert "Traceback" not in gateway.process.stderr


async def test_draining_finishes_what_is_under_way(tmp_path: Path) -> None:
    """A query that waits for an agent when SIGTERM comes is still answered, and then the process ends."""
    query = '{ dataset(namespace: "postgres://db.shop:5432", name: "shop.t1") { name columns { name } } }'
    async with FakeAgent("sales", datasets(1)) as sales:
        sales.faults["/details"] = fake_agent.hanging()
        environ = {"LINEAGE_GATEWAY_DEADLINE_S": "1"}
        async with served(tmp_path, "--agent", f"sales={sales.url}", **environ) as gateway:
            await gateway.until("sales", status="LIVE")
            asking = asyncio.create_task(gateway.ask(query))
            await until(lambda: ("/details", "") in sales.requests)
            assert await gateway.stop(signal.SIGTERM) == 0
            answer: Any = await asking
            assert answer["data"]["dataset"]["name"] == "shop.t1"
            assert answer["errors"][0]["extensions"] == {"code": "AGENT_TIMEOUT", "domain": "sales"}


async def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    """Ctrl-C ends the server in order, even while an agent hangs."""
    async with FakeAgent("sales") as sales:
        sales.faults["/about"] = fake_agent.hanging()
        async with served(tmp_path, "--agent", f"sales={sales.url}") as gateway:
            await gateway.until("sales", status="NEVER_SYNCED")
            assert await gateway.stop(signal.SIGINT) == 130
            assert "Traceback" not in gateway.process.stderr


async def test_the_registry_file_is_taken_in_again(tmp_path: Path) -> None:
    """A domain added to the file is followed, a broken file is reported and changes nothing, SIGHUP reloads at once."""
    path = tmp_path / "mesh.toml"
    async with FakeAgent("sales", datasets(1)) as sales, FakeAgent("hr", datasets(1)) as hr:
        both = {"sales": sales.url, "hr": hr.url}
        texts = {name: f'[domains.{name}]\nurl = "{url}"\n' for name, url in both.items()}
        path.write_text(texts["sales"])
        async with served(tmp_path, LINEAGE_GATEWAY_REGISTRY_POLL_S="0.1") as gateway:
            await gateway.until("sales", status="LIVE")
            path.write_text(texts["sales"] + texts["hr"])
            await gateway.until("hr", status="LIVE")
            path.write_text("[domains.sales]\nulr = 1")
            await until(gateway.registry_error)
            assert set(await gateway.domains()) == {"sales", "hr"}
            path.write_text(texts["hr"])
            await gateway.until_gone("sales")
        async with served(tmp_path, LINEAGE_GATEWAY_REGISTRY_POLL_S="3600") as gateway:
            path.write_text(texts["sales"])
            gateway.process.popen.send_signal(signal.SIGHUP)
            await gateway.until("sales", status="LIVE")
            await gateway.until_gone("hr")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no domain to follow"),
        (["--agent", "sales"], "not NAME=URL"),
        (["--agent", "sales=ftp://x"], "does not begin with"),
        (["--agent", "sales=http://u:p@x"], "holds credentials"),
        (["--config", "nowhere.toml"], "cannot read nowhere.toml"),
        (["--agent", "sales=http://127.0.0.1:1", "--host", "0.0.0.0"], "KEYS_REQUIRED"),
        (["--config", "ca.toml"], "ca_file: cannot use nowhere.pem"),
        (["--agent", "sales=http://127.0.0.1:1", "--port", "70000"], "at most 65535"),
        (["--agent", "sales=http://127.0.0.1:1", "--host", "256.1.1.1", "--insecure-no-auth"], "HOST_INVALID"),
    ],
)
def test_serve_refuses_before_it_serves(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    """What cannot be served is said on stderr with exit code 2, and nothing is printed on stdout."""
    Path("ca.toml").write_text('ca_file = "nowhere.pem"')
    code, out, err = called(capsys, "serve", *arguments)
    assert (code, out) == (2, "")
    assert words in err


async def test_a_taken_port_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A port in use is named, with a way out."""
    async with FakeAgent("sales") as sales:
        arguments = ("serve", "--agent", f"sales={sales.url}", "--port", str(sales.port))
        code, _, err = await asyncio.to_thread(called, capsys, *arguments)
        assert code == 2
        assert "--port" in err


def write_registry(url: str) -> None:
    """Write a mesh.toml with one domain."""
    Path("mesh.toml").write_text(f'[domains.sales]\nurl = "{url}"\nkey = "{KEY}"\n')


async def test_check_tells_the_agents_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """`check` names what is wrong with each agent; 0 when all are right, 3 when some are, 1 when none is."""
    down = FakeAgent("down")
    async with down:
        pass
    async with FakeAgent("sales", key=KEY) as sales, FakeAgent("finance") as finance:
        write_registry(sales.url)
        good = await asyncio.to_thread(called, capsys, "check")
        assert (good[0], good[2]) == (0, "")
        flags = [f"--agent={name}={url}" for name, url in (("hr", finance.url), ("down", down.url))]
        code, out, _ = await asyncio.to_thread(called, capsys, "check", "--config", "mesh.toml", *flags, "--json")
        found = {each["domain"]: each for each in json.loads(out)}
        assert code == 3
        assert found["sales"]["result"] == "OK"
        assert (found["hr"]["result"], found["hr"]["message"]) == (
            "AGENT_BAD_RESPONSE",
            "it answers for domain 'finance'",
        )
        assert found["down"]["result"] == "AGENT_UNAVAILABLE"
        code, out, _ = await asyncio.to_thread(called, capsys, "check", *flags, f"--agent=sales={sales.url}")
        assert code == 1
        assert "AGENT_UNAUTHORIZED" in out
        assert out.splitlines()[0].split()[:3] == ["domain", "url", "result"]


def test_check_needs_a_domain(capsys: pytest.CaptureFixture[str]) -> None:
    """Without any domain there is nothing to check: wrong usage."""
    assert called(capsys, "check")[0] == 2


def test_config_show_tells_origins(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting, then every domain, with its origin; keys are never shown."""
    monkeypatch.setenv("LINEAGE_GATEWAY_AGENT_KEY", KEY)
    Path("mesh.toml").write_text(f'port = 9\n[domains.sales]\nurl = "http://127.0.0.1:1"\nkey = "{KEY}"')
    code, out, _ = called(capsys, "config", "show", "--json")
    shown = json.loads(out)
    assert code == 0
    assert shown["port"] == {"value": 9, "origin": "mesh.toml"}
    assert shown["agent_key"] == {"value": "(set)", "origin": "environment LINEAGE_GATEWAY_AGENT_KEY"}
    assert shown["domains.sales"]["value"] == "http://127.0.0.1:1"
    table = called(capsys, "config", "show")[1]
    assert KEY not in out + table
    assert len(table.splitlines()) == len(shown)


def test_schema_prints_the_sdl(capsys: pytest.CaptureFixture[str]) -> None:
    """The schema is printed whole, and nothing else."""
    code, out, err = called(capsys, "schema")
    assert (code, err) == (0, "")
    assert "type Query {" in out
    assert "lineage(" in out


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["check", "-h"], ["--version"]])
def test_help_is_there(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Help and version are printed with exit code 0."""
    code, out, _ = called(capsys, *arguments)
    assert code == 0
    assert "lineage-gateway" in out


def test_wrong_usage_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command or option is wrong usage."""
    assert called(capsys, "sevre")[0] == 2
    assert called(capsys, "serve", "--prot", "1")[0] == 2

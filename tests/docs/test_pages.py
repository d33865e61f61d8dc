"""The pages hold what they promise: settings, commands, code blocks, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import httpx2
import pytest

from deploy import configuration, identifiers
from lineage_agent.cli.main import lineage_agent
from lineage_gateway.cli.lineage import lineage
from lineage_gateway.cli.server import lineage_gateway
from lineage_shared.naming.declared.reading import _READERS
from tests.agent.running import running_agent

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROGRAMS: dict[str, click.Command] = {
    "lineage": lineage,
    "lineage-agent": lineage_agent,
    "lineage-gateway": lineage_gateway,
}


def test_the_configuration_page_is_what_the_settings_tables_say() -> None:
    """Every setting with its default and limits stands on the page, and nothing else does."""
    assert configuration.PAGE.read_text(encoding="utf-8") == configuration.render(), "run `make docs`"


def test_the_table_of_platforms_is_what_the_rules_say() -> None:
    """Every platform with its namespaces, port and case rules stands on the page as the code has it."""
    page = identifiers.PAGE.read_text(encoding="utf-8")
    assert page == identifiers.render(page), "run `make docs`"
    kinds = re.findall(r"^\| `(\w+)` \| `", page, re.MULTILINE)
    assert set(kinds) == set(_READERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file."""
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def _commands() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of every command of ours in a shell block."""
    for page in PAGES:
        for block in re.findall(r"```bash\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                ours = (part for part in line.split("|") if part.split(maxsplit=1)[:1] in [[name] for name in PROGRAMS])
                yield from ((page.name, shlex.split(part, comments=True)) for part in ours)


@pytest.mark.parametrize(("page", "words"), list(_commands()), ids=lambda value: str(value)[:60])
def test_commands_exist_with_their_flags(page: str, words: list[str]) -> None:
    """Every command on a page names a subcommand and flags that its program has."""
    command: click.Command | None = PROGRAMS[words[0]]
    flags = [word for word in words[1:] if word.startswith("--")]
    for word in words[1:]:
        if isinstance(command, click.Group) and not word.startswith("-"):
            command = command.get_command(click.Context(command), word)
    assert command is not None, words
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert [flag for flag in flags if flag.partition("=")[0] not in known] == []


def test_the_python_block_for_producers_runs(tmp_path: Path) -> None:
    """The OpenLineage client, used as docs/producers.md shows it, leaves its run with the agent."""
    text = (ROOT / "docs" / "producers.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"<!-- run: python -->\n```python\n(.*?)```", text, re.DOTALL)
    with running_agent(tmp_path) as agent:
        exec(compile(block, "producers.md", "exec"), {"AGENT_URL": agent.url})
        with agent.client() as client:
            sent = client.get(
                "/mesh/v1/about", params={"wait": _position(client)}, headers={"accept": "application/json"}
            )
        about = sent.json()
    assert (about["datasets"], about["jobs"], about["runs"], about["edges"]) == (2, 1, 1, 2)


def _position(client: httpx2.Client) -> str:
    """Where the record stands once the same event came again: two events were stored before it."""
    again = {"eventTime": "2026-01-01T00:00:00Z", "job": {"namespace": "ml", "name": "churn.train"}}
    answer = client.post("/api/v1/lineage", json=again)
    position: str = answer.headers["lineage-position"]
    return position

"""What the deployment files and docs/deploy.md name exists; what must not be in them is not."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from lineage_agent.cli.main import lineage_agent
from lineage_gateway.cli.server import lineage_gateway
from tests.deploy.material import ROOT, SECRET_SETTINGS, VARIABLES, deployed

PROGRAMS: dict[str, click.Command] = {"lineage-agent": lineage_agent, "lineage-gateway": lineage_gateway}
CALL = re.compile(
    r"(?<![\w./@-])(?:/opt/lineage/bin/)?(lineage-agent|lineage-gateway) ([a-z]+(?:-[a-z]+)*)((?: +[^\s`|&;]+)*)"
)
# A name of an image, a Service or a unit is followed by words too; a call is written as code.
CODE = re.compile(r"`[^`\n]+`|^```.*?^```|^ExecStart=.*$", re.MULTILINE | re.DOTALL)


@pytest.fixture(params=deployed(), ids=lambda path: path.relative_to(ROOT).as_posix())
def file(request: pytest.FixtureRequest) -> Path:
    """Each file in turn."""
    chosen: Path = request.param
    return chosen


def test_variables_are_settings(file: Path) -> None:
    """Every LINEAGE_... variable is a row of a settings table; the servers refuse others."""
    named = set(re.findall(r"\bLINEAGE_(?:AGENT|GATEWAY)_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")))
    assert named - VARIABLES == set()


def test_commands_and_flags_exist(file: Path) -> None:
    """Every call of our programs names a command and flags that there are."""
    for program, command, arguments in CALL.findall("\n".join(CODE.findall(file.read_text(encoding="utf-8")))):
        found = PROGRAMS[program]
        assert isinstance(found, click.Group)
        chosen = found.get_command(click.Context(found), command)
        assert chosen is not None, f"{program} {command}"
        known = {option for parameter in chosen.params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"--[a-z-]+", arguments)) <= known, f"{program} {command}{arguments}"


def test_nothing_is_latest(file: Path) -> None:
    """No image goes by a tag that moves under one's feet."""
    assert not re.search(r"^\s*(?:image|tag|FROM|ARG)\b.*\blatest\b", file.read_text(encoding="utf-8"), re.MULTILINE)


def test_no_secret_stands_in_a_file(file: Path) -> None:
    """Keys come from files: no secret setting is given a value, in the environment or in TOML."""
    text = file.read_text(encoding="utf-8")
    names = "|".join(sorted({*SECRET_SETTINGS, "key"}))
    assert not re.search(rf"^\s*(?:{names})\s*=", text, re.MULTILINE)
    variables = "|".join(
        sorted(name for name in VARIABLES if name.partition("_")[2].partition("_")[2].lower() in SECRET_SETTINGS)
    )
    assert not re.search(rf"\b(?:{variables})\b\s*[=:]", text)
    assert "BEGIN PRIVATE KEY" not in text

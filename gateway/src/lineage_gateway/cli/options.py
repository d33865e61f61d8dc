"""Options that several commands of `lineage-gateway` share, and the configuration that they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from lineage_gateway.config import Configuration, load

F = TypeVar("F", bound=Callable[..., Any])


def registry_options(command: F) -> F:
    """Add the options that say where the domains are."""
    options = (
        click.option("--config", metavar="FILE", help="Registry file; else LINEAGE_GATEWAY_CONFIG, else ./mesh.toml."),
        click.option(
            "--agent", "agents", multiple=True, metavar="NAME=URL", help="A domain and its agent; may be repeated."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def configuration_of(flags: Mapping[str, Any]) -> Configuration:
    """Read the configuration under these flags; options that were not given are None or empty."""
    return load({name: value or None if name == "agents" else value for name, value in flags.items()}, os.environ)

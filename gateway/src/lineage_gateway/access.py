"""Who asks, and what they may see (ARCHITECTURE rules 16 and 18).

Every read of the mesh takes a `Viewer`, from the first day. At first there is one that sees all, so that access rules
have one place to stand when they come.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `policy` names the class of viewers that see the same, and is a part of every cache key."""

    policy: str


EVERYTHING = Viewer(policy="everything")
"""The viewer that sees all."""

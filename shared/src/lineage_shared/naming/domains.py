"""What a domain may be called: the same for the agent that records it and for the gateway that follows it.

A name goes into URLs, file names, log lines, metrics labels and tables of `mesh.toml`, and an agent's file keeps it for
good; so it is plain from the start.
"""

from __future__ import annotations

import re
from typing import Final

DOMAIN_NAME_RULE: Final = (
    "1 to 64 letters, digits, dots, dashes and underscores of ASCII, with a letter or digit at both ends"
)

_DOMAIN_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def is_domain_name(text: str) -> bool:
    """Tell whether a domain may be called this."""
    return _DOMAIN_NAME.fullmatch(text) is not None

"""The page that a browser sees at `/graphql`: one file, no other host, usable offline.

Its content security policy allows its own inline style and script, by their hashes, and requests to this server only.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse

_INLINE = re.compile(r"<(?P<tag>style|script)>(?P<content>.*?)</(?P=tag)>", re.DOTALL)


def page() -> HTMLResponse:
    """Return the page with its headers."""
    return HTMLResponse(_html(), headers={"Content-Security-Policy": _policy(), "X-Content-Type-Options": "nosniff"})


@cache
def _html() -> str:
    return (files("lineage_gateway.graphql") / "page.html").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for match in _INLINE.finditer(_html()):
        digest = base64.b64encode(hashlib.sha256(match["content"].encode()).digest()).decode()
        hashes[match["tag"]].append(f"'sha256-{digest}'")
    return (
        f"default-src 'none'; connect-src 'self'; img-src data:; style-src {' '.join(hashes['style'])}; "
        f"script-src {' '.join(hashes['script'])}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

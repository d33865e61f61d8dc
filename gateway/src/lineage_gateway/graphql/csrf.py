"""Whether a query by GET may have been sent by a page of another site.

A browser sends a GET on behalf of any page, with the rights that the user's place in the network gives. What a page
cannot do without asking first (a CORS preflight, which is not answered here) is to add a header of its own: so a
request with such a header is fine, and so is one that no browser sent. A POST needs nothing more: `application/json`
is no media type that a page may send without asking.
"""

from __future__ import annotations

from starlette.datastructures import Headers

from lineage_shared.errors import InvalidInput

OWN_HEADERS = ("apollo-require-preflight", "x-apollo-operation-name", "graphql-require-preflight")
"""Headers that only a client of ours sends; any value but the empty one."""

SIMPLE_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""})
"""The content types that a page may send without a preflight."""

_TRUSTED_SITES = frozenset({"same-origin", "none"})


def check_get(headers: Headers, guard: str) -> None:
    """Raise `InvalidInput` for a GET that a foreign page may have sent. `guard` is always, browsers or off."""
    if guard == "off" or _asked_first(headers) or (guard == "browsers" and not _foreign(headers)):
        return
    raise InvalidInput(
        "a query by GET from a browser needs a header that no foreign page can send",
        hint=f"send {OWN_HEADERS[0]}: 1, or use POST with application/json",
        code="CSRF_HEADER_MISSING",
    )


def _asked_first(headers: Headers) -> bool:
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return (
        content_type not in SIMPLE_TYPES
        or any(headers.get(name) for name in OWN_HEADERS)
        or headers.get("authorization", "").lower().startswith("bearer ")
    )


def _foreign(headers: Headers) -> bool:
    """Whether a browser sent it, and not for a page of this server nor for its user typing the address.

    Where the connection is not secure, browsers leave out Sec-Fetch-Site; then their name has to do.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _TRUSTED_SITES
    return "origin" in headers or headers.get("user-agent", "").startswith("Mozilla/")

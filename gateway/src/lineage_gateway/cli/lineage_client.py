"""How the `lineage` command asks: GraphQL over HTTP, and the exit code that each kind of failure stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import httpx2

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_AUTH = 4

TIMEOUT_S = 30.0

_USAGE_CODES = {"AMBIGUOUS_REFERENCE", "BAD_USER_INPUT", "DOMAIN_NOT_FOUND", "BAD_CURSOR", "SEARCH_TEXT_INVALID"}


class CommandFailure(Exception):
    """What went wrong, what to do next, and the exit code."""

    def __init__(self, message: str, *, hint: str = "", exit_code: int = EXIT_FAILED) -> None:
        """`hint` is shown below the message."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway, by its base URL, and the bearer key for it."""

    url: str
    key: str = ""

    def ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Return the response's data; raise `CommandFailure` for everything that is not a whole answer."""
        response = self._post({"query": query, "variables": variables})
        if response.status_code in (httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN):
            hint = "pass --key, or set LINEAGE_KEY"
            raise CommandFailure("the gateway wants another bearer key", hint=hint, exit_code=EXIT_AUTH)
        try:
            body = response.json()
            errors, data = body.get("errors") or [], body.get("data")
        except (ValueError, AttributeError):
            raise CommandFailure(f"{self.url} answered {response.status_code}, but not GraphQL") from None
        if errors:
            _fail(errors[0])
        if not isinstance(data, dict):
            raise CommandFailure(f"{self.url} answered {response.status_code} without data")
        return data

    def _post(self, body: dict[str, Any]) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            return httpx2.post(
                f"{self.url.rstrip('/')}/graphql", json=body, headers=headers, timeout=TIMEOUT_S, trust_env=False
            )
        except UnicodeEncodeError:
            hint = "the terminal's bytes are not UTF-8"
            raise CommandFailure("what was given is no text", hint=hint, exit_code=EXIT_USAGE) from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise CommandFailure(
                f"cannot ask the gateway at {self.url}: {error}",
                hint="is it running? --url or LINEAGE_URL names another",
            ) from None


def _fail(error: dict[str, Any]) -> NoReturn:
    extensions = error.get("extensions") or {}
    exit_code = EXIT_USAGE if extensions.get("code") in _USAGE_CODES else EXIT_FAILED
    raise CommandFailure(str(error.get("message")), hint=str(extensions.get("hint") or ""), exit_code=exit_code)

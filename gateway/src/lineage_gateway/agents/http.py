"""HTTP for the clients of all agents: the shared connections, what an answer must be, and whose fault a failure is.

Foreign exceptions are translated here, in `translated`, and never leave the package. Bodies are read piece by piece
and counted after decompression, each piece at most 1 MiB, so that a small bomb cannot become a large buffer.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

import httpx2
import msgspec

from lineage_gateway import __version__
from lineage_shared.errors import AgentFailure, InvalidInput, InvalidSetting, ProtocolViolation

AGENT_TIMEOUT = "AGENT_TIMEOUT"
AGENT_UNAVAILABLE = "AGENT_UNAVAILABLE"
AGENT_UNAUTHORIZED = "AGENT_UNAUTHORIZED"
AGENT_BAD_RESPONSE = "AGENT_BAD_RESPONSE"
EPOCH_CHANGED = "EPOCH_CHANGED"

ERROR_BYTES_MAX = 64 * 1024
IDLE_CONNECTIONS_MAX = 1000
KEEP_ALIVE_S = 60.0

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_DROPPED = ("Server disconnected", "peer closed connection")


def open_http(*, connect_timeout_s: float, ca_file: str = "") -> httpx2.AsyncClient:
    """Return the connections that all agents' clients share; the caller closes them (`async with`).

    Waiting is bounded by the deadlines of the calls, so that only connecting has a timeout of its own. Redirects are
    not followed and proxies of the environment are not used: an agent is where the registry says, or nowhere.
    """
    return httpx2.AsyncClient(
        headers={"User-Agent": f"lineage-gateway/{__version__}"},
        timeout=httpx2.Timeout(None, connect=connect_timeout_s),
        limits=httpx2.Limits(max_keepalive_connections=IDLE_CONNECTIONS_MAX, keepalive_expiry=KEEP_ALIVE_S),
        verify=trusted(ca_file),
        trust_env=False,
        follow_redirects=False,
    )


def trusted(ca_file: str) -> ssl.SSLContext | bool:
    """Return the authorities to trust, the system's unless a file is named; `InvalidSetting`: unfit file."""
    try:
        return ssl.create_default_context(cafile=ca_file) if ca_file else True
    except OSError as error:
        raise InvalidSetting(f"ca_file: cannot use {ca_file}: {error.strerror or error}") from None


@contextmanager
def translated(domain: str) -> Iterator[None]:
    """Turn whatever fails inside into an `AgentFailure` of `domain`."""
    try:
        yield
    except AgentFailure:
        raise
    except (TimeoutError, httpx2.TimeoutException) as error:
        what = "to connect" if isinstance(error, httpx2.ConnectTimeout) else "to answer"
        raise AgentFailure(f"the agent of {domain} took too long {what}", domain=domain, code=AGENT_TIMEOUT) from error
    except (ProtocolViolation, InvalidInput, httpx2.DecodingError, httpx2.InvalidURL) as error:
        raise _bad(domain, str(error)) from error
    except httpx2.RemoteProtocolError as error:
        if str(error).startswith(_DROPPED):
            raise _unavailable(domain, "the connection broke off") from error
        raise _bad(domain, "not HTTP") from error
    except httpx2.ConnectError as error:
        raise _unavailable(domain, "cannot connect", hint="is the agent running, and is its url right?") from error
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        raise _unavailable(domain, f"the connection broke off ({type(error).__name__})") from error


def _bad(domain: str, why: str) -> AgentFailure:
    message = f"the agent of {domain} does not speak the mesh protocol: {why[:300]}"
    return AgentFailure(message, domain=domain, code=AGENT_BAD_RESPONSE)


def _unavailable(domain: str, why: str, hint: str = "") -> AgentFailure:
    return AgentFailure(f"the agent of {domain}: {why}", domain=domain, code=AGENT_UNAVAILABLE, hint=hint)


async def check_answer(response: httpx2.Response, domain: str, media_type: str) -> None:
    """Raise unless the answer is a 200 of the media type; what the agent says of an error is never repeated as is."""
    if response.status_code != httpx2.codes.OK:
        raise _refusal(domain, response.status_code, await _error_code(response))
    given = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise ProtocolViolation(f"content type {given[:80]!r} instead of {media_type}")


def _refusal(domain: str, status: int, code: str) -> AgentFailure:
    said = f"the agent of {domain} answered {status}{f' {code}' if code else ''}"
    if code == EPOCH_CHANGED:
        return AgentFailure(f"{said}: its file is another one now", domain=domain, code=EPOCH_CHANGED)
    for statuses, known, hint in _REFUSALS:
        if status in statuses:
            return AgentFailure(said, domain=domain, code=known, hint=hint)
    return AgentFailure(said, domain=domain, code=AGENT_BAD_RESPONSE)


_REFUSALS: tuple[tuple[range | tuple[int, ...], str, str], ...] = (
    ((401, 403), AGENT_UNAUTHORIZED, "set key, key_file or key_env of this domain to a key that its agent knows"),
    ((404, 405), AGENT_BAD_RESPONSE, "does the url name an agent, without a path?"),
    (range(300, 400), AGENT_BAD_RESPONSE, "redirects are not followed: give the agent's own url"),
    ((408, 425, 429), AGENT_UNAVAILABLE, ""),
    (range(500, 600), AGENT_UNAVAILABLE, ""),
)


class _ErrorBody(msgspec.Struct):
    code: str = ""


async def _error_code(response: httpx2.Response) -> str:
    try:
        body = await read_bounded(response.aiter_bytes(), ERROR_BYTES_MAX)
        code = msgspec.json.decode(body, type=_ErrorBody).code
    except (msgspec.MsgspecError, ProtocolViolation, RecursionError, UnicodeDecodeError):
        return ""
    return code if _CODE.fullmatch(code) else ""


async def counted(pieces: AsyncIterator[bytes], bytes_max: int) -> AsyncIterator[bytes]:
    """Pass decompressed pieces on; raise `ProtocolViolation` once they are more than `bytes_max` together."""
    total = 0
    async for piece in pieces:
        total += len(piece)
        if total > bytes_max:
            raise ProtocolViolation(f"an answer is larger than {bytes_max} bytes")
        yield piece


async def read_bounded(pieces: AsyncIterator[bytes], bytes_max: int) -> bytes:
    """Return a whole body of at most `bytes_max` bytes."""
    return b"".join([piece async for piece in counted(pieces, bytes_max)])


def headers_of(key: str, accept: str, encodings: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the headers of a call."""
    bearer = {"Authorization": f"Bearer {key}"} if key else {}
    return {"Accept": accept, "Accept-Encoding": encodings, **bearer, **(more or {})}

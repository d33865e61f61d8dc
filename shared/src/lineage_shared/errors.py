"""The error tree: every error that a user can meet has a code, a message and, where useful, a hint.

    LineageError
    |- InvalidInput            400  what was sent cannot be read; sending it again cannot help
    |  |- InvalidEvent         422  JSON, but not an OpenLineage event
    |  `- InvalidSetting        -   a setting, a flag or a configuration file
    |- Unauthorized            401  no key, or a wrong one
    |- Forbidden               403  understood, and not allowed here
    |- NotFound                404
    |- MethodNotAllowed        405  the route exists, but does not take this method
    |- NotAcceptable           406  none of the media types that the request accepts is offered
    |- TimedOut                408  the request did not arrive in time
    |- Conflict                409  an agent's epoch is another one; a file is served by another process
    |- TooLarge                413  a limit in bytes, nodes or depth was hit
    |- UnsupportedMedia        415  a content type, charset or coding that is not understood
    |- Unavailable             503  busy, starting or broken disk; sending it again later helps
    |- ProtocolViolation       502  an agent answered something that is not the mesh protocol
    `- AgentFailure            502  one domain's agent could not be asked; `domain` names it, the code says why

Foreign exceptions are translated where they enter a package and never cross its border.
"""

from __future__ import annotations


class LineageError(Exception):
    """What went wrong (`message`), as a stable word for machines (`code`), and what to do next (`hint`)."""

    code = "INTERNAL"
    status = 500

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        """`code` narrows the class's own code, e.g. `EVENT_RUN_ID_MISSING` for an `InvalidEvent`."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code

    def as_json(self) -> dict[str, str]:
        """Return the one error shape of every HTTP route: `{"code", "message"[, "hint"]}`."""
        body = {"code": self.code, "message": self.message}
        return {**body, "hint": self.hint} if self.hint else body


class InvalidInput(LineageError):
    """The request cannot be understood; nothing was stored."""

    code = "INVALID_INPUT"
    status = 400


class InvalidEvent(InvalidInput):
    """The JSON is not an OpenLineage event; nothing of it was stored."""

    code = "INVALID_EVENT"
    status = 422


class InvalidSetting(InvalidInput):
    """A setting is unknown, of a wrong type or out of its range."""

    code = "INVALID_SETTING"


class Unauthorized(LineageError):
    """The request carries no key where one is required, or an unknown one."""

    code = "UNAUTHORIZED"
    status = 401


class Forbidden(LineageError):
    """The request is understood, and not allowed here."""

    code = "FORBIDDEN"
    status = 403


class NotFound(LineageError):
    """The thing named does not exist here."""

    code = "NOT_FOUND"
    status = 404


class MethodNotAllowed(LineageError):
    """The route exists, but does not take this method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405


class NotAcceptable(LineageError):
    """No media type that the request accepts can be answered with."""

    code = "NOT_ACCEPTABLE"
    status = 406


class TimedOut(LineageError):
    """The request did not arrive in time; nothing was stored."""

    code = "TIMED_OUT"
    status = 408


class Conflict(LineageError):
    """The request is well formed, but does not fit the present state."""

    code = "CONFLICT"
    status = 409


class TooLarge(LineageError):
    """A limit was exceeded; the message names it with its unit."""

    code = "TOO_LARGE"
    status = 413


class UnsupportedMedia(LineageError):
    """The body's content type, charset or coding is not understood; nothing was stored."""

    code = "UNSUPPORTED_MEDIA"
    status = 415


class Unavailable(LineageError):
    """Not now; `retry_after_s` says when to try again."""

    code = "UNAVAILABLE"
    status = 503

    def __init__(self, message: str, *, hint: str = "", code: str = "", retry_after_s: int = 1) -> None:
        """`retry_after_s` becomes the Retry-After header, in seconds."""
        super().__init__(message, hint=hint, code=code)
        self.retry_after_s = retry_after_s


class ProtocolViolation(LineageError):
    """A peer answered something that is not the mesh protocol."""

    code = "PROTOCOL_VIOLATION"
    status = 502


class AgentFailure(LineageError):
    """The agent of `domain` could not be asked, or did not answer as the mesh protocol says.

    `code` is one of AGENT_TIMEOUT, AGENT_UNAVAILABLE (connection refused, dropped, or a 5xx: later may help),
    AGENT_UNAUTHORIZED, AGENT_BAD_RESPONSE (not the mesh protocol, or over a limit) and EPOCH_CHANGED.
    """

    code = "AGENT_UNAVAILABLE"
    status = 502

    def __init__(self, message: str, *, domain: str, code: str = "", hint: str = "") -> None:
        """`domain` is the configured name of the domain whose agent failed."""
        super().__init__(message, hint=hint, code=code)
        self.domain = domain

    def as_json(self) -> dict[str, str]:
        """Return the error shape with the domain."""
        return {**super().as_json(), "domain": self.domain}

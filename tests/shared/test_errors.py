"""The error tree: one shape, codes, statuses."""

import pytest

from lineage_shared import errors
from lineage_shared.errors import AgentFailure, InvalidEvent, InvalidInput, LineageError, Unavailable

CLASSES = sorted(
    (each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, LineageError)),
    key=lambda each: each.__name__,
)


def _made(each: type[LineageError]) -> LineageError:
    return AgentFailure("m", domain="shop") if each is AgentFailure else each("m")


@pytest.mark.parametrize("each", CLASSES, ids=lambda each: each.__name__)
def test_every_error_has_a_code(each: type[LineageError]) -> None:
    """Every class has a stable word for machines and a status of HTTP's error range."""
    error = _made(each)
    assert error.code == error.code.upper() == each.code
    assert 400 <= error.status < 600
    assert str(error) == error.message == "m"


@pytest.mark.parametrize("each", CLASSES, ids=lambda each: each.__name__)
def test_tree_is_drawn(each: type[LineageError]) -> None:
    """The module's docstring draws every class, with its status unless it never meets HTTP."""
    assert errors.__doc__ is not None
    lines = [line for line in errors.__doc__.splitlines() if each.__name__ in line.split()]
    assert len(lines) == 1
    if each not in (LineageError, errors.InvalidSetting):
        assert str(each.status) in lines[0].split()


def test_statuses() -> None:
    """The statuses that producers and frontends rely on."""
    statuses = {each.__name__: each.status for each in CLASSES}
    assert (
        statuses.items()
        >= {
            "LineageError": 500,
            "InvalidInput": 400,
            "InvalidEvent": 422,
            "Unauthorized": 401,
            "NotFound": 404,
            "Conflict": 409,
            "TooLarge": 413,
            "Unavailable": 503,
            "ProtocolViolation": 502,
        }.items()
    )


def test_shape() -> None:
    """An error answers with code, message and, where there is one, a hint."""
    assert InvalidInput("m").as_json() == {"code": "INVALID_INPUT", "message": "m"}
    narrowed = InvalidEvent("m", hint="h", code="EVENT_TIME_INVALID")
    assert narrowed.as_json() == {"code": "EVENT_TIME_INVALID", "message": "m", "hint": "h"}
    assert AgentFailure("m", domain="shop", code="AGENT_TIMEOUT").as_json()["domain"] == "shop"


def test_retry_after() -> None:
    """An `Unavailable` says when to try again."""
    assert Unavailable("m").retry_after_s == 1
    assert Unavailable("m", retry_after_s=5).retry_after_s == 5

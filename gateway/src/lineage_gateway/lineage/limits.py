"""What a caller may ask for: bounds of depths, pages and lists, and the one check that names them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lineage_shared.errors import InvalidInput
from lineage_shared.settings import Resolved

BAD_USER_INPUT = "BAD_USER_INPUT"


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the same names say what each is."""

    deadline_s: float = 5.0
    staleness_bound_s: float = 60.0
    depth_max: int = 1000
    limit_max: int = 10_000
    neighbours_max: int = 1000
    page_max: int = 500
    ids_max: int = 1000
    representations_max: int = 1000
    paths_max: int = 100
    columns_datasets_max: int = 2000
    contracted_edges_max: int = 100_000

    @classmethod
    def of(cls, settings: Resolved) -> Limits:
        """Take the limits from the settings."""
        return cls(**{each.name: getattr(settings, each.name) for each in fields(cls)})


def within(name: str, value: int, low: int, high: int) -> int:
    """Return `value`; raise `InvalidInput` naming the bounds when it lies outside of them."""
    if not low <= value <= high:
        raise InvalidInput(f"`{name}` must be from {low} to {high}, not {value}", code=BAD_USER_INPUT)
    return value

"""The limits of documents as settings name them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

from lineage_gateway.registry import is_loopback
from lineage_shared.settings import Resolved


class CostMode(Enum):
    """What becomes of an operation's cost: nothing, a figure in `extensions`, or that and a limit."""

    OFF = "off"
    MEASURE = "measure"
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """The settings of the same names say what each is; `development` is the profile."""

    query_chars_max: int = 65_536
    query_tokens_max: int = 2000
    query_depth_max: int = 15
    query_aliases_max: int = 30
    query_root_fields_max: int = 20
    query_directives_max: int = 50
    query_overlap_max: int = 10_000
    query_variables_max: int = 20_000
    query_errors_max: int = 10
    query_cost_max: int = 1_000_000
    query_cost: CostMode = CostMode.ENFORCE
    development: bool = True

    @classmethod
    def of(cls, settings: Resolved) -> QueryLimits:
        """Take the limits from the settings."""
        named = [each.name for each in fields(cls) if each.name not in ("query_cost", "development")]
        return cls(
            **{name: getattr(settings, name) for name in named},
            query_cost=CostMode(settings.query_cost),
            development=is_development(settings),
        )


def is_development(settings: Resolved) -> bool:
    """Whether introspection, suggestions and the query page are on: as the profile says, else on loopback alone."""
    profile: str = settings.profile
    return is_loopback(settings.host) if profile == "auto" else profile == "development"

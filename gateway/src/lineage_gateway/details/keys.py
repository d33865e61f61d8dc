"""What a detail is asked for and kept under, and what stands in its place when it cannot be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lineage_shared.errors import LineageError
from lineage_shared.model import Part
from lineage_shared.wire import DatasetColumns, FacetsDetail, JobRuns, SchemaDetail


class Page(NamedTuple):
    """A page of a job's runs: the newest `limit` after the agent's opaque cursor."""

    limit: int
    after: str | None = None


class DetailKey(NamedTuple):
    """One part of one node of one domain, in one revision; `page` is set for runs only.

    The revision makes the key exact: what was read under it never changes, so nothing in the cache ever expires.
    """

    domain: str
    epoch: str
    number: int
    part: Part
    revision: int
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a domain could not be asked: `code` is a stable word, `message` says it in plain words."""

    domain: str
    code: str
    message: str

    @classmethod
    def of(cls, domain: str, error: LineageError) -> Failure:
        """Take over an agent client's error, whose code already says whose fault it was."""
        return cls(domain, error.code, error.message)


Detail = SchemaDetail | FacetsDetail | DatasetColumns | JobRuns
Outcome = Detail | Failure

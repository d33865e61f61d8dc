"""The domain's border, first form: what leaves the agent by the mesh protocol.

Environment variables, the text of source code and stack traces stay at home unless a setting lets them out. They are
found by the name of their field, at any depth of any facet, known or custom, because producers copy them around
(`extractionError.errors[].stackTrace`, `unknownSourceAttribute.unknownItems[].properties.env`). A text of a run that
has stack frames in it, such as an error's message, loses the frames. Only the mesh protocol passes here: `export` and
`backup` belong to the domain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from lineage_shared.wire import NodeDetails, RunDetail, RunErrorDetail

# Field names without case, `_` and `-`.
_ENVIRONMENT = frozenset({"env", "environ", "environment", "environmentvariables", "environmentproperties", "envvars"})
_SOURCE_CODE = frozenset({"sourcecode", "bashcommand", "pythoncallable", "pythoncallablesource"})
_STACK_TRACES = frozenset({"stacktrace", "stacktraces", "traceback", "exceptionstacktrace"})

_FRAME = re.compile(
    r'^[ \t]+at [\w$.<>/]+\(.*\)|^[ \t]*File ".*", line \d+|^Traceback \(most recent call last\)', re.MULTILINE
)
_TRACE_LINE = re.compile(r"\s|Traceback \(most recent call last\)")

# What msgpack carries; larger numbers leave as text.
_INTEGER_MIN, _INTEGER_MAX = -(2**63), 2**64 - 1


@dataclass(frozen=True, slots=True)
class Border:
    """What may leave. Every switch is off unless the domain sets it."""

    share_environment_variables: bool = False
    share_source_code: bool = False
    share_stack_traces: bool = False

    def withheld(self) -> frozenset[str]:
        """The field names that stay."""
        groups = (
            (self.share_environment_variables, _ENVIRONMENT),
            (self.share_source_code, _SOURCE_CODE),
            (self.share_stack_traces, _STACK_TRACES),
        )
        return frozenset().union(*(names for shared, names in groups if not shared))

    def details(self, details: NodeDetails) -> NodeDetails:
        """Return one node's details as they may leave."""
        if details.facets is None:
            return details
        facets = self.facets(details.facets.facets)
        return msgspec.structs.replace(details, facets=msgspec.structs.replace(details.facets, facets=facets))

    def run(self, run: RunDetail) -> RunDetail:
        """Return one run as it may leave."""
        error = None if run.error is None else self._error(run.error)
        facets = self.facets(run.facets, cut_frames=not self.share_stack_traces)
        return msgspec.structs.replace(run, facets=facets, error=error)

    def facets(self, facets: Mapping[str, Any], *, cut_frames: bool = False) -> dict[str, Any]:
        """Return facets as they may leave: fields that must stay are absent, and so is a facet that is then empty."""
        cleaned = _without(facets, self.withheld(), cut_frames=cut_frames)
        return {name: facet for name, facet in cleaned.items() if not _emptied(facets[name], facet)}

    def _error(self, error: RunErrorDetail) -> RunErrorDetail:
        if self.share_stack_traces:
            return error
        return msgspec.structs.replace(error, message=_without_frames(error.message), stack_trace=None)


def _without(value: Any, names: frozenset[str], *, cut_frames: bool) -> Any:
    if isinstance(value, Mapping):
        kept = {key: each for key, each in value.items() if not _stays(key, each, names)}
        return {key: _without(each, names, cut_frames=cut_frames) for key, each in kept.items()}
    if isinstance(value, list | tuple):
        return [_without(each, names, cut_frames=cut_frames) for each in value]
    if isinstance(value, int) and not _INTEGER_MIN <= value <= _INTEGER_MAX:
        return str(value)
    return _without_frames(value) if cut_frames and isinstance(value, str) else value


def _stays(key: str, value: Any, names: frozenset[str]) -> bool:
    plain = key.replace("_", "").replace("-", "").lower()
    if plain not in names:
        return False
    # `environment: "prod"` names a stage; `sourceCode: {...}` is the facet around the text.
    return not (plain in {"env", "environment"} and isinstance(value, str)) and not (
        plain in _SOURCE_CODE and isinstance(value, Mapping)
    )


def _emptied(before: Any, after: Any) -> bool:
    """Tell whether nothing but the facet's producer and schema is left."""
    return isinstance(after, dict) and after != before and all(key.startswith("_") for key in after)


def _without_frames(text: str) -> str:
    if _FRAME.search(text) is None:
        return text
    return "\n".join(line for line in text.splitlines() if not _TRACE_LINE.match(line))

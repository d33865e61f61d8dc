"""From what the speaking contributions say to the steps of a node.

Within a contribution every output comes from all listed inputs, unless a `lineage` facet says from which. The inputs of
an output are then united over the contributions, and outputs with the same inputs form one step. Inputs that feed no
output form a step of their own, without outputs. What an older event of a run named in a `lineage` facet is still read
or written by the run, but feeds nothing by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from lineage_shared.model import Origin, Step

_NOBODY: Mapping[int, frozenset[int]] = {}


@dataclass(frozen=True, slots=True)
class Voice:
    """What one contribution says, by the numbers of datasets.

    `inputs` and `outputs` are those listed; `named` adds (inputs, outputs) that only `lineage` facets name. `explicit`
    holds the inputs of outputs for which a `lineage` facet tells.
    """

    inputs: frozenset[int]
    outputs: frozenset[int]
    explicit: Mapping[int, frozenset[int]] = field(default_factory=lambda: _NOBODY)
    named: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    origin: Origin = Origin.RUN

    def without(self, gone: Collection[int]) -> Voice:
        """Return the same without some datasets."""
        if not gone:
            return self
        explicit = {output: inputs.difference(gone) for output, inputs in self.explicit.items() if output not in gone}
        named = (self.named[0].difference(gone), self.named[1].difference(gone))
        return Voice(self.inputs.difference(gone), self.outputs.difference(gone), explicit, named, self.origin)


def merged_steps(voices: Iterable[Voice]) -> tuple[Step, ...]:
    """Return the steps, each of one origin, ascending."""
    by_origin: dict[Origin, list[Voice]] = defaultdict(list)
    for voice in voices:
        by_origin[voice.origin].append(voice)
    return tuple(sorted(step for origin, same in by_origin.items() for step in _steps(same, origin)))


def _steps(voices: list[Voice], origin: Origin) -> list[Step]:
    inputs_of: dict[int, set[int]] = defaultdict(set)
    read: set[int] = set()
    for voice in voices:
        read.update(voice.inputs, voice.named[0], *voice.explicit.values())
        for output in voice.named[1]:
            inputs_of[output].update(voice.explicit.get(output, ()))
        for output in voice.outputs:
            inputs_of[output].update(voice.explicit.get(output, voice.inputs))
    outputs_of: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for output, inputs in inputs_of.items():
        outputs_of[tuple(sorted(inputs))].append(output)
    idle = read.difference(*outputs_of)
    found = [Step(inputs, tuple(sorted(outputs)), origin) for inputs, outputs in outputs_of.items()]
    return [*found, Step(tuple(sorted(idle)), (), origin)] if idle else found

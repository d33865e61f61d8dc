"""Likeness: which datasets may be one thing, how much speaks for it, and what against it (IDENTIFIERS 4.4).

`Pairs` finds the pairs that are worth a look, `features_of` measures one, `suggested` keeps the best. Values in, values
out; `lineage_gateway.lineage.suggesting` reads the candidates out of a version of the mesh.
"""

from lineage_gateway.identity.likeness.blocks import NodePair, Pairs, Stem, grouped, pair
from lineage_gateway.identity.likeness.candidates import Candidate, Column, Named, named, stem
from lineage_gateway.identity.likeness.column_types import column
from lineage_gateway.identity.likeness.features import Feature
from lineage_gateway.identity.likeness.suggestions import CandidatePair, Suggestion, scored, suggested, suggestion_id

__all__ = [
    "Candidate",
    "CandidatePair",
    "Column",
    "Feature",
    "Named",
    "NodePair",
    "Pairs",
    "Stem",
    "Suggestion",
    "column",
    "grouped",
    "named",
    "pair",
    "scored",
    "stem",
    "suggested",
    "suggestion_id",
]

"""From events to facts, and from facts to current lineage: pure rules, values in and values out.

`facts` reads one event into facts that merge in any order. `current` chooses which of a node's contributions speak for
it now (ARCHITECTURE rule 1), or spoke at a time in the past. `steps` turns what they say into steps, and `intervals`
into validity intervals. `lineage_agent.store` keeps the facts and calls these rules.
"""

from lineage_agent.projection.current import Contribution, speaking
from lineage_agent.projection.facts import ContributionFact, Facts, facts_of
from lineage_agent.projection.intervals import Interval, Past, Spell, Word, absences_of
from lineage_agent.projection.names import Names
from lineage_agent.projection.retirement import RETIREMENT_FACET, retirement_event
from lineage_agent.projection.steps import Voice, merged_steps
from lineage_agent.projection.vocabulary import ContributionKey, Direction, NodeKey, NodeKind, Scope, Source, State

PROJECTION_VERSION = 2

__all__ = [
    "PROJECTION_VERSION",
    "RETIREMENT_FACET",
    "Contribution",
    "ContributionFact",
    "ContributionKey",
    "Direction",
    "Facts",
    "Interval",
    "Names",
    "NodeKey",
    "NodeKind",
    "Past",
    "Scope",
    "Source",
    "Spell",
    "State",
    "Voice",
    "Word",
    "absences_of",
    "facts_of",
    "merged_steps",
    "retirement_event",
    "speaking",
]

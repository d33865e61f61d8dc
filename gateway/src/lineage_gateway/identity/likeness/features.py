"""How much speaks for two datasets being one thing, and how much against it (IDENTIFIERS 4.4).

The weights are those of record linkage (Fellegi and Sunter): each feature adds its points, or takes them, and the score
is the logistic function of their sum in base 2, so that one point doubles the odds. What nobody knows has no points. A
feature never looks at the others, except that a known loss explains a difference of names.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from lineage_gateway.identity.likeness.candidates import Candidate, Column, Named, Words, words_of
from lineage_gateway.identity.likeness.losses import Loss, lost
from lineage_gateway.identity.likeness.servers import Relation, related, stores_apart

T = TypeVar("T")

PRIOR = -1.0
"""Points of a pair of which nothing is known: two names that meet in a block are more likely two things."""

WEIGHTS: dict[str, tuple[float, float]] = {
    "name": (-2.0, 2.0),  # parts of the name that are equal, from the end
    "columns": (-4.0, 3.0),  # columns in common, by name and family of type
    "neighbours": (0.0, 1.5),  # datasets one job away that both have, on the same side
    "jobs": (0.0, 1.0),  # names of jobs around both, on the same side
    "mention": (0.0, 3.0),  # named by the column lineage of a job that lists the other one
    "loss": (0.0, 2.0),  # differs from the other by what a tool is known to lose
    "server": (0.0, 2.0),  # the servers' names are known to stand for each other
}
"""Features: points where nothing agrees, points where everything does; straight in between."""

PENALTIES: dict[str, float] = {
    "environment": -4.0,
    "version": -4.0,
    "layer": -4.0,
    "flow": -5.0,
    "together": -5.0,
    "same_server": -4.0,
    "endpoint": -4.0,
    "store": -4.0,
}
"""What counts against a pair, wherever it holds."""

# No word for production: the name of one server often leaves it out, where the other has it.
_ENVIRONMENTS = frozenset(
    {"dev", "devel", "development", "test", "testing", "stage", "staging", "qa", "uat", "preprod", "sandbox", "demo"}
    | {"backup", "bak", "old", "tmp", "temp", "copy", "clone", "archive", "archived", "snapshot"}
    | {"dr", "failover", "replica", "standby"}
)
_LAYERS = frozenset(
    {"raw", "landing", "bronze", "silver", "gold", "stg", "staging", "curated", "refined", "trusted", "mart", "marts"}
    | {"ods", "dwh"}
)


@dataclass(frozen=True, slots=True, order=True)
class Feature:
    """One reason for or against: `value` from 0 to 1 is what was measured, `points` are what it counts."""

    name: str
    value: float
    points: float
    note: str = ""

    @property
    def is_penalty(self) -> bool:
        """Whether it is one that only ever counts against a pair."""
        return self.name in PENALTIES


def score_of(features: tuple[Feature, ...]) -> float:
    """Return the score of a pair, from 0 to 1."""
    return round(1 / (1 + math.pow(2.0, -(PRIOR + math.fsum(each.points for each in features)))), 4)


def features_of(one: Candidate, other: Candidate, mention: float, *, flows: bool) -> tuple[Feature, ...]:
    """Return all features of a pair, in a fixed order; the same whichever dataset comes first.

    `mention` says how surely the column lineage of a job names the one for the other, and `flows` whether one reaches
    the other. Of a class, the two names that agree most are compared.
    """
    return max(
        (
            (*named, *_around(one, other, mention), *_against(one, other, flows=flows))
            for mine in one.names
            for theirs in other.names
            for named in [_of_names(mine, theirs, mentioned=mention > 0)]
        ),
        key=lambda found: (math.fsum(each.points for each in found), found),
    )


def _of_names(mine: Named, theirs: Named, *, mentioned: bool) -> tuple[Feature, ...]:
    loss = lost(mine, theirs, mentioned=mentioned)
    relation = related(mine, theirs)
    paths = (mine.path, theirs.path) if loss is None else (loss.path, loss.path)
    words = (words_of(mine, paths[0]), words_of(theirs, paths[1]))
    places = [] if loss is not None else _places(mine, theirs, relation)
    return (_name(*paths), *_loss(loss), *_server(relation), *_words(*words), *places)


def _around(one: Candidate, other: Candidate, mention: float) -> Iterator[Feature]:
    yield from _columns(one.columns, other.columns)
    yield from _shared("neighbours", ((one.above, other.above), (one.below, other.below)), "datasets one job away")
    yield from _shared("jobs", ((one.readers, other.readers), (one.writers, other.writers)), "names of jobs")
    if mention > 0:
        yield _measured("mention", mention, "the column lineage of a job names the one where it lists the other")


def _measured(name: str, value: float, note: str) -> Feature:
    least, most = WEIGHTS[name]
    return Feature(name, round(value, 4), round(least + (most - least) * value, 4), note)


def _penalty(name: str, note: str) -> Feature:
    return Feature(name, 1.0, PENALTIES[name], note)


def _name(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Feature:
    """Equal parts from the end, counted against the longer name: no prefix is evidence."""
    count = 0
    for part, other in zip(reversed(mine), reversed(theirs), strict=False):
        if part.casefold().removesuffix(".db") != other.casefold().removesuffix(".db"):
            break
        count += 1
    longest = max(len(mine), len(theirs))
    return _measured("name", count / longest if longest else 0.0, f"{count} of {longest} parts are equal, from the end")


def _columns(mine: tuple[Column, ...] | None, theirs: tuple[Column, ...] | None) -> Iterator[Feature]:
    if not mine or not theirs:
        return
    families, others = ({each.name: each.family for each in columns} for columns in (mine, theirs))
    both = families.keys() & others.keys()
    agreeing = sum(_agreement(families[name], others[name]) for name in both)
    total = len(families.keys() | others.keys())
    yield _measured("columns", agreeing / total, f"{len(both)} of {total} columns are in both")


def _agreement(mine: str, theirs: str) -> float:
    return 1.0 if mine == theirs or not mine or not theirs else 0.5


def _shared(name: str, sides: Iterable[tuple[Collection[T], Collection[T]]], what: str) -> Iterator[Feature]:
    """Two reports of one thing rarely both see all that is around it: what the smaller one has counts."""
    shared = mine = theirs = 0
    for one, other in sides:
        shared += len(set(one).intersection(other))
        mine += len(one)
        theirs += len(other)
    if shared:
        yield _measured(name, shared / min(mine, theirs), f"{shared} of {mine + theirs - shared} {what} are shared")


def _loss(loss: Loss | None) -> Iterator[Feature]:
    if loss is not None:
        yield _measured("loss", loss.value, loss.note)


def _server(relation: Relation | None) -> Iterator[Feature]:
    if relation is not None and relation.value > 0:
        yield _measured("server", relation.value, relation.note)


def _words(mine: Words, theirs: Words) -> Iterator[Feature]:
    """Words that only one of the names holds."""
    apart = mine.all ^ theirs.all
    if environments := sorted(apart & _ENVIRONMENTS):
        yield _penalty("environment", f"only one of the names holds: {', '.join(environments)}")
    if layers := sorted(apart & _LAYERS):
        yield _penalty("layer", f"only one of the names holds: {', '.join(layers)}")
    if mine.versions != theirs.versions or mine.numbers != theirs.numbers:
        yield _penalty("version", "the names hold different versions, numbers or dates")


def _places(mine: Named, theirs: Named, relation: Relation | None) -> list[Feature]:
    if mine.slot == theirs.slot:
        return [_penalty("same_server", "one server, account or kind of object store has one name for a thing")]
    found = []
    if relation is not None and relation.value < 0:
        found.append(_penalty("endpoint", relation.note))
    if stores_apart(mine, theirs):
        found.append(_penalty("store", "each of the two platforms stores its own data: the other one is a copy"))
    return found


def _against(one: Candidate, other: Candidate, *, flows: bool) -> Iterator[Feature]:
    if not set(one.reads).isdisjoint(other.reads) or not set(one.writes).isdisjoint(other.writes):
        yield _penalty("together", "one step names both side by side, so that its producer holds them to be two")
    if flows or other.node in one.above or other.node in one.below:
        yield _penalty("flow", "one flows into the other: a copy is downstream, not identical")

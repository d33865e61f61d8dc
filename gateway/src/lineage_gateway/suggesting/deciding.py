"""Deciding about suggestions: a person's word, or a policy's, becomes a declaration with an entry in the audit.

Accepting declares an alias, rejecting a difference; declaration and entry are written as one, so that neither is ever
without the other, and another gateway that shares the file may have been first. A policy accepts what meets its
conditions, and nothing that has a penalty, is declared to be different, would bring two names of one server together,
or was ever decided about: what people took back stays taken back.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence

from lineage_gateway.declarations import Decision, Reason
from lineage_gateway.declaring import Declaring
from lineage_gateway.identity import Identities
from lineage_gateway.identity.likeness import Suggestion, named
from lineage_gateway.mesh import Mesh, MeshKeeper
from lineage_gateway.policies import SuggestionPolicy
from lineage_gateway.suggesting.nodes import node_of, reference_of
from lineage_gateway.suggesting.proposals import Proposals, Seen, SuggestionState
from lineage_shared.errors import Conflict, LineageError, NotFound
from lineage_shared.naming import Declaration
from lineage_shared.naming.declared import Alias, DifferentFrom

_log = logging.getLogger(__name__)

POLICY_DECISIONS_MAX = 100
"""Most suggestions that policies accept after one survey."""

_DECLARES: dict[SuggestionState, type[Alias | DifferentFrom]] = {
    SuggestionState.ACCEPTED: Alias,
    SuggestionState.REJECTED: DifferentFrom,
}
_INSTEAD = "declareAlias and declareDifferent declare without a suggestion"


class Deciding:
    """Takes decisions about `proposals` to `declaring`."""

    def __init__(self, keeper: MeshKeeper, declaring: Declaring, proposals: Proposals) -> None:
        self._keeper = keeper
        self._declaring = declaring
        self._proposals = proposals

    async def decide(self, wanted: str, state: SuggestionState, by: str) -> Decision:
        """Take a person's decision; return it with the id of its declaration. See `Suggesting.accept` for errors."""
        made = self._made(self._decidable(wanted, state), state, by)
        taken = await self._declaring.decide([made])
        if not taken:
            raise _decided_already(wanted, self._proposals.standing(wanted))
        return taken[0]

    def _decidable(self, wanted: str, state: SuggestionState) -> Seen:
        """Return a suggestion that somebody may decide about now."""
        standing = self._proposals.standing(wanted)
        if standing is not None:
            raise _decided_already(wanted, standing)
        seen = self._proposals.get(wanted)
        if seen is None:
            hint = "`identitySuggestions` lists those that stand"
            raise NotFound(f"there is no suggestion {wanted[:100]!r}", hint=hint, code="SUGGESTION_NOT_FOUND")
        if state is SuggestionState.ACCEPTED and self._is_contradicted(seen.suggestion):
            hint = "retract that declaration first; `identityDeclarations` lists it"
            raise Conflict("the two are declared to be different", hint=hint, code="SUGGESTION_CONTRADICTED")
        if self._proposals.is_expired(seen):
            raise _expired(wanted)
        return seen

    def _is_contradicted(self, found: Suggestion) -> bool:
        return bool(self._keeper.identities.classes.differences(found.a, found.b))

    def _made(self, seen: Seen, state: SuggestionState, by: str, policy: str = "") -> tuple[Decision, Declaration]:
        found = seen.suggestion
        ends = [reference_of(self._keeper.mesh, key) for key in (found.a, found.b)]
        one, other = sorted((each for each in ends if each is not None), key=repr) if None not in ends else (None, None)
        if one is None or other is None:
            raise _expired(found.id)
        decision = Decision(
            suggestion=found.id,
            state=state.value,
            decided_by=by,
            decided_us=self._proposals.wall_us(),
            a=found.a,
            b=found.b,
            score=found.score,
            features=tuple(Reason(each.name, each.value, each.points, each.note) for each in found.features),
            first_proposed_us=seen.first_us,
            policy=policy,
        )
        return decision, _DECLARES[state](a=one, b=other, by=by)

    async def accept_by_policy(self, policies: Sequence[SuggestionPolicy]) -> None:
        """Accept what policies accept, at most so many at once."""
        if not policies:
            return
        made = [
            self._made(seen, SuggestionState.ACCEPTED, f"policy {name}", name)
            for seen, name in self._acceptable(policies)[:POLICY_DECISIONS_MAX]
        ]
        allowed = [each for each in made if self._is_allowed(each[1])]
        if allowed:
            for decision in await self._declaring.decide(allowed):
                _log.info("the policy %r accepted that %s is %s", decision.policy, decision.a, decision.b)

    def _is_allowed(self, declaration: Declaration) -> bool:
        try:
            self._declaring.check(declaration, POLICY_DECISIONS_MAX)
        except LineageError as error:
            _log.warning("a policy may not accept a suggestion: %s", error.message)
            return False
        return True

    def _acceptable(self, policies: Sequence[SuggestionPolicy]) -> list[tuple[Seen, str]]:
        """Return what policies accept. A dataset that they would join with two others is left to people."""
        mesh, identities = self._keeper.mesh, self._keeper.identities
        found = [
            (each.suggestion, name)
            for each in self._proposals.open(mesh, identities)
            if each.state is SuggestionState.PROPOSED
            and each.suggestion.id not in self._declaring.decisions
            and (name := _accepting(policies, each.suggestion, mesh, identities)) is not None
        ]
        ends = Counter(node_of(mesh, key) for suggestion, _ in found for key in (suggestion.a, suggestion.b))
        return [
            (seen, name)
            for suggestion, name in found
            if (seen := self._proposals.get(suggestion.id)) is not None
            and all(ends[node_of(mesh, key)] == 1 for key in (suggestion.a, suggestion.b))
        ]


def _accepting(
    policies: Sequence[SuggestionPolicy], found: Suggestion, mesh: Mesh, identities: Identities
) -> str | None:
    """Return the name of the first policy that accepts a suggestion; None when none may."""
    names = [named(key) for end in (found.a, found.b) for key in identities.members(end)]
    is_exclusive = len({each.slot for each in names}) < len(names) or len({each.domain for each in names} - {""}) > 1
    namespaces = list(_namespaces(found, mesh))
    if is_exclusive or not all(namespaces) or any(each.is_penalty for each in found.features):
        return None
    values = {each.name: each.value for each in found.features}
    platforms = {each.platform for each in names}
    one, other = namespaces
    return next((each.name for each in policies if each.accepts(found.score, values, platforms, (one, other))), None)


def _namespaces(found: Suggestion, mesh: Mesh) -> Iterator[frozenset[str]]:
    for key in (found.a, found.b):
        node = node_of(mesh, key)
        members = mesh.entry(node).members if node is not None else ()
        yield frozenset(member.record.namespace for member in members)


def _expired(wanted: str) -> Conflict:
    return Conflict(f"the suggestion {wanted!r} has expired", hint=_INSTEAD, code="SUGGESTION_EXPIRED")


def _decided_already(wanted: str, standing: Decision | None) -> Conflict:
    by = f" by {standing.decided_by}" if standing is not None and standing.decided_by else ""
    state = standing.state if standing is not None else "decided"
    hint = "retractClaim takes its declaration back"
    return Conflict(f"the suggestion {wanted!r} is {state}{by} already", hint=hint, code="SUGGESTION_DECIDED")

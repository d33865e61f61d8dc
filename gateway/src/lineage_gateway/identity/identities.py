"""The owner of everything that is claimed about names: producers' symlinks, declarations, and the classes they make.

The mesh asks for a key's class (`members`) and is told, after every change, the keys whose class is another one now;
only what hangs together with the change is weighed anew. Changes are work that pauses, and each piece of one leaves
behind how to undo it, until `settle` says that the change holds: `undoing` makes it as if it had never begun.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from functools import partial

from lineage_gateway.identity.authority import Authorities
from lineage_gateway.identity.claims import Asserted, AssertedClaim, ByRecord
from lineage_gateway.identity.classes import Renaming
from lineage_gateway.identity.declared import Declared, DomainPair, Pair
from lineage_gateway.identity.history import ConflictHistory, ConflictRecord
from lineage_gateway.identity.operators import Change as PairChange
from lineage_gateway.identity.operators import Operators
from lineage_gateway.identity.reported import Counts, Reported, Watched, reported_key
from lineage_gateway.identity.sayings import Move, Sayings, Spoken, declared_move, moved
from lineage_gateway.mirror import Change, Records
from lineage_gateway.pauses import Work, slices, whole
from lineage_shared.claims import Claim, ClaimKind, Classes, declared_claim
from lineage_shared.claims.model import ClaimId, ConflictId, PairOfKeys
from lineage_shared.naming import Declarations
from lineage_shared.naming.declared import Alias, DifferentFrom, Symlink

CLAIMS_SLICE = 50
"""Claims weighed between two pauses: each may be resolved with all that hangs together with it."""

RecordsOf = Callable[[str], Records]
_Changed = AbstractSet[str]
_KINDS = {Alias: ClaimKind.ALIAS, Symlink: ClaimKind.SYMLINK, DifferentFrom: ClaimKind.DIFFERENT_FROM}


def _no_records(_: str) -> Records:
    return {}


class Identities:
    """The mutable owner of claims and classes; every question is answered for the present set of claims."""

    def __init__(
        self,
        authorities: Authorities | None = None,
        declared: Declared | None = None,
        wall_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._wall_us = wall_us
        self._authorities = authorities or Authorities()
        self._asserted = Asserted()
        self._sayings = Sayings()
        self._operators = Operators()
        self._reported = Reported()
        self._undo: list[Callable[[], object]] = []
        self._settled: list[Callable[[], object]] = []
        self._untold: set[ConflictId] = set()
        self.declared = Declared()
        self.classes = Classes()
        self.history = ConflictHistory()
        if declared is not None:
            self.declare(declared)
            self.settle()

    @property
    def names(self) -> Declarations:
        """The declarations that act on names."""
        return self.declared.names

    def members(self, key: str) -> tuple[str, ...]:
        """Return the class of a key, in order."""
        return self.classes.members(key)

    def take(self, domain: str, change: Change, records: Records) -> _Changed:
        """Take a change of a domain's records; return the keys whose class changed."""
        return whole(self.taking(domain, change, records))

    def taking(self, domain: str, change: Change, records: Records) -> Work[_Changed]:
        """Give the work of `take`; of `records`, all that the domain has, those that did not change are read."""
        changed: set[str] = set()
        sources: set[int] = set()
        for part in slices(change):
            sources |= self._asserted.concerned(domain, change, part)
            changed |= self._count(domain, self._reported.changed_by(domain, change, part, self.names))
            yield
        for part in slices(sources, CLAIMS_SLICE):
            changed |= self._assert(domain, self._asserted.after(domain, change, records, part))
            yield
        return changed

    def _assert(self, domain: str, claims: ByRecord) -> _Changed:
        """Take what records claim now in place of what they claimed."""
        before = self._asserted.put(domain, claims)
        self._undo.append(partial(self._asserted.put, domain, before))
        differing = [number for number, now in claims.items() if before[number].claims != now.claims]
        went = [(claim, -1) for number in differing for claim in before[number].claims]
        came = [(claim, 1) for number in differing for claim in claims[number].claims]
        return self._make(
            move for each in (*went, *came) if (move := self._sayings.move(*each, self.names)) is not None
        )

    def _count(self, domain: str, counts: Counts) -> _Changed:
        if not counts:
            return frozenset()
        self._undo.append(lambda: self._weigh(self._reported.count(domain, {key: -by for key, by in counts.items()})))
        return self._weigh(self._reported.count(domain, counts))

    def _make(self, moves: Iterable[Move]) -> _Changed:
        made = list(moves)
        if not made:
            return frozenset()
        back = [move.back for move in reversed(made)]
        self._undo.append(lambda: self._weigh(self._sayings.make(back)))
        return self._weigh(self._sayings.make(made))

    def _weigh(self, pairs: Iterable[PairOfKeys]) -> _Changed:
        """Bring the claims about these pairs up to date."""
        came, went = self._sayings.weigh(pairs, self._authorities, self._reported)
        return self.classes.apply(came, went) if came or went else frozenset()

    def govern(self, authorities: Authorities) -> _Changed:
        """Use other owners of namespaces; return the keys whose class changed."""
        return whole(self.governing(authorities))

    def governing(self, authorities: Authorities) -> Work[_Changed]:
        """Give the work of `govern`."""
        before, changed = self._authorities, set[str]()
        for part in slices(self._sayings.pairs, CLAIMS_SLICE):
            changed |= self._governed(authorities, part)
            self._undo.append(partial(self._governed, before, part))
            yield
        self._undo.append(partial(self._governed, before, ()))
        return changed | self._governed(authorities, ())

    def _governed(self, authorities: Authorities, pairs: Iterable[PairOfKeys]) -> _Changed:
        self._authorities = authorities
        return self._weigh(pairs)

    def declare(self, declared: Declared, records_of: RecordsOf = _no_records) -> _Changed:
        """Use other declarations; return the keys whose class changed."""
        return whole(self.declaring(declared, records_of))

    def declaring(self, declared: Declared, records_of: RecordsOf) -> Work[_Changed]:
        """Give the work of `declare`; the records of a domain are read where it declares something about names."""
        before = self.declared
        renaming = Renaming(before.names, declared.names) if not declared.reads_like(before) else None
        self._declared_are(declared)
        self._undo.append(partial(self._declared_are, before))
        changed = yield from self._redeclare_pairs(before, declared, renaming)
        if renaming is not None:
            changed |= yield from self._rename(renaming, before.names)
        changed |= yield from self._redeclare_domains(before, declared, renaming, records_of)
        return changed

    def _declared_are(self, declared: Declared) -> None:
        self.declared = declared
        self._untold |= self.history.disagreeing(declared.names.disagreements)
        self._sayings.forget_keys()

    def _redeclare_pairs(self, before: Declared, declared: Declared, renaming: Renaming | None) -> Work[_Changed]:
        """Make the claims of operators' pairs anew: of those that came or went, and of all where names may change."""
        gone: list[Pair] = []
        fresh: list[Pair] = []
        for part in slices(before.pairs):
            gone += [pair for pair in part if pair not in declared.pairs]
            yield
        for part in slices(declared.pairs):
            fresh += part if renaming is not None else [pair for pair in part if pair not in before.pairs]
            yield
        changed: set[str] = set()
        for pairs, names in ((gone, None), (fresh, declared.names)):
            for part in slices(pairs, CLAIMS_SLICE):
                changed |= self._remake(part, names)
                yield
        return changed

    def _remake(self, pairs: Iterable[Pair], names: Declarations | None) -> _Changed:
        """Make the claims of these pairs under other declarations; None takes them back."""
        changes = [
            PairChange(pair, self._operators.claim_of(pair), declared_claim(pair, names) if names is not None else None)
            for pair in pairs
        ]
        made = [each for each in changes if _id(each.before) != _id(each.after)]
        if not made:
            return frozenset()
        back = [PairChange(pair, after, before) for pair, before, after in reversed(made)]
        self._undo.append(lambda: self.classes.apply(*self._operators.make(back)))
        return self.classes.apply(*self._operators.make(made))

    def _rename(self, renaming: Renaming, before: Declarations) -> Work[_Changed]:
        """Move what producers said to the keys that their names have now."""
        concerned: list[AssertedClaim] = []
        for part in slices(self._asserted):
            concerned += [claim for claim in part if renaming.concerns_claim(claim)]
            yield
        changed: set[str] = set()
        for part in slices(concerned, CLAIMS_SLICE):
            moves = (move for claim in part for move in (moved(claim, -1, before), moved(claim, 1, self.names)))
            changed |= self._make(move for move in moves if move is not None)
            yield
        return changed

    def _redeclare_domains(
        self, before: Declared, declared: Declared, renaming: Renaming | None, records_of: RecordsOf
    ) -> Work[_Changed]:
        """Bring what domains declare about pairs up to date, domain by domain."""
        old, new = _by_domain(before.domain_pairs), _by_domain(declared.domain_pairs)
        changed: set[str] = set()
        for domain in sorted(old.keys() | new.keys()):
            was, now = old.get(domain, frozenset()), new.get(domain, frozenset())
            if was != now or renaming is not None:
                changed |= yield from self._look_out(domain, now, records_of(domain))
                changed |= yield from self._redeclare_domain(was, now, before.names)
        return changed

    def _look_out(self, domain: str, pairs: Iterable[DomainPair], records: Records) -> Work[_Changed]:
        """Count the records of a domain that stand in its declarations."""
        watched: dict[str, set[PairOfKeys]] = {}
        for part in slices(pairs):
            for each in part:
                if (move := declared_move(each, self.names, 1)) is not None:
                    for end in (move.source, move.target):
                        watched.setdefault(end.dataset_text, set()).add(move.pair)
            yield
        counts = Counter[str]()
        for reporting in slices(records.values() if watched else ()):
            keys = (reported_key(domain, record, self.names) for record in reporting)
            counts.update(key for key in keys if key in watched)
            yield
        return self._watch(domain, watched, counts)

    def _watch(self, domain: str, watched: Watched, counts: Counts) -> _Changed:
        before = self._reported.watch(domain, watched, counts)
        self._undo.append(partial(self._watch_quietly, domain, *before))
        return self._weigh(pair for pairs in watched.values() for pair in pairs)

    def _watch_quietly(self, domain: str, watched: Watched, counts: Counts) -> None:
        self._reported.watch(domain, watched, counts)
        self._weigh(pair for pairs in watched.values() for pair in pairs)

    def _redeclare_domain(
        self, was: frozenset[DomainPair], now: frozenset[DomainPair], before: Declarations
    ) -> Work[_Changed]:
        changed: set[str] = set()
        for part in slices(was | now, CLAIMS_SLICE):
            moves: list[Move] = []
            for each in part:
                out = declared_move(each, before, -1) if each in was else None
                into = declared_move(each, self.names, 1) if each in now else None
                if out is None or into is None or not out.says_like(into):
                    moves += [move for move in (out, into) if move is not None]
            changed |= self._make(moves)
            yield
        return changed

    def undoing(self) -> Work[None]:
        """Give the work of making it as if the change that was not settled had never begun."""
        while self._undo:
            self._undo.pop()()
            yield

    def settle(self) -> None:
        """Take it that the change holds; how to undo it is forgotten later on, since that takes its time as well."""
        self._settled += self._undo
        self._undo = []

    @property
    def is_untold(self) -> bool:
        """Whether `telling` has something to do."""
        return bool(self._untold or self._settled) or self.classes.has_touched_conflicts

    def telling(self) -> Work[None]:
        """Give the work of telling the history which conflicts came and went, and of what else may be done later."""
        while self._settled:
            self._settled.pop()
            yield
        self._untold |= self.classes.touched_conflicts()
        for part in slices(sorted(self._untold)):
            for conflict in part:
                self.history.note(conflict, self.classes, self._wall_us())
            self._untold.difference_update(part)
            yield

    @property
    def conflicts(self) -> list[ConflictId]:
        """What does not fit together now, claims and declarations, in a fixed order; a new list."""
        return sorted([*self.classes.conflict_ids, *self.history.disagreements])

    def conflict(self, conflict: ConflictId) -> ConflictRecord | None:
        """Return the record of a conflict; None when it is not there (any more)."""
        return self.history.note(conflict, self.classes, self._wall_us())

    def apart(self, one: str, other: str) -> bool:
        """Tell whether two keys are declared to be different."""
        return self.classes.apart(one, other)

    def claim_of(self, declared: Pair) -> Claim | None:
        """Return the claim that an operators' pair makes now; None for one that is not declared, or overruled."""
        return self._operators.claim_of(declared)

    def declarations_of(self, claim: Claim) -> list[Pair]:
        """Return the declared pairs that make a claim: the operators', or those of the domain whose claim it is."""
        said = self._sayings.of(claim.pair, claim.source.text)
        spoken = (each.pair for each in said if isinstance(each, Spoken) and each.domain == claim.domain)
        pairs = self._operators.makers(claim.id) if claim.domain is None else spoken
        return sorted((pair for pair in pairs if _KINDS[type(pair)] is claim.kind), key=repr)

    def assertions_of(self, claim: Claim) -> list[AssertedClaim]:
        """Return what producers said that makes a claim."""
        if claim.kind is not ClaimKind.SYMLINK:
            return []
        said = self._sayings.of(claim.pair, claim.source.text)
        return sorted(each for each in said if isinstance(each, AssertedClaim) and each.domain == claim.domain)


def _id(claim: Claim | None) -> ClaimId | None:
    return claim.id if claim is not None else None


def _by_domain(pairs: Iterable[DomainPair]) -> dict[str, frozenset[DomainPair]]:
    found: dict[str, set[DomainPair]] = {}
    for each in pairs:
        found.setdefault(each.domain, set()).add(each)
    return {domain: frozenset(own) for domain, own in found.items()}


def spoken(claim: Claim) -> str:
    """Return a claim as a reason: what says it, and who."""
    by = claim.domain or claim.by or "the gateway's operators"
    return f"{claim.kind.value} by {by}"

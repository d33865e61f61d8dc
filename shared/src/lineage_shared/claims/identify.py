"""References to strings: two get the same one exactly when they are held to be the same under the declarations.

A dataset or job gets the smallest key of its class. A column is matched among those that are given: with the columns of
the other keys of its dataset's class whose names are equal, or differ in case only where that is unambiguous (`alike`).
A column that is claimed itself is what the claims say, and is not matched by its name; nor is any of a group in which
two are declared to be different.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from lineage_shared.claims.classes import Classes
from lineage_shared.claims.model import Claim, ClaimKind, Trust
from lineage_shared.naming import Key, Reference, Unidentifiable, alike, canonical
from lineage_shared.naming.declared import Alias, Declaration, Declarations, DifferentFrom, Symlink, says_nothing


def identify(references: Sequence[Reference], declarations: Declarations) -> list[str | None]:
    """Return one string for each reference, in order; None for one that identifies nothing."""
    classes = Classes(declared_claims(declarations))
    return identities([canonical(each, None, declarations) for each in references], classes)


def identities(keys: Sequence[Key | Unidentifiable], classes: Classes) -> list[str | None]:
    """Return one string for each key, in order: equal ones are held to be the same, columns among those given."""
    columns = _columns({key.text for key in keys if isinstance(key, Key) and key.column}, classes)
    return [_identity(key, columns, classes) for key in keys]


def _identity(key: Key | Unidentifiable, columns: Mapping[str, str], classes: Classes) -> str | None:
    if isinstance(key, Unidentifiable):
        return None
    return columns.get(key.text) or classes.representative(key.text)


def _columns(texts: Iterable[str], classes: Classes) -> dict[str, str]:
    """Return the columns that are not claimed themselves, each with the smallest of those that are the same."""
    by_class: dict[str, dict[str, set[str]]] = {}
    for text in texts:
        dataset, _, name = text.rpartition("#")
        by_class.setdefault(classes.representative(dataset), {}).setdefault(dataset, set()).add(name)
    found: dict[str, str] = {}
    for by_key in by_class.values():
        joined = alike(by_key.values())
        same: dict[str, list[str]] = {}
        for dataset, names in by_key.items():
            for name in names:
                text = f"{dataset}#{name}"
                if len(classes.members(text)) == 1:
                    same.setdefault(joined.get(name, name), []).append(text)
        for group in same.values():
            found.update(_together(group, classes))
    return found


def _together(group: Collection[str], classes: Classes) -> Mapping[str, str]:
    if any(classes.apart(one, other) for one, other in combinations(group, 2)):
        return {text: text for text in group}
    return dict.fromkeys(group, min(group))


def declared_claims(declarations: Declarations) -> list[Claim]:
    """Return the claims among the declarations; one with an end that identifies nothing says nothing."""
    pairs = (each for each in declarations.all if isinstance(each, Symlink | Alias | DifferentFrom))
    found = (declared_claim(each, declarations) for each in pairs)
    return [claim for claim in found if claim is not None]


def unusable(declarations: Declarations) -> Iterable[tuple[Declaration, str]]:
    """Give the declarations that say nothing, each with the reason."""
    found = ((each, why_unusable(each, declarations)) for each in declarations.all)
    return ((each, reason) for each, reason in found if reason is not None)


def why_unusable(declared: Declaration, declarations: Declarations) -> str | None:
    """Return why a declaration says nothing, its names being read under `declarations`; None where it says something.

    A dataset and a column of one are two things of different kinds, so that nothing can make them one.
    """
    if not isinstance(declared, Symlink | Alias | DifferentFrom):
        return says_nothing(declared)
    keys = [canonical(end, declared.domain, declarations) for end in ends(declared)]
    for key in keys:
        if isinstance(key, Unidentifiable):
            return f"one of its names denotes nothing: {key.reason}"
    of_columns = {isinstance(key, Key) and bool(key.column) for key in keys}
    if len(of_columns) > 1 and not isinstance(declared, DifferentFrom):
        return "a dataset and a column are never one thing"
    return None


def ends(declared: Symlink | Alias | DifferentFrom) -> tuple[Reference, Reference]:
    """Return the two names that a declaration is about."""
    return (declared.of, declared.symlink) if isinstance(declared, Symlink) else (declared.a, declared.b)


def declared_claim(declared: Symlink | Alias | DifferentFrom, declarations: Declarations) -> Claim | None:
    """Return the claim that a declaration about a pair makes; None when one of its ends identifies nothing."""
    source, target = (canonical(end, declared.domain, declarations) for end in ends(declared))
    if isinstance(source, Unidentifiable) or isinstance(target, Unidentifiable):
        return None
    if isinstance(declared, Symlink):
        return Claim(ClaimKind.SYMLINK, source, target, Trust.SYMLINK)
    kind = ClaimKind.ALIAS if isinstance(declared, Alias) else ClaimKind.DIFFERENT_FROM
    return Claim(kind, *_ordered(source, target), Trust.GATEWAY, declared.by)


def _ordered(one: Key, other: Key) -> tuple[Key, Key]:
    return (one, other) if one.text <= other.text else (other, one)

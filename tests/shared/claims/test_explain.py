"""Why, and why not."""

from __future__ import annotations

from typing import Any

import msgspec

from lineage_shared.claims import ClaimKind, Classes, Reason, declared_claims, explain, identify, unusable
from lineage_shared.claims.explain import HELD_BACK_MAX
from lineage_shared.naming import Declarations, Key, Reference, System, read_declaration
from lineage_shared.naming.declared import Alias, DifferentFrom

TABLE = Reference(namespace="hive://ms:9083", name="shop.orders")
PATH = Reference(namespace="s3a://lake", name="/shop/orders/")
OTHER = Reference(namespace="s3://lake", name="shop/returns")


def declared(*raws: dict[str, Any]) -> Declarations:
    """Return the declarations in their JSON form, read."""
    return Declarations(map(read_declaration, raws))


def symlink(of: Reference, to: Reference) -> dict[str, Any]:
    """Return a symlink in its JSON form."""
    ends = {"of": of, "symlink": to}
    return {"type": "symlink", **{name: {"namespace": r.namespace, "name": r.name} for name, r in ends.items()}}


def test_the_same_by_rules_tells_the_rules() -> None:
    """Two spellings of one key need no claim."""
    found = explain(PATH, Reference(namespace="s3://lake", name="shop/orders"), Declarations(), Classes())
    assert found.same
    assert not found.path
    assert isinstance(found.a, Key)
    assert set(found.a.rules) == {"scheme-alias", "slashes"}


def test_the_same_by_claims_tells_the_chain() -> None:
    """The shortest chain of active claims is the reason."""
    alias = {
        "type": "alias",
        "a": {"system": "dbt", "id": "model.p.orders"},
        "b": {"namespace": "hive://ms:9083", "name": "shop.orders"},
    }
    declarations = declared(symlink(PATH, TABLE), alias)
    classes = Classes(declared_claims(declarations))
    found = explain(Reference(system=System.DBT, id="model.p.orders"), PATH, declarations, classes)
    assert found.same
    assert [claim.kind for claim in found.path] == [ClaimKind.ALIAS, ClaimKind.SYMLINK]


def test_not_the_same_tells_the_difference_and_what_would_join() -> None:
    """The first part that differs comes with a declaration, and that declaration does join the two."""
    one, other = TABLE, Reference(namespace="hive://cname:9083", name="shop.orders")
    found = explain(one, other, Declarations(), Classes())
    assert found.difference is not None
    assert (found.difference.part, found.difference.a, found.difference.b) == ("authority", "ms", "cname")
    first, second = identify([one, other], declared(dict(found.difference.declaration or {})))
    assert first == second
    found = explain(PATH, OTHER, Declarations(), Classes())
    assert found.difference is not None
    assert found.difference.part == "path"
    first, second = identify([PATH, OTHER], declared(dict(found.difference.declaration or {})))
    assert first == second


def test_not_the_same_tells_what_is_held_back() -> None:
    """A quarantined claim nearby is named with its reason."""
    declarations = declared(symlink(PATH, TABLE), symlink(OTHER, TABLE))
    classes = Classes(declared_claims(declarations))
    found = explain(PATH, TABLE, declarations, classes)
    assert not found.same
    assert {verdict.reason for _, verdict in found.held_back} == {Reason.FAN_IN}


def test_what_identifies_nothing_is_the_same_as_nothing() -> None:
    """Not even as itself; and a declaration about it is reported as saying nothing."""
    root = Reference(namespace="s3://lake", name="/")
    assert not explain(root, root, Declarations(), Classes()).same
    assert identify([root, root], Declarations()) == [None, None]
    declarations = declared(symlink(TABLE, root))
    assert not declared_claims(declarations)
    assert [reason for _, reason in unusable(declarations)] == ["one of its names denotes nothing: root"]


def test_columns_follow_their_dataset() -> None:
    """A column's string is that of its dataset's class, with its own path."""
    declarations = declared(symlink(PATH, TABLE))
    table = Reference(namespace=TABLE.namespace, name=TABLE.name, column="ID")
    path = Reference(namespace=PATH.namespace, name=PATH.name, column="id")
    upper = Reference(namespace=PATH.namespace, name=PATH.name, column="ID")
    ids = identify([table, path, upper], declarations)
    assert ids[0] == ids[1] != ids[2]


LEFT = Reference(namespace="postgres://h:5432", name="db.s.t", column="x")
RIGHT = Reference(namespace="mysql://g:3306", name="db.t", column="x")


def test_columns_that_are_claimed_themselves_tell_their_own_claims() -> None:
    """An alias of two columns is the path between them; where there is none it is that of their datasets."""
    other = msgspec.structs.replace(RIGHT, column="y")
    declarations = Declarations([Alias(a=LEFT, b=other)])
    found = explain(LEFT, other, declarations, Classes(declared_claims(declarations)))
    assert found.same
    assert [claim.source.column for claim in found.path] == [("y",)]
    declarations = Declarations([Alias(a=_bare(LEFT), b=_bare(RIGHT))])
    found = explain(LEFT, RIGHT, declarations, Classes(declared_claims(declarations)))
    assert found.same
    assert [claim.source.column for claim in found.path] == [()]


def test_columns_that_are_declared_to_be_different_stay_so() -> None:
    """The declaration is named, and nothing is proposed that would not join them anyway."""
    declarations = Declarations([Alias(a=_bare(LEFT), b=_bare(RIGHT)), DifferentFrom(a=LEFT, b=RIGHT)])
    found = explain(LEFT, RIGHT, declarations, Classes(declared_claims(declarations)))
    assert not found.same
    assert [claim.kind for claim in found.apart] == [ClaimKind.DIFFERENT_FROM]
    assert found.difference is not None
    assert found.difference.declaration is None


def _bare(reference: Reference) -> Reference:
    return msgspec.structs.replace(reference, column=None)


def test_what_is_held_back_between_the_two_comes_first() -> None:
    """However many others claim the same target, whichever of the two is asked for first."""
    files = [Reference(namespace="s3://lake", name=f"f{number}") for number in range(300)]
    declarations = declared(*(symlink(each, TABLE) for each in files))
    classes = Classes(declared_claims(declarations))
    for pair in ((files[299], TABLE), (TABLE, files[299])):
        held = explain(*pair, declarations, classes).held_back
        assert held[0][0].source.path == ("f299",)
        assert len(held) == len({claim.id for claim, _ in held}) == HELD_BACK_MAX

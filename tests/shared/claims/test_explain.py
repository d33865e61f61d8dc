"""Why, and why not."""

from __future__ import annotations

from typing import Any

from lineage_shared.claims import ClaimKind, Classes, Reason, declared_claims, explain, identify, unusable
from lineage_shared.naming import Declarations, Key, Reference, System, read_declaration

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
    assert [reason for _, reason in unusable(declarations)] == ["root"]


def test_columns_follow_their_dataset() -> None:
    """A column's string is that of its dataset's class, with its own path."""
    declarations = declared(symlink(PATH, TABLE))
    table = Reference(namespace=TABLE.namespace, name=TABLE.name, column="ID")
    path = Reference(namespace=PATH.namespace, name=PATH.name, column="id")
    upper = Reference(namespace=PATH.namespace, name=PATH.name, column="ID")
    ids = identify([table, path, upper], declarations)
    assert ids[0] == ids[1] != ids[2]

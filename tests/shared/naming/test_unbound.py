"""Names of catalogs that nobody bound to a namespace: each domain may have a catalog of its own."""

from __future__ import annotations

import pytest

from lineage_shared.naming import Declarations, Key, Reference, System, canonical, read_declaration, reference_of

UNBOUND = (
    Reference(system=System.DBT, id="model.my_new_project.orders"),
    Reference(system=System.ATLAS, id="sales.orders@cm", type="hive_table"),
    Reference(system=System.AMUNDSEN, id="hive://gold.sales/orders"),
    Reference(system=System.OPENMETADATA, id="warehouse.shop.public.orders"),
    Reference(system=System.DATAHUB, id="urn:li:dataset:(urn:li:dataPlatform:postgres,shop.public.orders,PROD)"),
    Reference(system=System.SPLINE, id="kafka:orders"),
)


def key(reference: Reference, domain: str | None, declarations: Declarations | None = None) -> Key:
    """The key of a reference that denotes something."""
    found = canonical(reference, domain, declarations or Declarations())
    assert isinstance(found, Key)
    return found


@pytest.mark.parametrize("reference", UNBOUND, ids=lambda each: each.system.value)
def test_the_same_name_of_two_domains_is_two_things(reference: Reference) -> None:
    """`my_new_project`, `cm` and `gold` are what every catalog begins with; nothing says that these two are one."""
    texts = {key(reference, domain).text for domain in ("sales", "finance", None)}
    assert len(texts) == 3
    again = key(reference_of(key(reference, "sales")), None)
    assert again.text == key(reference, "sales").text


def test_a_bound_name_is_that_of_its_namespace_in_every_domain() -> None:
    """Once a binding says what the catalog's scope stands for, the domain is no part of the name."""
    binding = {
        "type": "namespace_binding",
        "system": "openmetadata",
        "scope": {"service": "warehouse"},
        "namespace": "postgres://db:5432",
    }
    declarations = Declarations([read_declaration(binding)])
    reference = next(each for each in UNBOUND if each.system is System.OPENMETADATA)
    assert {key(reference, domain, declarations).text for domain in ("sales", "finance", None)} == {
        "ds1:postgres:db:shop/public/orders"
    }

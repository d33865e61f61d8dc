"""What an agent declares about names: the `[[declarations]]` of its configuration, checked and scoped to its domain.

A domain speaks for itself. Each declaration holds for what this domain reports, whether it says so or not, and one that
names another domain is refused: what joins the names of two domains is declared at the gateway. The agent reads its own
names by them (`lineage_agent.projection.names`) and tells them to gateways (`GET /mesh/v1/about`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from lineage_shared.claims import Claim, Classes, assessed, declared_claims, unusable
from lineage_shared.errors import InvalidInput, InvalidSetting
from lineage_shared.naming import Declaration, Declarations, as_json, read_declaration
from lineage_shared.naming.declared import domains_named

CODE: Final = "DECLARATION_INVALID"

DISPUTES_SHOWN: Final = 20

_ELSEWHERE: Final = "leave `domain` out; what joins names of two domains is declared at the gateway"


def read_declarations(
    tables: Sequence[Mapping[str, Any]], *, domain: str, origin: str, count_max: int, bytes_max: int
) -> tuple[Declaration, ...]:
    """Read the tables of a configuration as what `domain` declares, in their order.

    Raises `InvalidSetting` that says where (`origin`, and the place of the entry, from 0) and what is wrong: a field
    that cannot be read, an unknown field, another domain, what says nothing, or more than the limits allow. Without a
    `domain` only the form is checked.
    """
    if len(tables) > count_max:
        raise _refused(f"{origin}: {len(tables)} declarations", f"at most {count_max}: see declarations_max")
    found = tuple(_read(each, domain, f"{origin}: declarations[{place}]") for place, each in enumerate(tables))
    size = len(msgspec.json.encode(list(map(as_json, found))))
    if size > bytes_max:
        raise _refused(
            f"{origin}: the declarations are {size} bytes long", f"at most {bytes_max}: see declarations_bytes_max"
        )
    if domain:
        _check_sense(found, origin)
    return found


def own_claims(domain: str, names: Declarations) -> list[Claim]:
    """Return what `domain` declares about pairs of names, as a gateway weighs it: a domain's word, not its operators'.

    Who owns a namespace is for the gateway to say, and nothing is owned by others here.
    """
    said = (msgspec.structs.replace(claim, domain=domain) for claim in declared_claims(names))
    return [assessed(claim, None, None) for claim in said]


def disputes(declared: Sequence[Declaration]) -> Iterator[str]:
    """Give, as sentences, what is declared and does not hold, since other declarations say otherwise."""
    names = Declarations(declared)
    for each in names.disagreements:
        yield f"{each.kind} about {each.about}: {' and '.join(each.said)} cannot both hold, so none of them does"
    domain = next((each.domain for each in declared if each.domain), "")
    for conflict in Classes(own_claims(domain, names)).conflicts():
        yield f"{conflict.reason}: {' and '.join(conflict.keys)} are not joined"


def _read(table: Mapping[str, Any], domain: str, where: str) -> Declaration:
    try:
        found = read_declaration(table, where, domain or None, known_fields_only=True)
    except InvalidInput as error:
        raise _refused(error.message, error.hint) from None
    for field, named in domains_named(as_json(found)):
        if domain and named != domain:
            raise _refused(
                f"{where} ({table['type']}).{field}: {named[:80]!r} is another domain than {domain!r}", _ELSEWHERE
            )
    return found


def _check_sense(declared: Sequence[Declaration], origin: str) -> None:
    for each, reason in unusable(Declarations(declared)):
        where = f"{origin}: declarations[{declared.index(each)}] ({as_json(each)['type']})"
        hint = "correct it or take it out; a name is a namespace with a name, or an id, as producers write them"
        raise _refused(f"{where}: it says nothing ({reason})", hint)


def _refused(message: str, hint: str) -> InvalidSetting:
    return InvalidSetting(message, hint=hint, code=CODE)

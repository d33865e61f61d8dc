"""References: a dataset, column or job as some system spells it, before any rule is applied.

`Reference` is the one form in which all spellings enter `canonical`; `read_reference` reads its JSON form, the one of
`lineage-gateway identify` and of declarations. `naming.systems` takes over from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind


class System(StrEnum):
    """The naming systems that can be read; one parser each in `naming.systems`."""

    OPENLINEAGE = "openlineage"
    JDBC = "jdbc"
    SQLALCHEMY = "sqlalchemy"
    URI = "uri"
    AIRFLOW_ASSET = "airflow_asset"
    DBT = "dbt"
    DATAHUB = "datahub"
    OPENMETADATA = "openmetadata"
    ATLAS = "atlas"
    PURVIEW = "purview"
    AMUNDSEN = "amundsen"
    SPLINE = "spline"
    GCP = "gcp"


class Reference(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A spelling: `namespace` and `name`, or an `id` (with `name`, the table asked for, for jdbc and sqlalchemy).

    `type` is the entity type of Atlas, Purview and OpenMetadata. `domain` is the domain whose agent reported it, where
    that is known; `column` is None for a dataset or job.
    """

    system: System = System.OPENLINEAGE
    namespace: str = ""
    name: str = ""
    id: str = ""
    kind: Kind = Kind.DATASET
    column: str | None = None
    type: str = ""
    domain: str | None = None


_E = TypeVar("_E", bound=StrEnum)
_TEXTS = ("namespace", "name", "id", "type")


def read_reference(raw: Any, where: str = "reference", domain: str | None = None) -> Reference:
    """Read the JSON form; raise `InvalidInput` naming the path. `domain` is the one to assume when none is written.

    Unknown keys (such as `columns`, which are evidence for suggestions only) are left unread.
    """
    if not isinstance(raw, Mapping):
        raise InvalidInput(f"{where}: an object is expected", code="REFERENCE_INVALID")
    texts = {name: text_of(raw, name, where) for name in _TEXTS}
    if not texts["id"] and "namespace" not in raw:
        raise InvalidInput(f"{where}: `id`, or `namespace` and `name`, is missing", code="REFERENCE_INVALID")
    return Reference(
        system=_choice(System, raw.get("system", System.OPENLINEAGE), f"{where}.system"),
        kind=_choice(Kind, raw.get("kind", Kind.DATASET), f"{where}.kind"),
        column=text_of(raw, "column", where) if raw.get("column") is not None else None,
        domain=text_of(raw, "domain", where) or domain,
        **texts,
    )


def reference_as_json(reference: Reference) -> dict[str, Any]:
    """Return the JSON form that `read_reference` reads as the same value."""
    plain: dict[str, Any] = msgspec.to_builtins(reference)
    return plain if reference.id else {"namespace": reference.namespace, "name": reference.name, **plain}


def text_of(raw: Mapping[str, Any], name: str, where: str) -> str:
    """Return a text field, empty when it is missing or null; raise `InvalidInput` when it is something else."""
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(f"{where}.{name}: a text is expected", code="REFERENCE_INVALID")
    return value


def _choice(choices: type[_E], value: Any, where: str) -> _E:
    try:
        return choices(value)
    except ValueError:
        known = ", ".join(choices)
        raise InvalidInput(f"{where}: {value!r} is unknown", hint=f"one of {known}", code="REFERENCE_INVALID") from None

"""What callers pass: references to assets, and how they become the use cases' own."""

from __future__ import annotations

from typing import NoReturn

import strawberry

from lineage_gateway.graphql.nodes import LEFT_OUT, given
from lineage_gateway.lineage import BAD_USER_INPUT, ById, ByName, ByText, Reference
from lineage_shared.errors import InvalidInput
from lineage_shared.model import Kind


@strawberry.input(description="A dataset or job by its name.")
class NameInput:
    """A dataset or job by its name."""

    namespace: str = strawberry.field(description="The namespace, in any spelling that the mesh knows.")
    name: str = strawberry.field(description="The name, in any spelling that the mesh knows.")
    domain: str | None = strawberry.field(
        default=LEFT_OUT, description="A domain that reports it: needed where the name means one thing in each domain."
    )


@strawberry.input(
    one_of=True,
    description="Anything the caller may use to point at an asset; exactly one field. More than one match: error "
    "AMBIGUOUS_REFERENCE, naming the candidates.",
)
class AssetRef:
    """Anything the caller may use to point at an asset."""

    id: strawberry.ID | None = strawberry.field(
        default=LEFT_OUT, description="A global id; the id of any of the asset's names works."
    )
    dataset: NameInput | None = strawberry.field(default=LEFT_OUT, description="A dataset, by name.")
    job: NameInput | None = strawberry.field(default=LEFT_OUT, description="A job, by name.")
    reference: str | None = strawberry.field(
        default=LEFT_OUT,
        description='One text, in any spelling of any system: "namespace name", a URI, a JDBC address, an ARN, '
        "a DataHub URN, a dbt id, ...",
    )


def reference(ref: AssetRef) -> Reference:
    """Return the reference that an input stands for."""
    if ref.id:
        return ById(str(ref.id))
    if ref.dataset:
        return ByName(Kind.DATASET, ref.dataset.namespace, ref.dataset.name, given(ref.dataset.domain))
    if ref.job:
        return ByName(Kind.JOB, ref.job.namespace, ref.job.name, given(ref.job.domain))
    if ref.reference:
        return ByText(ref.reference)
    return _no_reference()


def _no_reference() -> NoReturn:
    raise InvalidInput("the reference is empty", hint="give `id`, `dataset`, `job` or `reference`", code=BAD_USER_INPUT)

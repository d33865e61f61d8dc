"""Domains and the mesh as a whole."""

from __future__ import annotations

import strawberry

from lineage_gateway.graphql.context import Info, Operation
from lineage_gateway.graphql.nodes import Node, resolved
from lineage_gateway.graphql.scalars import DomainStatus, Instant
from lineage_gateway.lineage import DomainAnswer
from lineage_gateway.mesh.counts import DomainCounts
from lineage_shared.ids import domain_id


@strawberry.type(description="A domain of the mesh: an owner of data products, whose agent keeps its lineage.")
class DataDomain(Node):
    """A domain of the mesh."""

    name: str = strawberry.field(description="The name under which the domain is configured.")
    status: DomainStatus = strawberry.field(description="How well the domain's agent is followed.")
    position: str | None = strawberry.field(
        description="How far the agent's changes are known: opaque, null before the first sync."
    )
    synced_at: Instant | None = strawberry.field(
        description="When the agent was last heard of, by this gateway's clock."
    )
    staleness_seconds: float | None = strawberry.field(description="The age of the agent's last message, in seconds.")
    datasets: int = strawberry.field(description="Datasets that the domain reports.")
    jobs: int = strawberry.field(description="Jobs that the domain reports.")
    edges: int = strawberry.field(description="Current (dataset, job) pairs that the domain reports.")
    namespaces: list[str] = strawberry.field(
        description="Prefixes of the dataset namespaces that the domain owns, configured here or claimed by its agent."
    )
    description: str | None = strawberry.field(description="What the domain says of itself.")
    contacts: list[str] = strawberry.field(description="Whom to ask.")
    lag_seconds: float | None = strawberry.field(description="How far the agent's projection is behind its events.")
    dead_letters: int | None = strawberry.field(description="Events that the agent accepted but could not project.")


@strawberry.type(description="All domains together, at one moment.")
class LineageMesh:
    """All domains together, at one moment."""

    version: str = strawberry.field(description="The version of the merged graph: opaque, differs between gateways.")
    datasets: int = strawberry.field(description="Datasets, each counted once however many domains report it.")
    jobs: int = strawberry.field(description="Jobs.")
    edges: int = strawberry.field(description="Current (dataset, job) pairs.")
    cross_domain_edges: int = strawberry.field(
        description="Edges between a job and a dataset that another domain is the authority for."
    )

    @resolved("The domains of the mesh, by name.")
    def domains(self, info: Info) -> list[DataDomain]:
        """Return the domains by name."""
        return all_domains(info.context)


@strawberry.type(name="DomainAnswer", description="One domain's part in an answer.")
class DomainAnswerType:
    """One domain's part in an answer."""

    domain: str = strawberry.field(description="The domain's name.")
    status: DomainStatus = strawberry.field(description="How well the domain's agent is followed.")
    position: str | None = strawberry.field(description="How far the agent's changes are known: opaque.")
    synced_at: Instant | None = strawberry.field(
        description="When the agent was last heard of, by this gateway's clock."
    )
    staleness_seconds: float | None = strawberry.field(description="The age of the agent's last message, in seconds.")
    message: str | None = strawberry.field(description="What is wrong with the domain's part; null when nothing is.")


def domain_answers(answers: tuple[DomainAnswer, ...]) -> list[DomainAnswerType]:
    """Return the domains of an answer as GraphQL shows them."""
    return [
        DomainAnswerType(
            domain=each.domain,
            status=DomainStatus[each.status.name],
            position=each.position,
            synced_at=_instant(each.synced_at_us),
            staleness_seconds=each.staleness_s,
            message=each.message,
        )
        for each in answers
    ]


def all_domains(operation: Operation) -> list[DataDomain]:
    """Return every configured domain, by name."""
    return domains_named(operation, sorted(operation.view.states))


def domains_named(operation: Operation, names: list[str] | tuple[str, ...]) -> list[DataDomain]:
    """Return the domains with these names that are configured."""
    found = (domain_named(operation, name) for name in names)
    return [domain for domain in found if domain is not None]


def domain_named(operation: Operation, name: str) -> DataDomain | None:
    """Return one domain; None when it is not configured."""
    state = operation.view.states.get(name)
    if state is None:
        return None
    counts = operation.mesh.counts.domains.get(name, DomainCounts())
    about = state.about
    configured = operation.sources.domains.get(name)
    claimed = about.namespaces if about is not None else ()
    return DataDomain(
        id=strawberry.ID(domain_id(name)),
        name=name,
        status=DomainStatus[state.status.name],
        position=str(state.position) if state.position is not None else None,
        synced_at=_instant(state.synced_at_us),
        staleness_seconds=state.staleness_s,
        datasets=counts.datasets,
        jobs=counts.jobs,
        edges=counts.edges,
        namespaces=list(dict.fromkeys((*(configured.namespaces if configured else ()), *claimed))),
        description=(about.description or None) if about is not None else None,
        contacts=list(about.contacts) if about is not None else [],
        lag_seconds=state.lag_s,
        dead_letters=state.dead_letters,
    )


def _instant(instant_us: int | None) -> Instant | None:
    return Instant(instant_us) if instant_us is not None else None

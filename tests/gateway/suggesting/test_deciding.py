"""What policies accept of what a survey found, with a real file of declarations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest

from lineage_gateway.config import Configuration, load
from lineage_gateway.declarations import DeclarationFile
from lineage_gateway.declaring import Declaring
from lineage_gateway.lineage import Evidence, survey
from lineage_gateway.mesh import MeshKeeper, MeshWriter
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.policies import SuggestionPolicy
from lineage_gateway.registry import Registry
from lineage_gateway.suggesting.deciding import Deciding
from lineage_gateway.suggesting.proposals import Proposals, SuggestionState
from lineage_shared.errors import Conflict
from lineage_shared.model import Kind, NodeRecord
from lineage_shared.naming import Declaration, Reference
from lineage_shared.naming.declared import Alias, DifferentFrom
from lineage_shared.wire import SchemaDetail, SchemaField

POLICY = SuggestionPolicy(name="columns", score_min=0.9, features={"columns": 1.0})
SCHEMA = SchemaDetail(fields=tuple(SchemaField(name) for name in ("id", "state", "amount")))
ENDPOINT = ("postgres://x.rds.amazonaws.com", "shop.public.orders")
OWN = ("postgres://orders-db.acme.example", "shop.public.orders")
OTHER = ("postgres://billing-db.acme.example", "shop.public.orders")
DEV = ("postgres://dev-db.acme.example", "shop.public.orders")


class World:
    """A mesh in which each dataset is a domain's, all with the same columns."""

    def __init__(self, keeper: MeshKeeper, declaring: Declaring) -> None:
        self.keeper = keeper
        self.declaring = declaring
        self.proposals = Proposals(declaring, most=10, expiry_days=30)
        self.deciding = Deciding(keeper, declaring, self.proposals)

    def look(self) -> None:
        """Survey the mesh as it is."""
        evidence, epochs = Evidence(10), dict.fromkeys(self.keeper.mesh.domains, "e")
        for domain in epochs:
            evidence.put_schema((domain, 1), "e", 0, SCHEMA)
        self.proposals.take(survey(self.keeper.mesh, evidence, epochs, most=10, stop=Event()).found)

    def states(self) -> list[str]:
        """The states of all suggestions."""
        found = self.proposals.in_states(SuggestionState, self.keeper.mesh, self.keeper.identities)
        return [each.state.value for each in found]


@asynccontextmanager
async def world(
    folder: Path, names: Iterable[tuple[str, str]], configured: tuple[Declaration, ...] = ()
) -> AsyncIterator[World]:
    """Datasets, one a domain, and a file for what is declared."""
    keeper = MeshKeeper()
    settings = load({"agents": ()}, {"LINEAGE_GATEWAY_AGENTS": ""}).settings
    registry = Registry(lambda: Configuration(settings, (), declarations=configured))
    for number, name in enumerate(names):
        domain = f"d{number}"
        keeper.replace(domain, DomainMirror(domain, [NodeRecord(1, Kind.DATASET, *name)]))
    file = DeclarationFile(folder / "d.db")
    async with Declaring(registry, MeshWriter(keeper), file, poll_s=60, declarations_max=1000) as declaring:
        made = World(keeper, declaring)
        made.look()
        yield made


def reference(name: tuple[str, str]) -> Reference:
    """A name as declarations spell it."""
    return Reference(namespace=name[0], name=name[1])


async def test_a_policy_accepts_with_an_entry_in_the_audit(tmp_path: Path) -> None:
    """Who, when, on what grounds, under which policy; taken back, it does not do so again."""
    async with world(tmp_path, [ENDPOINT, OWN]) as made:
        assert made.states() == ["proposed"]
        await made.deciding.accept_by_policy(())
        assert made.states() == ["proposed"]
        await made.deciding.accept_by_policy((POLICY,))
        assert made.states() == ["accepted"]
        assert made.keeper.mesh.alive == 1
        (decision,) = made.declaring.decisions.values()
        assert (decision.policy, decision.decided_by, decision.standing) == ("columns", "policy columns", True)
        assert {each.name: each.value for each in decision.features} == {"name": 1.0, "columns": 1.0, "server": 0.5}
        await made.declaring.retract(decision.declaration, "ops")
        made.look()
        await made.deciding.accept_by_policy((POLICY,))
        assert (made.states(), made.keeper.mesh.alive) == (["proposed"], 2)
        accepted = await made.deciding.decide(decision.suggestion, SuggestionState.ACCEPTED, "ann")
        assert (accepted.decided_by, accepted.policy, made.keeper.mesh.alive) == ("ann", "", 1)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([ENDPOINT, DEV], id="a penalty"),
        pytest.param([ENDPOINT, OWN, OTHER], id="two that one could be joined with"),
        pytest.param([("s3://lake", "shop/orders"), ("s3://lake", "shop/Orders")], id="one server"),
    ],
)
async def test_a_policy_leaves_what_is_in_doubt_to_people(tmp_path: Path, names: list[tuple[str, str]]) -> None:
    """Nothing is joined, although score and columns would do."""
    anything = SuggestionPolicy(name="any", score_min=0.5, features={"columns": 0.1})
    async with world(tmp_path, names) as made:
        await made.deciding.accept_by_policy((anything,))
        assert made.keeper.mesh.alive == len(names)
        assert not made.declaring.decisions


async def test_a_policy_never_brings_two_names_of_one_server_together(tmp_path: Path) -> None:
    """Not through a third name either: the class that an alias would make is looked at."""
    elsewhere = ("postgres://orders-db.acme.example", "shop.archive.orders_of_old")
    joined = Alias(a=reference(ENDPOINT), b=reference(elsewhere))
    async with world(tmp_path, [ENDPOINT, OWN, elsewhere], (joined,)) as made:
        await made.deciding.accept_by_policy((POLICY,))
        assert (made.states(), made.keeper.mesh.alive) == (["proposed"], 2)


async def test_what_is_declared_to_be_different_is_accepted_by_nobody(tmp_path: Path) -> None:
    """Neither by a policy nor by a person; nor is the opposite of the configuration."""
    async with world(tmp_path, [ENDPOINT, OWN]) as made:
        (found,) = made.proposals.in_states(SuggestionState, made.keeper.mesh, made.keeper.identities)
        await made.declaring.declare(DifferentFrom(a=reference(ENDPOINT), b=reference(OWN)), "ops")
        await made.deciding.accept_by_policy((POLICY,))
        assert (made.states(), made.keeper.mesh.alive) == ([], 2)
        with pytest.raises(Conflict) as caught:
            await made.deciding.decide(found.suggestion.id, SuggestionState.ACCEPTED, "ann")
        assert caught.value.code == "SUGGESTION_CONTRADICTED"

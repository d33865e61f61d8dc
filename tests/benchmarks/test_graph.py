"""The benchmark's graph is what PERFORMANCE.md describes, and always the same."""

from __future__ import annotations

from deploy.bench.graph import CROSS_DOMAIN_EDGES, LAYERS, domain_records
from lineage_gateway.mesh import Direction, MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.model import Kind


def test_the_graph_is_deterministic_and_fits_together() -> None:
    """The same arguments give the same records; every domain's records make a mirror."""
    first = list(domain_records(domains=4, datasets=600))
    assert first == list(domain_records(domains=4, datasets=600))
    assert first != list(domain_records(domains=4, datasets=600, seed=2))
    assert [DomainMirror(domain, records).domain for domain, records in first] == [domain for domain, _ in first]


def test_the_graph_has_the_shape_that_was_measured() -> None:
    """1.8 nodes and about 2.6 edges a dataset, 12 layers, hubs, and some 5 % of the edges cross a domain border."""
    keeper = MeshKeeper()
    for domain, records in domain_records(domains=10, datasets=5_000):
        keeper.replace(domain, DomainMirror(domain, records))
    mesh = keeper.mesh
    counts = mesh.counts
    assert 4_900 <= counts.datasets <= 5_100
    assert 0.78 <= counts.jobs / counts.datasets <= 0.82
    assert 2.4 <= counts.edges / counts.datasets <= 2.7
    assert 0.8 <= counts.cross_domain_edges / counts.edges / CROSS_DOMAIN_EDGES <= 1.2
    entries = [entry for entry in mesh.entries if entry and entry.kind is Kind.DATASET]
    assert len({entry.name.split(".")[1] for entry in entries}) == LAYERS
    alive = [node for node, entry in enumerate(mesh.entries) if entry]
    assert max(len(mesh.neighbours(node, Direction.DOWNSTREAM)) for node in alive) > 20

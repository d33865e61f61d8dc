"""How fast names are read, and how fast one declaration joins and parts two datasets of a large mesh.

python -m tests.benchmarks.identity [datasets]
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable

from deploy.bench.graph import domain_records
from lineage_gateway.identity import Classifier, declared_of
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_shared.model import Kind
from lineage_shared.naming import Declaration, Declarations, Reference, canonical, read_declaration

REFERENCES = 200_000
CLAIMS = 100


def names(namespaces: int, count: int = REFERENCES) -> list[Reference]:
    """References that share so many namespaces."""
    return [
        Reference(namespace=f"postgres://db{at % namespaces}.acme.example:5432", name=f"shop.public.table_{at}")
        for at in range(count)
    ]


def per_second(read: Callable[[Reference], object], references: Iterable[Reference]) -> int:
    """How many references a second are read."""
    given = list(references)
    begin_s = time.perf_counter()
    for each in given:
        read(each)
    return round(len(given) / (time.perf_counter() - begin_s))


def reading() -> dict[str, int]:
    """References a second: keys with remembered and with new namespaces, and keys with the scope of an id."""
    known, fresh = Declarations(), Declarations()
    classifier = Classifier("east", Declarations())
    return {
        "canonical, warm": per_second(lambda each: canonical(each, "east", known), names(50)),
        "canonical, cold": per_second(lambda each: canonical(each, "east", fresh), names(50_000, 50_000)),
        "classified": per_second(classifier.identified, names(50)),
    }


def large(datasets: int) -> MeshKeeper:
    """The mesh of the benchmarks, of ten domains."""
    keeper = MeshKeeper()
    for domain, records in domain_records(domains=10, datasets=datasets):
        keeper.replace(domain, DomainMirror(domain, records))
    return keeper


def aliases(keeper: MeshKeeper) -> list[Declaration]:
    """Aliases of chance pairs of datasets."""
    known = [entry for entry in keeper.mesh.entries if entry and entry.kind is Kind.DATASET]
    random.Random(1).shuffle(known)
    ends = [{"namespace": entry.namespace, "name": entry.name} for entry in known[: 2 * CLAIMS]]
    return [read_declaration({"type": "alias", "a": a, "b": b}) for a, b in zip(ends[::2], ends[1::2], strict=True)]


def resolving(keeper: MeshKeeper) -> dict[str, list[float]]:
    """Milliseconds from a declaration to the version that shows it, one by one; then of taking each back."""
    declared = aliases(keeper)
    counts = [*range(1, len(declared) + 1), *range(len(declared) - 1, -1, -1)]
    took_ms: list[float] = []
    for count in counts:
        begin_s = time.perf_counter()
        keeper.declare(declared_of([], declared[:count]))
        took_ms.append((time.perf_counter() - begin_s) * 1000)
    return {"declare": took_ms[: len(declared)], "retract": took_ms[len(declared) :]}


def main() -> None:
    """Print everything."""
    for what, rate in reading().items():
        print(f"{what:<20} {rate:>10,} references/s")
    keeper = large(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    print(f"{keeper.mesh.counts.datasets:,} datasets")
    for what, took_ms in resolving(keeper).items():
        cuts = statistics.quantiles(took_ms, n=20)
        print(
            f"{what:<20} median {statistics.median(took_ms):.2f} ms, p95 {cuts[-1]:.2f} ms, max {max(took_ms):.2f} ms"
        )


if __name__ == "__main__":
    main()

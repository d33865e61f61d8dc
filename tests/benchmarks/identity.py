"""How fast names are read, how fast declarations join, part and rename, and what a flood of claims costs.

python -m tests.benchmarks.identity [datasets [claims of the flood]]

Times are of this thread's processor, so that what else runs on the machine hardly counts; slices are the times between
two turns that others get. What a flood costs is told beside the same datasets without claims.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable

import msgspec

from deploy.bench.graph import domain_records
from lineage_gateway.identity import Classifier, declared_of
from lineage_gateway.mesh import MeshKeeper
from lineage_gateway.mirror import DomainMirror
from lineage_gateway.pauses import Work
from lineage_shared.model import Claim, Kind, NodeRecord
from lineage_shared.naming import Declaration, Declarations, Reference, canonical, read_declaration
from lineage_shared.wire import Commit

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
    # As `MeshWriter` does after each snapshot.
    gc.freeze()
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
    took_ms = [timed_ms(lambda count=count: keeper.declare(declared_of([], declared[:count]))) for count in counts]  # type: ignore[misc]
    return {"declare": took_ms[: len(declared)], "retract": took_ms[len(declared) :]}


def timed_ms(do: Callable[[], object]) -> float:
    """Milliseconds of this thread's processor."""
    begin_s = time.thread_time()
    do()
    return (time.thread_time() - begin_s) * 1000


def sliced_ms(work: Work[object]) -> list[float]:
    """Milliseconds of each piece of some work."""
    took_ms: list[float] = []
    begin_s = time.thread_time()
    for _ in work:
        took_ms.append((time.thread_time() - begin_s) * 1000)
        begin_s = time.thread_time()
    return [*took_ms, (time.thread_time() - begin_s) * 1000]


def symlinked(records: Iterable[NodeRecord], domain: str) -> list[NodeRecord]:
    """The records, with a path for each dataset that the dataset claims as its other name."""
    given = list(records)
    first = 1 + max(record.number for record in given)
    found: list[NodeRecord] = []
    for record in given:
        if record.kind is Kind.DATASET:
            name = "warehouse/" + record.name.replace(".", "/")
            path = NodeRecord(first, Kind.DATASET, f"s3://lake-{domain}", name, mentioned=True)
            found += [path, msgspec.structs.replace(record, claims=(Claim(first, "LOCATION"),))]
            first += 1
        else:
            found.append(record)
    return found


def renaming(datasets: int) -> dict[str, list[float]]:
    """The pieces of a declaration that renames a tenth of the datasets, each with a symlink; then of taking it back."""
    keeper = MeshKeeper()
    for domain, records in domain_records(domains=10, datasets=datasets):
        keeper.replace(domain, DomainMirror(domain, symlinked(records, domain)))
    gc.freeze()
    alias = read_declaration(
        {
            "type": "namespace_alias",
            "canonical": "postgres://renamed.example:5432",
            "aliases": ["postgres://warehouse.domain-02.example.com:5432"],
        }
    )
    pieces = {"rename": sliced_ms(keeper.declaring(declared_of([], [alias])))}
    keeper.rebuild()
    return pieces | {"rename back": sliced_ms(keeper.declaring(declared_of([], [])))}


def onto_one(domain: str, count: int, *, claiming: bool = True) -> list[NodeRecord]:
    """So many paths of a domain, which may all claim to be one table."""
    table = NodeRecord(1, Kind.DATASET, "hive://ms:9083", "default.t", mentioned=True)
    claims = (Claim(1, "TABLE"),) if claiming else ()
    numbers = range(2, count + 2)
    return [table, *(NodeRecord(at, Kind.DATASET, f"s3://{domain}", f"path/{at}", claims=claims) for at in numbers)]


def flood(claims: int, domains: int, *, claiming: bool = True) -> tuple[MeshKeeper, list[float]]:
    """A mesh of a flood onto one target, and the pieces of its making."""
    keeper, pieces = MeshKeeper(), list[float]()
    for number in range(domains):
        mirror = DomainMirror(f"domain-{number}", onto_one(f"domain-{number}", claims // domains, claiming=claiming))
        pieces += sliced_ms(keeper.replacing(mirror.domain, mirror)) + sliced_ms(keeper.tidying())
        gc.freeze()
    return keeper, pieces


def bytes_of_one(claims: int, *, claiming: bool) -> float:
    """The bytes that each dataset of a flood takes, its record and its share of the mesh included."""
    tracemalloc.start()
    kept = flood(claims, 1, claiming=claiming)
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return taken / claims


def single(keeper: MeshKeeper) -> dict[str, list[float]]:
    """Milliseconds of one claim more onto the flood's target, and of one less, by a commit each."""
    fresh = [
        NodeRecord(10**7 + at, Kind.DATASET, "s3://late", f"path/{at}", claims=(Claim(1, "TABLE"),))
        for at in range(CLAIMS)
    ]
    came = [Commit(position="0a.1.0b", nodes=(record,)) for record in fresh]
    went = [Commit(position="0a.1.0b", gone=(record.number,)) for record in fresh]
    return {
        what: [timed_ms(lambda each=each: keeper.apply("domain-0", each)) for each in commits]  # type: ignore[misc]
        for what, commits in (("one claim more", came), ("one claim less", went))
    }


def _row(what: str, took_ms: list[float]) -> str:
    cuts = statistics.quantiles(took_ms, n=100)
    middle = f"median {statistics.median(took_ms):.2f} ms, p95 {cuts[94]:.2f} ms, p99 {cuts[98]:.2f} ms"
    return f"{what:<28} {middle}, max {max(took_ms):.2f} ms"


def _work(what: str, pieces_ms: list[float]) -> str:
    return f"{what:<28} {sum(pieces_ms) / 1000:.2f} s in {len(pieces_ms)} slices; {_row('', pieces_ms).strip()}"


def _flooded(claims: int, domains: int) -> None:
    """Print what a flood costs, and what its datasets cost without it."""
    plain_ms = flood(claims, domains, claiming=False)[1]
    keeper, pieces_ms = flood(claims, domains)
    (conflict,) = keeper.identities.classes.conflicts()
    print(f"{conflict.claims:,} symlinks onto one target from {domains} domains: one conflict, {conflict.reason.value}")
    print(_work("  without claims", plain_ms))
    print(_work("  with claims", pieces_ms))
    print(f"  {sum(pieces_ms) / sum(plain_ms):.1f} times the time")
    for what, took_ms in single(keeper).items():
        print(_row(f"  {what}", took_ms))
    print(f"  conflicts and one record   {timed_ms(lambda: _looked_at(keeper)):.2f} ms")
    pieces_ms = [each for domain in list(keeper.mirrors) for each in sliced_ms(keeper.removing(domain))]
    print(_work("  taken back", pieces_ms))


def _looked_at(keeper: MeshKeeper) -> object:
    return [keeper.identities.conflict(each) for each in keeper.identities.conflicts[:20]]


def main() -> None:
    """Print everything."""
    for what, rate in reading().items():
        print(f"{what:<28} {rate:>10,} references/s")
    datasets, claims = (int(given) for given in (*sys.argv[1:], *("100000", "100000")[len(sys.argv) - 1 :]))
    keeper = large(datasets)
    print(f"{keeper.mesh.counts.datasets:,} datasets")
    for what, took_ms in resolving(keeper).items():
        print(_row(what, took_ms))
    print(f"{datasets:,} datasets with a symlink each")
    for what, took_ms in renaming(datasets).items():
        print(_work(what, took_ms))
    for domains in (1, 5):
        _flooded(claims, domains)
    with_claims, without = (bytes_of_one(min(claims, 20_000), claiming=each) for each in (True, False))
    print(f"a dataset of it takes {with_claims:.0f} bytes with its claim, {without:.0f} without")


if __name__ == "__main__":
    main()

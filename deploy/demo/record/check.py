"""Checks the recorded events: nothing of the recording machine leaked, and the three domains join by name.

Prints the counts, the chain of datasets and jobs from the CRM to the scores, and one column's way along it.
"""

import json
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

EVENTS = Path(__file__).resolve().parent.parent / "events"
DOMAINS = ["sales", "analytics", "ml"]
START = ("postgres://crm-db.acme.example:5432", "crm.public.orders")
START_COLUMN = ("postgres://warehouse.acme.example:5432", "warehouse.crm.orders", "amount")
GOAL = ("postgres://warehouse.acme.example:5432", "warehouse.ml.churn_scores")
GOAL_COLUMN = (*GOAL, "churn_probability")
LEAKS = ["/root", "/home", "localhost", "127.0.0.1", ': "root"']

Json = dict[str, Any]
Dataset = tuple[str, str]
Column = tuple[str, str, str]
Node = TypeVar("Node", Dataset, Column)


def read() -> dict[str, list[Json]]:
    """Read the events of each domain."""
    return {d: [json.loads(line) for line in (EVENTS / f"{d}.ndjson").read_text().splitlines()] for d in DOMAINS}


def leaks() -> list[str]:
    """List what should not be in the events: paths, users and names of the recording machine."""
    found = []
    for domain in DOMAINS:
        text = (EVENTS / f"{domain}.ndjson").read_text()
        found += [f"{domain}: {leak}" for leak in LEAKS if leak in text]
        if f'"{socket.gethostname()}"' in text or f"@{socket.gethostname()}" in text:
            found.append(f"{domain}: host name")
    return found


def name(dataset: Json) -> Dataset:
    """Identify a dataset."""
    return dataset["namespace"], dataset["name"]


def longest_path(edges: dict[Node, list[tuple[str, Node]]], start: Node, goal: Node) -> list[str]:
    """The longest way from start to goal, as readable lines; the graph is small and has no cycles. Empty if none."""
    best = [show(start)] if start == goal else []
    for label, target in edges.get(start, []):
        rest: list[str] = longest_path(edges, target, goal)
        if rest and len(rest) >= len(best):
            best = [show(start), f"  --[{label}]--> {rest[0]}", *rest[1:]]
    return best


def show(node: object) -> str:
    """Write a dataset or column on one line."""
    return " ".join(node) if isinstance(node, tuple) else str(node)


def add(edges: dict[Node, list[tuple[str, Node]]], source: Node, job: str, target: Node) -> None:
    """Add an edge once."""
    known = edges.setdefault(source, [])
    if (job, target) not in known:
        known.append((job, target))


def table_edges(job: str, event: Json) -> Iterator[tuple[Dataset, str, Dataset]]:
    """Every input of the event with every output."""
    for output in event.get("outputs", []):
        for source in event.get("inputs", []):
            yield name(source), job, name(output)


def column_edges(job: str, event: Json) -> Iterator[tuple[Column, str, Column]]:
    """What the columnLineage facets of the event say."""
    for output in event.get("outputs", []):
        for field, value in output["facets"].get("columnLineage", {"fields": {}})["fields"].items():
            for source in value["inputFields"]:
                yield (*name(source), source["field"]), job, (*name(output), field)


def main() -> None:
    """Print the report; exit with an error if anything is wrong."""
    tables: dict[Dataset, list[tuple[str, Dataset]]] = {}
    columns: dict[Column, list[tuple[str, Column]]] = {}
    for domain, events in read().items():
        size = (EVENTS / f"{domain}.ndjson").stat().st_size
        states = Counter(event["eventType"] for event in events)
        jobs = {(event["job"]["namespace"], event["job"]["name"]) for event in events}
        runs = {event["run"]["runId"] for event in events}
        print(f"{domain}: {len(events)} events, {size} bytes, {len(jobs)} jobs, {len(runs)} runs, {dict(states)}")
        for event in events:
            job = f"{domain}: {event['job']['name']}"
            for table_edge in table_edges(job, event):
                add(tables, *table_edge)
            for column_edge in column_edges(job, event):
                add(columns, *column_edge)

    table_path = longest_path(tables, START, GOAL)
    column_path = longest_path(columns, START_COLUMN, GOAL_COLUMN)
    print("\nTables:", *(table_path or ["NO WAY FOUND"]), sep="\n")
    print("\nColumns:", *(column_path or ["NO WAY FOUND"]), sep="\n")
    found = leaks()
    if found or not table_path or not column_path:
        sys.exit(f"\nNot good. Leaks: {found}")


if __name__ == "__main__":
    main()

"""Lineage graphs: nodes with the edges that enter and leave them, in the order of their ids.

Two jobs of one name in two domains have one node id in Marquez's notation. Where both are in one answer, each gets
`@DOMAIN` behind its id, which is also understood when asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

import msgspec

from lineage_shared.marquez.documents import (
    ColumnGraph,
    ColumnGraphNode,
    ColumnNode,
    Dataset,
    DatasetNode,
    Edge,
    InputField,
    Job,
    JobNode,
    LineageGraph,
    Mesh,
    Name,
)
from lineage_shared.marquez.nodeids import field_id, node_id
from lineage_shared.model import Kind

K = TypeVar("K", bound=Hashable)


def lineage_graph(
    nodes: Mapping[K, tuple[Dataset | Job, str | None]], edges: Iterable[tuple[K, K]], mesh: Mesh = msgspec.UNSET
) -> LineageGraph:
    """Return a graph of (document, domain) by key; edges between keys, in the direction of the data."""
    ids = distinct_ids({key: (_id(data), domain) for key, (data, domain) in nodes.items()})
    into: defaultdict[K, set[Edge]] = defaultdict(set)
    out_of: defaultdict[K, set[Edge]] = defaultdict(set)
    for source, target in edges:
        edge = Edge(ids[source], ids[target])
        out_of[source].add(edge)
        into[target].add(edge)
    shown: list[DatasetNode | JobNode] = []
    for key, (data, _) in nodes.items():
        ends = (tuple(sorted(into[key])), tuple(sorted(out_of[key])))
        if isinstance(data, Dataset):
            shown.append(DatasetNode(id=ids[key], data=data, in_edges=ends[0], out_edges=ends[1]))
        else:
            shown.append(JobNode(id=ids[key], data=data, in_edges=ends[0], out_edges=ends[1]))
    return LineageGraph(tuple(sorted(shown, key=lambda node: node.id)), mesh)


def distinct_ids(given: Mapping[K, tuple[str, str | None]]) -> dict[K, str]:
    """Return an id for each key; several keys of one id get their domain behind it."""
    count = Counter(each for each, _ in given.values())
    return {key: f"{each}@{domain}" if count[each] > 1 and domain else each for key, (each, domain) in given.items()}


def _id(data: Dataset | Job) -> str:
    return node_id(Kind.DATASET if isinstance(data, Dataset) else Kind.JOB, data.namespace, data.name)


class Column(NamedTuple):
    """A column of a dataset by its name."""

    dataset: Name
    column: str


class ColumnLink(NamedTuple):
    """One column feeding another; `kind` is DIRECT or INDIRECT, `subtype` e.g. IDENTITY."""

    source: Column
    target: Column
    kind: str
    subtype: str
    description: str


def column_graph(
    columns: Iterable[Column], links: Iterable[ColumnLink], types: Mapping[Column, str], mesh: Mesh = msgspec.UNSET
) -> ColumnGraph:
    """Return a graph of columns, and what feeds each."""
    into: defaultdict[Column, set[ColumnLink]] = defaultdict(set)
    out_of: defaultdict[Column, set[Column]] = defaultdict(set)
    for link in links:
        into[link.target].add(link)
        out_of[link.source].add(link.target)
    nodes = [_column_node(each, into[each], out_of[each], types.get(each)) for each in dict.fromkeys(columns)]
    return ColumnGraph(tuple(sorted(nodes, key=lambda node: node.id)), mesh)


def _column_node(column: Column, links: set[ColumnLink], feeds: set[Column], field_type: str | None) -> ColumnGraphNode:
    own = _field_id(column)
    inputs = [_input(link) for link in sorted(links)]
    first = inputs[0] if inputs else None
    data = ColumnNode(
        namespace=column.dataset.namespace,
        dataset=column.dataset.name,
        dataset_version=None,
        field=column.column,
        field_type=field_type,
        transformation_description=first.transformation_description if first else None,
        transformation_type=first.transformation_type if first else None,
        input_fields=tuple(inputs),
    )
    return ColumnGraphNode(
        id=own,
        type="DATASET_FIELD",
        data=data,
        in_edges=tuple(sorted({Edge(own, _field_id(link.source)) for link in links})),
        out_edges=tuple(sorted(Edge(own, _field_id(each)) for each in feeds)),
    )


def _input(link: ColumnLink) -> InputField:
    return InputField(
        namespace=link.source.dataset.namespace,
        dataset=link.source.dataset.name,
        dataset_version=None,
        field=link.source.column,
        transformation_description=link.description or None,
        transformation_type=f"{link.kind}:{link.subtype}" if link.subtype else link.kind,
    )


def _field_id(column: Column) -> str:
    return field_id(column.dataset.namespace, column.dataset.name, column.column)

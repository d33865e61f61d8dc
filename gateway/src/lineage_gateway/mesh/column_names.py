"""Which columns of a dataset are one column, however they are written and under whichever name of the dataset.

A column that somebody wrote has a name by the rule of the platform (`ColumnRule`), so that all records of one key mean
the same column by the same name. Across the keys of a class equal names are one column, and names that differ in case
only where that is unambiguous (`alike`). Two columns of one schema are never one: where a schema has names that differ
in case only, case counts in them, whatever the platform's rule.

What is unambiguous depends on which columns are known, so that all of this is worked out anew as more is told. It is a
function of the set of what was told, never of the order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from lineage_gateway.mesh.mesh import Mesh
from lineage_shared.naming import EXACTLY, ColumnRule, Reference, alike, column_rule
from lineage_shared.naming.fold import lower


class _Readings(dict[str, str]):
    """What a rule makes of texts: most datasets have columns of the same names."""

    def __init__(self, rule: ColumnRule) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, text: str) -> str:
        name = self[text] = self._rule.name(text)
        return name


class WrittenColumns(dict[str, str]):
    """The columns of one key, as they were written so far, each with its name: look one up, and it is known."""

    def __init__(self, rule: _Readings, rank: int) -> None:
        """`rank` is the place of the key among those of its dataset."""
        super().__init__()
        self.rank = rank
        self._rule = rule
        self._twins: set[str] = set()

    def __missing__(self, text: str) -> str:
        name = self[text] = self.read(text)
        return name

    @property
    def learned(self) -> int:
        """How much was taken in: more whenever a text is known anew, or may have another name."""
        return len(self) + len(self._twins)

    def read(self, text: str) -> str:
        """Return the name of a column without making it known."""
        return EXACTLY.name(text) if self._twins and lower(text) in self._twins else self._rule[text]

    def describe(self, schema: Collection[str]) -> bool:
        """Take in the columns of one schema; tell whether some texts may have other names by that."""
        twins = {low for low, texts in _by_case(schema).items() if len(texts) > 1} - self._twins
        if twins:
            self._twins |= twins
            self.update({text: self.read(text) for text in self})
        for text in schema:
            self[text]
        return bool(twins)


def _by_case(texts: Iterable[str]) -> Mapping[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        found[lower(text)].add(text)
    return found


class _Columns:
    """What follows from the columns of a node's keys as long as nothing more is learned; worked out when asked for."""

    def __init__(self, by_key: Mapping[int, Mapping[ColumnRule, WrittenColumns]], learned: int) -> None:
        self._by_key = by_key
        self._written = [each for by_rule in by_key.values() for each in by_rule.values()]
        self.learned = learned

    @cached_property
    def joined(self) -> Mapping[str, str]:
        if len(self._by_key) == 1:
            return {}
        names = ([name for each in by_rule.values() for name in each.values()] for by_rule in self._by_key.values())
        return alike(names)

    @cached_property
    def texts(self) -> Mapping[str, list[str]]:
        """How each column was written, by its name."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for text, name in (pair for each in self._written for pair in each.items()):
            found[name].add(text)
        return {name: sorted(texts) for name, texts in found.items()}

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(self.joined.get(name, name) for name in self.texts)

    @cached_property
    def find(self) -> Callable[[str], str]:
        if len(self._written) == 1:
            return self._written[0].read
        written, joined, texts = self._written, self.joined, self.texts

        def find(text: str) -> str:
            readings = [EXACTLY.name(text), *(each.read(text) for each in written)]
            name = next((each for each in readings if each in texts), readings[1])
            return joined.get(name, name)

        return find


class ColumnNames:
    """The columns of one mesh version that one question has met so far."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._readings: dict[ColumnRule, _Readings] = {}
        self._of_record: dict[tuple[str, int], tuple[int, WrittenColumns] | None] = {}
        self._of_node: dict[int, dict[int, dict[ColumnRule, WrittenColumns]]] = {}
        self._columns: dict[int, _Columns] = {}

    def at(self, domain: str, number: int) -> tuple[int, WrittenColumns] | None:
        """Return the node of a record and the columns of its key; None when the record has no node (any more)."""
        place = (domain, number)
        if place not in self._of_record:
            node = self._mesh.node_of(domain, number)
            if node is not None:
                self._by_key(node)
            else:
                self._of_record[place] = None
        return self._of_record[place]

    def _by_key(self, node: int) -> Mapping[int, Mapping[ColumnRule, WrittenColumns]]:
        """Return the columns of a node by the number of the key and the rule, in the order of its members."""
        if node not in self._of_node:
            found = self._of_node[node] = {}
            for domain, number, record in self._mesh.entry(node).members:
                key = self._mesh.numbers[domain][number]
                reference = Reference(namespace=record.namespace, name=record.name)
                rule = column_rule(reference, domain, self._mesh.declarations)
                readings = self._readings.setdefault(rule, _Readings(rule))
                written = found.setdefault(key, {}).setdefault(rule, WrittenColumns(readings, len(found)))
                self._of_record[domain, number] = (node, written)
        return self._of_node[node]

    def written(self, node: int) -> Iterator[WrittenColumns]:
        """Give the columns of each key of a node, in the order of its members."""
        for each in self._by_key(node).values():
            yield from each.values()

    def has_several_keys(self, node: int) -> bool:
        """Tell whether a node is a class of several keys."""
        return len(self._by_key(node)) > 1

    def _learned(self, node: int) -> _Columns:
        """Return what follows from the columns of a node, worked out anew where more is known by now."""
        by_key = self._by_key(node)
        learned = sum(each.learned for each in self.written(node))
        known = self._columns.get(node)
        if known is None or known.learned != learned:
            self._columns[node] = known = _Columns(by_key, learned)
        return known

    def all_joined(self) -> dict[tuple[int, str], str]:
        """Return the columns of all nodes that were met which are one with others, with the name that stands for them.

        By node and name.
        """
        return {(node, name): to for node in self._of_node for name, to in self._learned(node).joined.items()}

    def known(self, node: int) -> frozenset[str]:
        """Return the names of a node's columns; those that are one have one name."""
        return self._learned(node).known

    def texts(self, node: int, name: str) -> Collection[str]:
        """Return how a column was written anywhere, in order."""
        return self._learned(node).texts.get(name, ())

    def is_loose(self, node: int, names: Iterable[str]) -> bool:
        """Tell whether one of these was written in a way that might be the name of another column of the class."""
        texts = self._learned(node).texts
        return any(EXACTLY.name(text) != name for name in names for text in texts.get(name, ()))

    def is_open(self, node: int, text: str | None) -> bool:
        """Tell whether a further column might part what is one now: a column of the class, or what a text means."""
        columns = self._learned(node)
        exact = None if text is None else EXACTLY.name(text)
        return bool(columns.joined) or (exact is not None and exact not in columns.known)

    def finder(self, node: int) -> Callable[[str], str]:
        """Return what tells the name of the column that a text means: as each key reads it, the exact name first.

        It is good as long as nothing more is learned.
        """
        return self._learned(node).find

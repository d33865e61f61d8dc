"""Which node stands for a key: classes of several keys in the numbers of a register.

`Groups` is used by one draft. It reads the classes of the identities, gives all keys of a class a number as soon as one
of them is reported, and redirects them to the smallest, which stands for the class. `moved` collects the nodes, as the
last version knows them, that keys have left: what they held has to be settled anew, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lineage_gateway.identity import ClassKey
from lineage_gateway.mesh.graph import KINDS
from lineage_gateway.mesh.register import Register
from lineage_shared.model import Kind

Members = Callable[[str], tuple[str, ...]]


class Groups:
    """The redirects of the next version, being made from those of the last one."""

    def __init__(self, register: Register, redirects: Mapping[int, int], members: Members) -> None:
        self._register = register
        self._before = redirects
        self._now: dict[int, int] | None = None
        self._members = members
        self.moved: set[int] = set()

    @property
    def redirects(self) -> Mapping[int, int]:
        """The redirects as they are now; the same object as before when nothing changed."""
        return self._before if self._now is None else self._now

    def was(self, number: int) -> int:
        """Return the node that stood for a key in the last version."""
        return self._before.get(number, number)

    def node(self, number: int) -> int:
        """Return the node that stands for a key."""
        return self.redirects.get(number, number)

    def number(self, kind: Kind, key: ClassKey) -> int:
        """Return the number of a key; a new one is placed in its class at once."""
        known = self._register.nodes.get(key)
        if known is None:
            known = self._register.node(kind, key)
            self._place(known, key, kind)
        return known

    def regroup(self, changed: Iterable[str]) -> None:
        """Place keys whose class changed; keys that nobody has reported so far do not matter."""
        for text in sorted(changed):
            number = self._register.nodes.get(ClassKey(text))
            if number is not None:
                self._place(number, text, KINDS[self._register.kinds[number]])

    def _place(self, number: int, key: str, kind: Kind) -> None:
        members = self._members(key)
        if len(members) == 1:
            self._redirect(number, number)
            return
        first, *others = (self._register.node(kind, ClassKey(member)) for member in members)
        self._redirect(first, first)
        for other in others:
            self._redirect(other, first)

    def _redirect(self, number: int, node: int) -> None:
        if self.node(number) == node:
            return
        if self._now is None:
            self._now = dict(self._before)
        if number == node:
            del self._now[number]
        else:
            self._now[number] = node
        self.moved.add(self.was(number))

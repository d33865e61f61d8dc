"""The tree of the `lineage` command, drawn from values."""

from typing import Any

from lineage_gateway.cli.lineage_tree import ASCII, UNICODE, Tree


def node(name: str) -> dict[str, Any]:
    """A job when the name begins with j, else a dataset."""
    return {
        "id": name,
        "kind": "JOB" if name.startswith("j") else "DATASET",
        "name": name,
        "namespace": "n",
        "domain": None,
    }


def answer(*edges: tuple[str, str, list[int]]) -> dict[str, Any]:
    """An answer with these edges (source, target, steps)."""
    names = dict.fromkeys(name for source, target, _ in edges for name in (source, target))
    drawn = [{"source": source, "target": target, "steps": steps} for source, target, steps in edges]
    return {"nodes": [node(name) for name in names], "edges": drawn}


def drawn(of: dict[str, Any], root: str, *, upstream: bool = False, width: int = 20) -> list[str]:
    """The lines below the root, without the namespace."""
    lines = Tree(of, upstream=upstream, width=width, style=ASCII).lines(root)
    return [f"{line.guide}{line.label.partition('  ')[0]} {line.remark}".rstrip() for line in lines]


def test_what_was_shown_is_pointed_at() -> None:
    """A diamond is drawn once, and named where it comes again."""
    diamond = answer(("a", "b", []), ("a", "c", []), ("b", "d", []), ("c", "d", []), ("d", "e", []))
    assert drawn(diamond, "a") == ["|-- b", "|   `-- d", "|       `-- e", "`-- c", "    `-- d ^ shown above"]


def test_a_cycle_comes_to_an_end() -> None:
    """The second time round it is only named."""
    assert drawn(answer(("a", "b", []), ("b", "a", [])), "a") == ["`-- b", "    `-- a", "        `-- b ^ shown above"]


def test_steps_of_a_job_are_kept_apart() -> None:
    """What goes in through step 0 does not come out of step 1."""
    job = answer(("a", "j", [0]), ("b", "j", [1]), ("j", "x", [0]), ("j", "y", [1]), ("r", "a", []), ("r", "b", []))
    assert drawn(job, "r") == [
        "|-- a",
        "|   `-- job j",
        "|       `-- x",
        "`-- b",
        "    `-- job j",
        "        `-- y",
    ]
    assert drawn(job, "j") == ["|-- x", "`-- y"]
    assert drawn(job, "y", upstream=True) == ["`-- job j", "    `-- b", "        `-- r"]


def test_wide_fans_are_cut() -> None:
    """And say by how much."""
    fan = answer(*(("a", f"b{number}", []) for number in range(5)))
    assert drawn(fan, "a", width=2) == ["|-- b0", "|-- b1", "`-- ... 3 more (--width)"]
    assert len(drawn(fan, "a", width=5)) == 5


def test_both_styles_draw_the_same_shape() -> None:
    """ASCII is as wide as Unicode."""
    assert [len(getattr(ASCII, name)) for name in ("branch", "last", "bar")] == [
        len(getattr(UNICODE, name)) for name in ("branch", "last", "bar")
    ]

"""The digest notices a change of any fact, and of nothing else."""

from __future__ import annotations

import sqlite3
from typing import Any

from lineage_agent.store.digest import digest
from tests import factories as make
from tests.agent.store.files import fill, fresh

RECORD = {"meta", "event", "dead_letter", "commit_log", "migration"}
# Made of the facts, and of what the agent declares.
DERIVED = {"publication", "spelling"}
# Row ids, and what stands for something else that the digest covers: a body for its hash.
NOT_FACTS = {
    ("namespace", "id"),
    ("node", "id"),
    ("contribution", "id"),
    ("facet_body", "id"),
    ("facet_body", "body"),
    ("dataset_column", "id"),
    ("contribution", "signature"),  # derived, and made of row ids
}
FEEDS = {"total": [make.column_input("a", "id")]}
EVENTS = [
    make.run_event(
        "etl",
        type="START",
        inputs=["a", make.dataset("s", symlinks=make.symlinks("alias"))],
        run_facets={"parent": make.parent("9", "dag")},
    ),
    make.run_event(
        "etl",
        at=1,
        inputs=["a"],
        outputs=[
            {
                **make.dataset("b", schema=make.schema("total"), columnLineage=make.column_lineage(FEEDS)),
                "outputFacets": {"outputStatistics": {"rowCount": 1}},
            }
        ],
    ),
    make.run_event("etl", run="2", type="FAIL", at=2),
    make.job_event("plan", at=3, inputs=["a"], facets={"lineage": {"entries": [{"type": "JOB", "inputs": []}]}}),
    make.job_event("old", at=3, outputs=["c"]),
    make.job_event("old", at=4, facets={"lineageMesh_retirement": {"reason": "gone"}}),
    make.job_event(
        "plan",
        at=4,
        facets={
            "lineage": {
                "entries": [{"type": "JOB", "inputs": [{"namespace": make.JOBS, "name": "etl", "type": "JOB"}]}]
            }
        },
    ),
    make.dataset_event(make.dataset("new", lifecycleStateChange=make.lifecycle("RENAME", "former")), at=5),
]


def test_every_fact_is_covered() -> None:
    """Changing any single value of any fact table changes the digest."""
    with fresh() as engine:
        fill(engine, EVENTS)
        connection = engine.connection
        connection.execute("PRAGMA foreign_keys = OFF")
        before = digest(connection)
        unnoticed = [
            f"{table}.{column}"
            for table, column in _columns(connection)
            if not _changed(connection, table, column, before)
        ]
    assert unnoticed == []


def test_a_row_more_or_less_is_noticed() -> None:
    """Taking a row out of any fact table changes the digest."""
    with fresh() as engine:
        fill(engine, EVENTS)
        connection = engine.connection
        connection.execute("PRAGMA foreign_keys = OFF")
        before = digest(connection)
        for table in {table for table, _ in _columns(connection)} - {"facet_body", "namespace", "dataset_column"}:
            connection.execute("BEGIN")
            key = "rowid" if _has_rowid(connection, table) else _key(connection, table)
            connection.execute(f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} LIMIT 1)")
            assert digest(connection) != before, table
            connection.execute("ROLLBACK")


def test_steps_are_covered() -> None:
    """Which inputs feed which outputs is a fact, even where the edges are the same."""
    together = [make.run_event(inputs=["a", "b"], outputs=["c", "d"])]
    apart = [
        make.run_event(
            inputs=["a", "b"],
            outputs=["c", "d"],
            job_facets={"lineage": {"entries": [make.lineage_entry("c", ["a"]), make.lineage_entry("d", ["b"])]}},
        )
    ]
    with fresh() as one, fresh() as other:
        fill(one, together)
        fill(other, apart)
        assert digest(one.connection) != digest(other.connection)


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [
        (table, row[1])
        for table in tables
        if table not in RECORD and not table.startswith("sqlite_") and table not in DERIVED
        for row in connection.execute(f"PRAGMA table_info({table})")
    ]
    for table, _ in found:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0], f"{table} is empty: add an event"
    return [place for place in found if place not in NOT_FACTS]


def _changed(connection: sqlite3.Connection, table: str, column: str, before: str) -> bool:
    kinds = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
    fresh_value: Any = {"INTEGER": 2**40, "TEXT": "another", "BLOB": b"\xff" * 25}[kinds[column]]
    key = "rowid" if _has_rowid(connection, table) else _key(connection, table)
    connection.execute("BEGIN")
    try:
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE ({key}) IN (SELECT {key} FROM {table} LIMIT 1)", (fresh_value,)
        )
        return digest(connection) != before
    finally:
        connection.execute("ROLLBACK")


def _has_rowid(connection: sqlite3.Connection, table: str) -> bool:
    sql: str = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    return "WITHOUT ROWID" not in sql


def _key(connection: sqlite3.Connection, table: str) -> str:
    return ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[5])

"""Every published column is described, once, and the descriptor says what the tables hold."""

from __future__ import annotations

from iid.tasks.report.dictionary import COMMON, DESCRIPTIONS, TABLES, meaning


def test_every_column_has_a_meaning_and_no_meaning_is_left_over() -> None:
    used: set[tuple[str, str]] = set()
    for table, (columns, _, _, _) in TABLES.items():
        for column in columns:
            assert meaning(table, column), (table, column)
            name = "evidence" if table == "evidence_all" else table
            used.add((name, column) if column in DESCRIPTIONS.get(name, {}) else ("", column))
    written = {(table, column) for table, columns in DESCRIPTIONS.items() for column in columns}
    assert written | {("", column) for column in COMMON} == used

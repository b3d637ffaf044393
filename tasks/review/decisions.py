"""Read what stewards decided. Nothing is lost, and everything unclear names its cell.

A decision is in force only while its fingerprint is that of the claim and evidence
at hand, when its row is complete, and when no other row says otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from iid.tasks.drives.base import Drive
from iid.tasks.model import Finding, finding, findings_table
from iid.tasks.review.cells import SHEET, Line, UnreadableBookError, lines, meant
from iid.tasks.review.claims import Claim, Known, known_claims
from iid.tasks.review.files import Book, books
from iid.tasks.review.rules import Judged, judge
from iid.tasks.tables import DECISIONS, frame


@dataclass(frozen=True, slots=True)
class Row:
    """A filled row of a review workbook, with what it means."""

    path: str
    line: Line
    claim: Claim | None
    judged: Judged

    @property
    def source(self) -> str:
        """``path#Keputusan!G12``."""
        return source_of(self.path, self.line, "Keputusan")


def read_decisions(
    drive: Drive, claims: pd.DataFrame, evidence: pd.DataFrame, cycle: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All filled rows of the cycle's review workbooks (DECISIONS) and what is unclear (FINDINGS).

    *claims* and *evidence* are CLAIMS and EVIDENCE with facts. Rows keep the order of files and
    lines; a row that is not in force is in the table too. DriveError when the share fails.
    """
    found: list[tuple[str, Line]] = []
    unclear: list[Finding] = []
    for book in books(drive, cycle):
        try:
            found += [(book.path, line) for line in _filled(book)]
        except UnreadableBookError as error:
            unclear.append(_unreadable(book, str(error)))
    known = known_claims(claims, evidence, [line["innovation_id"] for _, line in found])
    rows = _settled([_row(path, line, known) for path, line in found])
    decided = {row.claim.key for row in rows if row.claim and row.judged.in_force}
    unclear += [item for row in rows for item in _findings(row, decided)]
    return frame(DECISIONS, (_record(row) for row in rows)), findings_table(unclear)


def source_of(path: str, line: Line, column: str) -> str:
    """Where a cell stands: ``path#Keputusan!G12``."""
    return f"{path}#{SHEET}!{line.address(column)}"


def _filled(book: Book) -> tuple[Line, ...]:
    if book.problem:
        raise UnreadableBookError(book.problem)
    return tuple(line for line in lines(book.grids) if line.filled)


def _unreadable(book: Book, detail: str) -> Finding:
    unit = book.name.rpartition(".")[0]
    return finding(
        "decision.workbook_unreadable", unit_code=unit, source=book.path, name=book.name, detail=detail
    )


def _row(path: str, line: Line, known: Known) -> Row:
    claim = known.find(line["innovation_id"], line["No"])
    return Row(path, line, claim, judge(line, claim))


def _settled(rows: list[Row]) -> list[Row]:
    """Rows that decide one claim differently put each other out of force."""
    by_claim: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.claim and row.judged.speaks:
            by_claim[row.claim.key].append(row)
    fighting = {
        key: tuple(dict.fromkeys(row.judged.words for row in group))
        for key, group in by_claim.items()
        if len({row.judged.content for row in group}) > 1
    }
    return [
        replace(row, judged=replace(row.judged, rivals=fighting[row.claim.key]))
        if row.claim and row.judged.speaks and row.claim.key in fighting
        else row
        for row in rows
    ]


def _findings(row: Row, decided: Container[tuple[str, str]]) -> Iterator[Finding]:
    claim, line = row.claim, row.line
    where: dict[str, Any] = {}
    if claim:
        where = {
            "unit_code": claim.unit_code,
            "innovation_id": claim.innovation_id,
            "indicator": claim.indicator,
        }
    for code, column, words in row.judged.problems:
        if code == "decision.lapsed" and claim and claim.key in decided:
            continue  # a newer decision took its place
        yield finding(code, **{**where, "source": source_of(row.path, line, column), **words})
    if row.judged.rivals:
        one, two = (row.judged.rivals * 2)[:2]
        yield finding("decision.conflict", **where, source=row.source, one=one, two=two)


def _record(row: Row) -> dict[str, Any]:
    claim, line, judged = row.claim, row.line, row.judged
    return {
        "innovation_id": claim.innovation_id if claim else line["innovation_id"],
        "indicator": claim.indicator if claim else line["No"],
        "decision": judged.word or meant(line["Keputusan"]),
        "new_parameter": judged.new_parameter,
        "note": meant(line["Catatan"]),
        "reviewer": meant(line["Peninjau"]),
        "date": meant(line["Tanggal"]),
        "fingerprint": line["Sidik bukti"],
        "source": row.source,
        "in_force": judged.in_force,
    }

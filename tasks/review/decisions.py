"""Read what stewards decided; what is unclear is reported by its cell.

A decision is in force only while its fingerprint is that of the claim and evidence
at hand, when its row is complete, and when no other row says otherwise. Where the
review desk and a workbook both decide one claim, the desk wins (contract 9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from iid.tasks.review.carried_over import NOWHERE, place_of, vanished
from iid.tasks.review.claim_keys import Claim, Known, known_claims, plain_id
from iid.tasks.review.decision_rules import Judged, judge
from iid.tasks.review.desk_records import WITHDRAWN, DeskRecord, newest
from iid.tasks.review.review_cells import Reader, UnreadableBookError, read_book
from iid.tasks.review.review_files import Book, books, unit_of
from iid.tasks.review.review_lines import Line, filled_copies, lines, meant, rival_columns
from iid.tasks.shares.drive import Drive
from iid.tasks.values.region import Finding, finding, findings_table
from iid.tasks.values.tables import DECISIONS, frame

#: ``DECISIONS.origin``: where a decision was made.
DESK, BOOK = "meja", "buku"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A filled row of a workbook, or a desk record, with what it means."""

    path: str
    line: Line
    claim: Claim | None
    judged: Judged
    origin: str = BOOK
    overruled: bool = False  # a row of a workbook whose claim the desk has decided

    @property
    def source(self) -> str:
        """``path#Keputusan!G12``; of the desk ``decisions/<record>``."""
        return self.at("Keputusan")

    def at(self, column: str) -> str:
        """Where *column* of the row is, for a finding."""
        return self.path if self.origin == DESK else source_of(self.path, self.line, column)

    @property
    def in_force(self) -> bool:
        """Whether the decision counts."""
        return self.judged.in_force and not self.overruled


def read_decisions(  # noqa: PLR0913  (where decisions are, and how they are read; three by name)
    drive: Drive,
    claims: pd.DataFrame,
    evidence: pd.DataFrame,
    cycle: int,
    kept: pd.DataFrame | None = None,
    desk: Iterable[DeskRecord] = (),
    *,
    workbooks: bool = True,
    read: Reader = read_book,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the cycle's decisions: DECISIONS, and FINDINGS on what is unclear.

    *desk* are the records of the review desk; the last one of a claim counts, and wins over the
    workbooks, unless it withdraws the one before. Without *workbooks* ([review] workbooks = false)
    none is read; what they decided in the last published run stays in force while its fingerprint fits.

    *claims* and *evidence* are CLAIMS and EVIDENCE with facts. *kept* are the DECISIONS of the
    last published run: one in force there stays so although its row or workbook is gone, while
    its fingerprint fits. Rows keep the order of files and lines; a row that is not in force is
    in the table too. DriveError when the share fails.
    """
    there: list[tuple[str, Line]] = []
    unclear: list[Finding] = []
    for book in books(drive, cycle, read) if workbooks else ():
        try:
            there += [(book.path, line) for line in _lines(book)]
            unclear += _copies(book)
        except UnreadableBookError as error:
            unclear.append(_unreadable(book, str(error)))
    found = [(path, line) for path, line in there if line.filled]
    present = {place_of(path, line["innovation_id"], line["No"]) for path, line in there}
    gone = [] if kept is None else list(vanished(kept, present))
    last = sorted(newest(desk).items())
    made = [entered(record) for _, record in last if record.decision != WITHDRAWN]
    asked = [line["innovation_id"] for _, line in (*found, *gone, *made)]
    known = known_claims(claims, evidence, asked)
    at_desk = [_desk_row(path, line, known) for path, line in made]
    rows = _settled([_row(path, line, known) for path, line in found])
    rows += _carried(rows, [_row(path, line, known) for path, line in gone])
    rows = [*_overruled(rows, at_desk), *at_desk]
    decided = {row.claim.key for row in rows if row.claim and row.in_force}
    unclear += [item for row in rows for item in _findings(row, decided, report_vanished=workbooks)]
    return frame(DECISIONS, (_record(row) for row in rows)), findings_table(unclear)


def source_of(path: str, line: Line, column: str) -> str:
    """Return a cell's place ``path#Keputusan!G12``; no cell for a lost row."""
    return f"{path}#{line.sheet}" + (f"!{line.address(column)}" if line.row != NOWHERE else "")


def _lines(book: Book) -> tuple[Line, ...]:
    if book.problem:
        raise UnreadableBookError(book.problem)
    return lines(book.grids)


def _copies(book: Book) -> Iterator[Finding]:
    """Yield a finding on each filled copy or column beside Keputusan."""
    unit = book.name.rpartition(".")[0]
    used, copies = filled_copies(book.grids)
    for title, read, other in rival_columns(book.grids):
        words = {"used": f'kolom "{title}" ({read})', "other": f'kolom "{title}" ({other})'}
        words["advice"] = "beri judul yang diawali garis bawah (_) pada kolom yang tidak dipakai"
        yield finding("submission.two_candidates", unit_code=unit, source=f"{book.path}#{used}", **words)
    for name in copies:
        words = {
            "used": f'lembar "{used}"',
            "other": f'lembar "{name}" untuk klaim yang sudah diputuskan di sana',
            "advice": f"samakan keputusannya di lembar {used}",
        }
        yield finding("submission.two_candidates", unit_code=unit, source=f"{book.path}#{name}", **words)


def _unreadable(book: Book, detail: str) -> Finding:
    unit = book.name.rpartition(".")[0]
    return finding(
        "decision.workbook_unreadable", unit_code=unit, source=book.path, name=book.name, detail=detail
    )


def _row(path: str, line: Line, known: Known) -> DecisionRow:
    claim = known.find(line["innovation_id"], line["No"])
    judged = judge(line, claim)
    if claim and plain_id(unit_of(path)) != plain_id(claim.unit_code):
        words = {"unit": claim.unit_code, "name": path.rpartition("/")[2]}
        judged = replace(judged, current=False, problems=(("decision.other_unit", "innovation_id", words),))
    return DecisionRow(path, line, claim, judged)


def entered(record: DeskRecord) -> tuple[str, Line]:
    """A record of the desk as the cells of a row."""
    cells = {
        "innovation_id": record.innovation_id,
        "No": record.indicator,
        "Keputusan": record.decision,
        "Parameter baru": record.new,
        "Catatan": record.note,
        "Peninjau": record.reviewer,
        "Tanggal": record.at,
        "Sidik bukti": record.fingerprint,
    }
    return f"decisions/{record.name}", Line(NOWHERE, cells, {})


def _desk_row(path: str, line: Line, known: Known) -> DecisionRow:
    claim = known.find(line["innovation_id"], line["No"])
    return DecisionRow(path, line, claim, judge(line, claim), DESK)


def _overruled(rows: list[DecisionRow], at_desk: list[DecisionRow]) -> list[DecisionRow]:
    """*rows* of workbooks without force where the desk has decided the claim."""
    decided = {row.claim.key for row in at_desk if row.claim and row.in_force}
    return [replace(row, overruled=True) if row.claim and row.claim.key in decided else row for row in rows]


def _carried(rows: list[DecisionRow], gone: list[DecisionRow]) -> list[DecisionRow]:
    """Return the *gone* rows, one for each claim that no row is about now."""
    spoken = {row.claim.key for row in rows if row.claim and row.judged.speaks}
    by_claim = {row.claim.key: row for row in reversed(gone) if row.claim}
    return [row for key, row in reversed(by_claim.items()) if key not in spoken]


def _settled(rows: list[DecisionRow]) -> list[DecisionRow]:
    """Rows that decide one claim differently put each other out of force."""
    by_claim: defaultdict[tuple[str, str], list[DecisionRow]] = defaultdict(list)
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


def _findings(
    row: DecisionRow, decided: Container[tuple[str, str]], *, report_vanished: bool = True
) -> Iterator[Finding]:
    if row.overruled:
        return  # the desk has decided; what is unclear in the row decides nothing
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
        yield finding(code, **{**where, "source": row.at(column), **words})
    if row.judged.in_force:  # of a row that does not count, its problem is reported
        for code, column, words in row.judged.remarks:
            yield finding(code, **{**where, "source": row.at(column), **words})
    if report_vanished and row.origin == BOOK and line.row == NOWHERE and row.judged.in_force:
        name = row.path.rpartition("/")[2]
        yield finding("decision.vanished", **where, source=row.source, decision=row.judged.words, name=name)
    if row.judged.rivals:
        one, two = (row.judged.rivals * 2)[:2]
        yield finding("decision.conflict", **where, source=row.source, one=one, two=two)


def _record(row: DecisionRow) -> dict[str, Any]:
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
        "in_force": row.in_force,
        "new_value": judged.new_value,
        "state": "replaced" if row.overruled else judged.state,
        "origin": row.origin,
    }

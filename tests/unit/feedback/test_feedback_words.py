"""Phrases of a unit's feedback that depend on what was found."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from iid.expectations.rulebook.loading import load
from iid.tasks.feedback.feedback_page import page
from iid.tasks.feedback.findings_book import findings_book, summary
from iid.tasks.feedback.unit_feedback import Feedback, feedback_of
from iid.tasks.feedback.work_list import UNCHOSEN
from iid.tasks.report.book import open_book
from iid.tasks.report.front_page import index_page
from iid.tasks.report.result_workbook import result_workbook
from iid.tasks.report.summary import summary_lines
from iid.tasks.score.score_tables import units_table
from iid.tasks.text.indonesian import number
from iid.tasks.values.region import finding, findings_table
from iid.tasks.values.tables import FINDINGS, concat

SINCE = "2026-08-31T12:00:00Z"
BESIDE = " (belum termasuk {} klaim yang Parameternya harus dipilih)"


@pytest.fixture
def one(standing) -> Feedback:
    return standing[1]["101"]


def gain(feedback: Feedback) -> list[str]:
    """The sentences about what fixing everything brings."""
    return [text for text in summary(feedback, SINCE) if text.startswith("Bila semua temuan kritis")]


@pytest.mark.parametrize("count", [1, 3])
def test_claims_without_a_chosen_parameter_are_said_to_stand_beside_the_gain(
    one: Feedback, count: int
) -> None:
    unchosen = replace(one.lines[0], code=UNCHOSEN)
    said = replace(one, all_mended="+1,25", lines=(*one.lines, *[unchosen] * count))
    shown = f"Bila semua temuan kritis unit ini diperbaiki, indeks daerah bertambah 1,25 poin{BESIDE}."
    assert gain(said) == [shown.format(count)]
    assert BESIDE.format(count) in page(said, SINCE).decode()


def test_where_every_parameter_is_chosen_nothing_stands_beside_the_gain(one: Feedback) -> None:
    assert not any(line.code == UNCHOSEN for line in one.lines)
    assert one.all_mended
    [text] = gain(one)
    assert "belum termasuk" not in text


def test_where_nothing_can_be_gained_nothing_is_promised(one: Feedback) -> None:
    assert gain(replace(one, all_mended="")) == []


REFUSED = {
    "kosong.png": (b"", "kosong"),
    "bukan gambar.png": (b"\x89PNG\r\n\x1a\n rusak", "tidak dapat dibuka"),
    "salah jenis.zip": (b"PK\x05\x06" + bytes(18), "bukti, belum diterima"),
}


def test_files_that_are_refused_are_called_so_in_the_receipt(region) -> None:
    mine = region.folder("101") / "Perahu Sehat"
    for name, (data, _) in REFUSED.items():
        region.proof(mine, "19", name, data)
    other = region.folder("102") / "Rahasia Unit Lain/bukti/19 bukti/alat lain.png"
    (mine / "bukti/19 bukti/pinjam.png").symlink_to(other)
    seen = {one.path.rpartition("/")[2]: one for one in region.feedback()["101"].seen}
    assert {name: seen[name].used for name in REFUSED} == {name: said for name, (_, said) in REFUSED.items()}
    assert seen["alat.png"].used == "bukti"
    assert (seen["pinjam.png"].used, seen["pinjam.png"].sha256) == ("di luar folder inovasi", "")


def test_the_page_counts_as_many_critical_findings_as_the_report(standing) -> None:
    region, units = standing
    table = region.assess()[0].units
    counts = dict(zip(table["unit_code"].tolist(), table["critical"].tolist(), strict=True))
    assert sum(counts.values()) > 0
    for code, feedback in units.items():
        if code in counts:
            [text] = [text for text in summary(feedback, SINCE) if " temuan kritis, " in text]
            assert text.startswith(f"{counts[code]} temuan kritis, ")


def test_every_place_counts_the_same_findings(standing) -> None:
    """Terminal, leaders' page, hasil.xlsx, units.csv and the feedback of each unit."""
    assessment, listing, roster = standing[0].assess()
    # One more that only reviewers read: the unit's list leaves it out, its number does not.
    note = finding("decision.note_missing", unit_code="101", indicator="16", decision="tolak")
    findings = concat(FINDINGS, [assessment.findings, findings_table([note])])
    tables = units_table(assessment.units, assessment.innovations, findings)
    found = replace(assessment, findings=findings, units=tables)
    counts = findings["severity"].value_counts().to_dict()
    said = f"Temuan: {counts['critical']} kritis, {counts['warning']} peringatan"
    assert any(said in line for line in summary_lines(found))
    book = open_book(found)
    page = index_page(book)
    assert (page["critical"], page["warnings"]) == (counts["critical"], counts["warning"])
    sheet = openpyxl.load_workbook(io.BytesIO(result_workbook(book)))["Temuan"]
    levels = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert (levels.count("Kritis"), levels.count("Peringatan")) == (counts["critical"], counts["warning"])
    for feedback in feedback_of(found, listing, roster):
        own = findings[findings["unit_code"] == feedback.code]["severity"].tolist()
        row = tables[tables["unit_code"] == feedback.code]
        if len(row):
            assert (row["critical"].item(), row["warnings"].item()) == (
                own.count("critical"),
                own.count("warning"),
            )
        theirs = " (1 untuk peninjau)" if feedback.code == "101" else ""
        shown = f"{own.count('critical')} temuan kritis, {own.count('warning')} peringatan{theirs}, "
        assert any(text.startswith(shown) for text in summary(feedback, SINCE)), (feedback.code, shown)


def test_every_finding_says_what_it_is_worth(one: Feedback) -> None:
    text = page(one, SINCE).decode()
    assert text.count('<p class="worth">') == len(one.lines) + len(one.chances)
    assert "tidak mengubah nilai" in text
    claims = [line for line in one.lines if line.worth and line.indicator]
    assert claims
    for line in claims:
        assert line.stake.startswith("Karena itu klaim ini sekarang ")
        assert line.stake in text
        weight = load(2026).rulebook.by_key[line.indicator].weight.value
        assert line.points in {f"+{number(weight * step)}" for step in (1, 2, 3)}
        assert f"{line.points} poin inovasi" in text


def test_refused_claims_are_no_findings(one: Feedback) -> None:
    refused = replace(one.lines[0], severity="critical", code="decision.tolak", found=False)
    [before], [after] = (
        [text for text in summary(feedback, SINCE) if " temuan kritis, " in text]
        for feedback in (replace(one, lines=one.lines[:0]), replace(one, lines=(refused,)))
    )
    assert before.startswith("0 temuan kritis, ")
    assert after.startswith("0 temuan kritis, ")
    assert after.endswith("Selain itu 1 klaim ditolak, diturunkan, atau tanpa bukti.")
    only = replace(one, lines=(refused,))
    assert "<h2>Klaim ditolak, diturunkan, atau tanpa bukti (1)</h2>" in page(only, SINCE).decode()
    assert "<h2>Kritis" not in page(only, SINCE).decode()
    sheet = openpyxl.load_workbook(io.BytesIO(findings_book(only, SINCE)))["Temuan"]
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["Bukan temuan"]

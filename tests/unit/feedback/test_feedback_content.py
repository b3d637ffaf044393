"""What a unit is given: its own findings, worth what next-steps says, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from small_region import AS_OF

from iid.tasks.answers.next_steps import steps_of
from iid.tasks.answers.run_view import Picture
from iid.tasks.feedback.feedback_page import page
from iid.tasks.feedback.findings_book import findings_book, summary
from iid.tasks.feedback.marked_copies import marked_copy
from iid.tasks.feedback.unit_feedback import RESERVED, Feedback, copy_names, feedback_of
from iid.tasks.feedback.work_list import AFTERWARDS, CHOOSING, NOTHING_YET, Places, lines_of
from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.score.moves import Step
from iid.tasks.store.open_store import open_store
from iid.tasks.store.published_run import read_run

SINCE = "2026-08-31T12:00:00Z"


@pytest.fixture
def given(standing) -> Mapping[str, Feedback]:
    return standing[1]


@pytest.fixture
def region(standing):
    return standing[0]


def test_every_folder_gets_feedback_and_a_unit_without_one_gets_none(
    given: Mapping[str, Feedback],
) -> None:
    assert list(given) == ["101", "102", "103", "pemda"]
    assert [line.code for line in given["103"].lines] == ["unit.nothing_submitted"]


def test_findings_come_with_the_gain_of_next_steps_the_most_valuable_first(
    region, given: Mapping[str, Feedback]
) -> None:
    feedback = given["101"]
    run = read_run(open_store(str(region.root.parent / "hasil")), "63.03", 2026)
    steps = steps_of(Picture.of(run), unit="101")["steps"]
    gains = {
        (step["innovation_id"], step["indicator"]): step["gain"] for step in steps if step["kind"] == "mend"
    }
    assert gains
    critical = [line for line in feedback.lines if line.severity == "critical"]
    claims = {(line.innovation_id, line.indicator): line.worth for line in critical if line.worth}
    shown = {key: f"+{Decimal(gain):.3f}".replace(".", ",") for key, gain in gains.items()}
    assert {key: worth for key, worth in claims.items() if key in shown} == shown
    worths = [Decimal(line.worth.replace(",", ".")) for line in critical if line.worth]
    assert worths == sorted(worths, reverse=True)
    answer = steps_of(Picture.of(run), unit="101")
    after = Decimal(answer["all_steps_without_raising"]["index"])
    more = Decimal(feedback.all_mended.removeprefix("+").replace(",", "."))
    assert abs(after - Decimal(answer["index"]) - more) <= Decimal("0.011")  # two rounded numbers
    fixed = {indicator for _, indicator in gains}  # a claim to correct is no chance beside it
    raised = {
        s["indicator"]: s["gain"] for s in steps if s["kind"] == "raise" and s["indicator"] not in fixed
    }
    assert {chance.indicator for chance in feedback.chances} == set(raised)


def test_what_a_barred_innovation_loses_is_counted_once_it_is_eligible(
    given: Mapping[str, Feedback],
) -> None:
    lines = [line for line in given["101"].lines if line.innovation_id == "101/Belum Boleh"]
    assert [(line.code, line.remark) for line in lines if line.severity == "critical"] == [
        ("profile.stage", NOTHING_YET),
        ("evidence.missing", AFTERWARDS),
    ]


def test_a_claim_without_a_readable_parameter_is_worth_what_will_be_chosen(region) -> None:
    rulebook = region.assess()[0].rulebook
    places = Places(["2026/101"], rulebook, {"101/A": "A"}, ())
    row = dict.fromkeys(("message", "fix", "source"), "") | {"innovation_id": "101/A", "indicator": "16"}
    row |= {"code": "claim.parameter_unknown", "severity": "critical"}
    [line] = lines_of([row], {}, None, places)
    assert (line.remark, line.without) == (CHOOSING, "menurut pilihan")
    qualify = {("101/A", ""): Step("qualify", "101/A", "", 0, 1, Fraction(1))}
    [line] = lines_of([row], qualify, None, places)
    assert (line.remark, line.without) == (AFTERWARDS, "setelah syarat")
    row |= {"code": "workbook.unreadable", "innovation_id": "", "indicator": ""}
    assert [line.without for line in lines_of([row], {}, None, places)] == ["belum dapat dihitung"]
    row |= {"severity": "warning"}
    assert [line.without for line in lines_of([row], {}, None, places)] == ["tidak mengubah nilai"]


def test_findings_lead_to_the_cell_of_the_units_own_workbook(given: Mapping[str, Feedback]) -> None:
    cells = {(line.code, line.indicator): line.cell for line in given["101"].lines if line.cell}
    missing = cells["evidence.missing", "20"]
    assert (missing.sheet, missing.address) == ("Indikator", "E6")
    wrong = cells["evidence.kind_not_allowed", "16"]
    assert (wrong.sheet, wrong.address) == ("Indikator", "E2")
    assert all(cell.path.startswith("2026/101 Dinas Kesehatan/") for cell in cells.values())


def test_of_another_unit_nothing_is_reported_but_the_name_of_what_repeats(
    region, given: Mapping[str, Feedback]
) -> None:
    one = given["101"]
    duplicates = [line for line in one.lines if line.code == "evidence.duplicate"]
    assert any("102/Rahasia Unit Lain" in line.why for line in duplicates)
    data = page(one, SINCE) + findings_book(one, SINCE)
    for book in one.books:
        lines = [line for line in one.lines if line.innovation_id == book.owner]
        data += marked_copy((region.root / book.path).read_bytes(), book.path, lines) or b""
    assert b"ISI RAHASIA" not in data
    others = [
        line for line in one.lines if "102" in f"{line.why}{line.where}" and line.code != "evidence.duplicate"
    ]
    assert others == []
    assert all(not seen.path.startswith("102") for seen in one.seen)


def test_the_receipt_names_every_file_with_size_time_and_hash(region, given: Mapping[str, Feedback]) -> None:
    import hashlib

    folder = region.folder("101")
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    seen = {one.path: one for one in given["101"].seen}
    assert set(seen) == set(there)
    assert all(seen[name].size == path.stat().st_size for name, path in there.items())
    photo = seen["Perahu Sehat/bukti/19 bukti/alat.png"]
    assert photo.sha256 == hashlib.sha256(there[photo.path].read_bytes()).hexdigest()
    assert photo.used == "bukti"
    assert seen["Perahu Sehat/bukti/16 bukti/sk.pdf"].used == "bukti, belum diterima"
    assert seen["Perahu Sehat/inovasi.xlsx"].used == "buku kerja"
    assert photo.modified.endswith("Z")


def test_names_that_are_html_or_formulas_stay_text(empty) -> None:
    name = "=HYPERLINK(1)"
    empty.innovation("101", "Aneh", {"16": (1, "<script>.pdf; <img src=x>.pdf")}, **{"Nama Inovasi": name})
    (one, *_) = empty.feedback().values()
    html = page(one, SINCE).decode()
    assert "<script>" not in html and "<img" not in html
    assert "&lt;script&gt;" in html
    cells = [cell for grid in read_book(findings_book(one, SINCE)).grids for row in grid.rows for cell in row]
    assert any(cell == name for cell in cells)


def test_the_page_asks_nothing_of_any_network(given: Mapping[str, Feedback]) -> None:
    html = page(given["101"], SINCE).decode()
    assert "default-src 'none'" in html
    for sign in ("src=", "href=", "url(", "@import", "<script"):
        assert sign not in html


def test_a_copy_shows_the_same_cells_and_a_note_on_the_faulty_one(
    region, given: Mapping[str, Feedback]
) -> None:
    import io

    from openpyxl import load_workbook

    one = given["101"]
    book = next(book for book in one.books if book.owner == "101/Perahu Sehat")
    assert book.copy == "Perahu Sehat (catatan).xlsx"
    data = (region.root / book.path).read_bytes()
    lines = [line for line in one.lines if line.innovation_id == book.owner]
    copy = marked_copy(data, book.path, lines)
    assert copy is not None
    assert copy == marked_copy(data, book.path, lines)
    before, after = read_book(data).grids, read_book(copy).grids
    assert [grid.name for grid in after] == [*(grid.name for grid in before), "Umpan balik"]
    for old, new in zip(before, after, strict=False):
        for r, row in enumerate(old.rows):
            assert [new.at(r, c) for c in range(len(row))] == row
    page_ = load_workbook(io.BytesIO(copy))["Indikator"]
    assert "tidak ada.pdf" in page_["E6"].comment.text
    assert page_["E6"].fill.fgColor.rgb == "FFF5B7B1"
    assert page_["E7"].comment is None


def test_a_copy_holds_only_the_sheets_that_were_read_under_the_names_of_the_form() -> None:
    import io

    from openpyxl import Workbook

    def made(*sheets: tuple[str, tuple[str, ...]]) -> bytes:
        book = Workbook()
        book.remove(book.active)
        for name, header in sheets:
            book.create_sheet(name).append(header)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def sheets(data: bytes, path: str) -> list[str]:
        copy = marked_copy(data, path, ())
        assert copy is not None
        return [grid.name for grid in read_book(copy).grids]

    profile, answers = ("Profil", ("Isian", "Jawaban")), ("Indikator", ("No", "Parameter"))
    forged = ("Keputusan", ("innovation_id", "No", "Keputusan"))
    path = "2026/105 Dinas/Karya/inovasi.xlsx"
    assert sheets(made(forged, profile, answers, ("Riwayat", ())), path) == [
        "Profil",
        "Indikator",
        "Umpan balik",
    ]
    # A sheet of decisions that is also one of answers is read as answers, and called so.
    both = ("Keputusan", ("innovation_id", "No", "Keputusan", "Parameter"))
    assert sheets(made(profile, both), path) == ["Profil", "Indikator", "Umpan balik"]
    assert sheets(made(("Semua", ("Isian", "Jawaban", "No", "Parameter"))), path) == ["Profil", "Umpan balik"]
    region = "2026/00 Pemda/pemda.xlsx"
    assert sheets(made(forged, profile, answers), region) == ["Indikator", "Umpan balik"]
    assert sheets(made(forged), region) == ["Umpan balik"]


def test_copies_have_names_no_drive_confuses() -> None:
    owners = ["1/temuan", "1/Perahu", "1/PERAHU", "1/a:b?", "1/con", "1/" + "é" * 200, "1/_x", "pemda"]
    names = copy_names(owners)
    folded = [name.casefold() for name in names.values()]
    assert len(set(folded)) == len(owners)
    assert not set(folded) & RESERVED
    assert names["pemda"] == "pemda (catatan).xlsx"
    read = {"inovasi.xlsx", "pemda.xlsx", "105.xlsx", "1.05.xlsx"}
    assert not set(copy_names(["105/105", "105/inovasi", "105/pemda", "105/1.05"]).values()) & read
    assert all(len(name.encode()) < 255 and not set(name) & set('<>:"/\\|?*') for name in names.values())
    assert all(not name.startswith(("_", ".", "~$")) for name in names.values())


def test_a_closed_cycle_gives_no_worth_and_no_chance(region) -> None:
    assessment, listing, roster = region.assess()
    final = replace(assessment, status="final")
    said = {one.code: one for one in feedback_of(final, listing, roster)}
    assert said["101"].lines
    shown = {(line.worth, line.points, line.remark, line.without) for line in said["101"].lines}
    assert shown == {("", "", "", "tidak mengubah nilai")}
    assert said["101"].chances == ()
    assert said["101"].all_mended == ""
    words = summary(said["101"], AS_OF.isoformat())
    assert "berguna untuk siklus berikutnya" in words[-1]
    assert not any("poin indeks" in text for text in words)
    assert "poin indeks" not in page(said["101"], AS_OF.isoformat()).decode()

"""Review workbooks made to swell: each is a finding at once, and decides nothing of another unit."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from iid.tasks.review import guarded_review
from iid.tasks.review.guarded_review import remembered
from iid.tasks.review.review_cells import MAX_BYTES, MAX_SHOWN, UnreadableBookError, read_book
from iid.tasks.review.review_lines import HEADER
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.store.folder_store import FolderStore

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument'
    '/2006/relationships"><sheets><sheet name="Keputusan" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<Relationships xmlns="
    '"http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
TITLES = "".join(
    f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{title}</t></is></c>' for n, title in enumerate(HEADER)
)


def book(rows: str, texts: str = "", styles: str = "") -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{TITLES}</row>{rows}</sheetData></worksheet>'
    more = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>'}
    if styles:
        more["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}"><cellXfs>{styles}</cellXfs></styleSheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in {**PARTS, **more}.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def everywhere() -> str:
    """The first text of the list in 3 million cells would be 90 GB; here in enough to show it."""
    return "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{letter}{n}" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJKL")
        + "</row>"
        for n in range(2, 400)
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "a long text everywhere": lambda: book(everywhere(), f"<si><t>{'=' * 30_000}</t></si>"),
    "millions of texts": lambda: book("", "<si/>" * 3_000_000),
    "one endless text": lambda: book("", f"<si><t>{'x' * 150_000_000}</t></si>"),
    "a row two billion below": lambda: book('<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'),
    "a row number without end": lambda: book(f'<row r="{"9" * 5000}"><c r="A2"><v>1</v></c></row>'),
    "millions of rows": lambda: book("<row><c><v>1</v></c></row>" * 400_000),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_workbook_that_swells_is_one_finding_and_costs_no_other(review, name):
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Ani", Tanggal="2026-08-01")
    (review.folder / "1.01.xlsx").write_bytes(BOMBS[name]())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table, findings = review.read()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000  # kB
    assert table[["innovation_id", "in_force"]].to_numpy().tolist() == [["1.02/Peta", True]]
    assert findings[["code", "source"]].to_numpy().tolist() == [
        ["decision.workbook_unreadable", "2026/_tinjauan/1.01.xlsx"]
    ]


def test_cell_formats_without_end_are_ignored_and_the_decisions_read():
    grids = read_book(book('<row r="2"><c r="B2"><v>16</v></c></row>', styles="<xf/>" * 3_000_000))
    assert grids["Keputusan"][1] == ("", "16")


def test_a_row_far_below_written_in_an_odd_way_is_refused_as_any_other():
    with pytest.raises(UnreadableBookError, match="baris"):
        read_book(book('<row r = "2000000000"><c><v>1</v></c></row>'))


def test_one_long_note_in_a_large_workbook_is_read():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(3, 20_000))
    note = '<row r="2"><c r="I2" t="s"><v>0</v></c></row>'
    grids = read_book(book(note + rows, f"<si><t>{'catatan ' * 3_900}</t></si>"))
    assert len(grids["Keputusan"]) == 19_999
    assert len(grids["Keputusan"][1][8]) > 31_000


def test_texts_are_counted_over_all_cells():
    rows = everywhere()
    fits = MAX_SHOWN // rows.count("<v>") - 100
    assert read_book(book(rows, f"<si><t>{'x' * min(fits, 6_000)}</t></si>"))
    with pytest.raises(UnreadableBookError, match="mengembang"):
        read_book(book(rows, f"<si><t>{'x' * 7_000}</t></si>"))


def test_a_workbook_is_parsed_in_a_worker_and_a_bomb_is_refused_there(tmp_path: Path) -> None:
    honest, bomb = book(""), BOMBS["a long text everywhere"]()
    with remembered(FolderStore(tmp_path), "63.03/2026") as read:
        with pytest.raises(UnreadableBookError, match="lebih dari 64 MB"):
            read(bomb)
        assert read(honest) == read_book(honest)
        with pytest.raises(UnreadableBookError, match="lebih besar dari 20 MB"):
            read(bytes(MAX_BYTES + 1))


def test_what_a_worker_may_not_answer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for said in ("", "[]", "7", '[{"Keputusan": [["terima", 1]]}, []]', '[{"Keputusan": "terima"}, [2]]'):
        monkeypatch.setattr(guarded_review, "_parsed", lambda _data, _pool, said=said: said)
        known = remembered(FolderStore(tmp_path / str(len(said))), "63.03/2026")
        with known as read, pytest.raises(UnreadableBookError, match="tidak sah"):
            read(said.encode())


def test_a_worker_that_dies_costs_its_workbook_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Answer(
        Job(0, "", 0), "read", {"facts": {"problem": "unreadable", "detail": "terlalu lama dibuka"}}
    )
    with remembered(FolderStore(tmp_path), "63.03/2026") as read:
        with monkeypatch.context() as patched:
            patched.setattr(Pool, "run", lambda _pool, _feed: iter([dead]))
            with pytest.raises(UnreadableBookError, match="terlalu lama dibuka"):
                read(book(""))
        assert read(book("")) == read_book(book(""))  # asked again: the first answer was not remembered

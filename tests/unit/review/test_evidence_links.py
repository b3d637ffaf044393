"""A steward opens evidence with one click: files beside the workbook, and web pages."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from iid.tasks.review.proposals import target_of

ID = "1.01/Siaga"
FILE = "2026/1.01 Dinas/Siaga/bukti/16/50% #1 [x] é.pdf"


def links(review, sheet, unit="1.01"):
    """Cell → where a click leads (a file, a page, or a cell of this workbook)."""
    found = load_workbook(review.folder / f"{unit}.xlsx")[sheet]
    cells = [cell for row in found.iter_rows() for cell in row if cell.hyperlink]
    return {c.coordinate: c.hyperlink.target or f"#{c.hyperlink.location}" for c in cells}


def opened(review, target):
    """The file a relative link means, seen from the workbook."""
    path = PurePosixPath(unquote(target.replace("\\", "/")))
    return (review.folder / path).resolve()


def test_the_only_item_of_a_claim_opens_from_its_row(review):
    review.evidence[0]["source"] = FILE
    path = review.root / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    review.run()
    row = [row[1] for row in review.rows("1.01")].index("16") + 1
    assert opened(review, links(review, "Keputusan")[f"B{row}"]).read_bytes() == b"x"
    assert opened(review, links(review, "Bukti")["C2"]) == path.resolve()


def test_several_items_lead_to_their_list_where_each_opens(review):
    link = review.evidence[0] | {"kind": "link", "source": "https://a.example/x?y=1", "sha256": ""}
    review.evidence.append(link)
    review.run()
    row = [row[1] for row in review.rows("1.01")].index("16") + 1
    assert links(review, "Keputusan")[f"B{row}"] == "#'Bukti'!A2"
    listed = [row[2] for row in review.rows("1.01", "Bukti")]
    place = listed.index("https://a.example/x?y=1") + 1
    assert links(review, "Bukti")[f"C{place}"] == "https://a.example/x?y=1"


@pytest.mark.parametrize(
    ("kind", "source", "problem"),
    [
        ("file", FILE, "missing"),
        ("file", FILE, "outside_share"),
        ("file", "2026/1.01/Siaga/bukti/16/\\xff.pdf", ""),
        ("link", "javascript:alert(1)", ""),
        ("link", "file:///etc/passwd", ""),
        ("link", "https://a.example/" + "x" * 2000, ""),
        ("link", "https://a.example/a b", ""),
    ],
)
def test_what_cannot_or_shall_not_be_opened_is_no_link(kind, source, problem):
    assert target_of(kind, source, problem) == ""


def test_a_missing_file_is_listed_without_a_link_and_says_so(review):
    review.evidence[0] |= {"problem": "missing", "readable": False, "sha256": "", "size": None}
    review.run()
    [_, row, *_] = review.rows("1.01", "Bukti")
    assert row[6:8] == ["tidak", "tidak ada"]
    assert "C2" not in links(review, "Bukti")


NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1)


@settings(deadline=None)
@given(NAME.filter(lambda name: name not in {".", ".."}))
def test_every_name_survives_the_way_through_a_link(name):
    target = target_of("file", f"2026/a/{name}", "")
    assert target == "" or unquote(target) == f"external:../a/{name}"


def test_what_is_worth_most_stands_on_top(review):
    review.claim(ID, "35", 1)  # weight 4: 4
    review.claim(ID, "31", 3)  # weight 3: 9
    review.claim(ID, "22", 3)  # weight 1, critical: 9, so before the other 9
    review.claim(ID, "20", 0, None, problem="parameter_unknown")  # could be 3
    review.claim("1.01/Gugur", "16", 3)
    review.fault("evidence.unreadable", "critical", ID, "22", "rusak")
    review.fault("profile.stage", "critical", "1.01/Gugur", "", "belum dinilai")
    review.run()
    order = [(row[0].partition("/")[2], row[1]) for row in review.rows("1.01")][1:]
    assert order == [
        *[("Siaga", key) for key in ("22", "16", "31", "17", "35", "20")],
        ("Gugur", "16"),
    ]

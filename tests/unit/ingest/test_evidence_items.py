"""What a claim's evidence is: named files, folders, links; and what is nobody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.ingest.evidence_items import (
    NOT_CLAIMED,
    NOT_NAMED,
    Item,
    gather,
    is_web_address,
    iso_time,
    without_password,
)
from iid.tasks.ingest.parsed import Claim
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.shares.drive import Entry

FOLDER = "2026/01 Dinas/SIGAP"


def place(*paths: str, problem: str = "") -> SubmissionPlace:
    """An innovation with these files below its folder."""
    made = SubmissionPlace("01", "01/SIGAP", FOLDER, "inovasi.xlsx")
    for path in paths:
        made.add(path.split("/"), Entry(f"{FOLDER}/{path}", 7, 1735689600.9, "", problem), {"16", "17", "18"})
    return made


def items(made: SubmissionPlace, *claims: Claim) -> list[tuple[str, str, str, bool, str]]:
    """Indicator, source (below the folder), listed, counted, problem or detail."""
    return [
        (
            item.indicator,
            item.source.removeprefix(f"{FOLDER}/"),
            item.listed,
            item.counted,
            item.problem or item.detail,
        )
        for item in gather(made, claims).items
    ]


def claim(key: str, *files: str, parameter: int = 2, links: tuple[str, ...] = ()) -> Claim:
    return Claim(key, parameter=parameter, files=files, links=links)


def test_empty_bukti_takes_every_file_of_the_folder_and_below() -> None:
    made = place("bukti/16 x/b.pdf", "bukti/16 x/sub/a.pdf", "bukti/16. y/c.pdf", "bukti/17 z/d.pdf")
    assert items(made, claim("16")) == [
        ("16", "bukti/16 x/b.pdf", "folder", True, ""),
        ("16", "bukti/16 x/sub/a.pdf", "folder", True, ""),
        ("16", "bukti/16. y/c.pdf", "folder", True, ""),
    ]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_an_error_value_in_bukti_is_a_note_and_the_folder_counts(error: str) -> None:
    gathered = gather(place("bukti/16 x/b.pdf"), [claim("16", error)])
    assert [(item.source.rpartition("/")[2], item.counted, item.problem) for item in gathered.items] == [
        ("b.pdf", True, "")
    ]
    assert len(gathered.notes) == 1


def test_items_carry_size_and_time() -> None:
    (item,) = gather(place("bukti/16 x/a.pdf"), [claim("16")]).items
    assert item == Item("16", f"{FOLDER}/bukti/16 x/a.pdf", "file", "folder", True, 7, "2025-01-01T00:00:00Z")


def test_named_files_count_and_others_of_the_folder_are_extra() -> None:
    made = place("bukti/16 x/a.pdf", "bukti/16 x/b.pdf")
    assert items(made, claim("16", "b.pdf")) == [
        ("16", "bukti/16 x/a.pdf", "extra", False, NOT_NAMED),
        ("16", "bukti/16 x/b.pdf", "named", True, ""),
    ]


def test_unclaimed_indicator_counts_nothing_and_asks_for_nothing() -> None:
    made = place("bukti/16 x/a.pdf", "bukti/16 x/b.pdf", "bukti/17 x/c.pdf")
    unclaimed = claim("16", "b.pdf", "tidak ada.pdf", "../x", parameter=0, links=("https://a.go.id/1",))
    assert items(made, unclaimed, claim("17", parameter=0)) == [
        ("16", "bukti/16 x/a.pdf", "extra", False, NOT_CLAIMED),
        ("16", "bukti/16 x/b.pdf", "named", False, NOT_CLAIMED),
        ("16", "https://a.go.id/1", "named", False, NOT_CLAIMED),
        ("17", "bukti/17 x/c.pdf", "folder", False, NOT_CLAIMED),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "SK Bupati.pdf",
        "sk bupati.PDF",
        "SK  Bupati.pdf",
        "SK Bupati",
        "sub/SK Bupati.pdf",
        "sub\\SK Bupati",
        "./SK Bupati.pdf",
        "16 x/sub/sk bupati.pdf",
        "bukti/16 x/sub/SK Bupati.pdf",
        "- SK Bupati.pdf",
        "1. SK Bupati.pdf",
        "• SK Bupati",
        "File: SK Bupati.pdf",
        "① SK Bupati.pdf",
        "SK Bupati .pdf",
        "SK Bupati.pdf.",
        "SK Bupati.pdf - terlampir",
        "SK Bupati.pdf → hal. 3",
        "D:\\IID 2026\\bukti\\16 x\\SK Bupati.pdf",
        "\\\\nas\\iid\\SK Bupati.pdf",
        "file:///D:/IID/SK%20Bupati.pdf",
        "lain.pdf, dan SK Bupati.pdf",
        "lain.pdf s/d SK Bupati.pdf",
    ],
)
def test_names_are_found_the_way_people_write_them(name: str) -> None:
    made = place("bukti/16 x/sub/SK Bupati.pdf", "bukti/16 x/lain.pdf")
    assert ("16", "bukti/16 x/sub/SK Bupati.pdf", "named", True, "") in items(made, claim("16", name))
    gathered = gather(made, [claim("16", name)])
    assert not gathered.notes
    assert not [item for item in gathered.items if item.problem]


@pytest.mark.parametrize(
    "note",
    [
        "✓",
        "...",
        "Terlampir di folder bukti",
        "bukti 16",
        "n.a",
        "D:\\IID\\bukti\\16",
        "\\\\nas\\iid",
        "SK*.pdf",
    ],
)
def test_a_cell_that_names_no_file_counts_as_empty_and_is_quoted_as_it_is(note: str) -> None:
    gathered = gather(place("bukti/16 x/b.pdf"), [claim("16", note)])
    assert [(item.listed, item.problem) for item in gathered.items] == [("folder", "")]
    assert [words for _, words in gathered.notes] == [note]


def test_what_the_cell_of_a_link_shows_is_no_note() -> None:
    linked = Claim(
        "16",
        parameter=2,
        files=("Klik di sini",),
        links=("https://a.go.id/1",),
        files_address="Indikator!E2",
        links_addresses=("Indikator!E2",),
    )
    assert gather(place("bukti/16 x/b.pdf"), [linked]).notes == []


def test_a_path_on_another_computer_means_no_file_of_another_indicator() -> None:
    made = place("bukti/17 x/SK.pdf")
    (item,) = [item for item in gather(made, [claim("16", "D:\\a\\SK.pdf")]).items if item.listed == "named"]
    assert (item.problem, item.counted) == ("outside_share", True)


def test_names_are_found_in_either_unicode_form() -> None:
    made = place("bukti/16 x/Cafe\u0301.pdf")
    assert items(made, claim("16", "Caf\u00e9.pdf"))[0][2:] == ("named", True, "")


def test_exact_case_decides_between_names_that_differ_only_in_case() -> None:
    made = place("bukti/16 x/SK.pdf", "bukti/16 x/sk.pdf")
    assert ("16", "bukti/16 x/sk.pdf", "named", True, "") in items(made, claim("16", "sk.pdf"))
    (missing, *_) = [row for row in items(made, claim("16", "Sk.pdf")) if row[2] == "named"]
    assert missing[4] == "missing"


def test_own_folder_wins_over_others_and_others_are_accepted() -> None:
    made = place(
        "bukti/16 x/SK.pdf", "bukti/17 x/SK.pdf", "bukti/17 x/foto.jpg", "bukti/lain/surat.pdf", "profil.pdf"
    )
    rows = items(made, claim("16", "SK.pdf", "foto.jpg", "surat.pdf", "profil.pdf"))
    assert [row[1] for row in rows if row[2] == "named"] == [
        "bukti/16 x/SK.pdf",
        "bukti/17 x/foto.jpg",
        "bukti/lain/surat.pdf",
        "profil.pdf",
    ]


def test_file_named_by_another_indicator_is_no_extra() -> None:
    made = place("bukti/16 x/a.pdf", "bukti/16 x/b.pdf")
    rows = items(made, claim("16", "a.pdf"), claim("17", "b.pdf"))
    assert rows == [
        ("16", "bukti/16 x/a.pdf", "named", True, ""),
        ("17", "bukti/16 x/b.pdf", "named", True, ""),
    ]


def test_ambiguous_names_are_not_guessed() -> None:
    made = place("bukti/16 x/SK.pdf", "bukti/16 x/SK.jpg")
    (item,) = [item for item in gather(made, [claim("16", "SK")]).items if item.listed == "named"]
    assert (item.problem, item.detail) == (
        "missing",
        'nama "SK" cocok dengan 2 berkas; tulis nama lengkapnya',
    )


@pytest.mark.parametrize("name", ["1.pdf", "12.PDF", "a.jpg", "(1).pdf", "100.docx"])
def test_a_name_that_is_a_number_is_a_name_and_not_a_list_s_mark(name: str) -> None:
    made = place("bukti/16 x/SK.pdf")
    (missing,) = [item for item in gather(made, [claim("16", name)]).items if item.problem == "missing"]
    assert missing.source.endswith(f"/{name}")
    there = place(f"bukti/16 x/{name}")
    assert [row[2:4] for row in items(there, claim("16", f"1. {name}"))] == [("named", True)]


def test_missing_file_is_an_item_at_its_expected_place() -> None:
    rows = items(place("bukti/16 Regulasi/lain.pdf"), claim("16", "SK.pdf"), claim("17", "sub\\foto.jpg"))
    assert rows == [
        ("16", "bukti/16 Regulasi/SK.pdf", "named", True, "missing"),
        ("16", "bukti/16 Regulasi/lain.pdf", "extra", False, NOT_NAMED),
        ("17", "bukti/17/sub/foto.jpg", "named", True, "missing"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../SK.pdf",
        "bukti/../../lain/SK.pdf",
        "..\\SK.pdf",
        "..",
        "/etc/passwd",
        "\\\\server\\a\\b.pdf",
        "C:\\a.pdf",
        "c:a.pdf",
        "~/SK.pdf",
        "~budi/SK.pdf",
        "~",
        "file:/etc/passwd",
    ],
)
def test_paths_out_of_the_folder_are_never_followed(name: str) -> None:
    made = place("bukti/16 x/SK.pdf", "bukti/16 x/passwd")
    (item,) = [item for item in gather(made, [claim("16", name)]).items if item.listed == "named"]
    assert (item.source, item.problem, item.counted) == (name, "outside_share", True)


@pytest.mark.parametrize("name", ["a..b.pdf", "...pdf", "~$SK.docx", "SK ~ final.pdf"])
def test_odd_names_are_only_missing(name: str) -> None:
    assert items(place(), claim("16", name))[0][4] == "missing"


def test_same_file_named_twice_counts_once() -> None:
    assert len(items(place("bukti/16 x/SK.pdf"), claim("16", "SK.pdf", "sk.PDF", "SK"))) == 1


@pytest.mark.parametrize(
    ("problem", "shown"), [("outside_share", "outside_share"), ("not_a_file", "unreadable")]
)
def test_links_out_of_the_share_and_pipes_are_reported(problem: str, shown: str) -> None:
    made = place("bukti/16 x/a.pdf", problem=problem)
    assert items(made, claim("16")) == [("16", "bukti/16 x/a.pdf", "folder", True, shown)]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("https://user:pw@host.go.id/a?b=c", "https://***@host.go.id/a?b=c"),
        ("https://token@host.go.id", "https://***@host.go.id"),
        ("ftp://user:p@w@host.go.id/a", "ftp://***@host.go.id/a"),
        ("HTTPS://user:p w@host.go.id/a", "HTTPS://***@host.go.id/a"),
        ("https://medium.com/@unit/a", "https://medium.com/@unit/a"),
        ("https://host.go.id?ke=a@b.id", "https://host.go.id?ke=a@b.id"),
    ],
)
def test_passwords_in_links_are_not_published(written: str, published: str) -> None:
    assert without_password(written) == published
    rows = gather(place(), [claim("16", links=(written,))]).items
    assert [row.source for row in rows] == [published]


def test_links_that_differ_only_by_their_password_are_one_item() -> None:
    rows = gather(place(), [claim("16", links=("https://a:1@h.id/x", "https://a:2@h.id/x"))]).items
    assert [row.source for row in rows] == ["https://***@h.id/x"]


def test_links_and_files_are_both_items() -> None:
    made = place("bukti/16 x/a.pdf")
    rows = items(made, claim("16", links=("https://youtu.be/abc", "youtu.be/abc", "https://youtu.be/abc")))
    assert rows == [
        ("16", "bukti/16 x/a.pdf", "folder", True, ""),
        ("16", "https://youtu.be/abc", "named", True, ""),
        ("16", "youtu.be/abc", "named", True, "link_malformed"),
    ]


@pytest.mark.parametrize(
    "link",
    [
        "https://youtu.be/abc",
        "http://a.go.id",
        "HTTPS://A.GO.ID/x?y=1#z",
        "https://10.0.0.1/x",
        "https://[::1]:8080/",
        "https://a.go.id:443/",
    ],
)
def test_complete_web_addresses(link: str) -> None:
    assert is_web_address(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "youtu.be/abc",
        "www.a.go.id",
        "ftp://a.go.id",
        "https://",
        "https:///x",
        "https://localhost/x",
        "https://a b.go.id",
        "https://a.go.id/x y",
        "https://a..id/",
        "https://a.go.id:99999/",
        "https://[::1",
        "javascript:alert(1)",
        "https://a.go.id/\n",
    ],
)
def test_other_texts_are_no_web_addresses(link: str) -> None:
    assert not is_web_address(link)


def test_total_is_claimed_by_its_value() -> None:
    made = SubmissionPlace("pemda", "pemda", "2026/00 Pemda", "pemda.xlsx")
    made.add(["bukti", "SPD", "a.pdf"], Entry("2026/00 Pemda/bukti/SPD/a.pdf", 1, 0.0), {"SPD"})
    assert [item.counted for item in gather(made, [Claim("SPD", value="40.5")]).items] == [True]
    assert [item.counted for item in gather(made, [Claim("SPD", value="")]).items] == [False]


def test_files_that_are_nobodys_are_handed_back() -> None:
    made = place("bukti/lain/a.pdf", "bukti/b.pdf", "c.pdf", "bukti/lain/d.pdf")
    gathered = gather(made, [claim("16", "a.pdf")])
    assert [entry.path.rsplit("/", 1)[1] for entry in gathered.numberless] == ["b.pdf", "d.pdf"]
    assert [entry.path.rsplit("/", 1)[1] for entry in gathered.loose] == ["c.pdf"]


def test_times_that_no_calendar_has_are_left_empty() -> None:
    assert iso_time(0) == "1970-01-01T00:00:00Z"
    assert iso_time(1e20) == "" and iso_time(float("nan")) == "" and iso_time(-1e18) == ""


@given(st.text(max_size=40))
def test_any_name_or_link_is_an_item_or_nothing(text: str) -> None:
    gathered = gather(place("bukti/16 x/a.pdf"), [claim("16", text, links=(text,))])
    assert all(item.source for item in gathered.items if item.kind == "file")


def test_names_are_parted_by_a_slash_behind_an_ending() -> None:
    made = place("bukti/16 x/a.pdf", "bukti/16 x/b.pdf", "bukti/16 x/c.pdf")
    assert [row[2] for row in items(made, claim("16", "a.pdf/b.pdf / c.pdf"))] == ["named"] * 3


def test_a_remark_in_brackets_behind_a_name_that_is_there_is_no_note() -> None:
    made = place("bukti/16 x/a.pdf")
    for text in ("a.pdf (sertifikat)", "a.pdf [hal. 3]"):
        gathered = gather(made, [claim("16", text)])
        assert ([item.listed for item in gathered.items], gathered.notes) == (["named"], []), text


def test_a_name_without_its_ending_is_found_before_a_remark_in_brackets() -> None:
    made = place("bukti/16 x/SK Tim.pdf", "bukti/16 x/lain.pdf")
    gathered = gather(made, [claim("16", "SK Tim (terlampir)")])
    assert [item.listed for item in gathered.items] == ["named", "extra"]
    assert gathered.notes == []


def test_a_remark_behind_a_name_of_two_files_is_a_note_and_the_folder_counts() -> None:
    made = place("bukti/16 x/SK Tim.pdf", "bukti/16 x/SK Tim.docx")
    gathered = gather(made, [claim("16", "SK Tim (terlampir)")])
    assert [item.listed for item in gathered.items] == ["folder", "folder"]


def test_a_number_in_brackets_is_no_remark() -> None:
    gathered = gather(place("bukti/16 x/SK.pdf"), [claim("16", "SK (2).pdf")])
    assert ("missing", "named") in [(item.problem, item.listed) for item in gathered.items]


@pytest.mark.parametrize("sign", "_-")
def test_a_slash_that_no_file_can_bear_is_another_sign_in_its_name(sign: str) -> None:
    made = place(f"bukti/16 x/Surat Tugas No. 12{sign}2025.pdf", "bukti/16 x/lain.pdf")
    found = items(made, claim("16", "Surat Tugas No. 12/2025.pdf"))
    assert [(source, listed) for _, source, listed, *_ in found][:2] == [
        (f"bukti/16 x/Surat Tugas No. 12{sign}2025.pdf", "named"),
        ("bukti/16 x/lain.pdf", "extra"),
    ]


@pytest.mark.parametrize(
    ("there", "named"),
    [
        ("SK_Bupati.pdf", "SK Bupati.pdf"),
        ("Jum\u2019at Sehat.pdf", "Jum'at Sehat.pdf"),
        ("SK \u2013 Tim.pdf", "SK - Tim.pdf"),
        ("Caf\u00e9.pdf", "Cafe.pdf"),
        ("Cafe.pdf", "Cafe\u0301"),
    ],
)
def test_accents_quotes_dashes_and_underscores_do_not_part_a_name_from_its_file(
    there: str, named: str
) -> None:
    assert items(place(f"bukti/16 x/{there}"), claim("16", named)) == [
        ("16", f"bukti/16 x/{there}", "named", True, "")
    ]


def test_the_exact_spelling_wins_over_one_that_only_looks_alike() -> None:
    made = place("bukti/16 x/SK_A.pdf", "bukti/16 x/SK A.pdf")
    rows = items(made, claim("16", "sk a.pdf"))
    assert [row[1] for row in rows if row[2] == "named"] == ["bukti/16 x/SK A.pdf"]


@pytest.mark.parametrize(
    "there",
    ["SK (1).pdf", "SK - Copy.pdf", "SK - Salinan (2).pdf", "Salinan SK.pdf", "Copy of SK.pdf", "SK(2).pdf"],
)
def test_a_copy_of_the_named_file_is_offered(there: str) -> None:
    for named, other in (("SK.pdf", there), (there, "SK.pdf")):
        found = gather(place(f"bukti/16 x/{other}"), [claim("16", named)]).items
        (item,) = [item for item in found if item.problem == "missing"]
        assert item.detail.endswith(f'; yang mirip: "{other}"')

"""Findings about items of evidence: each appears, and each stays away."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def claimed(region):
    """Indicator 28 claimed at 1 with one readable PDF."""
    region.claim("28", 1)
    return region


def codes_of(region):
    return region.codes("evidence.", "28")


def test_readable_file_of_the_right_kind_has_no_finding(claimed):
    assert codes_of(claimed) == []


@pytest.mark.parametrize(
    "problem",
    ["empty", "unreadable", "encrypted", "outside_share", "still_changing", "timeout"],
)
def test_problem_of_a_counted_file_is_a_critical_finding_that_names_it(claimed, problem):
    claimed.set_item("28", problem=problem, detail="struktur rusak", readable=False)
    found = claimed.only(f"evidence.{problem}")
    assert codes_of(claimed) == [f"evidence.{problem}"]
    assert found["severity"] == "critical"
    assert "bukti-28.pdf" in found["message"]
    assert found["source"].endswith("28 bukti/bukti-28.pdf")


def test_unreadable_file_says_what_was_seen(claimed):
    claimed.set_item("28", problem="unreadable", detail="struktur PDF rusak", readable=False)
    assert "struktur PDF rusak" in claimed.only("evidence.unreadable")["message"]


def test_named_file_that_is_not_there_is_missing(claimed):
    claimed.set_item("28", problem="missing", readable=False, sha256="", size=None, format="")
    found = claimed.only("evidence.missing")
    assert "bukti-28.pdf" in found["message"]
    assert "kolom Bukti" in found["message"]
    claimed.set_item("28", detail='nama "a" cocok dengan 2 berkas; tulis nama lengkapnya')
    assert "cocok dengan 2 berkas" in claimed.only("evidence.missing")["message"]
    assert codes_of(claimed) == ["evidence.missing"]


def test_each_bad_item_of_a_claim_has_its_own_finding(claimed):
    claimed.set_item("28", problem="empty", readable=False)
    claimed.add_file("28", "lain.pdf", problem="encrypted", readable=False)
    assert codes_of(claimed) == ["evidence.empty", "evidence.encrypted"]


def test_bad_file_beside_a_good_one_is_still_reported(claimed):
    claimed.add_file("28", "lain.pdf", problem="empty", readable=False)
    assert codes_of(claimed) == ["evidence.empty"]


def test_problem_without_a_claim_is_not_critical(claimed):
    claimed.set_claim("28", parameter=0, raw="0")
    claimed.set_item("28", problem="encrypted", counted=False, readable=False)
    assert codes_of(claimed) == ["evidence.unclaimed"]


@pytest.mark.parametrize("word", ["docx", "jpg", "zip", "html", ""])
def test_kind_is_judged_by_content(claimed, word):
    claimed.set_item("28", format=word)
    found = claimed.only("evidence.kind_not_allowed")
    assert found["severity"] == "critical"
    assert "hanya menerima PDF" in found["message"]


def test_wrong_kind_that_is_locked_too_is_reported_twice(claimed):
    claimed.set_item("28", format="docx", problem="encrypted", readable=False)
    assert codes_of(claimed) == ["evidence.encrypted", "evidence.kind_not_allowed"]


def test_unknown_kind_of_a_file_that_does_not_open_is_not_reported(claimed):
    claimed.set_item("28", format="", problem="unreadable", readable=False)
    assert codes_of(claimed) == ["evidence.unreadable"]


def test_every_kind_of_file_is_fine_where_the_rulebook_knows_none(claimed):
    claimed.rule("28", kinds=None)
    claimed.set_item("28", format="docx")
    assert codes_of(claimed) == []


def test_file_is_refused_where_only_links_count(claimed):
    claimed.rule("28", kinds=("link",))
    assert codes_of(claimed) == ["evidence.kind_not_allowed"]


def test_size_over_a_read_limit_is_critical(claimed):
    claimed.rule("28", max_size_mb=Decimal(2))
    limit = 2 * claimed.rulebook.limits.bytes_per_mb.value
    claimed.set_item("28", size=limit)
    assert codes_of(claimed) == []
    claimed.set_item("28", size=limit + 1)
    found = claimed.only("evidence.too_large")
    assert found["severity"] == "critical"
    assert "2 MB" in found["message"]
    assert f"{limit + 1:,}".replace(",", ".") in found["message"]


def test_size_over_an_inferred_limit_only_warns(claimed):
    claimed.rule("28", "inferred", max_size_mb=Decimal("0.5"))
    claimed.set_item("28", size=claimed.rulebook.limits.bytes_per_mb.value)
    assert codes_of(claimed) == ["evidence.over_inferred_limit"]
    found = claimed.only("evidence.over_inferred_limit")
    assert found["severity"] == "warning"
    assert "0,5 MB" in found["message"]


def test_video_longer_than_an_inferred_limit_only_warns(claimed):
    claimed.rule("35", "inferred", max_minutes=Decimal(5))
    claimed.set_item("35", format="mp4", duration_s=301, text_sha256="", text_chars=None)
    assert claimed.codes("evidence.too_long") == []
    found = claimed.only("evidence.over_inferred_length")
    assert found["severity"] == "warning"
    assert "5 menit 1 detik" in found["message"]


def test_video_longer_than_a_read_limit_is_critical(claimed):
    claimed.rule("35", max_minutes=Decimal(5))
    claimed.set_item("35", format="mp4", duration_s=301, text_sha256="", text_chars=None)
    found = claimed.only("evidence.too_long")
    assert claimed.codes("evidence.over_inferred_length") == []
    assert found["severity"] == "critical"
    assert "5 menit 1 detik" in found["message"]
    claimed.set_item("35", duration_s=300)
    assert claimed.codes("evidence.too_long") == []


CELL = "2026/2.13.01 Dinas Kominfo/Sapa Warga/inovasi.xlsx#Indikator!"


@pytest.mark.parametrize("problem", ["missing", "outside_share"])
def test_name_without_a_file_leads_to_the_cell_that_names_it(claimed, problem):
    claimed.set_claim("28", files_cell=f"{CELL}E20")
    claimed.set_item("28", problem=problem, readable=False, sha256="", size=None, format="")
    found = claimed.only(f"evidence.{problem}")
    assert found["source"] == f"{CELL}E20"
    assert "bukti-28.pdf" in found["message"]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("evidence.link_malformed", {"problem": "link_malformed", "readable": False}),
        ("evidence.unclaimed", {"counted": False}),
    ],
)
def test_link_leads_to_the_cell_where_it_stands(claimed, code, changes):
    claimed.set_claim("35", links="https://a.id/1\nhttps://b.id/2", links_cell=f"{CELL}F30\n{CELL}E30")
    claimed.add_link("35", "https://b.id/2", **changes)
    found = claimed.only(code)
    assert found["source"] == f"{CELL}E30"
    assert "https://b.id/2" in found["message"]


def test_link_beside_a_file_leads_to_the_cell_where_it_stands(claimed):
    claimed.set_claim("28", links="https://a.id/1", links_cell=f"{CELL}F20")
    claimed.add_link("28", "https://a.id/1")
    assert claimed.only("evidence.link_not_counted")["source"] == f"{CELL}F20"


def test_file_without_a_claim_is_unclaimed(region):
    region.add_file("18", "dpa.pdf", counted=False, listed="folder")
    found = region.only("evidence.unclaimed")
    assert "dpa.pdf" in found["message"]
    assert "tidak diklaim" in found["message"]
    assert found["severity"] == "warning"


def test_file_that_bukti_does_not_name_is_unclaimed(claimed):
    claimed.add_file("28", "draf.pdf", counted=False, listed="extra")
    assert "tidak disebut di kolom Bukti" in claimed.only("evidence.unclaimed")["message"]


@pytest.mark.parametrize("problem", ["parameter_unknown", "formula_uncalculated"])
def test_files_of_a_claim_that_cannot_be_read_are_not_reported_beside_it(claimed, problem):
    claimed.set_claim("28", parameter=0, raw="empat", problem=problem)
    claimed.set_item("28", counted=False)
    assert codes_of(claimed) == []
    assert len(claimed.codes("claim.", "28")) == 1


def test_many_unclaimed_files_of_one_folder_are_one_finding(claimed):
    for number in range(5):
        claimed.add_file("28", f"draf-{number}.pdf", counted=False, listed="extra")
    assert len(claimed.codes("evidence.unclaimed")) == 5
    claimed.add_file("28", "draf-5.pdf", counted=False, listed="extra")
    found = claimed.only("evidence.unclaimed")
    assert "6 berkas, misalnya draf-0.pdf" in found["message"]
    assert found["source"].endswith("28 bukti")


def test_invisible_characters_in_a_name_are_shown(claimed):
    claimed.add_file("28", "a\u202egpj.pdf", problem="empty", readable=False)
    assert "a\\u202egpj.pdf" in claimed.only("evidence.empty")["message"]


def test_link_without_a_claim_is_called_a_link(region):
    region.add_link("18", "https://drive.google.com/x", counted=False)
    assert region.only("evidence.unclaimed")["message"].startswith("Tautan https://")


def test_missing_file_without_a_claim_is_nothing(region):
    region.add_file("18", "dpa.pdf", counted=False, problem="missing", readable=False, sha256="")
    assert region.codes("evidence.unclaimed") == []


def test_archive_is_reported_with_its_number_of_files(claimed):
    claimed.rule("28", kinds=None)
    claimed.set_item("28", format="zip", text_sha256="", text_chars=None)
    claimed.fact(claimed.items("28")[0], members=12)
    found = claimed.only("evidence.archive")
    assert "12 berkas" in found["message"]
    assert found["severity"] == "warning"


def test_archive_whose_members_are_not_known_is_reported_too(claimed):
    claimed.rule("28", kinds=None)
    claimed.set_item("28", format="rar")
    assert "daftar isi tidak terbaca" in claimed.only("evidence.archive")["message"]


@pytest.mark.parametrize("word", ["tar", "tar.gz", "gz", "bz2", "xz", "zst", "cab", "rar", "7z"])
def test_every_kind_of_archive_is_to_be_unpacked(claimed, word):
    claimed.set_item("28", format=word, text_sha256="", text_chars=None)
    assert "Keluarkan isi arsipnya" in claimed.only("evidence.kind_not_allowed")["fix"]


def test_archive_where_none_is_taken_is_one_finding_that_says_what_to_do(claimed):
    claimed.set_item("28", format="zip", text_sha256="", text_chars=None)
    claimed.fact(claimed.items("28")[0], members=40)
    found = claimed.only("evidence.kind_not_allowed")
    assert codes_of(claimed) == ["evidence.kind_not_allowed"]
    assert "arsip ZIP (40 berkas)" in found["message"]
    assert "Keluarkan isi arsipnya" in found["fix"]


GONE = {"problem": "missing", "size": None, "readable": False, "sha256": "", "format": ""}


def test_forty_named_files_with_one_archive_in_their_place_are_one_finding(claimed):
    claimed.drop_items("28")
    for number in range(40):
        claimed.add_file("28", f"bukti {number:02}.pdf", **GONE)
    claimed.add_file("28", "bukti.ZIP", listed="extra", counted=False, format="zip")
    found = claimed.only("evidence.")
    assert (found["code"], found["severity"]) == ("evidence.missing", "critical")
    assert "40 berkas" in found["message"]
    assert "bukti 00.pdf" in found["message"]
    assert "ada arsip bukti.ZIP" in found["message"]


@pytest.mark.parametrize(("names", "findings"), [(5, 5), (6, 1), (40, 1)])
def test_many_missing_files_of_one_claim_are_one_finding(claimed, names, findings):
    claimed.drop_items("28")
    for number in range(names):
        claimed.add_file("28", f"bukti {number:02}.pdf", **GONE)
    assert codes_of(claimed) == ["evidence.missing"] * findings


def test_an_archive_beside_proof_that_is_there_is_still_reported(claimed):
    claimed.add_file("28", "lain.zip", listed="extra", counted=False, format="zip")
    assert codes_of(claimed) == ["evidence.unclaimed"]


def test_problem_that_no_expectation_knows_is_our_own_mistake(claimed):
    claimed.set_item("28", problem="meleleh")
    with pytest.raises(ValueError, match="meleleh"):
        claimed.validate()


def test_forty_files_with_one_fault_are_one_finding_that_counts_them(claimed):
    claimed.rule("28", kinds=["pdf"])
    claimed.drop_items("28")
    for number in range(40):
        claimed.add_file("28", f"naskah {number:02}.docx", format="docx", text_sha256="", text_chars=None)
    found = claimed.only("evidence.kind_not_allowed")
    assert codes_of(claimed) == ["evidence.kind_not_allowed"]
    assert (
        "naskah 00.docx, naskah 01.docx, naskah 02.docx, dan 37 lainnya (seluruhnya 40)" in found["message"]
    )
    assert found["source"].endswith("naskah 00.docx")


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (1, "0.docx"),
        (2, "0.docx dan 1.docx"),
        (3, "0.docx, 1.docx, dan 2.docx"),
        (4, "0.docx, 1.docx, 2.docx, dan 1 lainnya (seluruhnya 4)"),
    ],
)
def test_three_files_with_one_fault_are_named_and_a_fourth_is_counted(claimed, count, named):
    claimed.rule("28", kinds=["pdf"])
    claimed.drop_items("28")
    for number in range(count):
        claimed.add_file("28", f"{number}.docx", format="docx", text_sha256="", text_chars=None)
    assert claimed.only("evidence.kind_not_allowed")["message"].startswith(f"Isi berkas {named} adalah Word")


def test_two_faults_of_one_code_stay_two_findings(claimed):
    claimed.drop_items("28")
    for number, detail in enumerate(["terpotong", "terpotong", "rusak"]):
        claimed.add_file("28", f"{number}.pdf", problem="unreadable", detail=detail, readable=False)
    found = claimed.found("evidence.unreadable")
    assert [message.partition(":")[0] for message in found["message"]] == [
        "Berkas 0.pdf dan 1.pdf tidak dapat dibuka",
        "Berkas 2.pdf tidak dapat dibuka",
    ]


def test_the_pages_of_all_scans_of_a_claim_are_one_sum(claimed):
    claimed.drop_items("28")
    for number, pages in enumerate([1, 3, 8]):
        claimed.add_file("28", f"pindai {number}.pdf", pages=pages, text_sha256="", text_chars=0)
    message = claimed.only("evidence.no_text")["message"]
    assert message.startswith(
        "12 dari 12 halaman PDF pindai 0.pdf, pindai 1.pdf, dan pindai 2.pdf tidak berisi"
    )


def test_a_file_that_is_offered_for_a_missing_one_is_not_also_reported_as_unclaimed(claimed):
    claimed.drop_items("28")
    near = 'berkas "SK.pdf" tidak ditemukan di folder inovasi; yang mirip: "SK (1).pdf"'
    claimed.add_file("28", "SK.pdf", **GONE, detail=near)
    claimed.add_file("28", "SK (1).pdf", listed="extra", counted=False)
    claimed.add_file("28", "lain.pdf", listed="extra", counted=False)
    assert codes_of(claimed) == ["evidence.missing", "evidence.unclaimed"]
    assert "lain.pdf" in claimed.only("evidence.unclaimed")["message"]

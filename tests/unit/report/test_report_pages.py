"""What the pages of the report say: to leaders, to reviewers, of every innovation."""

import re
from dataclasses import replace
from types import ModuleType

from report_pages import Page, pages_of

from iid.tasks.operate.serve.report_server import SHOWN_FILES, SHOWN_FOLDERS
from iid.tasks.report.book import open_book
from iid.tasks.report.site import render_site
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.tables import DECISIONS, concat, frame


def test_numbers_have_a_decimal_comma_and_no_missing_value_leaks(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert not re.search(r"\b(None|nan|NaN|<NA>|Undefined|Decimal)\b", page.text), path
    text = pages["index.html"].text
    for shown in (
        "34,69",
        "45,76",
        "10,37",
        "kurang 5,32",
        "13,29 poin",
        "(42,25 + 44,48 + 0,00) ÷ 250 × 100",
    ):
        assert shown.lower() in text.lower()


def test_the_first_page_answers_what_leaders_ask(pages: dict[str, Page]) -> None:
    text = pages["index.html"].text
    for answer in (
        "Kurang Inovatif",
        "menuju Inovatif",
        "21 dari 24",  # eligible innovations
        "21 dari 27",  # units that reported
        "4 dari 6",  # basic services
        "58 dan 78 peringatan",
        "122 dari 386",  # claims decided
        "langkah pertama dari",
        "Kekuatan dan kelemahan",
        "Ini perhitungan pertama siklus ini",
        "Belum ada perhitungan sebelumnya untuk dibandingkan",
        "Sementara",
        "disimpulkan",
    ):
        assert answer in text, answer


def test_nobody_is_listed_as_missing_on_the_first_page(pages: dict[str, Page]) -> None:
    assert "Puskesmas Paramasan" not in pages["index.html"].text
    assert "Puskesmas Paramasan" in pages["unit.html"].text


def test_a_folder_that_is_not_in_the_roster_is_shown_beside_the_units(strange: Assessment) -> None:
    pages = pages_of(dict(render_site(open_book(strange))))
    assert "20 dari 26 dan 1 folder tak dikenal" in " ".join(pages["index.html"].text.split())
    text = " ".join(pages["unit.html"].text.split())
    assert "20 dari 26 unit sudah melaporkan inovasi, dan 1 folder tak dikenal." in text
    assert "Folder tak dikenal" in text


def test_a_claimed_index_below_the_supported_one_is_explained(assessment: Assessment) -> None:
    sentence = "Diklaim dapat lebih rendah daripada didukung, karena pembaginya lain (24 dilaporkan, 21"
    for claimed, shown in (("34.00", True), ("60.00", False)):
        index = {**assessment.index, "claimed": {**assessment.index["claimed"], "index": claimed}}
        page = dict(render_site(open_book(replace(assessment, index=index))))["index.html"].decode()
        assert (sentence in page) is shown


def test_a_cycle_with_one_spd_total_says_so(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(open_book(made.sample(cycle=2023)))))
    assert "SPD dimasukkan sebagai satu angka" in pages["index.html"].text
    assert "nilai SPD paling tinggi" in pages["index.html"].text
    assert "41,25 / 63" in pages["pemda.html"].text


def test_an_announced_cycle_says_that_its_rules_are_not_in_force(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(open_book(made.sample(cycle=2027)))))
    assert "baru diumumkan, belum berlaku" in pages["index.html"].text
    assert "Baru diumumkan, belum berlaku" in pages["peraturan.html"].text


def test_without_a_roster_nobody_is_said_to_be_missing(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(open_book(made.sample(roster=())))))
    for path in ("index.html", "unit.html"):
        assert "yang belum melapor tidak dapat diketahui" in pages[path].text
    assert "Semua unit sudah melapor" not in pages["index.html"].text


def test_a_closed_cycle_shows_what_was_verified(made: ModuleType) -> None:
    text = pages_of(dict(render_site(open_book(made.sample(status="final")))))["index.html"].text
    assert "Indeks · terverifikasi 10,37" in text
    assert "Siklus ini sudah ditutup" in text


def test_every_inferred_value_stands_on_the_rulebook_page(
    assessment: Assessment, pages: dict[str, Page]
) -> None:
    text = pages["peraturan.html"].text
    reasons = {" ".join(reason.split()) for _, _, reason in assessment.rulebook.inferred()}
    assert [reason for reason in sorted(reasons) if reason not in text] == []
    for indicator in assessment.rulebook.indicators:
        assert all(" ".join(p.text.split()) in text for p in indicator.parameters)


def test_an_innovation_shows_rule_evidence_hash_findings_and_decision(
    assessment: Assessment, pages: dict[str, Page]
) -> None:
    text = next(page.text for path, page in pages.items() if path.startswith("inovasi/pkm-01-pos-gizi"))
    assert all(indicator.name in text for indicator in assessment.rulebook.sid)
    mine = assessment.evidence[assessment.evidence["innovation_id"] == "PKM-01/Pos Gizi Sungai"]
    assert all(sha[:10] in text for sha in mine["sha256"] if sha)
    found = assessment.findings[assessment.findings["innovation_id"] == "PKM-01/Pos Gizi Sungai"]
    assert all(" ".join(message.split()) in text for message in found["message"])
    assert "Ditolak peninjau , 20 November 2026" in text


def test_every_finding_stands_in_the_work_list(assessment: Assessment, pages: dict[str, Page]) -> None:
    text = pages["tinjauan.html"].text
    shown = [
        m
        for c, m in zip(assessment.findings["code"], assessment.findings["message"], strict=True)
        if not c.startswith("decision.")  # those name the reviewer
    ]
    assert [message for message in shown if " ".join(message.split()) not in text] == []


def test_a_lapsed_decision_is_shown_as_not_in_force(assessment: Assessment) -> None:
    identity = "BPP-01/Kalender Tanam Lahan Rawa"
    scores = assessment.scores[assessment.scores["innovation_id"] == identity]
    indicator = scores[scores["supported_parameter"] > 0]["indicator"].iloc[0]
    lapsed = {
        "innovation_id": identity,
        "indicator": indicator,
        "decision": "tolak",
        "note": "x",
        "in_force": False,
    }
    decisions = concat(DECISIONS, [assessment.decisions, frame(DECISIONS, [lapsed])])
    pages = pages_of(dict(render_site(open_book(replace(assessment, decisions=decisions)))))
    page = next(page for path, page in pages.items() if path.startswith("inovasi/bpp-01-kalender"))
    assert "Ditolak peninjau (tidak berlaku)" in page.text
    assert "✕ ditolak peninjau" not in page.text


def test_the_server_shows_every_file_that_the_data_page_links_to(site: dict[str, bytes]) -> None:
    linked = set(re.findall(r'href="\.\./([^"]+)"', site["data.html"].decode()))
    assert {"scores.csv", "evidence.parquet", "hasil.xlsx"} <= linked
    unseen = {name for name in linked if name not in SHOWN_FILES and not name.startswith(SHOWN_FOLDERS)}
    assert unseen == {"manifest.json"}  # also of the tables with decisions

"""Where every file of a cycle's folder belongs; every one is used, ignored by name, or reported."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load
from iid.tasks.ingest.cycle_layout import Layout, lay_out
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.values.region import Unit
from iid.tasks.values.share_paths import is_ignored

RULES = load(2026).rulebook
SID = frozenset(row.key for row in RULES.sid)
SPD = frozenset(row.key for row in RULES.spd_rows)
ROSTER = (
    Unit("01", "Dinas Kesehatan", "opd"),
    Unit("1.02", "Dinas Sosial", "opd"),
    Unit("pkm", "Puskesmas", "puskesmas"),
)


def lay(
    *paths: str, roster: tuple[Unit, ...] | None = None, unreadable: Any = (), folders: Any = ()
) -> Layout:
    """The layout of files below 2026/; their folders are listed too."""
    entries = [Entry(f"2026/{path}", 1, 0.0) for path in sorted(paths)]
    inner = {
        "/".join(entry.path.split("/")[:n]) for entry in entries for n in range(2, entry.path.count("/") + 1)
    }
    inner |= {f"2026/{folder}" for folder in folders}
    closed = tuple((f"2026/{path}", reason) for path, reason in unreadable)
    return lay_out(Listing(tuple(entries), tuple(sorted(inner)), closed), 2026, roster, SID, SPD)


def only(layout: Layout) -> SubmissionPlace:
    (place,) = layout.innovations
    return place


def test_files_go_to_their_workbook_and_indicator() -> None:
    base = "01 Dinas Kesehatan/SIGAP"
    layout = lay(
        "00 Pemda/pemda.xlsx",
        "00 Pemda/bukti/2a APBD/Perda.pdf",
        f"{base}/inovasi.xlsx",
        f"{base}/bukti/16 Regulasi/SK.pdf",
        f"{base}/bukti/16 Regulasi/lampiran/2024/daftar.pdf",
        f"{base}/bukti/16. SK lain/SK2.pdf",
        f"{base}/bukti/lain/x.pdf",
        f"{base}/bukti/y.pdf",
        f"{base}/foto/z.jpg",
        roster=ROSTER,
    )
    assert layout.region.workbook == Entry("2026/00 Pemda/pemda.xlsx", 1, 0.0)
    assert [entry.path for entry in layout.region.evidence["2a"]] == ["2026/00 Pemda/bukti/2a APBD/Perda.pdf"]
    place = only(layout)
    assert (place.innovation_id, place.unit_code, place.folder) == ("01/SIGAP", "01", f"2026/{base}")
    assert place.workbook is not None and place.workbook.path == f"2026/{base}/inovasi.xlsx"
    assert [entry.path.rsplit("/", 1)[1] for entry in place.evidence["16"]] == [
        "SK.pdf",
        "daftar.pdf",
        "SK2.pdf",
    ]
    assert place.evidence_folders["16"] == f"2026/{base}/bukti/16 Regulasi"
    assert [entry.path.rsplit("/", 1)[1] for entry in place.numberless] == ["x.pdf", "y.pdf"]
    assert [entry.path.rsplit("/", 1)[1] for entry in place.loose] == ["z.jpg"]


@pytest.mark.parametrize("name", ["inovasi.xlsx", "Inovasi.XLSX", " inovasi.xlsx"])
def test_workbook_is_found_in_any_case(name: str) -> None:
    assert only(lay(f"01 A/X/{name}")).workbook is not None


def test_exact_spelling_of_the_workbook_wins() -> None:
    place = only(lay("01 A/X/INOVASI.xlsx", "01 A/X/inovasi.xlsx", "01 A/X/Inovasi.xlsx"))
    assert place.workbook is not None and place.workbook.path.endswith("/inovasi.xlsx")
    assert len(place.workbooks) == 3


@pytest.mark.parametrize(
    "name", ["SIGAP.xlsx", "form.csv", "inovasi.csv", "inovasi.zip", "inovasi.xlsx.lnk", "inovasi.gsheet"]
)
def test_lookalikes_are_named_where_the_workbook_is_missing(name: str) -> None:
    place = only(lay(f"01 A/X/{name}", "01 A/X/foto.jpg", "01 A/X/sub/tabel.xlsx"))
    assert place.workbook is None
    assert [entry.path for entry in place.lookalikes] == [f"2026/01 A/X/{name}"]
    assert only(lay(f"01 A/X/{name}", "01 A/X/inovasi.xlsx")).lookalikes == []


@pytest.mark.parametrize(
    "name",
    [
        "inovasi.xls",
        "Inovasi SIGAP.xlsx",
        "inovasi (1).xlsx",
        "inovasi.ods",
        "Salinan inovasi.xlsx",
        "inovasi-PC.xlsm",
    ],
)
def test_a_workbook_under_nearly_its_name_is_read_where_there_is_no_other(name: str) -> None:
    place = only(lay(f"01 A/X/{name}", "01 A/X/foto.jpg"))
    assert place.workbook is not None and place.workbook.path == f"2026/01 A/X/{name}"
    both = only(lay(f"01 A/X/{name}", "01 A/X/inovasi.xlsx"))
    assert [entry.path.rsplit("/", 1)[1] for entry in both.candidates] == ["inovasi.xlsx", name]


@pytest.mark.parametrize("name", ["inovasimu.xlsx", "data inovasi.xlsx", "inovasi2.docx"])
def test_other_tables_are_not_taken_for_the_workbook(name: str) -> None:
    assert only(lay(f"01 A/X/{name}")).workbook is None


@pytest.mark.parametrize("folder", ["bukti", "Bukti", "BUKTI DUKUNG", "bukti_2026"])
def test_evidence_folder_in_any_spelling(folder: str) -> None:
    assert list(only(lay(f"01 A/X/{folder}/16 x/a.pdf")).evidence) == ["16"]


@pytest.mark.parametrize(
    "folder", ["00 Pemda", "00", "00_PEMDA", "00-Kab", "Pemda", "pemda Kab. Banjar", "99 Pemda"]
)
def test_region_folder_by_prefix_or_name(folder: str) -> None:
    layout = lay(f"{folder}/pemda.xlsx", roster=ROSTER)
    assert layout.region.workbook is not None
    assert layout.region.folder == f"2026/{folder}"
    assert layout.innovations == [] and all(unit.known for unit in layout.units.values())


@pytest.mark.parametrize("folder", ["001 Dinas", "00.1 Dinas", "05 Sekretariat Pemda"])
def test_other_folders_are_units(folder: str) -> None:
    assert lay(f"{folder}/X/inovasi.xlsx").innovations[0].unit_code == folder.split(maxsplit=1)[0]


def test_missing_region_folder_is_expected_at_its_place() -> None:
    assert lay("01 A/X/inovasi.xlsx").region.folder == "2026/00 Pemda"


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("01 Dinas Kesehatan", "01"),
        (" 01  Dinas", "01"),
        ("01", "01"),
        ("1.02 Dinas Sosial", "1.02"),
        ("1.02_Dinas Sosial", "1.02"),
        ("1.02-Dinas Sosial", "1.02"),
        ("PKM Martapura", "pkm"),
        ("01a Dinas", "01a"),
        ("Dinas Kesehatan", "Dinas"),
    ],
)
def test_unit_code_is_the_first_word(folder: str, code: str) -> None:
    layout = lay(f"{folder}/X/inovasi.xlsx", roster=ROSTER)
    assert only(layout).unit_code == code
    assert layout.units[code].known == (code in {"01", "1.02", "pkm"})
    assert layout.units[code].folders == [f"2026/{folder}"]


def test_without_a_roster_every_unit_is_known_by_its_folder() -> None:
    layout = lay("07 Kecamatan Martapura/X/inovasi.xlsx")
    assert layout.units["07"].known
    assert layout.units["07"].unit == Unit("07", "Kecamatan Martapura", "", "")


def test_empty_folders_are_units_and_innovations_too() -> None:
    layout = lay(folders=["01 Dinas", "1.02 Dinas", "1.02 Dinas/Baru"], roster=ROSTER)
    assert layout.units["01"].folders == ["2026/01 Dinas"]
    assert [(place.innovation_id, place.workbook) for place in layout.innovations] == [("1.02/Baru", None)]


def test_second_folder_of_a_unit_is_read_as_well() -> None:
    layout = lay("01 Dinas/A/inovasi.xlsx", "01 dinas kesehatan/B/inovasi.xlsx", roster=ROSTER)
    assert layout.units["01"].folders == ["2026/01 Dinas", "2026/01 dinas kesehatan"]
    assert [place.innovation_id for place in layout.innovations] == ["01/A", "01/B"]


def test_second_region_folder_is_misplaced() -> None:
    layout = lay("00 Pemda/pemda.xlsx", "00 Pemda lama/pemda.xlsx")
    assert layout.region_folders == ["2026/00 Pemda", "2026/00 Pemda lama"]
    assert [entry.path for _, entry in layout.misplaced] == ["2026/00 Pemda lama/pemda.xlsx"]


def test_innovations_of_one_name_keep_different_ids() -> None:
    layout = lay(
        "01 A/Caf\u00e9/inovasi.xlsx",
        "01 A/Cafe\u0301/inovasi.xlsx",
        "01 A/Caf\u00e9 /inovasi.xlsx",
        "01 A/Café (2)/x",
    )
    ids = [place.innovation_id for place in layout.innovations]
    assert ids == ["01/Café", "01/Café (2)", "01/Café (3)", "01/Café (4)"]
    assert len(layout.repeated) == 2
    assert len({place.folder for place in layout.innovations}) == 4


def test_names_are_normalised_in_ids_and_kept_in_paths() -> None:
    place = only(lay("01 A/ Cafe\u0301 /inovasi.xlsx"))
    assert (place.innovation_id, place.folder) == ("01/Caf\u00e9", "2026/01 A/ Cafe\u0301 ")


def test_ignored_names_are_left_out_at_any_depth() -> None:
    layout = lay(
        "_tinjauan/01.xlsx",
        "01 A/_umpan-balik/temuan.xlsx",
        "01 A/X/inovasi.xlsx",
        "01 A/X/~$inovasi.xlsx",
        "01 A/X/bukti/16 x/Thumbs.db",
        "01 A/X/bukti/_arsip/a.pdf",
        ".git/config",
    )
    place = only(layout)
    assert (place.evidence, place.numberless, place.loose, layout.misplaced) == ({}, [], [], [])
    assert list(layout.units) == ["01"]


@pytest.mark.parametrize(
    "name",
    [
        *("SK.pdf\uff1aZone.Identifier", "SK.pdf_Zone.Identifier", "SK.pdf%3AZone.Identifier"),
        *("SK.pdf:SmartScreen", "Thumbs.db:encryptable:$DATA", "Word Work File D_1234.tmp", "mso9F3A.tmp"),
        *("Desktop DB", "Desktop DF", ":2eDS_Store", ":2e_SK.pdf", "@Transcode"),
        *("a.dtapart", "a.ob!", "a.ytdl", "a.crswap", "8A3F0000"),
    ],
)
def test_noise_of_computers_is_ignored_by_name(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.parametrize(
    "name",
    ["SK Zone Identifier.pdf", "msoffice.tmp.pdf", "mso rapat.tmp", "2eDS.pdf", "BA202501", "BACABACA"],
)
def test_what_only_resembles_noise_is_kept(name: str) -> None:
    assert not is_ignored(name)


def test_files_above_the_innovations_are_misplaced() -> None:
    layout = lay("catatan.txt", "01 A/laporan.pdf", "01 A/X/inovasi.xlsx")
    assert [(code, entry.path) for code, entry in layout.misplaced] == [
        ("01", "2026/01 A/laporan.pdf"),
        ("", "2026/catatan.txt"),
    ]


def test_other_cycles_and_files_outside_are_not_ours() -> None:
    entries = (
        Entry("2025/01 A/X/inovasi.xlsx", 1, 0.0),
        Entry("20266/x", 1, 0.0),
        Entry("iid-share.toml", 1, 0.0),
    )
    layout = lay_out(Listing(entries, ("2025", "2025/01 A")), 2026, None, SID, SPD)
    assert (layout.innovations, layout.misplaced, layout.units) == ([], [], {})


def test_unreadable_folders_are_known_by_their_place() -> None:
    layout = lay(
        "01 A/X/inovasi.xlsx",
        unreadable=[("01 A/Y", "hak baca ditolak"), ("01 A/X/bukti", "hak baca ditolak"), ("02 B", "EIO")],
    )
    assert layout.unreadable == [
        ("01", "2026/01 A/Y", "hak baca ditolak"),
        ("01", "2026/01 A/X/bukti", "hak baca ditolak"),
        ("02", "2026/02 B", "EIO"),
    ]
    assert [(place.innovation_id, place.unreadable) for place in layout.innovations] == [
        ("01/X", ""),
        ("01/Y", "hak baca ditolak"),
    ]


NAMES = st.sampled_from(
    [
        "00 Pemda",
        "01 A",
        "02",
        "inovasi.xlsx",
        "pemda.xlsx",
        "bukti",
        "16 Regulasi",
        "2a",
        "x.pdf",
        "_x",
        "Thumbs.db",
        " ",
        "é",
    ]
) | st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(st.lists(st.lists(NAMES, min_size=1, max_size=6).map("/".join), unique=True, max_size=12))
def test_no_file_is_lost_and_none_is_counted_twice(paths: list[str]) -> None:
    layout = lay(*paths, roster=ROSTER)
    placed: list[str] = [entry.path for _, entry in layout.misplaced]
    placed += [entry.path for entries in layout.ownerless.values() for entry in entries]
    for place in (layout.region, *layout.innovations):
        groups = (place.workbooks, place.numberless, place.loose, *place.evidence.values())
        placed += [entry.path for group in groups for entry in group]
    wanted = [f"2026/{path}" for path in paths if not any(map(is_ignored, path.split("/")))]
    assert sorted(placed) == sorted(wanted)


@given(st.lists(st.lists(NAMES, min_size=2, max_size=5).map("/".join), unique=True, max_size=8), st.randoms())
def test_order_of_the_listing_does_not_matter_for_ids(paths: list[str], rng: random.Random) -> None:
    first = [(place.innovation_id, place.folder) for place in lay(*paths).innovations]
    rng.shuffle(paths)
    assert [(place.innovation_id, place.folder) for place in lay(*paths).innovations] == first


def test_a_share_of_a_folder_is_laid_out(
    share: Any, innovation: Callable[..., bytes], tmp_path: Path
) -> None:
    share.put("01 Dinas/X/inovasi.xlsx", innovation())
    os.mkfifo(tmp_path / "2026/01 Dinas/X/pipa")
    assert share.read().innovations["innovation_id"].tolist() == ["01/X"]

"""The tree: complete, never overwriting, and reporting nothing by itself."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from iid.expectations.rulebook.loading import available, load
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.roster import read_roster
from iid.tasks.ingest.submissions import read_submissions
from iid.tasks.scaffold.answers import BLANK
from iid.tasks.scaffold.instructions import folder_note
from iid.tasks.scaffold.scaffolding import roster_csv, scaffold
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.marker import read_marker
from iid.tasks.values.folder_names import EXAMPLE_FOLDER
from iid.tasks.values.region import Marker, Unit

MARKER = Marker("63.03", "Kabupaten Banjar", "Asia/Makassar")


def snapshot(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


def test_every_unit_gets_a_blank_innovation_with_its_evidence_folders(share: Path) -> None:
    for unit in ("101 Dinas Kesehatan", "201 UPT Puskesmas Aluh-Aluh", "63.03.06.2009 Desa Bi'ih"):
        example = share / "2026" / unit / EXAMPLE_FOLDER
        assert (example / "inovasi.xlsx").is_file()
        assert sorted(path.name[:2] for path in (example / "bukti").iterdir()) == [
            str(n) for n in range(16, 36)
        ]
    assert (share / "2026/00 Pemda/pemda.xlsx").is_file()
    assert len(list((share / "2026/00 Pemda/bukti").iterdir())) == 20


def test_marker_and_roster_are_what_the_next_command_reads(share: Path, roster: tuple[Unit, ...]) -> None:
    assert read_marker(FolderDrive(share)) == MARKER
    assert read_roster((share / "2026/_roster.csv").read_bytes(), "_roster.csv") == roster


def test_a_region_name_with_quotes_survives_the_marker(tmp_path: Path, rulebook: Rulebook) -> None:
    odd = Marker("64.71", 'Kota "Contoh" \\ Baru', "Asia/Makassar", example=True)
    scaffold(tmp_path, rulebook, [], odd)
    assert read_marker(FolderDrive(tmp_path)) == odd


def test_an_untouched_scaffold_reports_no_innovation(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    drive = FolderDrive(share)
    read = read_submissions(drive, drive.list("2026"), rulebook, roster)
    assert len(read.innovations) == 0
    assert list(read.units["unit_code"]) == ["101", "201", "63.03.06.2009"]
    assert not read.units["submitted"].any()
    assert set(read.findings["code"]) == {"submission.blank"}  # of pemda.xlsx


def test_a_copied_and_renamed_example_is_blank_until_somebody_fills_it(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    unit = share / "2026/101 Dinas Kesehatan"
    shutil.copytree(unit / EXAMPLE_FOLDER, unit / "Perahu Sehat")
    drive = FolderDrive(share)
    read = read_submissions(drive, drive.list("2026"), rulebook, roster)
    assert len(read.innovations) == 0 and len(read.evidence) == 0
    assert not read.units["submitted"].any()
    assert set(read.findings["code"]) == {"submission.blank"}
    assert read.findings["unit_code"].tolist() == ["101", "pemda"]


def test_a_second_run_changes_nothing(share: Path, roster: tuple[Unit, ...], rulebook: Rulebook) -> None:
    before = snapshot(share)
    report = scaffold(share, rulebook, roster, MARKER)
    assert report.created == ()
    assert set(report.kept) == set(before)
    assert snapshot(share) == before


def test_only_what_is_missing_is_made_again(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    filled = share / "2026/00 Pemda/pemda.xlsx"
    filled.write_bytes(b"the work of a day")
    (share / "2026/101 Dinas Kesehatan" / EXAMPLE_FOLDER / "inovasi.xlsx").unlink()
    report = scaffold(share, rulebook, roster, MARKER)
    assert report.created == (f"2026/101 Dinas Kesehatan/{EXAMPLE_FOLDER}/inovasi.xlsx",)
    assert filled.read_bytes() == b"the work of a day"


def test_a_unit_whose_folder_was_renamed_keeps_it(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    (share / "2026/101 Dinas Kesehatan").rename(share / "2026/101 Dinkes")
    report = scaffold(share, rulebook, roster, MARKER)
    assert report.created == ()
    assert not (share / "2026/101 Dinas Kesehatan").exists()
    assert any("101 Dinkes" in note for note in report.notes)


def test_a_longer_roster_adds_units_and_says_that_the_copy_is_the_old_one(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    before = (share / "2026/_roster.csv").read_bytes()
    report = scaffold(share, rulebook, [*roster, Unit("999", "Dinas Baru", "opd")], MARKER)
    assert {path.split("/")[1] for path in report.created} == {"999 Dinas Baru"}
    assert (share / "2026/_roster.csv").read_bytes() == before
    assert any("_roster.csv" in note for note in report.notes)


def test_named_innovations_get_a_folder_of_their_own(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    report = scaffold(share, rulebook, roster, MARKER, innovations=[("101", "Perahu: Sehat?", BLANK)])
    assert len(report.created) == 21
    assert (share / "2026/101 Dinas Kesehatan/Perahu Sehat/inovasi.xlsx").is_file()


def test_an_unknown_unit_of_a_named_innovation_is_our_mistake(
    share: Path, roster: tuple[Unit, ...], rulebook: Rulebook
) -> None:
    with pytest.raises(KeyError):
        scaffold(share, rulebook, roster, MARKER, innovations=[("404", "Perahu", BLANK)])


def test_a_note_in_the_evidence_folder_says_what_belongs_there(share: Path) -> None:
    notes = list((share / "2026/101 Dinas Kesehatan" / EXAMPLE_FOLDER / "bukti").glob("35 */_petunjuk.txt"))
    text = notes[0].read_text(encoding="utf-8")
    for word in ("Indikator 35", "mp4", "tautan", "5 menit", "3 – Memenuhi 5 unsur substansi"):
        assert word in text


@pytest.mark.parametrize("cycle", available())
def test_the_note_of_an_indicator_with_bases_lists_each_with_its_parameters_and_evidence(cycle: int) -> None:
    several = [indicator for indicator in load(cycle).rulebook.indicators if len(indicator.bases) > 1]
    for indicator in several:
        text = folder_note(indicator)
        for basis in indicator.bases:
            assert f"Basis {basis.code} = {basis.name}" in text
            assert basis.evidence is None or basis.evidence in text
            assert all(f"{one.value} – {one.text}" in text for one in basis.parameters)
    assert cycle == 2023 or [indicator.key for indicator in several] == ["33"]


def test_a_roster_is_the_same_after_a_round_whatever_stands_in_its_names() -> None:
    names = ["Dinas\rBaru", "=1+1", 'Dinas "Satu", Dua', "Dinas\nTiga"]
    units = tuple(Unit(str(number), name, "opd", "") for number, name in enumerate(names, 101))
    assert read_roster(roster_csv(units), "_roster.csv") == units

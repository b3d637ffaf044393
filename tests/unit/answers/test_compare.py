"""Comparison: every planted change is named as the cause, and the parts add up to the difference."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction

import pytest

from iid.expectations.rulebook.loading import load_file
from iid.tasks.answers.compare import compared

FIRST, SECOND = "20260801T000000Z-0123abcd", "20260802T000000Z-89abcdef"


def both(old, new, folder, **more):
    return compared(old.publish(folder, FIRST), new.publish(folder, SECOND, **more))


def claim(record, owner, key):
    return next(c for c in record["claims"] if (c["innovation_id"], c["indicator"]) == (owner, key))


@pytest.fixture(scope="module")
def day(published):
    """The example's comparison."""
    return compared(published.picture(0), published.picture(1))


def test_the_parts_add_up_to_the_difference_of_the_index(published, day):
    old, new = (published.picture(n).states["supported"].index().index for n in (0, 1))
    parts = sum(Fraction(part["points"]) for part in day["parts"])
    assert abs(parts - (new - old)) <= Fraction(5, 20000)
    assert day["difference"]["supported"] == f"{float(new - old):.4f}"


def test_claims_and_innovations_add_up_to_their_parts(day):
    parts = {part["part"]: Fraction(part["points"]) for part in day["parts"]}
    rows = [row for rows in day["innovations"].values() for row in rows]
    sid = [*rows, *(c for c in day["claims"] if c["innovation_id"] != "pemda")]
    total = sum(Fraction(row["index_points"]) for row in sid)
    assert abs(total - parts["innovations"]) < Fraction(1, 1000)


def test_a_lost_file_is_the_cause(day):
    row = claim(day, "104/START BANJAR", "17")
    assert (row["supported"]["before"]["parameter"], row["supported"]["after"]["parameter"]) == (3, 0)
    assert [cause["kind"] for cause in row["causes"]] == ["file", "finding"]
    lost, found = row["causes"]
    assert lost["text"] == "berkas hilang: Surat tugas tim pengelola.pdf"
    assert (lost["change"], len(lost["before"]), lost["after"]) == ("removed", 64, "")
    assert (found["code"], found["appeared"]) == ("evidence.missing", True)


def test_a_changed_claim_is_the_cause(day):
    row = claim(day, "104/START BANJAR", "22")
    assert [cause["text"] for cause in row["causes"]] == ["klaim diubah 3 → 2"]


def test_a_decision_is_the_cause(day):
    row = claim(day, "102/BATASBIH FUKAHA", "29")
    assert [c["text"] for c in row["causes"]] == ["keputusan baru: turunkan ke 1 (Lihat halaman 3)"]
    assert row["verified"]["after"]["parameter"] == 1
    accepted = claim(day, "102/BATASBIH FUKAHA", "17")
    assert (accepted["index_points"], accepted["verified"]["after"]["parameter"]) == ("0.0000", 3)


def test_an_innovation_that_became_eligible_says_what_was_fixed(day):
    (row,) = day["innovations"]["became_eligible"]
    assert row["innovation_id"] == "203/GEBRAKS"
    assert [cause["text"] for cause in row["causes"]] == [
        "Waktu penerapan di luar kurun: teratasi",
        "Waktu Penerapan diubah 5 April 2021 → 5 April 2024",
    ]


def test_new_and_gone_innovations_are_named(day):
    assert [row["innovation_id"] for row in day["innovations"]["new"]] == ["402/Sawah Terapung"]
    assert [row["innovation_id"] for row in day["innovations"]["gone"]] == ["102/DEPE CANTIX"]
    assert not {c["innovation_id"] for c in day["claims"]} & {"402/Sawah Terapung", "102/DEPE CANTIX"}


def test_files_that_moved_nothing_are_still_reported(day):
    changes = {(c["innovation_id"], c["indicator"]): c for c in day["file_changes"]}
    replaced, renamed = changes["104/START BANJAR", "26"], changes["104/START BANJAR", "23"]
    assert (replaced["change"], renamed["change"]) == ("changed", "renamed")
    assert replaced["before"] != replaced["after"]
    assert renamed["text"] == "berkas berganti nama: SK pelaksana.pdf → SK pelaksana inovasi.pdf"
    assert (day["files"]["changed"], day["files"]["renamed"]) == (1, 1)


def test_every_moved_claim_has_a_cause(day):
    kinds = {cause["kind"] for row in day["claims"] for cause in row["causes"]}
    assert "unknown" not in kinds
    assert all(row["causes"] for row in day["claims"])


def test_ranks_are_those_of_the_two_runs(published, day):
    old, new = (
        published.picture(n).table("innovations").set_index("innovation_id")["rank"].dropna() for n in (0, 1)
    )
    moved = {row["innovation_id"]: (row["before"], row["after"]) for row in day["ranks"]}
    assert moved == {
        owner: (old.get(owner), new.get(owner))
        for owner in {*old.index, *new.index}
        if old.get(owner) != new.get(owner)
    }


def test_a_changed_rule_is_the_cause_of_what_only_it_moved(small, tmp_path):
    own = tmp_path / "sendiri.yaml"
    old = "weight: {value: 4, source: simonda_iga, status: read}"
    text = small.rules.text
    start = text.index('key: "35"')
    place = text.index("weight: ", start)
    assert text[place:].startswith(old), text[place : place + 80]
    second = text.index('key: "34"')
    other = text.index("weight: ", second)
    end = text.index("\n", other)
    text = text[:place] + old.replace("4", "3") + text[place + len(old) :]
    text = text[:other] + text[other:end].replace("value: 2", "value: 3") + text[end:]
    own.write_text(text, encoding="utf-8")
    record = both(small, replace(small, loaded=load_file(own)), tmp_path / "hasil")
    row = claim(record, "101/Dua", "35")
    assert [c["text"] for c in row["causes"]] == ["aturan berubah: bobot 4 → 3"]
    assert record["rules"] == ["34: bobot 2 → 3", "35: bobot 4 → 3"]


def test_a_decision_that_lapsed_is_the_cause(small, tmp_path):
    old = deepcopy(small)
    old.decide("101/Satu", "16", "tolak", note="Kabur")
    row = claim(both(old, small, tmp_path), "101/Satu", "16")
    assert [c["text"] for c in row["causes"]] == ["keputusan tolak tidak berlaku lagi"]


def test_nothing_but_the_program_is_left_as_the_cause(small, tmp_path):
    new = deepcopy(small)
    new.evidence[0]["readable"] = False  # the same bytes, read otherwise
    record = both(small, new, tmp_path, versions={"pypdfium2": "5.99"})
    assert [c["kind"] for c in claim(record, "pemda", "1")["causes"]] == ["file"]
    assert record["versions"] == ["pypdfium2 – → 5.99"]


def test_two_equal_runs_have_nothing_to_tell(small, tmp_path):
    record = both(small, small, tmp_path)
    assert (record["claims"], record["ranks"], record["file_changes"], record["rules"]) == ([], [], [], [])
    assert {part["points"] for part in record["parts"]} == {"0.0000"}


def test_a_changed_spd_total_is_a_claim_that_moved(small, tmp_path):
    old, new = type(small)(cycle=2024), type(small)(cycle=2024)
    for region, total in ((old, "45.5"), (new, "50")):
        region.spd(total=total)
        region.innovation("101/Satu", "Pendidikan", k16=3)
    row = claim(both(old, new, tmp_path), "pemda", "SPD")
    assert (row["supported"]["before"]["score"], row["supported"]["after"]["score"]) == ("45.50", "50.00")
    assert [c["text"] for c in row["causes"]] == ["Nilai diubah 45,5 → 50"]

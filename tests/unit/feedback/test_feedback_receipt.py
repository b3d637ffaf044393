"""What the receipt calls a file: as the rules see it, and as a reviewer decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iid.tasks.feedback.seen_files import seen_below
from iid.tasks.feedback.unit_feedback import feedback_of
from iid.tasks.shares.drive import Entry
from iid.tasks.values.tables import DECISIONS, frame

FOLDER, FILE = "2026/101 Dinas", "2026/101 Dinas/Karya/bukti/16 x/sk.pdf"


def used(*rows: dict[str, object], refused: bool = False, **decided: str) -> str:
    """The word of the one file, of which *rows* of EVIDENCE are known; *decided*: word by indicator."""
    fine = {"source": FILE, "kind": "file", "sha256": "ab", "counted": True, "problem": ""}
    fine |= {"innovation_id": "101/Karya", "indicator": "16"}
    decisions = {("101/Karya", key.removeprefix("i")): {"decision": word} for key, word in decided.items()}
    findings = [{"source": FILE, "severity": "critical"}] if refused else []
    evidence = [fine | row for row in rows or ({},)]
    [one] = seen_below([FOLDER], [Entry(FILE, 3, 0.0, "", "")], evidence, findings, decisions)
    return one.used


@pytest.mark.parametrize(
    ("word", "refused", "said"),
    [
        ("terima", True, "bukti, diterima peninjau"),
        ("terima", False, "bukti, diterima peninjau"),
        ("turunkan", True, "bukti, diturunkan peninjau"),
        ("tolak", False, "bukti, ditolak peninjau"),
        ("tolak", True, "bukti, ditolak peninjau"),
    ],
)
def test_a_decision_beats_what_the_machine_found(word: str, refused: bool, said: str) -> None:
    assert used(refused=refused, i16=word) == said


def test_without_a_decision_the_rules_say_it() -> None:
    assert used() == "bukti"
    assert used(refused=True) == "bukti, belum diterima"
    assert used(refused=True, i17="terima") == "bukti, belum diterima"
    assert used({"counted": False}, i16="terima") == "tidak dipakai"


def test_what_is_wrong_with_an_accepted_file_is_still_reported() -> None:
    assert used({"problem": "encrypted"}, i16="terima") == "bukti, diterima peninjau (terkunci kata sandi)"
    assert used({"problem": "encrypted"}, i16="tolak") == "terkunci kata sandi"
    assert used({"problem": "empty"}, i16="terima") == "kosong"  # carries no score, anyone who accepts it


def test_a_file_of_two_claims_is_called_by_what_was_best_for_it() -> None:
    two = ({"indicator": "16"}, {"indicator": "17"})
    assert used(*two, i16="tolak", i17="terima") == "bukti, diterima peninjau"
    assert used(*two, i16="tolak") == "bukti"
    assert used(*two, i16="tolak", i17="tolak") == "bukti, ditolak peninjau"


def test_the_receipt_of_a_run_knows_only_decisions_in_force(standing) -> None:
    assessment, listing, roster = standing[0].assess()
    decision = {"innovation_id": "101/Perahu Sehat", "indicator": "16", "decision": "terima"}

    def shown(*, in_force: bool) -> str:
        decisions = frame(DECISIONS, [decision | {"in_force": in_force}])
        found = feedback_of(replace(assessment, decisions=decisions), listing, roster)
        one = next(one for one in found if one.code == "101")
        return next(seen.used for seen in one.seen if seen.path.endswith("sk.pdf"))

    assert shown(in_force=True) == "bukti, diterima peninjau"
    assert shown(in_force=False) == "bukti, belum diterima"


def test_files_that_one_finding_counts_are_all_refused() -> None:
    """A finding on the kind of several files names the first; the others are of the same kind and claim."""
    names = {"a.docx": "docx", "b.docx": "docx", "sk.pdf": "pdf"}
    row = {"kind": "file", "sha256": "ab", "counted": True, "problem": ""}
    row |= {"innovation_id": "101/Karya", "indicator": "16"}
    evidence = [row | {"source": f"{FOLDER}/{name}", "media_type": kind} for name, kind in names.items()]
    finding = {"source": f"{FOLDER}/a.docx", "severity": "critical", "code": "evidence.kind_not_allowed"}
    entries = [Entry(f"{FOLDER}/{name}", 3, 0.0, "", "") for name in names]
    seen = seen_below([FOLDER], entries, evidence, [finding])
    assert [one.used for one in seen] == ["bukti, belum diterima", "bukti, belum diterima", "bukti"]

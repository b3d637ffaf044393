"""Decisions made at the desk: kept once, read by any run, and stronger than a row of a workbook."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iid.tasks.review.claim_keys import known_claims
from iid.tasks.review.decisions import read_decisions
from iid.tasks.review.desk_records import DeskLog, DeskRecord, keep
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.errors import StoreError, UsageError
from iid.tasks.values.tables import CLAIMS, EVIDENCE, frame

ID = "1.01/Siaga"
PREFIX = "63.03/2026"


def mark(review: Any, owner: str = ID, key: str = "16") -> str:
    known = known_claims(frame(CLAIMS, review.claims), frame(EVIDENCE, review.evidence), [owner])
    claim = known.find(owner, key)
    assert claim is not None
    return claim.fingerprint


def made(review: Any, decision: str = "terima", **changes: Any) -> DeskRecord:
    record = DeskRecord(ID, "16", decision, "", "", "ani", "2026-08-02T01:02:03Z", mark(review), 1)
    return replace(record, **changes)


def read(review: Any, *desk: DeskRecord, workbooks: bool = True) -> tuple[Any, Any]:
    claims, evidence = frame(CLAIMS, review.claims), frame(EVIDENCE, review.evidence)
    return read_decisions(
        review.drive, claims, evidence, review.cycle, review.kept, desk, workbooks=workbooks
    )


def test_a_decision_of_the_desk_is_in_force_and_says_where_it_was_made(review: Any) -> None:
    table, findings = read(review, made(review))
    (row,) = table.to_dict("records")
    assert (row["in_force"], row["origin"], row["reviewer"]) == (True, "meja", "ani")
    assert row["source"].startswith("decisions/")
    assert findings.empty


def test_where_both_decide_one_claim_the_desk_wins(review: Any) -> None:
    review.decide(ID, "16", Keputusan="tolak", Catatan="palsu", Peninjau="Budi", Tanggal="2026-08-03")
    table, findings = read(review, made(review))
    states = {
        row["origin"]: (row["decision"], row["in_force"], row["state"]) for row in table.to_dict("records")
    }
    assert states == {"meja": ("terima", True, "in_force"), "buku": ("tolak", False, "replaced")}
    assert findings.empty


def test_a_desk_decision_about_other_evidence_lapses_and_the_workbook_counts(review: Any) -> None:
    review.decide(ID, "16", Keputusan="terima", Peninjau="Budi", Tanggal="2026-08-03")
    table, _ = read(review, made(review, "tolak", note="salah", fingerprint="0" * 16))
    states = {row["origin"]: row["state"] for row in table.to_dict("records")}
    assert states == {"meja": "lapsed", "buku": "in_force"}


def test_a_desk_decision_about_no_claim_is_told_without_a_row(review: Any) -> None:
    _, findings = read(review, made(review, innovation_id="1.01/Tidak Ada"))
    said = "Keputusan menunjuk klaim yang tidak ada: 1.01/Tidak Ada indikator 16."
    assert findings["message"].tolist() == [said]


def test_only_the_last_decision_of_a_claim_counts(review: Any) -> None:
    later = made(review, "turunkan", new="2", note="dua", number=2)
    table, _ = read(review, later, made(review))
    (row,) = table.to_dict("records")
    assert (row["decision"], row["new_parameter"], row["in_force"]) == ("turunkan", 2, True)


def test_without_workbooks_none_is_read_and_what_they_decided_stays(review: Any) -> None:
    review.decide(ID, "17", Keputusan="terima", Peninjau="Budi", Tanggal="2026-08-03")
    review.run()
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Budi", Tanggal="2026-08-03")
    table, findings = read(review, made(review), workbooks=False)
    assert sorted((row["indicator"], row["origin"]) for row in table.to_dict("records")) == [
        ("16", "meja"),
        ("17", "buku"),
    ]
    assert table["in_force"].all()
    assert findings.empty


def test_the_desk_is_never_written_into_a_workbook_as_a_stewards_row(review: Any) -> None:
    desk = made(review)
    review.read = lambda: read(review, desk)
    review.run()
    row = next(row for row in review.rows("1.01") if row[:2] == [ID, "16"] or row[:2] == [ID, 16])
    header = [name.replace("\n", " ") for name in review.rows("1.01")[0]]
    assert row[header.index("Keputusan")] == ""
    assert "terima di meja tinjauan." in row[header.index("Temuan")]


def test_a_number_is_taken_once_and_every_reader_sees_it(tmp_path: Path, review: Any) -> None:
    store = FolderStore(tmp_path / "store")
    assert keep(store, PREFIX, made(review))
    assert not keep(store, PREFIX, made(review, "tolak", reviewer="budi"))
    assert keep(store, PREFIX, made(review, "tolak", number=2, note="x"))
    log = DeskLog(store, PREFIX)
    assert [record.decision for record in log.read()] == ["terima", "tolak"]
    assert [record.number for record in DeskLog(store, PREFIX).of(ID, "16")] == [1, 2]
    assert log.of(ID, "17") == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"innovation_id": 1}', b"\xff"])
def test_a_damaged_record_stops_the_run_and_names_it(content: bytes, tmp_path: Path, review: Any) -> None:
    store = FolderStore(tmp_path / "store")
    name = made(review).name
    store.put(f"{PREFIX}/decisions/{name}", content)
    with pytest.raises(StoreError, match=name):
        DeskLog(store, PREFIX).read()


def test_the_log_gives_the_same_records_until_another_one_is_made(review: Any, tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    log = DeskLog(store, PREFIX)
    keep(store, PREFIX, made(review))
    first = log.read()
    assert log.read() is first
    keep(store, PREFIX, made(review, number=2))
    assert [one.number for one in log.read()] == [1, 2]
    assert [one.number for one in DeskLog(store, PREFIX).read()] == [1, 2]


def test_what_a_newer_program_kept_is_refused_with_what_to_install_and_never_called_damaged(
    review: Any, tmp_path: Path
) -> None:
    from iid.tasks.desk.accounts import Account, Accounts

    store = FolderStore(tmp_path / "hasil")
    keep(store, PREFIX, made(review))
    Accounts(store).put(Account("ani"))
    for key in [*store.keys(f"{PREFIX}/decisions/"), *store.keys(".desk/accounts/")]:
        content = json.loads(store.get(key)) | {"schema": 2}
        store.put(key, json.dumps(content).encode(), "application/json")
    for read_it in (DeskLog(store, PREFIX).read, Accounts(store).all, lambda: Accounts(store).find("ani")):
        with pytest.raises(
            UsageError, match=r"iid yang lebih baru \(schema 2; .* sampai 1\); pasang iid"
        ) as said:
            read_it()
        assert "rusak" not in str(said.value)

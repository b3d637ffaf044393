"""The log of decisions: who, when, what, why, and whether it counted; rows are only ever added."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

from iid.flows.cli.main import run
from iid.tasks.review.decision_log import IDENTITY, extended
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.tables import DECISION_LOG

ID = "1.01/Siaga"
ANI = {"Keputusan": "turunkan", "Parameter_baru": 1, "Catatan": "buram", "Peninjau": "Ani", "Tanggal": "2/8"}


def events(review, *columns):
    rows = review.log[list(columns or ("state", "decision", "reviewer"))].to_dict("split")["data"]
    return [tuple(row) for row in rows]


def test_a_decision_is_logged_once_with_who_when_what_and_why(review):
    review.decide(ID, "16", **ANI)
    for _ in range(3):
        review.run()
    [row] = review.log.to_dict("records")
    assert list(row) == list(DECISION_LOG)
    assert row["at"] == "2026-08-02T00:00:00Z"
    assert [row[name] for name in IDENTITY[:-1]] == [ID, "16", "turunkan", "1", "buram", "Ani", "2/8"]
    assert row["source"] == "2026/_tinjauan/1.01.xlsx#Keputusan!G2"


def test_what_becomes_of_it_is_added_below(review):
    review.decide(ID, "16", **ANI)
    review.run()
    review.evidence[0]["sha256"] = "d" * 64
    review.run()
    review.decide(ID, "16", Keputusan="terima", Peninjau="Budi")
    review.run()
    review.decide(ID, "16", Keputusan=None, Peninjau=None)
    review.run()
    assert events(review) == [
        ("in_force", "turunkan", "Ani"),
        ("lapsed", "turunkan", "Ani"),
        ("in_force", "terima", "Budi"),
        ("replaced", "turunkan", "Ani"),
        ("withdrawn", "terima", "Budi"),
    ]


def test_earlier_rows_never_change(review):
    seen = [pd.DataFrame()]
    for word in ("terima", "tolak", None, "terima"):
        review.decide(ID, "16", Keputusan=word, Catatan="x" if word else None)
        review.run()
        before, log = seen[-1], review.log
        assert log.head(len(before)).to_dict("records") == before.to_dict("records")
        seen.append(log)


def test_an_unclear_entry_is_in_the_log_too(review):
    review.decide(ID, "16", Keputusan="terimaa", Peninjau="Ani")
    review.run()
    assert events(review) == [("unclear", "terimaa", "Ani")]


def test_two_stewards_who_save_over_each_other_lose_nothing_unseen(review):
    """Budi opened the workbook before Ani saved hers, and saves his after the night's run."""
    budi = (review.folder / "1.01.xlsx").read_bytes()
    review.decide(ID, "16", **ANI)
    review.run()
    (review.folder / "1.01.xlsx").write_bytes(budi)
    review.decide(ID, "17", Keputusan="terima", Peninjau="Budi")
    assessment, _ = review.run()
    [found] = assessment.findings.to_dict("records")
    assert (found["code"], found["source"]) == (
        "decision.withdrawn",
        "2026/_tinjauan/1.01.xlsx#Keputusan!G2",
    )
    assert "turunkan ke 1 (Ani, 2/8) dicabut" in found["message"]
    assert (found["unit_code"], found["innovation_id"], found["indicator"]) == ("1.01", ID, "16")
    assert ("withdrawn", "turunkan", "Ani") in events(review)


def test_the_same_run_computed_again_says_the_same(review):
    review.decide(ID, "16", **ANI)
    review.run()
    review.decide(ID, "16", **dict.fromkeys(ANI))
    at = review.as_of
    first, _ = review.run()
    review.as_of = at
    again, _ = review.run()
    assert again.findings.to_dict() == first.findings.to_dict()
    assert again.decision_log.to_dict() == first.decision_log.to_dict()


@pytest.mark.parametrize("lose", ["workbook", "row"])
def test_a_lost_row_is_no_withdrawal(review, lose):
    review.decide(ID, "16", **ANI)
    review.run()
    if lose == "workbook":
        (review.folder / "1.01.xlsx").unlink()
    else:
        review.edit("1.01", lambda sheet: sheet.delete_rows(2))
    review.run()
    assert events(review) == [("in_force", "turunkan", "Ani")]


def test_a_run_from_before_there_was_a_log_starts_one(review):
    review.decide(ID, "16", **ANI)
    decisions = review.read()[0]
    old = decisions.drop(columns=["new_value", "state"])
    log = extended(None, old, datetime(2026, 8, 1, tzinfo=UTC))
    assert log["decision"].tolist() == ["turunkan"]


@pytest.fixture
def shown(review, tmp_path, capsys, monkeypatch):
    """Publish what a run would, and ask ``iid decisions`` on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "200")

    def ask(*arguments):
        review.run()
        assessment = review.assess()
        run_id = f"{assessment.as_of:%Y%m%dT%H%M%SZ}-0123abcd"
        head = {"region": "63.03", "cycle": 2026, "run_id": run_id, "status": "provisional"}
        index = head | {"as_of": f"{assessment.as_of:%Y-%m-%dT%H:%M:%SZ}"}
        files = [("index.json", json.dumps(index).encode())]
        files += table_files("decision_log", assessment.decision_log)
        store = FolderStore(tmp_path / "store")
        publish(store, "63.03", 2026, run_id, files, {}, published_at=assessment.as_of, status="provisional")
        status = run(["decisions", "--store", str(tmp_path / "store"), "--cycle", "2026", *arguments])
        out = capsys.readouterr()
        return status, out.out, out.err

    return ask


@pytest.fixture
def lapsed(review):
    review.decide(ID, "16", **ANI)
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Budi")
    review.run()
    review.evidence[0]["sha256"] = "d" * 64
    return review


def test_the_command_lists_every_decision_with_its_state(lapsed, shown):
    status, out, err = shown()
    assert (status, err) == (0, "")
    assert "1 berlaku, 1 gugur." in out
    for words in ("1.01/Siaga · 16", "turunkan ke 1", "Ani, 2/8", "buram", "2 Agustus 2026", "Budi"):
        assert words in " ".join(out.split()), words


def test_the_command_lists_every_change_in_time(lapsed, shown):
    status, out, _ = shown("--log", "--unit", "1.01", "--json")
    record = json.loads(out)
    assert status == 0
    assert [(row["at"][:10], row["state"]) for row in record["decisions"]] == [
        ("2026-08-02", "in_force"),
        ("2026-08-03", "lapsed"),
    ]
    assert record["counts"] == {"in_force": 1, "lapsed": 1, "unclear": 0, "replaced": 0, "withdrawn": 0}


def test_the_command_filters_by_state_and_names_the_allowed_ones(lapsed, shown):
    assert "Budi" not in shown("--state", "gugur")[1]
    status, _, err = shown("--state", "hilang")
    assert status == 2
    assert err.strip().endswith("yang boleh: berlaku, gugur, belum-jelas, diganti, dicabut")


def test_a_region_without_decisions_says_so(review, shown):
    assert "Belum ada satu keputusan pun." in shown()[1]

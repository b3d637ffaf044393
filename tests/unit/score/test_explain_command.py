"""``iid explain``: from a published score back to rule, source, evidence, finding, decision."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from iid.expectations.rulebook.loading import load
from iid.flows.cli.main import run
from iid.tasks.score.scoring import score
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.tables import PUBLISHED_EVIDENCE

RUN = "20260801T000000Z-0123abcd"
PHOTO = "800 x 600 piksel; diambil 2026-05-06 10.11; menurut namanya: WhatsApp"
SIAGA, PETA = "1.01/Siaga Stunting", "1.02.01/Peta Jalan"


@pytest.fixture(scope="module")
def store(tmp_path_factory, make_region):
    """A published run of two innovations, with a decision, a finding and an ineligible one."""
    loaded = load(2026)
    region = make_region(loaded.rulebook)
    region.region({"1": 3})
    region.innovation(SIAGA, {"16": 3, "17": 2}, affair="Kesehatan")
    region.innovation(PETA, {"16": 2})
    region.fault("evidence.unreadable", SIAGA, "17")
    region.findings[-1] |= {
        "message": "Berkas b.pdf tidak dapat dibuka: rusak.",
        "fix": "Ganti.",
        "source": "b.pdf",
    }
    region.fault("profile.window", PETA)
    region.decide(SIAGA, "16", "turunkan", 2)
    region.decisions[-1] |= {"note": "Baru Perkada", "reviewer": "Ani", "date": "2026-08-01"}
    innovations, claims, evidence, findings, decisions = region.tables()
    scored = score(innovations, claims, evidence, findings, decisions, loaded.rulebook)
    index = {
        "region": "63.03", "cycle": 2026, "run_id": RUN, "as_of": "2026-08-01T00:00:00Z",
        "status": "provisional",
        "rulebook": {"cycle": 2026, "sha256": loaded.sha256}, **scored.index,
    }  # fmt: skip
    mine = (evidence["innovation_id"] == SIAGA) & (evidence["indicator"] == "16")
    evidence.loc[mine, "detail"] = PHOTO
    tables = {
        "evidence_all": evidence,
        "innovations": scored.innovations,
        "scores": scored.scores,
        "evidence": evidence[list(PUBLISHED_EVIDENCE)],
        "findings": findings,
        "decisions": decisions,
    }
    files = [("index.json", json.dumps(index).encode()), ("rulebook.yaml", loaded.text.encode())]
    files += [file for name, table in tables.items() for file in table_files(name, table)]
    folder = tmp_path_factory.mktemp("hasil")
    when = datetime(2026, 8, 1, tzinfo=UTC)
    publish(FolderStore(folder), "63.03", 2026, RUN, files, {}, published_at=when, status="provisional")
    return folder


@pytest.fixture
def explain(store, capsys):
    def call(*arguments):
        status = run(["explain", "--store", str(store), "--cycle", "2026", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_a_score_leads_back_to_rule_source_evidence_and_decision(explain):
    status, out, _ = explain(SIAGA, "--indicator", "16", "--json")
    assert status == 0
    trace = json.loads(out)
    assert (trace["run_id"], trace["region"], trace["innovation"]["name"]) == (RUN, "63.03", SIAGA)
    (row,) = trace["indicators"]
    assert (row["weight"], row["weight_source"]["status"]) == ("3.00", "read")
    assert row["weight_source"]["what"]
    assert row["claimed"] == {"parameter": 3, "score": "9.00", "index_points": "0.3000"}  # 9 / 12 / 250
    assert row["supported"] == {"parameter": 2, "score": "6.00", "index_points": "0.2000"}
    assert row["verified"]["parameter"] == 2
    assert [step["parameter"] for step in row["steps"]] == [1, 2, 3]
    assert all(step["text"] and step["source"]["key"] for step in row["steps"])
    (item,) = row["evidence"]
    assert (len(item["sha256"]), item["readable"]) == (64, True)
    (decision,) = row["decisions"]
    assert (decision["decision"], decision["new_parameter"], decision["note"]) == (
        "turunkan",
        2,
        "Baru Perkada",
    )


def test_the_text_names_finding_decision_and_hash(explain):
    status, out, err = explain(SIAGA)
    assert (status, err) == (0, "")
    for words in (
        "1.01/Siaga Stunting",
        "data per 1 Agustus 2026 08.00 WITA",
        "Dinilai: ya, peringkat 1",
        "Diklaim: parameter 3 x bobot 3,00 = 9,00 (0,3000 poin indeks)",
        "Sebab: Berkas tidak dapat dibuka (evidence.unreadable)",
        "Temuan [kritis] Berkas tidak dapat dibuka (evidence.unreadable): "
        "Berkas b.pdf tidak dapat dibuka: rusak. Ganti.",
        "Keputusan turunkan ke 2 (berlaku; Ani, 2026-08-01): Baru Perkada",
        "sha256 0000",
        "Tidak diklaim: 18, 19",
    ):
        assert words in out


def test_an_ineligible_innovation_says_why(explain):
    _, out, _ = explain("peta")
    assert "Dinilai: tidak, karena Waktu penerapan di luar kurun (profile.window)" in out
    assert "Didukung: parameter 0 x bobot 3,00 = 0,00" in out


@pytest.mark.parametrize("wanted", ["pemda", "PEMDA"])
def test_pemda_explains_the_spd_rows(explain, wanted):
    _, out, _ = explain(wanted)
    assert "pemda: baris SPD\n" in out
    assert "Diklaim: parameter 3 x bobot 1,00 = 3,00 (1,2000 poin indeks)" in out


@pytest.mark.parametrize("wanted", ["siaga", "1.01/SIAGA  stunting", "Stunting"])
def test_a_unique_part_of_an_id_is_enough(explain, wanted):
    assert explain(wanted)[1].startswith(SIAGA)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("siga stuntin", f"yang mirip: {SIAGA}"),
        ("a", "cocok dengan 2 inovasi: 1.01/Siaga Stunting, 1.02.01/Peta Jalan"),
        ("zzzzqqqq", "yang ada: 1.01/Siaga Stunting"),
    ],
)
def test_an_unknown_id_lists_near_ones_and_exits_2(explain, wanted, words):
    status, out, err = explain(wanted)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_an_unknown_indicator_lists_those_there(explain):
    status, _, err = explain(SIAGA, "--indicator", "99")
    assert status == 2
    assert "yang ada: 16, 17" in err


def test_an_unknown_cycle_or_region_exits_2(explain, store, capsys):
    assert explain(SIAGA, "--region", "99.99")[0] == 2
    assert run(["explain", "--store", str(store), "--cycle", "2024", SIAGA]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_is_known_of_a_file_is_reported_beside_it(explain):
    _, out, _ = explain(SIAGA, "--indicator", "16")
    assert f"; {PHOTO})" in out
    _, out, _ = explain(SIAGA, "--indicator", "17")
    assert PHOTO not in out
    _, out, _ = explain(SIAGA, "--indicator", "16", "--json")
    assert [item["detail"] for item in json.loads(out)["indicators"][0]["evidence"]] == [PHOTO]

"""The validation step as a whole: one pass, exact, deterministic, and quiet."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest

from iid.expectations.suites.suites import suites
from iid.tasks.validate.case import Case, Tables
from iid.tasks.validate.documents import with_documents
from iid.tasks.validate.finding_rows import WORDS, findings_of_check
from iid.tasks.validate.run_suites import judge
from iid.tasks.validate.validation import judged_tables, validate
from iid.tasks.values.tables import FINDINGS, LINKS, frame

TWO = "2.13.01/Warga Tanggap"


@pytest.fixture
def faulty(region):
    """Two innovations with faults in every table."""
    region.units.append({"unit_code": "1.02", "name": "Puskesmas", "known": True, "submitted": False})
    region.add_innovation(TWO, "Sapa Warga")
    region.set_innovation(stage="Uji Coba", design_words=12)
    region.set_field("benefit", raw="", value="")
    region.claim("21", 3)
    region.claim("28", 2, innovation=TWO)
    region.set_item("28", TWO, format="docx")
    region.set_item("17", TWO, sha256=region.items("17")[0]["sha256"])
    region.set_item("16", problem="encrypted", readable=False)
    region.fact(region.items("32")[0], "PEMERINTAH KOTA MAKASSAR")
    region.add_file("18", "dpa.pdf", counted=False, listed="folder")
    return region


def test_findings_have_the_contracts_columns_and_types(faulty):
    found = faulty.validate()
    assert list(found.columns) == list(FINDINGS)
    assert {str(kind) for kind in found.dtypes} == {"string"}
    assert not found.isna().any().any()
    assert found["message"].str.contains("{", regex=False).sum() == 0


def test_all_findings_come_in_one_pass(faulty):
    assert set(faulty.validate()["code"]) >= {
        "unit.nothing_submitted",
        "profile.duplicate",
        "profile.stage",
        "profile.too_short",
        "profile.field_missing",
        "evidence.fewer_than_expected",
        "evidence.kind_not_allowed",
        "evidence.duplicate",
        "evidence.encrypted",
        "evidence.other_region",
        "evidence.unclaimed",
    }


def test_order_of_the_rows_does_not_change_the_findings(faulty):
    first = faulty.validate()
    tables = faulty.tables()
    turned = Tables(**{name: getattr(tables, name)[::-1].reset_index(drop=True) for name in Tables.__slots__})
    facts = faulty.facts_table()[::-1]
    again = validate(turned, faulty.rulebook, faulty.marker, docs_dir=None, facts=facts)
    pd.testing.assert_frame_equal(first, again)


def test_row_labels_of_the_tables_do_not_matter(faulty):
    tables = faulty.tables()
    named = Tables(
        **{
            name: getattr(tables, name).set_axis(range(50, 50 + len(getattr(tables, name))))
            for name in Tables.__slots__
        }
    )
    again = validate(named, faulty.rulebook, faulty.marker, docs_dir=None, facts=faulty.facts_table())
    pd.testing.assert_frame_equal(faulty.validate(), again)


def test_tables_are_left_as_they_were(faulty):
    tables = faulty.tables()
    before = {name: getattr(tables, name).copy() for name in Tables.__slots__}
    validate(tables, faulty.rulebook, faulty.marker, docs_dir=None, facts=faulty.facts_table())
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(tables, name), table)


def test_warnings_do_not_touch_the_critical_findings(faulty):
    def critical(found):
        return found[found["severity"] == "critical"].reset_index(drop=True)

    before = critical(faulty.validate())
    faulty.fact(faulty.items("17")[0], "PEMERINTAH KABUPATEN MAROS", macros=True)
    faulty.set_item("32", text_sha256="", text_chars=0)
    faulty.set_innovation(TWO, design_distinct_words=2)
    after = faulty.validate()
    assert set(after["code"]) >= {"evidence.macro", "evidence.no_text", "profile.repetitive_text"}
    pd.testing.assert_frame_equal(before, critical(after))


@pytest.fixture
def worst(faulty):
    """Every expectation fails at least once."""
    spd = next(i.key for i in faulty.rulebook.spd_rows if i.thresholds)
    of_value = "value_disagrees\nvalue_unreadable\nvalue_missing\nvalue_ignored"
    total = f"parameter_unknown\n{of_value}\nformula_uncalculated"
    faulty.set_claim(spd, "pemda", raw="9", value_raw="x", problem=total)
    faulty.set_claim("19", parameter=9, raw="9")
    faulty.set_claim("33", basis="", basis_raw="")
    faulty.claim("20", 1)
    faulty.drop_items("20")
    faulty.claim("22", 1, links="https://a.id/b")
    faulty.drop_items("22")
    faulty.add_link("22", "https://a.id/b")
    faulty.claim("23", 1)
    faulty.add_link("23", "https://a.id/b")
    faulty.add_link("35", "youtube", problem="link_malformed", readable=False)
    faulty.set_innovation(TWO, applied_date="2019-01-01", design_distinct_words=1)
    for problem in ("date_unreadable", "choice_unknown", "formula_uncalculated"):
        key = {"date_unreadable": "trial_date", "choice_unknown": "kind"}.get(problem, "result")
        faulty.set_field(key, problem=problem, value="", raw="entah")
    faulty.drop_items("32")
    for problem in (
        "missing",
        "empty",
        "unreadable",
        "shortcut",
        "outside_share",
        "still_changing",
        "timeout",
    ):
        faulty.add_file("32", f"{problem}.pdf", problem=problem, readable=False)
    faulty.rule("28", max_size_mb=Decimal(1))
    faulty.rule("24", "inferred", max_size_mb=Decimal(1), max_minutes=Decimal(5))
    for indicator in ("24", "28"):
        faulty.claim(indicator, 1)
        faulty.set_item(indicator, size=10**9, duration_s=10_000, text_sha256="same")
    faulty.add_file("35", "panjang.mp4", format="mp4", duration_s=10_000, text_sha256="")
    faulty.rule("31", kinds=None)  # where no kind is refused, an archive is only an archive
    for indicator in ("29", "31"):
        faulty.add_file(indicator, "arsip.zip", format="zip", counted=True)
        faulty.set_claim(indicator, parameter=1, raw="1")
    faulty.fact(faulty.add_file("28", "pindai.pdf", text_sha256="", text_chars=0), macros=True)
    for indicator in ("25", "27"):
        faulty.claim(indicator, 1)
        faulty.fact(faulty.items(indicator)[0], thumbnail="", blank=True)
    decree = "PEMERINTAH KOTA MAKASSAR\nDitetapkan di Makassar pada tanggal 1 Januari 2001"
    faulty.fact(faulty.items("16", TWO)[0], decree)
    faulty.add_innovation("2.13.01/Y", "AKRO (Akronim Hebat)")
    faulty.add_innovation("2.13.01/Z", "Akronim Hebat (AKRO)")
    for innovation in (TWO, "2.13.01/Z"):
        faulty.drop_items("35", innovation)
    faulty.add_link("35", "https://www.youtube.com/@dinkes", "2.13.01/Z")
    faulty.set_claim("35", TWO, parameter=0, raw="")
    answers = (("https://a.id/c", "closed"), ("https://a.id/d", "gone"))
    asked = []
    for url, status in answers:
        faulty.add_link("23", url)
        asked.append((faulty.one, "23", url, "other", status, "2026-08-30T20:30:00Z", "sebab"))
    faulty.more["links"] = frame(LINKS, asked)
    faulty.scan(faulty.add_file("28", "dibaca.pdf"), "surat " * 100)
    faulty.fact(faulty.add_file("28", "rusak.pdf"), damaged=True)
    faulty.claim("34", 3)
    faulty.drop_items("34")
    faulty.add_file("34", "foto.jpg", format="jpg", text_sha256="", text_chars=None)
    faulty.more["before"] = {"akroakronimhebat": ("2025: 2.13.01/Y",)}
    for number, indicator in enumerate(("25", "27")):
        faulty.fact(
            faulty.add_file(indicator, "hampir.pdf", text_sha256=f"hampir-{number}"), sketch="0" * 256
        )
    return faulty


def test_every_expectation_can_fail_and_say_so(worst):
    case = with_documents(
        Case(worst.tables(), worst.rulebook, worst.marker, worst.facts_table(), **worst.more)
    )
    judged = judged_tables(case)
    shown = {
        judgement.meta["check"]: findings_of_check(judgement, judged, case)
        for judgement in judge(suites(worst.rulebook), judged)
    }
    assert [check for check, findings in shown.items() if findings.empty] == []
    assert set(shown) == set(WORDS)


def test_region_without_a_single_row_has_no_findings(region):
    for name in ("units", "innovations", "fields", "claims", "evidence"):
        setattr(region, name, [])
    assert region.validate().empty


def test_no_failing_row_is_lost_among_fifty_thousand(region):
    good, bad = region.items("17")[0], dict(region.items("17")[0], problem="empty", readable=False)
    tables = region.tables()
    rows = pd.DataFrame([good, bad]).loc[[0, 1] * 25_000].reset_index(drop=True)
    rows["source"] = [f"bukti/{n:05d}.pdf" for n in range(50_000)]
    evidence = tables.evidence.reindex(range(50_000)).astype(tables.evidence.dtypes)
    for column in rows:
        evidence[column] = rows[column].astype(evidence[column].dtype)
    text = evidence.columns[evidence.dtypes == "string"]
    evidence[text] = evidence[text].fillna("")
    many = Tables(tables.units, tables.innovations, tables.fields, tables.claims, evidence)
    found = validate(many, region.rulebook, region.marker, docs_dir=None)
    empty = found[found["code"] == "evidence.empty"]
    assert empty["source"].tolist() == ["bukti/00001.pdf"]  # one cause of one claim is one finding
    assert "25.000" in empty["message"].item()


def test_judged_table_without_a_column_is_our_own_mistake(region):
    case = Case(region.tables(), region.rulebook, region.marker)
    judged = judged_tables(case)
    judged["evidence"] = judged["evidence"].drop(columns="item_size")
    with pytest.raises(ValueError, match="item_size"):
        judge(suites(region.rulebook), judged)


def test_expectation_that_cannot_be_computed_stops_the_run(region):
    case = Case(region.tables(), region.rulebook, region.marker)
    judged = judged_tables(case)
    judged["innovations"]["words_given"] = "banyak"
    with pytest.raises(RuntimeError, match=r"profile\.too_short"):
        judge(suites(region.rulebook), judged)


def test_validation_is_quiet_and_writes_nowhere_else(region, tmp_path, monkeypatch, capfd, caplog):
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir(), here.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(here))
    monkeypatch.chdir(here)
    with caplog.at_level(logging.INFO):
        region.validate(docs_dir=tmp_path / "docs", run_time=datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert not list(home.iterdir())
    assert not list(here.iterdir())
    assert not [record for record in caplog.records if record.name.startswith("great_expectations")]


def test_great_expectations_is_not_imported_before_it_is_needed():
    code = "import sys, iid.tasks.validate.validation; print('great_expectations' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"

"""Findings about units, innovations and profile fields: each appears, and each stays away."""

from __future__ import annotations

import pytest


def test_region_that_meets_every_rule_of_its_cycle_has_no_finding(region_of_any_cycle):
    found = region_of_any_cycle.validate()
    assert found[found["innovation_id"] == region_of_any_cycle.one].empty, found.to_string()
    assert set(found["code"]) <= {"claim.mandatory_missing"}


def test_unit_without_a_folder_has_submitted_nothing(region):
    region.units.append(
        {"unit_code": "1.02.01", "name": "Puskesmas Aluh Aluh", "known": True, "submitted": False}
    )
    found = region.only("unit.nothing_submitted")
    assert found["unit_code"] == "1.02.01"
    assert found["innovation_id"] == ""
    assert "Puskesmas Aluh Aluh" in found["message"]


def test_folder_of_an_unknown_unit_is_not_reported_as_silent(region):
    region.units.append({"unit_code": "9.99", "name": "", "known": False, "submitted": False})
    assert region.codes("unit.nothing_submitted") == []


def test_empty_required_field_names_the_field_and_its_cell(region):
    region.set_field("benefit", raw="", value="")
    found = region.only("profile.field_missing")
    assert "Manfaat" in found["message"]
    assert found["source"].endswith(tuple("0123456789"))
    assert "#Profil!B" in found["source"]


def test_empty_optional_field_is_no_finding(region):
    optional = next(f.key for f in region.rulebook.profile if not f.required.value)
    region.set_field(optional, raw="-", value="")
    assert region.codes("profile.field_missing") == []


def test_unreadable_date_replaces_missing_field_and_window(region):
    region.set_innovation(applied_date="")
    region.set_field("applied_date", raw="tahun lalu", value="", problem="date_unreadable")
    profile = region.codes("profile.")
    assert profile == ["profile.date_unreadable"]
    assert "tahun lalu" in region.only("profile.date_unreadable")["message"]


def test_empty_required_date_is_only_a_missing_field(region):
    region.set_innovation(applied_date="")
    region.set_field("applied_date", raw="", value="")
    profile = region.codes("profile.")
    assert profile == ["profile.field_missing"]


@pytest.mark.parametrize("stage", ["Inisiatif", "Uji Coba", "uji-coba", "sudah jalan"])
def test_stage_that_is_not_judged_is_critical(region, stage):
    region.set_innovation(stage=stage)
    found = region.only("profile.stage")
    assert found["severity"] == "critical"
    assert stage in found["message"]
    assert "Penerapan" in found["message"]


@pytest.mark.parametrize("stage", ["Penerapan", "PENERAPAN", " penerapan "])
def test_stage_is_compared_without_case_and_spaces(region, stage):
    region.set_innovation(stage=stage)
    assert region.codes("profile.stage") == []


def test_unknown_stage_is_reported_once(region):
    region.set_innovation(stage="sudah jalan")
    region.set_field("stage", raw="sudah jalan", value="sudah jalan", problem="choice_unknown")
    profile = region.codes("profile.")
    assert profile == ["profile.stage"]


@pytest.mark.parametrize(
    ("applied", "developed", "fails"),
    [
        ("2024-01-01", "", False),
        ("2025-12-31", "", False),
        ("2023-12-31", "", True),
        ("2026-01-01", "", True),
        ("2019-05-12", "2024-06-01", False),
        ("2019-05-12", "2023-06-01", True),
        ("2024-05-12", "2026-06-01", False),
    ],
)
def test_application_or_its_development_must_lie_in_the_window(region, applied, developed, fails):
    region.set_innovation(applied_date=applied, developed_date=developed)
    assert bool(region.codes("profile.window")) is fails


def test_window_finding_names_all_dates_in_words(region):
    region.set_innovation(applied_date="2019-05-12", developed_date="2023-06-01")
    message = region.only("profile.window")["message"]
    for text in ("12 Mei 2019", "1 Januari 2024", "31 Desember 2025", "1 Juni 2023"):
        assert text in message
    assert "#Profil!B" in region.only("profile.window")["source"]


def test_development_does_not_count_where_the_rulebook_says_so(region):
    rules = region.rulebook.eligibility
    counts = rules.developed_counts.model_copy(update={"value": False})
    rules = rules.model_copy(update={"developed_counts": counts})
    region.rulebook = region.rulebook.model_copy(update={"eligibility": rules})
    region.set_innovation(applied_date="2019-05-12", developed_date="2024-06-01")
    assert "Pengembangan" not in region.only("profile.window")["message"]


def test_window_stays_open_while_the_development_cannot_be_read(region):
    region.set_innovation(applied_date="2019-05-12", developed_date="")
    region.set_field("developed_date", raw="kemarin", value="", problem="date_unreadable")
    profile = region.codes("profile.")
    assert profile == ["profile.date_unreadable"]


@pytest.mark.parametrize(("words", "fails"), [(299, True), (300, False)])
def test_design_needs_the_rulebooks_number_of_words(region, words, fails):
    region.set_innovation(design_words=words, design_distinct_words=200)
    assert bool(region.codes("profile.too_short")) is fails


def test_short_design_names_both_numbers(region):
    region.set_innovation(design_words=12, design_distinct_words=12)
    message = region.only("profile.too_short")["message"]
    assert "12 kata" in message
    assert "300" in message


def test_empty_design_is_only_a_missing_field(region):
    region.set_innovation(design="", design_words=0, design_distinct_words=0)
    region.set_field("design", raw="", value="")
    profile = region.codes("profile.")
    assert profile == ["profile.field_missing"]


def test_one_word_three_hundred_times_is_repetitive(region):
    region.set_innovation(design_words=300, design_distinct_words=1)
    found = region.only("profile.repetitive_text")
    assert found["severity"] == "warning"
    assert "1 kata" in found["message"]


def test_long_prose_is_not_repetitive(region):
    region.set_innovation(design_words=5000, design_distinct_words=600)
    assert region.codes("profile.repetitive_text") == []


def test_of_innovations_of_one_name_each_is_reported_of_the_others(region):
    second = "2.13.01/Zapa Warga"
    region.add_innovation(second, "SAPA-WARGA!")
    found = region.found("profile.duplicate")
    assert found["innovation_id"].tolist() == [region.one, second]
    assert second in found["message"].iloc[0]
    assert region.one in found["message"].iloc[1]


def test_an_innovation_that_earlier_cycles_reported_is_a_warning_that_says_where(region_of_any_cycle):
    region, cycle = region_of_any_cycle, region_of_any_cycle.rulebook.cycle
    region.more["before"] = {"sapawarga": (f"{cycle - 1}: 2.13.01/Sapa",), "lain": ("2020: 1/Lain",)}
    found = region.only("profile.reported_before")
    assert (found["innovation_id"], found["severity"]) == (region.one, "warning")
    assert f"{cycle - 1}: 2.13.01/Sapa" in found["message"]
    assert ("paling banyak 2 kali" if cycle == 2024 else "tidak tertulis") in found["message"]


def test_acronym_and_its_meaning_in_another_order_are_likely_the_same(region):
    region.set_innovation(name="AKRO (Akronim Hebat)")
    second, third = "2.13.01/Zapa Warga", "2.13.01/Zapa Warta"
    region.add_innovation(second, "Akronim Hebat (AKRO)")
    region.add_innovation(third, "AKRO (Akronim Besar)")
    found = region.only("profile.duplicate_likely")
    assert (found["innovation_id"], found["severity"]) == (second, "warning")
    assert region.one in found["message"]
    assert region.codes("profile.duplicate") == ["profile.duplicate_likely"]


def test_same_spelling_is_a_duplicate_and_not_a_likely_one(region):
    region.set_innovation(name="AKRO (Akronim Hebat)")
    region.add_innovation("2.13.01/Zapa Warga", "akro (akronim hebat)")
    assert region.codes("profile.duplicate") == ["profile.duplicate"] * 2


def test_two_innovations_without_a_name_are_no_duplicates(region):
    region.set_innovation(name="")
    region.add_innovation("2.13.01/Zapa Warga", "-")
    assert region.codes("profile.duplicate") == []


def test_unknown_choice_names_the_choices(region):
    region.set_field("initiator", raw="Pak Lurah", value="Pak Lurah", problem="choice_unknown")
    found = region.only("profile.choice_unknown")
    assert "Pak Lurah" in found["message"]
    assert "Kepala Daerah" in found["message"]


@pytest.mark.parametrize(("key", "last"), [("asta_cita", "8"), ("pkpn", "Non PKPN")])
def test_an_answer_outside_asta_cita_or_pkpn_only_warns_and_names_all_choices(region, key, last):
    region.set_field(key, raw="lain", value="lain", problem="choice_unknown")
    found = region.only("profile.choice_unknown")
    assert found["severity"] == "warning"
    choices = next(f.choices for f in region.rulebook.profile if f.key == key)
    assert all(choice in found["message"] for choice in choices)
    assert choices[-1] == last
    region.set_field(key, raw="", value="", problem="")
    assert region.codes("profile.") == []


def test_long_list_of_choices_is_cut_and_counted(region):
    region.set_field("main_affair", raw="Perkara", value="Perkara", problem="choice_unknown")
    message = region.only("profile.choice_unknown")["message"]
    assert "pilihan lain di sel itu" in message
    assert len(message) < 600


def test_formula_that_was_never_calculated_is_reported_with_the_empty_field(region):
    region.set_field("purpose", raw="=A1", value="", problem="formula_uncalculated")
    codes = region.codes("profile.")
    assert "profile.formula_uncalculated" in codes
    assert "profile.field_missing" in codes


def test_unread_innovation_has_no_findings_of_its_own(region):
    other = "2.13.01/Rusak"
    region.innovations.append({"innovation_id": other, "unit_code": "2.13.01", "read": False})
    for indicator in region.rulebook.sid:
        region.claims.append(
            {
                "innovation_id": other,
                "unit_code": "2.13.01",
                "indicator": indicator.key,
                "aspect": "SID",
                "parameter": 0,
            }
        )
    region.add_file("16", "sk.pdf", other, counted=False, listed="folder")
    found = region.validate()
    assert found[found["innovation_id"] == other].empty

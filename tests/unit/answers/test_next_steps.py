"""Next steps: every worth against scoring again, plans against brute force, words of cause and fix."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from itertools import combinations

import pytest

from iid.tasks.answers.causes import DUPLICATE, MEASURED, OUTCOME
from iid.tasks.answers.next_steps import steps_of
from iid.tasks.answers.next_steps_text import falling, steps_lines
from iid.tasks.answers.plans import PAPERS, WITHOUT_FACTS, Menu, Wanted
from iid.tasks.score.fewest_moves import all_of
from iid.tasks.score.moves import KINDS
from iid.tasks.values.errors import UsageError


def done(region, step):
    """*region* with one step really done in its tables, whatever the step's own arithmetic says."""
    region = deepcopy(region)
    owner, key = step["innovation_id"], step["indicator"]
    if step["kind"] == "add":
        region.innovation("103/Baru", step["affair"] or "Kearsipan")
        return region
    if step["kind"] == "hold":
        for table in (region.innovations, region.claims, region.evidence, region.findings):
            table[:] = [row for row in table if row["innovation_id"] != owner]
        return region
    if step["kind"] == "qualify":
        region.findings = [row for row in region.findings if row["innovation_id"] != owner]
        return region
    claim = next(c for c in region.claims if (c["innovation_id"], c["indicator"]) == (owner, key))
    claim["parameter"] = step["after"]
    region.decisions = [d for d in region.decisions if (d["innovation_id"], d["indicator"]) != (owner, key)]
    region.unprove(owner, key)
    region.prove(owner, key)
    return region


def index_of(region) -> Fraction:
    return region.scored().exact["supported"].index


def test_every_step_is_worth_what_scoring_again_gives(small, tmp_path):
    small.decide("101/Satu", "17", "turunkan", 1, "Baru satu dokumen")
    record = steps_of(small.publish(tmp_path))
    now = index_of(small)
    assert {step["kind"] for step in record["steps"]} == set(KINDS)
    for step in record["steps"]:
        assert Fraction(step["gain_exact"]) == index_of(done(small, step)) - now, step
    gains = [Fraction(step["gain_exact"]) for step in record["steps"]]
    assert gains == sorted(gains, reverse=True)


def test_every_open_claim_of_the_example_is_a_step(published):
    picture = published.picture()
    record = steps_of(picture)
    found = {
        (s["innovation_id"], s["indicator"]) for s in record["steps"] if s["kind"] not in ("hold", "add")
    }
    wanted = {
        place
        for place, row in picture.score_rows.items()
        if row["supported_parameter"] < 3 and place[0] not in picture.barred
    }
    assert found == wanted | {(owner, "") for owner in picture.barred}


def _fewest(region, target: Fraction, most: int = 3) -> int | None:
    """Fewest steps by trying every set on the tables; qualifying comes first and opens claims."""
    opened = deepcopy(region)
    opened.findings = []
    every = {(s["innovation_id"], s["indicator"]): s for s in _open(opened)}
    every |= {(s["innovation_id"], s["indicator"]): s for s in _open(region)}
    steps = sorted(every.values(), key=lambda s: s["kind"] != "qualify")
    for size in range(most + 1):
        for group in combinations(steps, size):
            state = deepcopy(region)
            for step in group:
                state = done(state, step)
            if index_of(state) >= target:
                return size
    return None


def _open(region) -> Iterator[dict]:
    scores = region.scored()
    barred = set(scores.innovations.loc[~scores.innovations["eligible"], "innovation_id"])
    for row in scores.scores.to_dict("records"):
        if row["innovation_id"] not in barred and row["supported_parameter"] < 3 and row["claimed_parameter"]:
            lost = row["supported_parameter"] < row["claimed_parameter"]
            after = row["claimed_parameter"] if lost else 3
            yield {**row, "kind": "mend" if lost else "raise", "after": after}
    for owner in sorted(barred):
        yield {"kind": "qualify", "innovation_id": owner, "indicator": ""}


@pytest.mark.parametrize("more", ["0.10", "1.20", "1.40", "1.80", "2.10"])
def test_the_plan_has_as_few_steps_as_brute_force_finds(small, tmp_path, more):
    # The claims nobody made stay out of brute force, so they are proven to the best parameter here.
    for claim in small.claims:
        if not claim["parameter"]:
            claim["parameter"] = 3
            small.prove(claim["innovation_id"], claim["indicator"])
    target = Fraction(round(index_of(small) * 100), 100) + Fraction(more)
    record = steps_of(small.publish(tmp_path), f"{float(target):.2f}")
    plan, fewest = record["plan"], _fewest(small, target - Fraction(1, 200))
    assert (len(plan["steps"]) if plan else None) == fewest
    if plan:
        state = small
        for step in plan["steps"]:
            state = done(state, step)
        assert state.scored().index["supported"]["index"] == plan["index"]
        assert plan["steps"][-1]["index_after"] == plan["index"]
        assert plan["exact"]


def test_a_target_counts_as_reached_once_the_rounded_index_is_there(small, tmp_path):
    picture = small.publish(tmp_path)
    reached = steps_of(picture, picture.index["supported"]["index"])
    assert reached["target"]["reached"]
    assert reached["plan"]["steps"] == []
    papers = steps_of(picture, "99,99", wanted=PAPERS)
    assert not papers["target"]["reached"]
    assert papers["plan"] is None
    assert papers["unreachable"]
    assert steps_of(picture, "99,99")["plan"]["exact"]


def test_the_target_is_the_next_category_unless_it_is_given(small, tmp_path):
    picture = small.publish(tmp_path)
    target = steps_of(picture)["target"]
    assert (target["index"], target["category"], target["chosen"]) == ("40.01", "Inovatif", False)
    assert steps_of(picture, "60,01")["target"] == steps_of(picture, "60.01")["target"]


@pytest.mark.parametrize("text", ["", "abc", "0", "101", "-3", "60.0123", "1e1"])
def test_a_target_that_is_no_index_is_refused(small, tmp_path, text):
    with pytest.raises(UsageError, match="--target"):
        steps_of(small.publish(tmp_path), text)


def test_causes_and_fixes_come_from_findings_decisions_and_rules(small, tmp_path):
    small.decide("101/Satu", "17", "turunkan", 1, "Baru satu dokumen")
    small.decide("101/Dua", "35", "tolak", note="Video daerah lain")
    steps = {(s["innovation_id"], s["indicator"]): s for s in steps_of(small.publish(tmp_path))["steps"]}
    barred = steps["102/Tiga", ""]
    assert barred["causes"][0]["code"] == "profile.window"
    assert barred["fixes"] == [small.findings[0]["fix"]]
    lowered, refused = steps["101/Satu", "17"], steps["101/Dua", "35"]
    assert lowered["causes"][0]["text"] == "Diturunkan peninjau ke parameter 1: Baru satu dokumen"
    assert refused["causes"][0]["text"] == "Ditolak peninjau: Video daerah lain"
    assert "ditinjau lagi" in refused["fixes"][0]
    lost = steps["101/Dua", "16"]
    assert (lost["kind"], lost["causes"][0]["code"]) == ("mend", "evidence.missing")
    assert "indikator 16" in lost["fixes"][0]
    rules = small.rules.rulebook.by_key["31"]
    assert steps["101/Satu", "31"]["fixes"][0] == f"Parameter 3: {rules.parameter_text(3)}"
    assert steps["101/Satu", "18"]["causes"][0]["text"] == "Belum diklaim."


def test_effort_is_the_rulebooks_and_says_that_it_is_a_guess(small, tmp_path):
    steps = {(s["innovation_id"], s["indicator"]): s for s in steps_of(small.publish(tmp_path))["steps"]}
    assert (steps["101/Dua", "16"]["effort"], steps["101/Dua", "16"]["effort_status"]) == (
        "berat",
        "inferred",
    )


@pytest.mark.parametrize(
    ("codes", "effort"),
    [
        (("evidence.kind_not_allowed",), "ringan"),
        (("evidence.kind_not_allowed", "evidence.encrypted"), "ringan"),
        (("evidence.kind_not_allowed", "evidence.missing"), "berat"),
        (("evidence.supporting_only",), "berat"),
    ],
)
def test_effort_is_that_of_the_repair_where_the_proof_is_there(small, tmp_path, codes, effort):
    small.findings[:] = [row for row in small.findings if row["indicator"] != "16"]
    for code in codes:
        row = {"code": code, "severity": "critical", "unit_code": "101", "innovation_id": "101/Dua"}
        small.findings.append({**row, "indicator": "16", "source": "", "message": "x.", "fix": "y."})
    steps = {(s["innovation_id"], s["indicator"]): s for s in steps_of(small.publish(tmp_path))["steps"]}
    found = steps["101/Dua", "16"]
    assert (found["effort"], found["effort_status"]) == (effort, "inferred")


def test_effort_after_a_decision_is_that_of_the_proof(small, tmp_path):
    small.decide("101/Dua", "16", "tolak", note="Bukan SK inovasi ini")
    steps = {(s["innovation_id"], s["indicator"]): s for s in steps_of(small.publish(tmp_path))["steps"]}
    assert steps["101/Dua", "16"]["effort"] == "berat"


def test_a_plan_never_counts_an_innovation_twice(small, tmp_path):
    small.findings.clear()
    small.bar("102/Tiga", DUPLICATE)
    record = steps_of(small.publish(tmp_path), "20")
    step = next(s for s in record["steps"] if s["kind"] == "qualify")
    assert "tidak dipakai dalam rencana" in step["caution"]
    assert record["plan"] is None or "102/Tiga" not in {s["innovation_id"] for s in record["plan"]["steps"]}


def test_one_unit_sees_only_its_own_steps(small, tmp_path):
    picture = small.publish(tmp_path)
    for wanted in ("101", "unit 101", " 101 "):
        record = steps_of(picture, unit=wanted)
        assert record["unit"] == {"unit_code": "101", "name": "Unit 101"}
        assert {s["unit_code"] for s in record["steps"] if s["kind"] != "add"} == {"101"}
    assert {s["innovation_id"] for s in steps_of(picture, unit="pemda")["steps"]} == {"pemda"}
    with pytest.raises(UsageError, match=r"yang mirip: .*101 Unit 101"):
        steps_of(picture, unit="Unit 10")


def test_units_are_ranked_by_what_all_their_steps_bring(small, tmp_path):
    picture = small.publish(tmp_path)
    units = steps_of(picture)["units"]
    now = Fraction(picture.states["supported"].index().index)
    assert [Fraction(u["gain"]) for u in units] == sorted((Fraction(u["gain"]) for u in units), reverse=True)
    mine = next(unit for unit in units if unit["unit_code"] == "102")
    state, allowed = picture.states["supported"], Menu(picture).planned({"102/Tiga"})
    for step in all_of(state, picture.states["claimed"], allowed):
        state = step.applied(state)
    assert Fraction(mine["gain"]) == round(state.index().index - now, 4)


def test_an_unproven_spd_total_is_a_step_and_stands_in_the_plan(small, tmp_path):
    region = type(small)(cycle=2024)
    region.spd(total="45.5")
    region.unprove("pemda", "SPD")
    region.innovation("101/Satu", "Pendidikan", k16=3)
    picture = region.publish(tmp_path)
    record = steps_of(picture, "15")
    first = record["steps"][0]
    assert (first["innovation_id"], first["indicator"]) == ("pemda", "SPD")
    region.prove("pemda", "SPD")
    now = picture.states["supported"].index().index
    assert Fraction(first["gain_exact"]) == index_of(region) - now
    assert [step["indicator"] for step in record["plan"]["steps"]] == ["SPD"]
    assert record["plan"]["index"] == region.scored().index["supported"]["index"]


def test_mending_only_never_raises_a_claim(small, tmp_path):
    picture = small.publish(tmp_path)
    target = steps_of(picture)["all_steps_without_raising"]["index"]
    everything, fixed = steps_of(picture, target), steps_of(picture, target, wanted=PAPERS)
    assert {step["kind"] for step in fixed["steps"]} == {"mend", "hold"}
    assert fixed["plan"] == everything["plan_without_raising"] == fixed["plan_without_raising"]
    assert all(step["kind"] != "raise" for step in fixed["plan"]["steps"])


def test_moves_say_by_what_they_are_done_and_facts_can_be_left_out(small, tmp_path):
    record = steps_of(small.publish(tmp_path), "60")
    means = {(s["kind"], s["innovation_id"], s["indicator"]): s["means"] for s in record["steps"]}
    assert means["qualify", "102/Tiga", ""] == "fact"  # its date of application is outside the window
    assert means["mend", "101/Dua", "16"] == "papers"
    assert "signature" in {how for (kind, *_), how in means.items() if kind == "raise"}
    measured = {i.key for i in small.rules.rulebook.spd_rows if i.thresholds}
    facts = {key for (kind, owner, key), how in means.items() if kind == "raise" and how == "fact"}
    # official figures; a budget, an opinion or a grade of the past; how an innovation came and whom it served
    assert facts == measured | {"2a", "8", "9", "13b", "32", "33"}
    cautions = {s["caution"] for s in record["steps"] if s["kind"] == "raise" and s["means"] == "fact"}
    assert cautions == {MEASURED, OUTCOME}
    assert means["hold", "101/Dua", ""] == "decision"
    assert "fact" not in {s["means"] for s in record["plan_without_facts"]["steps"]}
    without = steps_of(small.publish(tmp_path / "b"), "60", wanted=WITHOUT_FACTS)
    assert without["plan"]["steps"] == record["plan_without_facts"]["steps"]


def test_only_and_exclude_choose_the_moves_in_words_of_people(small, tmp_path):
    picture = small.publish(tmp_path)
    record = steps_of(picture, wanted=Wanted.read(["tahan, tambah"]))
    assert {s["kind"] for s in record["steps"]} == {"hold", "add"}
    record = steps_of(picture, wanted=Wanted.read([], ["SPD", "naikkan"]))
    assert {s["kind"] for s in record["steps"]} == {"mend", "qualify", "hold", "add"}
    assert "pemda" not in {s["innovation_id"] for s in record["steps"]}
    with pytest.raises(UsageError, match=r'--only "sulap" tidak dikenal; yang boleh: perbaiki, naikkan'):
        Wanted.read(["sulap"])


def test_missing_services_and_empty_places_are_named(small, tmp_path):
    record = steps_of(small.publish(tmp_path))
    services = small.rules.rulebook.formula.basic_services.value
    assert record["formula"]["missing_services"] == [
        s for s in services if s not in ("Pendidikan", "Kesehatan")
    ]
    assert record["formula"]["empty_places"] == 12 - 2
    added = {s["affair"] for s in record["steps"] if s["kind"] == "add"}
    assert added == set(record["formula"]["missing_services"])


def test_an_original_is_not_held_back_where_its_copy_would_take_its_place(small, tmp_path):
    small.innovations[2]["name"] = small.innovations[0]["name"]
    small.findings.clear()
    small.bar("102/Tiga", DUPLICATE)
    held = {s["innovation_id"] for s in steps_of(small.publish(tmp_path))["steps"] if s["kind"] == "hold"}
    assert held == {"101/Dua"}


def test_a_plan_in_which_the_index_falls_first_says_on_which_steps(small, tmp_path):
    for number in range(10):
        small.innovation(f"103/{number}", "Kesehatan", k16=3)
    picture = small.publish(tmp_path)
    now = float(steps_of(picture)["index"])
    record = steps_of(picture, f"{now + 0.5:.2f}", wanted=Wanted.read(["tambah"]))
    assert len(record["plan"]["steps"]) == 3  # the third covers the fifth basic service
    assert record["plan"]["falls"] == [1, 2]
    text = " ".join(" ".join(steps_lines(record, "", 0)).split())
    assert "indeks turun dulu; urutan tanpa penurunan tidak ditemukan." in text
    assert falling({"falls": [2]}) == (
        "Pada langkah 2 indeks turun dulu; urutan tanpa penurunan tidak ditemukan."
    )
    assert falling({"falls": [2, 5, 7]}).startswith("Pada langkah 2, 5 dan 7 indeks turun")
    assert falling({"falls": []}) == ""

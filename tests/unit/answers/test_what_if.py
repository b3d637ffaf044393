"""What-if: against scoring changed tables again; other rules; mistakes in one line."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction

import pytest

from iid.expectations.rulebook.loading import load, load_file
from iid.tasks.answers.what_if import Question, what_if_of
from iid.tasks.values.errors import UsageError

VIEWS = ("claimed", "supported", "verified")


def asked(picture, *sets, **more):
    return what_if_of(picture, Question(sets=sets, **more))


def set_claim(region, owner, key, parameter):
    """A claim really made, proven and accepted."""
    claim = next(c for c in region.claims if (c["innovation_id"], c["indicator"]) == (owner, key))
    claim["parameter"] = parameter
    region.unprove(owner, key)
    region.prove(owner, key)
    region.decide(owner, key, "terima")


@pytest.mark.parametrize(
    "changes",
    [
        [("101/Satu", "18", 3)],
        [("101/Dua", "16", 3), ("pemda", "14", 2)],
        [("101/Satu", "16", 0), ("pemda", "1", 0)],
    ],
)
def test_set_gives_what_scoring_changed_tables_gives(small, tmp_path, changes):
    picture = small.publish(tmp_path)
    record = asked(picture, *(f"{owner}:{key}={parameter}" for owner, key, parameter in changes))
    for owner, key, parameter in changes:
        set_claim(small, owner, key, parameter)
    after = small.scored()
    assert record["after"] == {view: after.index[view] for view in VIEWS}
    assert record["before"] == {view: picture.index[view] for view in VIEWS}
    exact = after.exact["supported"].index - picture.states["supported"].index().index
    assert abs(Fraction(record["difference"]["supported"]) - exact) <= Fraction(1, 20000)


@pytest.mark.parametrize("word", ["tarik", "withdraw"])
def test_a_withdrawn_innovation_is_no_longer_reported(small, tmp_path, word):
    record = asked(small.publish(tmp_path), f"101/Satu={word}")
    small.innovations = [i for i in small.innovations if i["innovation_id"] != "101/Satu"]
    small.claims = [c for c in small.claims if c["innovation_id"] != "101/Satu"]
    assert record["after"] == {view: small.scored().index[view] for view in VIEWS}
    assert record["reported"] == {"before": 3, "after": 2}


def test_an_innovation_made_eligible_counts_with_all_it_has_proven(small, tmp_path):
    small.decide("102/Tiga", "16", "turunkan", 2)
    record = asked(small.publish(tmp_path), "tiga=syarat")
    small.findings.clear()
    assert record["after"] == {view: small.scored().index[view] for view in VIEWS}
    assert record["eligible"] == {"before": 2, "after": 3}


def test_an_innovation_made_ineligible_counts_nothing_but_stays_reported(small, tmp_path):
    record = asked(small.publish(tmp_path), "101/Satu=gugur")
    small.bar("101/Satu")
    assert record["after"] == {view: small.scored().index[view] for view in VIEWS}


def test_an_added_innovation_counts_with_its_score_and_its_service(small, tmp_path):
    picture = small.publish(tmp_path)
    record = what_if_of(picture, Question(adds=("Sosial:13,5",)))
    small.innovation("103/Baru", "Sosial", k16=3, k17=0, k35=1)  # 9 + 4 = 13
    after = small.scored().exact["supported"]
    half = Fraction(1, 2) / 12 / 250 * 100
    assert abs(Fraction(record["after"]["supported"]["index"]) - (after.index + half)) <= Fraction(1, 200)
    assert record["after"]["supported"]["basic_services"] == after.basic_services
    ranks = {row["innovation_id"]: (row["rank_before"], row["rank_after"]) for row in record["ranks"]}
    assert ranks == {"(inovasi baru 1)": (None, 3)}


def test_an_spd_total_can_be_changed_where_the_cycle_has_one(small, tmp_path):
    region = type(small)(cycle=2024)
    region.spd(total="45.5")
    region.innovation("101/Satu", "Pendidikan", k16=3)
    record = asked(region.publish(tmp_path), "pemda:SPD=50,25")
    assert record["before"]["supported"]["spd"] == "45.50"
    assert record["after"]["supported"]["spd"] == "50.25"


def test_ranks_that_move_are_listed_with_equals_sharing_one(small, tmp_path):
    rows = {r["innovation_id"]: r for r in asked(small.publish(tmp_path), "101/Dua:17=3")["ranks"]}
    before = small.scored().innovations.set_index("innovation_id")["rank"]
    set_claim(small, "101/Dua", "17", 3)
    after = small.scored().innovations.set_index("innovation_id")["rank"]
    assert {owner: (row["rank_before"], row["rank_after"]) for owner, row in rows.items()} == {
        owner: (before[owner], after[owner]) for owner in rows
    }
    assert "101/Dua" in rows


def test_a_claim_of_an_ineligible_innovation_changes_nothing_and_says_so(small, tmp_path):
    record = asked(small.publish(tmp_path), "102/Tiga:16=1")
    assert record["after"]["supported"] == record["before"]["supported"]
    assert record["notes"] == [
        "102/Tiga belum memenuhi syarat, jadi indikator 16 belum menambah apa pun; "
        'tambahkan --set "102/Tiga=syarat"'
    ]


@pytest.mark.parametrize(
    ("sets", "adds", "words"),
    [
        (["Sato:16=3"], [], "yang mirip: 101/Satu"),
        (["101/Satu:99=3"], [], "indikator 99 bukan indikator inovasi siklus 2026; yang boleh: 16, 17"),
        (["pemda:16=3"], [], "indikator 16 bukan indikator pemda siklus 2026; yang boleh: 1, 2a"),
        (["101/Satu:16=4"], [], "parameter 4; yang boleh: 0, 1, 2, 3"),
        (["101/Satu:16="], [], "parameter kosong; yang boleh: 0, 1, 2, 3"),
        (["101/Satu=buang"], [], "yang boleh sesudah ID=: tarik, withdraw, syarat, eligible, gugur"),
        (["101/Satu"], [], "tidak dimengerti; tulis"),
        (["pemda=tarik"], [], "hanya untuk inovasi"),
        (["101/Satu:16=1", "satu:16=2"], [], '"101/Satu:16" diubah dua kali'),
        (["101/Satu=tarik", "101/Satu:16=2"], [], "ditarik dan sekaligus diubah"),
        ([], ["Kesehatn:60"], "yang mirip: Kesehatan"),
        ([], ["Kesehatan:112"], "nilai 112; yang boleh: 0 s.d. 111"),
        ([], ["Kesehatan"], 'tulis "Urusan Utama:skor"'),
    ],
)
def test_a_mistake_names_what_is_allowed(small, tmp_path, sets, adds, words):
    with pytest.raises(UsageError) as caught:
        what_if_of(small.publish(tmp_path), Question(sets=sets, adds=adds))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_mistakes_are_named_at_once(small, tmp_path):
    with pytest.raises(UsageError) as caught:
        what_if_of(small.publish(tmp_path), Question(sets=["101/Satu:99=3", "101/Dua:16=9"], adds=["X:1"]))
    assert all(words in str(caught.value) for words in ("indikator 99", "parameter 9", 'urusan "X"'))


def test_the_same_rules_judge_the_example_exactly_as_published(published):
    from iid.tasks.answers.other_rulebook import rejudge

    picture = published.picture()
    again = rejudge(picture, load(2026).rulebook)
    assert again.scored.scores.equals(picture.table("scores"))
    assert again.scored.innovations.equals(picture.table("innovations"))
    assert {index for _, index in again.parts} == {picture.states["supported"].index().index}


def test_another_cycles_rules_on_the_same_evidence(published):
    picture = published.picture()
    record = what_if_of(picture, Question(other=load(2027)))
    after, under = record["after"]["supported"], record["under"]
    assert (after["divisor"], after["count_score"]) == (14, "0.00")
    assert under["formula"]["after"]["basic_services_min"] == 6
    parts = dict((p["part"], p["index"]) for p in under["parts"])
    assert parts["evidence"] == after["index"]
    formula = load(2026).rulebook.model_copy(update={"formula": load(2027).rulebook.formula})
    assert parts["formula"] == f"{formula.rounded(picture.states['supported'].under(formula).index().index)}"
    lost = {row["innovation_id"]: row["reasons"] for row in under["eligibility"] if not row["eligible"]}
    assert lost["104/KIA LAPIS"] == ["profile.window"]
    assert len(lost) == record["eligible"]["before"] - record["eligible"]["after"]


def test_a_cycle_with_one_spd_total_keeps_the_points_and_says_so(published):
    picture = published.picture()
    record = what_if_of(picture, Question(other=load(2024)))
    assert record["after"]["supported"]["spd"] == record["before"]["supported"]["spd"]
    assert any(text.startswith("SPD: ") for text in record["under"]["not_judged"])
    assert any("16 Regulasi" in text for text in record["under"]["not_judged"])


def test_rows_of_spd_cannot_be_set_where_the_run_has_only_a_total(small, tmp_path):
    region = type(small)(cycle=2024)
    region.spd(total="45.5")
    region.innovation("101/Satu", "Pendidikan", k16=3)
    picture = region.publish(tmp_path)
    assert what_if_of(picture, Question(other=load(2026)))["after"]["supported"]["spd"] == "45.50"
    with pytest.raises(UsageError, match="baris SPD tidak dapat diubah"):
        what_if_of(picture, Question(sets=["pemda:8=3"], other=load(2026)))


def test_a_rulebook_of_ones_own_is_used_and_changes_come_on_top(small, tmp_path):
    text = load(2026).text.replace(
        "divisor_min: {value: 12, source: inovahub_tor", "divisor_min: {value: 4, source: inovahub_tor"
    )
    own = tmp_path / "sendiri.yaml"
    own.write_text(text, encoding="utf-8")
    picture = small.publish(tmp_path / "hasil")
    record = asked(picture, "101/Satu:18=3", other=load_file(own))
    region = deepcopy(small)
    region.loaded = load_file(own)
    set_claim(region, "101/Satu", "18", 3)
    for key in ("33", "35"):  # judged for the first time here: no basis was named, a PDF is no video
        region.unprove("101/Dua", key)
    assert record["after"]["supported"] == region.scored().index["supported"]
    assert {(row["indicator"], *row["reasons"]) for row in record["under"]["claims_moved"]} == {
        ("33", "claim.basis_missing"),
        ("35", "evidence.kind_not_allowed"),
    }
    assert record["under"]["formula"]["after"]["divisor_min"] == 4

"""What to send: against every subset of a small region, effects against scoring again."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from iid.tasks.answers.next_steps_text import DIFFERENCE
from iid.tasks.answers.selection import selection_lines, selection_of


def without(state, names):
    for name in names:
        state = state.without(name)
    return state.index().index


def test_the_cut_is_the_best_of_all_selections(small, tmp_path):
    for n in range(12):
        small.innovation(f"103/Baik {n}", "Sosial", k16=3, k17=3, k35=3, k30=3)
    small.innovation("103/Lemah", "Pendidikan", k17=1)
    small.innovation("103/Lemah Sekali", "Kearsipan", k18=1)
    picture = small.publish(tmp_path)
    record = selection_of(picture)
    for view in ("claimed", "supported"):
        state = picture.states[view]
        weak = [name for name in state.innovations if "Baik" not in name]
        best = max(without(state, gone) for n in range(len(weak) + 1) for gone in combinations(weak, n))
        assert record["views"][view]["index_best"] == f"{picture.rulebook.rounded(best):f}"
    assert record["views"]["supported"]["index_all"] == picture.index["supported"]["index"]


def test_an_innovation_says_whether_it_lifts_or_pulls_down(small, tmp_path):
    picture = small.publish(tmp_path)
    state = picture.states["supported"]
    for row in selection_of(picture)["innovations"]:
        if row["eligible"]:
            effect = state.index().index - without(state, [row["innovation_id"]])
            assert Fraction(row["effect"]) == round(effect, 4)


def test_missing_services_and_empty_places_stand_beside_the_cut(small, tmp_path):
    record = selection_of(small.publish(tmp_path))
    assert record["empty_places"] == 10
    assert "Sosial" in record["missing_services"]
    assert "forecast" not in record["views"]  # nothing was decided yet


def test_the_command_shows_the_selection_in_words(iid):
    status, out, _ = iid("next-steps", "--send")
    assert status == 0
    assert "Didukung bukti: indeks tertinggi" in out
    assert "menarik turun indeks" in out
    assert "Ramalan verifikasi: indeks tertinggi" in out


def test_the_plan_and_the_selection_both_say_why_they_can_differ(iid):
    asked = (("--send",), ("--target", "65,01"))
    selection, plan = (" ".join(iid("next-steps", *words)[1].split()) for words in asked)
    assert "tidak usah dikirim pada siklus ini" in plan
    assert DIFFERENCE in selection
    assert f"{DIFFERENCE} Lihat iid next-steps --send." in plan


def test_a_region_without_innovations_says_so(small, tmp_path):
    record = {**selection_of(small.publish(tmp_path)), "innovations": []}
    text = " ".join(selection_lines(record, "", 0))
    assert "Belum ada inovasi yang dilaporkan." in text

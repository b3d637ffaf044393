from decimal import Decimal
from types import ModuleType

from iid.tasks.answers.next_steps import steps_of
from iid.tasks.answers.run_view import Picture
from iid.tasks.report import next_steps_page, strengths
from iid.tasks.report.book import open_book
from iid.tasks.report.participation import board
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.assessment import Assessment


def test_the_steps_shown_are_those_of_the_command(assessment: Assessment) -> None:
    book = open_book(assessment)
    ((_, first), *_) = next_steps_page.plans(steps_of(Picture.of(book.assessment)))
    plan = first["steps"]
    shown = next_steps_page.carrying(book)["rows"]
    assert [str(x["after"]) for x in shown] == [x["index_after"] for x in plan[: next_steps_page.TOP]]
    assert 0 < len(shown) <= 10


def test_the_last_step_of_the_way_crosses_the_line(assessment: Assessment) -> None:
    book = open_book(assessment)
    page = next_steps_page.steps_page(book)
    for plan in page["plans"]:
        assert plan["rows"][-1]["after"] >= Decimal(page["target"]["index"])
        assert plan["rows"][-2]["after"] < Decimal(page["target"]["index"])


def test_in_the_best_category_single_steps_are_shown(assessment: Assessment) -> None:
    book = open_book(assessment)
    book.outlook["target"] = None
    way = next_steps_page.carrying(book)
    assert not way["planned"]
    assert len(way["rows"]) == next_steps_page.TOP
    assert "Kategori tertinggi sudah tercapai" in way["text"]


def test_a_figure_nobody_can_write_up_is_called_an_achievement(assessment: Assessment) -> None:
    book = open_book(assessment)
    measured = {i.key for i in assessment.rulebook.indicators if i.thresholds}
    rows = [next_steps_page.step_row(book, s) for s in book.outlook["steps"] if s["kind"] == "raise"]
    reported = {row["indicator"]: row["deed"] for row in rows if row["indicator"] in measured}
    assert reported and all(text.startswith("Tingkatkan capaian") for text in reported.values())


def test_an_innovation_lists_only_its_own_steps_and_none_that_lowers_the_index(
    assessment: Assessment,
) -> None:
    book = open_book(assessment)
    for entry in book.innovations:
        own = next_steps_page.own_steps(book, [entry.id])
        assert all(row["page"].startswith(entry.page) for row in own["rows"])
        assert all(row["gain"] > 0 for row in own["rows"])


def test_every_indicator_counts_every_unit_once(assessment: Assessment) -> None:
    book = open_book(assessment)
    units = {entry.unit_code for entry in book.counted}
    found = strengths.unit_classes(book)
    assert [x.key for x in found] == [i.key for i in assessment.rulebook.sid]
    assert {x.units for x in found} == {len(units)}


def test_a_strength_is_no_weakness_and_means_most_units(assessment: Assessment) -> None:
    found = strengths.unit_classes(open_book(assessment))
    strong, weak = strengths.strengths(found), strengths.weaknesses(found)
    assert not {x.key for x in strong} & {x.key for x in weak}
    assert all(x.strong * 2 > x.units for x in strong)
    assert all(x.weak * 2 > x.units for x in weak)


def test_thirds_decide_between_strong_middle_and_weak(assessment: Assessment) -> None:
    assert [strengths._class(t, n, 3) for t, n in ((2, 1), (5, 3), (1, 1), (2, 3), (0, 1))] == [
        "strong",
        "middle",
        "middle",
        "weak",
        "weak",
    ]


def test_without_an_eligible_innovation_nothing_is_called_strong(made: ModuleType) -> None:
    assert strengths.unit_classes(open_book(made.sample(made=(), decided=False))) == ()


def test_the_board_counts_every_unit_of_the_roster_by_type(assessment: Assessment) -> None:
    types = board(open_book(assessment))["types"]
    assert sum(t.total for t in types) == len(assessment.units)


def test_a_folder_outside_the_roster_takes_no_part(strange: Assessment) -> None:
    found = board(open_book(strange))
    listed = {p.unit.code for name in ("complete", "largest", "best") for p in found[name]}
    assert "BPP-02" not in listed
    assert sum(t.total for t in found["types"]) == len(strange.units) - 1


def test_leaderboards_name_only_what_was_reached(assessment: Assessment) -> None:
    found = board(open_book(assessment))
    assert found["improved"] is None
    assert all(p.unit.submitted and p.value > 0 for n in ("complete", "largest", "best") for p in found[n])
    assert [p.value for p in found["complete"]] == sorted((p.value for p in found["complete"]), reverse=True)
    assert all(p.value <= 100 for p in found["complete"])


def test_only_gains_since_the_last_run_are_praised(past: tuple[FolderStore, Assessment]) -> None:
    found = board(open_book(past[1]))["improved"]
    assert found
    assert all(p.value > 0 for p in found)

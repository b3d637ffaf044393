import pytest

from iid.expectations.findings import catalogue
from iid.expectations.loading import load
from iid.tasks.reports.wording import TITLES, path_label, title


def test_every_finding_has_a_short_title() -> None:
    assert sorted(set(catalogue()) - set(TITLES)) == []


def test_no_title_speaks_of_a_code_that_is_gone() -> None:
    assert sorted(set(TITLES) - set(catalogue())) == []


def test_titles_are_short_and_different() -> None:
    assert len(set(TITLES.values())) == len(TITLES)
    assert max(map(len, TITLES.values())) <= 45


def test_an_unknown_code_shows_itself() -> None:
    assert title("evidence.new") == "evidence.new"


@pytest.mark.parametrize("cycle", [2023, 2024, 2026, 2027])
def test_every_inferred_value_of_a_rulebook_has_words(cycle: int) -> None:
    paths = [path for path, _, _ in load(cycle).rulebook.inferred()]
    assert [path for path in paths if path_label(path)[1] == path] == []


def test_the_label_of_a_path_names_the_indicator() -> None:
    assert path_label("indicators[16].weight") == ("16", "Bobot indikator")
    assert path_label("indicators[33].bases[a].parameters[2]") == ("33a parameter 3", "Bunyi parameter")
    assert path_label("predicates[Inovatif]") == ("Inovatif", "Batas kategori")

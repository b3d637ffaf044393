import re
from datetime import date
from importlib.resources import files

import pytest

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.loading import load
from iid.tasks.text.labels import path_label, rule_value, title


def test_no_text_of_units_stewards_and_leaders_names_a_command() -> None:
    commands = re.compile(r"\biid [a-z]|--[a-z]{2}")
    for kind in catalogue().values():
        for text in (kind.sentence, kind.fix, kind.meaning):
            assert not commands.search(text), kind.code
    rooms = ("iid.tasks.report.templates", "iid.tasks.desk.templates", "iid.tasks.feedback")
    for template in (one for room in rooms for one in files(room).iterdir() if one.name.endswith(".j2")):
        text = re.sub(r"{#.*?#}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not commands.search(text), template.name


def test_titles_are_short_and_different() -> None:
    titles = [kind.title for kind in catalogue().values()]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 45


def test_an_unknown_code_shows_itself() -> None:
    assert title("evidence.new") == "evidence.new"


@pytest.mark.parametrize("cycle", [2023, 2024, 2026, 2027])
def test_every_inferred_value_of_a_rulebook_has_words(cycle: int) -> None:
    paths = [path for path, _, _ in load(cycle).rulebook.inferred()]
    assert [path for path in paths if path_label(path)[1] == path] == []


def test_the_label_of_a_path_names_the_indicator() -> None:
    assert path_label("indicators[16].weight") == ("16", "Bobot indikator")
    assert path_label("indicators[33].bases[a].parameters[2]") == ("33a parameter 2", "Bunyi parameter")
    assert path_label("predicates[Inovatif]") == ("Inovatif", "Batas kategori")
    assert path_label("indicators[33].bases[a]") == ("33a", "Nama basis")


def test_the_label_of_a_parameter_has_the_number_of_that_parameter() -> None:
    rulebook = load(2027).rulebook
    checked = 0
    for path, value, _ in rulebook.inferred():
        key, label = path_label(path)
        if label == "Bunyi parameter" and key.split()[0] in rulebook.by_key:
            indicator, _, number = key.split()
            texts = {one.value: one.text for one in rulebook.by_key[indicator].parameters}
            assert texts[int(number)] == value
            checked += 1
    assert checked > 10


@pytest.mark.parametrize("cycle", [2023, 2024, 2026, 2027])
def test_no_code_of_the_program_stands_among_the_inferred_values(cycle: int) -> None:
    shown = {rule_value(path, value) for path, value, _ in load(cycle).rulebook.inferred()}
    words = {word for text in shown for word in text.split(", ")}
    assert not words & {"True", "False", "None", "reported", "eligible", "better_parameter", "link", ""}


def test_values_of_the_rulebook_are_read_in_indonesian() -> None:
    assert rule_value("formula.divisor_counts", "eligible") == "yang memenuhi syarat"
    assert rule_value("threshold_rule", "better_parameter") == "parameter yang lebih baik berlaku"
    assert rule_value("indicators[35].kinds", ("mp4", "link")) == "mp4, tautan"
    assert rule_value("limits.bytes_per_mb", 1048576) == "1.048.576"
    assert rule_value("eligibility.applied_from", date(2024, 1, 1)) == "1 Januari 2024"
    assert rule_value("indicators[16].evidence", None) == "–"
    assert rule_value("indicators[16].evidence", "link") == "link"

"""Whose document is it: made documents of every kind, and how many are judged rightly."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import yaml

from iid.tasks.validate.other_regions import other_region

DOCUMENTS = yaml.safe_load((Path(__file__).parent / "region_documents.yaml").read_text(encoding="utf-8"))


def judged() -> list[tuple[str, str, str]]:
    return [
        (one["id"], one["other"], other_region(one["text"], one.get("own", "Kabupaten Banjar")))
        for one in DOCUMENTS
    ]


def test_documents_of_other_regions_are_reported_and_no_others() -> None:
    answers = judged()
    reported = [(expected, found) for _, expected, found in answers if found]
    others = [(expected, found) for _, expected, found in answers if expected]
    right = sum(expected == found for expected, found in reported)
    wrong = [one for one in answers if one[1] != one[2]]
    assert len(DOCUMENTS) >= 60
    assert right / len(reported) >= 0.95, wrong
    assert right / len(others) >= 0.9, wrong
    # docs/evidence.md says so: a short name, a company of a city, a list of guests.
    assert [one[0].split()[0] for one in wrong] == ["C08", "C22", "E39", "F078", "F094", "G034"]


def test_list_of_regions_is_whole() -> None:
    lines = (files("iid.tasks.shares") / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]
    kinds = [line.partition(",")[2].split()[0] for line in lines]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"Provinsi": 38, "Kabupaten": 416, "Kota": 98}

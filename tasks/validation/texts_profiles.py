"""The words of findings about units and profiles."""

from __future__ import annotations

import pandas as pd

from iid.expectations import demands
from iid.tasks.validation import wording
from iid.tasks.validation.case import Case
from iid.tasks.validation.texts_common import Tables, Wording, Words, constant, each

#: How many choices of a list a message names (the list itself stands in the cell).
CHOICES_NAMED = 6


def _unit(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": [name or code for name, code in zip(rows["name"], rows["unit_code"], strict=True)]}


def _stage(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    allowed = case.rulebook.eligibility.stage.value
    return {"value": each(rows, "stage"), "allowed": constant(rows, allowed)}


def _window(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    rules = case.rulebook.eligibility
    developed = rows["developed_date"]
    return {
        "applied": [wording.day(text) for text in rows["applied_date"]],
        "from": constant(rows, wording.day(rules.applied_from.value.isoformat())),
        "to": constant(rows, wording.day(rules.applied_to.value.isoformat())),
        "developed": [_developed(text, rules.developed_counts.value) for text in developed],
    }


def _developed(text: str, counts: bool) -> str:
    if not text or not counts:
        return ""
    return f", dan Waktu Pengembangan {wording.day(text)} juga di luarnya"


def _short(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    minimum = wording.number(case.rulebook.eligibility.min_words.value)
    words = [wording.number(int(count)) for count in rows["words_given"]]
    return {"words": words, "minimum": constant(rows, minimum)}


def _same_name(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": each(rows, "name"), "other": each(rows, "first_same_name")}


def _like_name(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": each(rows, "name"), "other": each(rows, "first_like_name")}


def _repetitive(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {
        "words": [wording.number(int(count)) for count in rows["design_words"]],
        "distinct": [wording.number(int(count)) for count in rows["design_distinct_words"]],
    }


def _field(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"field": each(rows, "label"), "value": each(rows, "raw")}


def _choice(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    lists = demands.choices(case.rulebook)
    shown = {f: wording.shortened(c, CHOICES_NAMED, "pilihan lain di sel itu") for f, c in lists.items()}
    return _field(rows, case, tables) | {
        "allowed": [shown.get(field, "daftar isian") for field in rows["field"]]
    }


WORDS: dict[str, Wording] = {
    "unit.nothing_submitted": _unit,
    "profile.stage": _stage,
    "profile.window": _window,
    "profile.too_short": _short,
    "profile.duplicate": _same_name,
    "profile.duplicate_likely": _like_name,
    "profile.repetitive_text": _repetitive,
    "profile.field_missing": _field,
    "profile.date_unreadable": _field,
    "profile.choice_unknown": _choice,
    "profile.formula_uncalculated": _field,
}

"""The words of findings about units and profiles."""

from __future__ import annotations

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.text import sentences
from iid.tasks.text.indonesian import day, number
from iid.tasks.validate.case import Case
from iid.tasks.validate.texts_common import Tables, Wording, Words, constant, each

#: How many choices of a list a message names (the list itself is in the cell).
CHOICES_NAMED = 9
#: How many innovations of one name a message names.
OTHERS_NAMED = 6


def _unit(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": [name or code for name, code in zip(rows["name"], rows["unit_code"], strict=True)]}


def _stage(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    allowed = case.rulebook.eligibility.stage.value
    return {"value": each(rows, "stage"), "allowed": constant(rows, allowed)}


def _window(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    rules = case.rulebook.eligibility
    developed = rows["developed_date"]
    return {
        "applied": [day(text) for text in rows["applied_date"]],
        "from": constant(rows, day(rules.applied_from.value.isoformat())),
        "to": constant(rows, day(rules.applied_to.value.isoformat())),
        "developed": [_developed(text, rules.developed_counts.value) for text in developed],
    }


def _developed(text: str, counts: bool) -> str:
    if not text or not counts:
        return ""
    return f", dan Waktu Pengembangan {day(text)} juga di luarnya"


def _short(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    minimum = number(case.rulebook.eligibility.min_words.value)
    words = [number(int(count)) for count in rows["words_given"]]
    return {"words": words, "minimum": constant(rows, minimum)}


def _same_name(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    groups = rows.groupby("name_key")["innovation_id"].agg(sorted)
    given = zip(rows["name_key"], rows["innovation_id"], strict=True)
    others = [[other for other in groups[key] if other != own] for key, own in given]
    shown = [sentences.shortened(group, OTHERS_NAMED, "inovasi lain") for group in others]
    return {"name": each(rows, "name"), "other": [sentences.quoted(text) for text in shown]}


def _before(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    allowed = case.rulebook.eligibility.entries_max
    most = allowed.value if allowed else None
    times = [count + 1 for count in rows["cycles_before"].tolist()]
    if most is None:
        rules = constant(rows, "berapa kali boleh dilaporkan tidak tertulis dalam sumber siklus ini")
    else:
        rules = [
            f"siklus ini membolehkan paling banyak {most} kali, dan ini yang ke-{time}" for time in times
        ]
    return {"name": each(rows, "name"), "where": each(rows, "reported_before"), "rule": rules}


def _like_name(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"name": each(rows, "name"), "other": each(rows, "first_like_name")}


def _repetitive(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {
        "words": [number(int(count)) for count in rows["design_words"]],
        "distinct": [number(int(count)) for count in rows["design_distinct_words"]],
    }


def _field(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"field": each(rows, "label"), "value": each(rows, "raw")}


def _choice(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    lists = demands.choices(case.rulebook)
    shown = {f: sentences.shortened(c, CHOICES_NAMED, "pilihan lain di sel itu") for f, c in lists.items()}
    return _field(rows, case, tables) | {
        "allowed": [shown.get(field, "daftar isian") for field in rows["field"]]
    }


WORDS: dict[str, Wording] = {
    "unit.nothing_submitted": _unit,
    "profile.stage": _stage,
    "profile.window": _window,
    "profile.too_short": _short,
    "profile.duplicate": _same_name,
    "profile.reported_before": _before,
    "profile.duplicate_likely": _like_name,
    "profile.repetitive_text": _repetitive,
    "profile.field_missing": _field,
    "profile.date_unreadable": _field,
    "profile.choice_unknown": _choice,
    "profile.formula_uncalculated": _field,
}

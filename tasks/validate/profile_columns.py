"""Units, innovations and profile fields as judged tables, a column a rule."""

from __future__ import annotations

import pandas as pd

from iid.expectations.rulebook.words import match, plain
from iid.expectations.suites.demands import REPETITIVE_WORDS
from iid.tasks.validate.case import Case, looked_up, only
from iid.tasks.validate.innovation_names import name_parts

#: Fields that an innovation's rules speak of; their cells are the findings' sources.
_SOURCES = ("name", "stage", "applied_date", "design")


def units(case: Case) -> pd.DataFrame:
    """Return UNITS; ``submitted``: a roster's unit with an innovation folder."""
    table = case.tables.units.sort_values("unit_code", ignore_index=True)
    known = table["known"].fillna(False)
    return table.assign(
        innovation_id="",
        indicator="",
        source=table["folder"],
        submitted=only(known, table["submitted"].astype("boolean").fillna(False)),
    )


def innovations(case: Case) -> pd.DataFrame:
    """INNOVATIONS that were read, with the columns of suite ``innovations``."""
    table = case.tables.innovations
    table = table[case.read_rows(table)].sort_values("innovation_id", ignore_index=True)
    words = table["design_words"].fillna(0)
    distinct = table["design_distinct_words"].fillna(0)
    required = _required(case)
    table = table.assign(
        indicator="",
        stage_given=_stage(table["stage"], case),
        words_given=only((table["design"] != "") | ("design" not in required), words),
        distinct_percent=only(words > 0, distinct * 100 // words.clip(1, REPETITIVE_WORDS)),
        **_dates(table, case),
    )
    keys = _keys(table)
    places = [case.before.get(key, ()) for key in keys.fillna("")]
    table = table.assign(
        name_key=keys,
        reported_before=["; ".join(where) for where in places],
        cycles_before=pd.array(
            [len({p.partition(":")[0] for p in where}) for where in places], dtype="Int64"
        ),
        **_like_names(table, keys.fillna("")),
    )
    for field in _SOURCES:
        cells = looked_up(table["innovation_id"] + "\n" + field, case.field_sources)
        table[f"{field}_source"] = cells.fillna(table["workbook"])
    return table


def fields(case: Case) -> pd.DataFrame:
    """FIELDS with ``required_answer`` and ``field_problem``."""
    table = case.tables.fields
    order = {field.key: position for position, field in enumerate(case.rulebook.profile)}
    table = table.assign(position=table["field"].map(order)).sort_values(
        ["innovation_id", "position", "field", "source"], ignore_index=True
    )
    answered_badly = table["problem"].isin(["date_unreadable", "choice_unknown"])
    # An unknown stage is reported by profile.stage already.
    covered = (table["field"] == "stage") & (table["problem"] == "choice_unknown")
    return table.assign(
        indicator="",
        required_answer=only(table["field"].isin(_required(case)) & ~answered_badly, table["value"]),
        field_problem=table["problem"].mask(covered, ""),
    )


def _required(case: Case) -> list[str]:
    return [field.key for field in case.rulebook.profile if field.required.value]


def _stage(given: pd.Series, case: Case) -> pd.Series:
    """Spell each stage as the rulebook does if it can; missing if not given."""
    stages = case.rulebook.eligibility.stages.value
    spelling = {text: match(text, stages) or text for text in given.unique()}
    return only(given != "", given.map(spelling).astype("string"))


def _keys(table: pd.DataFrame) -> pd.Series:
    """Fold each name (case, spaces, punctuation); missing where none is."""
    spelling = {text: plain(text) for text in table["name"].unique()}
    keys = table["name"].map(spelling).astype("string")
    return keys.where(keys != "")


def _like_names(table: pd.DataFrame, keys: pd.Series) -> dict[str, pd.Series]:
    """Compare names by their parts around brackets; *keys* are spellings."""
    parts = table["name"].map({text: name_parts(text) for text in table["name"].unique()}).astype("string")
    several = parts.str.contains("\n", regex=False).fillna(False)
    spelt = pd.DataFrame(
        {"parts": parts[several], "key": keys[several], "id": table["innovation_id"][several]}
    )
    firsts = spelt.drop_duplicates(["parts", "key"])
    first = spelt.groupby("parts", sort=False)["id"].transform("first")
    first_key = firsts.groupby("parts", sort=False)["key"].first().reindex(spelt["parts"]).array
    like = (spelt["key"] != first_key).astype("Int64")
    return {
        "earlier_like_name": like.reindex(table.index).astype("Int64"),
        "first_like_name": first.reindex(table.index).astype("string"),
    }


def _dates(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """Return the date that decides the window: application or development.

    Missing where it is not known: no readable application date, or the application is outside
    and the development cannot be read (``profile.date_unreadable`` speaks of that).
    """
    rules = case.rulebook.eligibility
    start, end = rules.applied_from.value.isoformat(), rules.applied_to.value.isoformat()
    applied, developed = table["applied_date"], table["developed_date"]
    inside = (applied >= start) & (applied <= end)
    renewed = (developed >= start) & (developed <= end) & rules.developed_counts.value
    problems = case.tables.fields
    broken = problems.loc[
        (problems["field"] == "developed_date") & (problems["problem"] == "date_unreadable"), "innovation_id"
    ]
    open_question = ~inside & table["innovation_id"].isin(broken) & rules.developed_counts.value
    counting = developed.where(renewed & ~inside, applied)
    days = pd.to_datetime(only((applied != "") & ~open_question, counting), format="%Y-%m-%d")
    return {"counting_date": days}

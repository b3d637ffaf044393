"""Reports without names of persons who review; decisions remain.

The public variant goes further: no person's name or number at all (:func:`without_persons`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from iid.tasks.values.assessment import Assessment

STAND_IN = "peninjau"


def public(assessment: Assessment) -> Assessment:
    """Return the same assessment without reviewers' names.

    Made once (:attr:`Assessment.answers`).
    """
    if "public" not in assessment.answers:
        assessment.answers["public"] = _public(assessment)
    found: Assessment = assessment.answers["public"]
    return found


def _public(assessment: Assessment) -> Assessment:
    given = [*assessment.decisions["reviewer"].tolist(), *assessment.decision_log["reviewer"].tolist()]
    names = sorted({name for name in given if name.strip()}, key=lambda name: (-len(name), name))
    if not names:
        return assessment
    decisions = assessment.decisions.assign(
        reviewer=pd.array([""] * len(assessment.decisions), dtype="string"),
        note=_without(assessment.decisions["note"], names),
    )
    about = assessment.findings["code"].str.startswith("decision.")
    findings = assessment.findings.copy()
    findings.loc[about, "message"] = _without(findings.loc[about, "message"], names)
    return replace(assessment, decisions=decisions, findings=findings)


def _without(texts: pd.Series, names: list[str]) -> pd.Series:
    """Return *texts* with all *names* replaced, longer ones first."""
    named = re.compile("|".join(map(_as_written, names)), re.IGNORECASE)
    hidden = [named.sub(STAND_IN, text) for text in texts.tolist()]
    return pd.Series(hidden, index=texts.index, dtype="string")


def _as_written(name: str) -> str:
    """Return a pattern for *name* in any case and spacing, as whole words."""
    return r"(?<!\w)" + r"\s+".join(map(re.escape, name.split())) + r"(?!\w)"


#: Telephone numbers (with a 0 or +62), identity cards, numbers of civil servants, addresses of mail.
_NUMBERS = re.compile(
    r"(?:\+62|(?<![\d.])0)[\s().–-]*[2-9](?:[\s().–-]*\d){6,11}(?!\d)"
    r"|(?<![\d.])62[\s().–-]*8(?:[\s().–-]*\d){7,11}(?!\d)"  # as wa.me writes mobile numbers
    r"|(?<!\d)\d{4}(?:[\s.-]?\d{4}){3}(?!\d)"
    r"|(?<!\d)\d{8}\s?\d{6}\s?\d\s?\d{3}(?!\d)"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: Words of *Inisiator* that mean an office, so that *Nama Inisiator* is no person's name.
_OFFICES = ("opd", "perangkat", "dinas", "unit", "badan", "kecamatan", "kelurahan", "desa")
_SHORTEST = 4  # characters of a name that is looked for inside other texts


def without_persons(assessment: Assessment) -> Callable[[str], str]:
    """Return a function that removes names and numbers of persons from a text.

    Names: what *Nama Inisiator* gives where the initiator is no office. Numbers: telephone, identity
    card, civil servant, mail. An innovation's or unit's own words cannot be judged beyond that.
    """
    profiles = assessment.profiles
    rows = zip(profiles["initiator"].tolist(), profiles["initiator_name"].tolist(), strict=True)
    names = {
        name.strip()
        for kind, name in rows
        if len(name.strip()) >= _SHORTEST and not any(word in kind.lower() for word in _OFFICES)
    }
    ordered = sorted(names, key=lambda name: (-len(name), name))

    named = re.compile("|".join(map(_as_written, ordered)) or r"(?!)", re.IGNORECASE)

    def hidden(text: str) -> str:
        # Wide digits and signs between letters that nobody sees hide nothing from people.
        plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        shown = _NUMBERS.sub("[nomor pribadi]", named.sub("[nama pribadi]", plain))
        return shown if shown != plain else text

    return hidden

"""Reports carry no names of persons who review: decisions stay, reviewers go."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from iid.tasks.assessment import Assessment

STAND_IN = "peninjau"


def public(assessment: Assessment) -> Assessment:
    """The same assessment without reviewer names in decisions, notes and findings about decisions."""
    names = sorted(
        {name for name in assessment.decisions["reviewer"].tolist() if name.strip()}, key=len, reverse=True
    )
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
    """*texts* with every one of *names* replaced; longer names first, so that no half remains."""

    def hide(text: str) -> str:
        for name in names:
            text = text.replace(name, STAND_IN)
        return text

    return pd.Series([hide(text) for text in texts.tolist()], index=texts.index, dtype="string")

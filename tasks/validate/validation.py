"""Validate the long tables against the rulebook: all findings in one pass.

tables → judged tables (one derived column a rule, pandas) → suites (Great
Expectations) → rows that fail → findings with their sentences. Nothing here
reads a file, asks the clock or changes a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.validate.case import Case, Documents, Tables
from iid.tasks.validate.claim_columns import claims, claims_read
from iid.tasks.validate.documents import with_documents
from iid.tasks.validate.item_columns import items
from iid.tasks.validate.profile_columns import fields, innovations, units
from iid.tasks.values.region import Marker

if TYPE_CHECKING:
    from iid.expectations.suites.suites import Suite
    from iid.tasks.store.memory import Memory
    from iid.tasks.validate.run_suites import Judgement

__all__ = ["Tables", "judged_tables", "validate"]


def validate(  # noqa: PLR0913  the tables, the rules, and what was seen of files and links
    tables: Tables,
    rulebook: Rulebook,
    marker: Marker,
    *,
    docs_dir: Path | None,
    facts: pd.DataFrame | None = None,
    links: pd.DataFrame | None = None,
    scans: pd.DataFrame | None = None,
    run_time: datetime | None = None,
    before: Mapping[str, tuple[str, ...]] | None = None,
    documents: Documents | None = None,
    pictures: Memory | None = None,
) -> pd.DataFrame:
    """Return the FINDINGS of the tables, sorted, without the readers' own.

    ``facts`` is the inspectors' table of contents (:data:`iid.tasks.sandbox.facts.FACTS`);
    without it nothing is said about texts, pictures and macros. ``links`` (LINKS) says what a look at
    the web addresses found, ``scans`` what OCR read. ``documents`` is what the texts say, where they
    were read before (:func:`iid.tasks.validate.documents.read_documents`): then ``facts`` and ``scans``
    need no texts. ``pictures`` knows comparisons of earlier nights. ``before`` names the
    innovations of earlier cycles (:attr:`iid.tasks.values.assessment.Earlier.before`). Of innovations of
    one name each is reported; which of them counts is settled with the scores
    (:mod:`iid.tasks.score.same_names`). ``docs_dir`` gets the Data Docs
    of this run (``index.html``), which name ``run_time`` (aware) and nothing of the clock.

    The same tables in any order give the same findings. Raises ValueError for a problem word
    that no expectation knows: a mistake of ours, never of the input.
    """
    from iid.expectations.suites.suites import suites
    from iid.tasks.validate.data_docs import write_docs
    from iid.tasks.validate.finding_rows import findings_of

    case = Case(tables, rulebook, marker, facts, links, scans, before or {}, documents, pictures)
    case = with_documents(case)
    _refuse_unknown_problems(tables)
    expected = suites(rulebook)
    checked: list[tuple[Judgement, pd.DataFrame]] = []
    for part in _PARTS:  # each part's tables go before the next are made
        checked += _checked(part(case), expected, case)
    if docs_dir is not None:
        write_docs(docs_dir, expected, checked, case, run_time)
    return findings_of([findings for _, findings in checked], rulebook)


def _checked(
    judged: dict[str, pd.DataFrame], expected: Mapping[str, Suite], case: Case
) -> list[tuple[Judgement, pd.DataFrame]]:
    """Each judgement on *judged* with its findings."""
    from iid.tasks.validate.finding_rows import findings_of_check
    from iid.tasks.validate.run_suites import judge

    judgements = judge({name: expected[name] for name in judged}, judged)
    return [(judgement, findings_of_check(judgement, judged, case)) for judgement in judgements]


def judged_tables(case: Case) -> dict[str, pd.DataFrame]:
    """Return the judged tables by suite name, with their rows numbered from 0."""
    read = with_documents(case)
    return {name: table for part in _PARTS for name, table in part(read).items()}


def _of_profiles(case: Case) -> dict[str, pd.DataFrame]:
    return {"units": units(case), "innovations": innovations(case), "fields": fields(case)}


def _of_evidence(case: Case) -> dict[str, pd.DataFrame]:
    read = claims_read(case)
    evidence = items(case, read)
    return {"claims": claims(case, read, evidence), "evidence": evidence}


#: Tables that are judged together, because sentences look from one into another; in the suites' order.
_PARTS = (_of_profiles, _of_evidence)


def _refuse_unknown_problems(tables: Tables) -> None:
    """Raise ValueError for a problem that no expectation covers."""
    from iid.expectations.suites.suites import CLAIM_PROBLEMS, FIELD_PROBLEMS, ITEM_PROBLEMS

    claim_known = {*CLAIM_PROBLEMS, "basis_unknown"}  # the basis itself is judged
    for name, table, known in (
        ("fields", tables.fields, set(FIELD_PROBLEMS)),
        ("claims", tables.claims, claim_known),
        ("evidence", tables.evidence, set(ITEM_PROBLEMS)),
    ):
        words = {word for text in table["problem"].unique() for word in str(text).split("\n")}
        unknown = sorted(words - known - {""})
        if unknown:
            raise ValueError(f"table {name} has problems that no expectation knows: {', '.join(unknown)}")

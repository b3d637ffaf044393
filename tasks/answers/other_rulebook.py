"""The same evidence under another cycle's rules; nothing is published.

The expectations of the other rulebook look at the run's own tables, so windows, stages,
word counts, required fields, kinds, sizes and thresholds are judged again. What only a
reader or an inspector can see (texts of workbooks, contents of files) stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from iid.expectations.findings.catalogue import bars_innovation
from iid.expectations.rulebook.loading import Loaded
from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.tasks.answers.run_view import Picture, Record, Views, views_of
from iid.tasks.score.exact import published
from iid.tasks.score.grid import TOTAL
from iid.tasks.score.same_names import as_published, one_of_each_name
from iid.tasks.score.scoring import Scored, score
from iid.tasks.score.state import State, settled, state_of
from iid.tasks.shares.marker import province_zone
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import CLAIMS, FINDINGS, REGION_ID, UNITS, WHOLE, concat, frame


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A run under other rules: its views, its tables, and the way there.

    ``parts``: the supported index after each group of rules was exchanged, in order.
    """

    rulebook: Rulebook
    basis: Views
    findings: pd.DataFrame
    scored: Scored
    parts: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class _FixedSpd(State):
    """A state whose SPD score is one number although the rules have rows."""

    def spd_points(self) -> Fraction:
        """The SPD score as it was under the old rules."""
        return self.spd_total


def rejudge(picture: Picture, other: Rulebook) -> Rejudged:
    """*picture* under the rules of *other*."""
    claims, evidence = _claims(picture, other), _evidence(picture, other)
    findings = _findings(picture, claims, evidence, other)
    scored = _score(picture, claims, evidence, findings, other)
    basis = views_of(scored.innovations, scored.scores, other, scored.dormant)
    basis = {view: _spd(picture, state, picture.basis[view]) for view, state in basis.items()}
    return Rejudged(other, basis, findings, scored, tuple(_parts(picture, claims, evidence, findings, basis)))


def _score(
    picture: Picture, claims: pd.DataFrame, evidence: pd.DataFrame, findings: pd.DataFrame, other: Rulebook
) -> Scored:
    profiles, decisions = picture.table("profiles"), picture.table("decisions")
    known = {i.key for i in other.indicators}
    return score(profiles, claims, evidence, findings, decisions[decisions["indicator"].isin(known)], other)


def _claims(picture: Picture, other: Rulebook) -> pd.DataFrame:
    """Return the claims *other* knows; its thresholds decide values again."""
    claims = picture.table("claims")
    claims = claims[claims["indicator"].isin(list(other.by_key))].reset_index(drop=True)
    parameters = [
        _parameter(other.by_key[key], value, parameter, other)
        for key, value, parameter in zip(
            *(claims[name].tolist() for name in ("indicator", "value", "parameter")), strict=True
        )
    ]
    claims = claims.assign(parameter=pd.array(parameters, dtype=WHOLE))
    return concat(CLAIMS, [claims, frame(CLAIMS, _new_rows(picture, claims, other))])


def _parameter(indicator: Indicator, value: str, parameter: object, rulebook: Rulebook) -> object:
    if indicator.thresholds is None or not value:
        return parameter
    return rulebook.threshold_parameter(indicator.key, Decimal(value))


def _new_rows(picture: Picture, claims: pd.DataFrame, other: Rulebook) -> Iterator[dict[str, object]]:
    """Yield an unclaimed row for each SID indicator the run's cycle lacks."""
    known = set(claims["indicator"])
    for indicator in (i for i in other.sid if i.key not in known):
        for owner, unit in picture.unit_of.items():
            row = {"innovation_id": owner, "unit_code": unit, "indicator": indicator.key, "parameter": 0}
            yield {**row, "aspect": "SID"}


def _evidence(picture: Picture, other: Rulebook) -> pd.DataFrame:
    evidence = picture.table("evidence_all")
    known = evidence["indicator"].isin(["", *other.by_key])
    return evidence[known].reset_index(drop=True)


def _findings(
    picture: Picture, claims: pd.DataFrame, evidence: pd.DataFrame, other: Rulebook
) -> pd.DataFrame:
    """Return what readers found, and what *other*'s expectations find now."""
    from iid.expectations.suites.suites import suites
    from iid.tasks.validate.validation import Tables, validate

    judged = {e.configuration.meta["code"] for s in suites(other).values() for e in s.expectations}
    before = picture.table("findings")
    kept = before[~before["code"].isin(sorted(judged))]
    units = picture.table("units").assign(known=True)
    tables = Tables(
        units=frame(UNITS, units.reindex(columns=list(UNITS)).to_dict("records")),
        innovations=picture.table("profiles"),
        fields=picture.table("fields"),
        claims=claims,
        evidence=evidence,
    )
    marker = Marker(picture.run.region, "", province_zone(picture.run.region))
    found = concat(FINDINGS, [kept, validate(tables, other, marker, docs_dir=None)])
    decisions = picture.table("decisions")
    decisions = decisions[decisions["indicator"].isin(list(other.by_key))]
    return one_of_each_name(
        tables.innovations, claims, evidence, found, decisions, other, as_published(before)
    )


def _spd(picture: Picture, after: State, before: State) -> State:
    """Return *after* with *before*'s SPD points where rows meet one total."""
    if picture.rulebook.spd == after.rulebook.spd:
        return after
    points = before.spd_points()
    if after.rulebook.spd == "total":
        return replace(after, spd_total=points)
    return _FixedSpd(after.rulebook, after.spd, after.innovations, points)


def _parts(
    picture: Picture,
    claims: pd.DataFrame,
    evidence: pd.DataFrame,
    findings: pd.DataFrame,
    basis: Views,
) -> Iterator[tuple[str, Fraction]]:
    """Yield the index after formula, weights, and innovations' rules changed."""
    before, after = picture.states["supported"], basis["supported"]
    other = after.rulebook
    formula = picture.rulebook.model_copy(update={"formula": other.formula, "predicates": other.predicates})
    yield "formula", before.under(formula).index().index
    weighed = _spd(picture, before.under(other), before)
    yield "weights", weighed.index().index
    old = picture.table("findings")
    mixed = concat(FINDINGS, [findings[bars_innovation(findings)], old[~bars_innovation(old)]])
    scored = _score(picture, claims.assign(parameter=_old(picture, claims)), evidence, mixed, other)
    barred = state_of(scored.innovations, scored.scores, other)
    yield "eligibility", _spd(picture, barred, before).index().index
    yield "evidence", settled(basis)["supported"].index().index


def _old(picture: Picture, claims: pd.DataFrame) -> object:
    """The parameters of *claims* as the run has them."""
    table = picture.table("claims")
    keys = zip(table["innovation_id"].tolist(), table["indicator"].tolist(), strict=True)
    found = dict(zip(keys, table["parameter"].tolist(), strict=True))
    wanted = zip(claims["innovation_id"].tolist(), claims["indicator"].tolist(), strict=True)
    return pd.array([found.get(key, 0) for key in wanted], dtype=WHOLE)


def not_judged(picture: Picture, other: Rulebook) -> Iterator[str]:
    """What the other rules ask differently and no table can answer, in words."""
    own = picture.rulebook
    if own.spd != other.spd:
        yield (
            "SPD: yang satu memakai nilai per baris, yang lain satu nilai seluruhnya; skor SPD dipakai "
            "seperti adanya"
        )
    shared = [key for key in own.by_key if key in other.by_key and key != TOTAL]
    changed = [key for key in shared if _texts(own.by_key[key]) != _texts(other.by_key[key])]
    if changed:
        yield f"bunyi parameter atau bukti berubah, isi dokumen tidak dinilai ulang: {_named(changed, other)}"
    fields = [
        f.label for f in other.profile if f.required.value and f.key not in {g.key for g in own.profile}
    ]
    if fields:
        yield f"isian wajib baru yang belum ada di buku kerja: {', '.join(fields)}"
    gone = [key for key in own.by_key if key not in other.by_key and key != TOTAL]
    new = [key for key in other.by_key if key not in own.by_key and key != TOTAL]
    if gone and own.spd == other.spd:
        yield f"indikator yang tidak ada lagi: {', '.join(gone)}"
    if new and own.spd == other.spd:
        yield f"indikator baru, dianggap belum diklaim: {_named(new, other)}"
    yield "isi berkas tidak dibuka lagi; temuan tentang teks dan gambar, yang tidak mengubah nilai, dilewati"


def _texts(indicator: Indicator) -> object:
    """Return what a document is read against: rules' texts, evidence wanted."""
    bases = [(b.code, b.name, [(p.value, p.text) for p in b.parameters]) for b in indicator.bases]
    return [(p.value, p.text) for p in indicator.parameters], bases, indicator.evidence.value


def _named(keys: list[str], rulebook: Rulebook) -> str:
    return ", ".join(f"{key} {rulebook.by_key[key].name}" for key in keys)


def under_other_rules(picture: Picture, other: Loaded) -> tuple[Views, Record]:
    """Return the unsettled views of *picture* under *other*, and the record."""
    found = rejudge(picture, other.rulebook)
    parts = [{"part": part, "index": published(index)} for part, index in found.parts]
    return found.basis, {
        "cycle": other.rulebook.cycle,
        "title": other.rulebook.title,
        "standing": other.rulebook.standing,
        "sha256": other.sha256,
        "parts": parts,
        "formula": {
            "before": _constants(picture.rulebook.formula),
            "after": _constants(other.rulebook.formula),
        },
        "eligibility": _eligibility(picture, found.scored.innovations),
        "claims_moved": _claims_moved(picture, found.scored.innovations, found.scored.scores),
        "not_judged": list(not_judged(picture, other.rulebook)),
    }


def _constants(formula: object) -> Record:
    names = (
        "divisor_min",
        "divisor_counts",
        "count_weight",
        "count_cap",
        "basic_services_min",
        "maximum_total",
    )
    values = {name: getattr(formula, name).value for name in names}
    return {name: value if isinstance(value, int | str) else f"{value:f}" for name, value in values.items()}


def _eligibility(picture: Picture, after: pd.DataFrame) -> list[Record]:
    """Return innovations whose eligibility changes, with the barring codes."""
    columns = ("innovation_id", "eligible", "ineligible_reasons")
    old, new = (
        {
            owner: (bool(eligible), reasons)
            for owner, eligible, reasons in zip(*(t[c] for c in columns), strict=True)
        }
        for t in (picture.table("innovations"), after)
    )
    return [
        {
            "innovation_id": owner,
            "name": picture.names[owner],
            "eligible": new[owner][0],
            "reasons": [code for code in (new if old[owner][0] else old)[owner][1].split(";") if code],
        }
        for owner in sorted(old)
        if old[owner][0] != new[owner][0]
    ]


def _claims_moved(picture: Picture, innovations: pd.DataFrame, after: pd.DataFrame) -> list[Record]:
    """Return changed supported parameters of innovations counting in both."""
    columns = ("innovation_id", "indicator", "supported_parameter", "reasons")
    rows = []
    eligible = {REGION_ID, *innovations.loc[innovations["eligible"].fillna(False), "innovation_id"]}
    for owner, key, parameter, reasons in zip(*(after[c] for c in columns), strict=True):
        before = picture.score_rows.get((owner, key))
        if before is None or owner not in eligible or owner in picture.barred:
            continue
        if before["supported_parameter"] != (None if parameter is pd.NA else parameter):
            codes = [code for code in reasons.split(";") if code]
            moved = {
                "before": before["supported_parameter"],
                "after": None if parameter is pd.NA else int(parameter),
            }
            rows.append({"innovation_id": owner, "indicator": key, **moved, "reasons": codes})
    return rows

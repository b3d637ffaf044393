"""What each kind of page shows: one function a page, for the template."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from iid.tasks.report import next_steps_page, overview
from iid.tasks.report.book import Book
from iid.tasks.report.claim_rows import by_cause, claim_rows
from iid.tasks.report.entries import InnovationEntry, UnitEntry
from iid.tasks.report.participation import board
from iid.tasks.report.unit_message import unit_message
from iid.tasks.text.indonesian import day, number
from iid.tasks.text.labels import SEVERITY, path_label, rule_value, title
from iid.tasks.values.row_groups import stream
from iid.tasks.values.tables import REGION_ID

ROWS = 500  # rows of a list of innovations or units on one page
FINDINGS = 1000  # rows of the work list on one page: search covers one page, so it is long
UNIT_FINDINGS = 300
CAUSES = 8  # causes above the work list
STATES = ("terbuka", "diputus", "gugur")  # of the claim a finding speaks of

Context = dict[str, Any]


def innovation_page(book: Book, entry: InnovationEntry) -> Context:
    """One innovation: its indicators with evidence, findings and decisions."""
    rulebook = book.assessment.rulebook
    profile = next(iter(book.tables["profiles"][entry.id]), None)
    return {
        "e": entry,
        "basic": entry.affair in rulebook.formula.basic_services.value,
        "maximum": rulebook.formula.maximum_sid_innovation.value,
        "ranked": book.ranked_count,
        "profile": _profile(profile) if profile and profile["read"] else [],
        "own": next_steps_page.own_steps(book, [entry.id]),
        **claim_rows(book, entry.id, rulebook.sid),
    }


def _profile(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a profile without names of persons, and long texts as lengths."""
    words = row["design_words"]
    return [
        ("Inisiator", row["initiator"]),
        ("Klasifikasi", row["classification"]),
        ("Jenis", row["kind"]),
        ("Bentuk", row["form"]),
        ("Tematik", row["theme"]),
        ("Urusan utama", row["main_affair"]),
        ("Urusan beririsan", row["other_affairs"]),
        ("Waktu uji coba", day(row["trial_date"])),
        ("Waktu penerapan", day(row["applied_date"])),
        ("Waktu pengembangan", day(row["developed_date"])),
        ("Rancang Bangun", f"{number(words)} kata" if words is not None else ""),
    ]


def region_page(book: Book) -> Context:
    """The region's own indicators (SPD)."""
    rulebook = book.assessment.rulebook
    return {
        "levels": overview.levels(book.assessment),
        "maximum": rulebook.formula.maximum_spd.value,
        "spd_total": rulebook.spd == "total",
        "own": next_steps_page.own_steps(book, [REGION_ID]),
        **_region_rows(book),
    }


def _region_rows(book: Book) -> Context:
    rulebook = book.assessment.rulebook
    found = claim_rows(book, REGION_ID, rulebook.spd_rows)
    if rulebook.spd == "total":
        for row in found["rows"]:
            row["maximum"] = rulebook.formula.maximum_spd.value
    return found


def unit_page(book: Book, unit: UnitEntry) -> Context:
    """One unit: its innovations and what to fix first, grouped by innovation."""
    rows = book.sorted_findings(book.tables["findings_by_unit"][unit.code])
    shown = rows[:UNIT_FINDINGS]
    order = {row["innovation_id"]: position for position, row in reversed(list(enumerate(shown)))}
    shown.sort(key=lambda row: order[row["innovation_id"]])
    return {
        "u": unit,
        "message": unit_message(book, unit),
        "entries": book.by_unit.get(unit.code, []),
        "maximum": book.assessment.rulebook.formula.maximum_sid_innovation.value,
        "findings": [_group(list(rows)) for _, rows in groupby(shown, key=lambda r: r["innovation_id"])],
        "findings_more": max(len(rows) - UNIT_FINDINGS, 0),
        "own": next_steps_page.own_steps(book, [entry.id for entry in book.by_unit.get(unit.code, [])]),
        **_unit_sums(book, unit),
    }


def _unit_sums(book: Book, unit: UnitEntry) -> Context:
    """Return all claimed, supported and verified points, and open gains."""
    entries = book.by_unit.get(unit.code, [])
    units = book.outlook["units"] if book.open else ()
    gain = next((u["gain"] for u in units if u["unit_code"] == unit.code), None)
    return {
        "claimed": sum((e.claimed for e in entries), Decimal(0)),
        "supported": sum((e.supported for e in entries), Decimal(0)),
        "verified": sum((e.verified for e in entries), Decimal(0)),
        "gain": Decimal(gain) if gain else None,
    }


def _group(rows: list[dict[str, Any]]) -> Context:
    return {"place": rows[0]["place"], "page": rows[0]["page"], "causes": by_cause(rows)}


def innovation_list(book: Book) -> Iterator[Context]:
    """All innovations by rank, in parts."""
    for part in chunks(book.innovations):
        yield {
            "entries": part,
            "total": len(book.innovations),
            "eligible": book.ranked_count,
            "maximum": book.assessment.rulebook.formula.maximum_sid_innovation.value,
            "kinds": book.unit_types,
            "types": [t.type for t in overview.participation(book.units) if t.type],
        }


def unit_list(book: Book) -> Iterator[Context]:
    """The board of participation, then all units, in parts."""
    for number_of, part in enumerate(chunks(book.units), 1):
        yield {
            "units": part,
            "board": board(book) if number_of == 1 else None,
            "silent": [unit for unit in book.units if unit.known and not unit.submitted],
            "reporting": overview.reporting(book.units),
            "types": [t.type for t in overview.participation(book.units) if t.type],
        }


def review_list(book: Book) -> Iterator[Context]:
    """The stewards' work list, in parts."""
    codes = book.assessment.findings["code"].tolist()
    severities = book.assessment.findings["severity"].tolist()
    claims, decided, _ = book.progress
    whole = {
        "total": len(codes),
        "critical": severities.count("critical"),
        "warnings": severities.count("warning"),
        "lapsed": codes.count("decision.lapsed"),
        "claims": claims,
        "decided": decided,
        "causes": _causes(book),
        "unit_names": {unit.code: unit.name for unit in book.units} | {REGION_ID: "Pemerintah daerah"},
    }
    states = _states(book)
    for rows in book.finding_pages(FINDINGS):
        for row in rows:
            row["state"] = states.get((row["innovation_id"], row["indicator"]), "terbuka")
        yield {**whole, "findings": rows, **_choices(book, rows, whole["unit_names"])}


def _causes(book: Book) -> list[overview.Cause]:
    """Causes of critical findings, the most costly first."""
    found = overview.causes(book.assessment.findings, book.losses, book.innovations)
    return [cause for cause in found if cause.severity == "critical"][:CAUSES]


def _states(book: Book) -> dict[tuple[str, str], str]:
    """Return each finding's claim state: *diputus*, *gugur* if it lapsed."""
    found: dict[tuple[str, str], str] = {}
    for row in stream(book.assessment.decisions):
        key = row["innovation_id"], row["indicator"]
        if row["in_force"] or key not in found:
            found[key] = "diputus" if row["in_force"] else "gugur"
    return found


def _choices(book: Book, rows: list[dict[str, Any]], names: dict[str, str]) -> Context:
    """What the filters of one page offer: only what occurs on it."""
    used = {row["indicator"] for row in rows}
    units = sorted({row["unit_code"] for row in rows if row["unit_code"]})
    return {
        "severities": [s for s in SEVERITY if any(row["severity"] == s for row in rows)],
        "codes": sorted({row["code"] for row in rows}, key=title),
        "unit_choices": [(code, names.get(code, code)) for code in units],
        "indicators": [(i.key, i.name) for i in book.assessment.rulebook.indicators if i.key in used],
        "states": [s for s in STATES if any(row["state"] == s for row in rows)],
    }


def rulebook_page(book: Book) -> Context:
    """The rules in force, and every inferred value with its reason."""
    rulebook = book.assessment.rulebook
    return {
        "r": rulebook,
        "f": rulebook.formula,
        "aspects": [("SPD", rulebook.spd_rows), ("SID", rulebook.sid)],
        "inferred_rows": _inferred_rows(book),
    }


def _inferred_rows(book: Book) -> list[Context]:
    """Return every inferred value; equal kind, value and reason share a row."""
    rulebook = book.assessment.rulebook
    fields = {field.key: field.label for field in rulebook.profile}
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for path, value, reason in rulebook.inferred():
        key, label = path_label(path)
        grouped.setdefault((label, rule_value(path, value), reason), []).append(fields.get(key, key))
    return [
        {"label": label, "keys": ", ".join(filter(None, keys)), "value": value, "reason": reason}
        for (label, value, reason), keys in grouped.items()
    ]


def data_page(book: Book) -> Context:
    """Links to the published tables, where they come from, and the words used."""
    a = book.assessment
    return {
        "levels": overview.levels(a),
        "tables": [
            ("Inovasi", len(a.innovations), "innovations"),
            ("Nilai tiap indikator", len(a.scores), "scores"),
            ("Bukti", len(a.evidence), "evidence"),
            ("Temuan", len(a.findings), "findings"),
            ("Unit", len(a.units), "units"),
        ],
    }


def chunks(rows: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """*rows* in parts of one page; at least one part."""
    for start in range(0, max(len(rows), 1), ROWS):
        yield rows[start : start + ROWS]

"""Next best steps as the pages show them: what to do, where, what it brings to the index."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from iid.tasks.reports.book import Book
from iid.tasks.reports.formatting import number, points
from iid.tasks.reports.wording import title

TOP = 10  # steps on the leaders' page
LISTED = 300  # steps on the page of steps
OWN = 6  # steps on the page of an innovation or a unit

Context = dict[str, Any]


def carrying(book: Book) -> Context:
    """The first steps of the shortest way over the next line, and how far they lead.

    Without a way (or a line) the most valuable single steps, whose gains hold one by one.
    """
    record = book.outlook
    plan, target = record["plan"], record["target"]
    steps = plan["steps"] if plan and target and not target["reached"] else []
    shown = [step_row(book, step) for step in (steps or worthwhile(record["steps"]))[:TOP]]
    return {
        "rows": shown,
        "planned": bool(steps),
        "needed": len(steps),
        "target": target,
        "after": shown[-1]["after"] if shown and steps else None,
        "text": _way(record, len(steps), shown),
        "open": len(record["steps"]),
        "mending": _mending(record),
    }


def worthwhile(steps: Iterable[Context]) -> list[Context]:
    """Steps that raise the index at all."""
    return [step for step in steps if Decimal(step["gain"]) > 0]


def step_row(book: Book, step: Context) -> Context:
    """One step for a table: gain and index after it as exact decimals."""
    owner = step["innovation_id"]
    name, page = book.place(owner)
    entry = book.by_id.get(owner)
    return {
        "gain": Decimal(step["gain"]),
        "after": Decimal(step["index_after"]),
        "name": name,
        "page": f"{page}#i{step['indicator']}" if page and step["indicator"] else page,
        "unit": entry.unit_name if entry else "",
        "unit_code": step["unit_code"],
        "indicator": step["indicator"],
        "indicator_name": step["indicator_name"],
        "kind": step["kind"],
        "deed": deed(step, measured=_measured(book, step["indicator"])),
        "cause": "; ".join(c["text"].rstrip(".") for c in step["causes"]) if step["kind"] != "raise" else "",
        "fixes": step["fixes"],
        "effort": step["effort"] or "",
        "guess": step["effort_status"] == "inferred",
        "caution": step["caution"],
    }


def _measured(book: Book, indicator: str) -> bool:
    """Whether the parameter follows an official figure, which nobody raises by writing."""
    found = book.assessment.rulebook.by_key.get(indicator)
    return bool(found and found.thresholds)


def deed(step: Context, *, measured: bool = False) -> str:
    """What to do, in a few words; *measured*: the parameter follows an official figure."""
    codes = [cause["code"] for cause in step["causes"] if cause["code"]]
    why = "; ".join(dict.fromkeys(title(code) for code in codes))
    beside = f" ({why})" if why else ""
    if step["kind"] == "qualify":
        return f"Penuhi syarat penilaian{beside}"
    if step["indicator"] == "SPD":
        return "Lengkapi bukti skor SPD"
    way = f"parameter {step['before']} → {step['after']}"
    if step["kind"] == "mend":
        return f"Perbaiki bukti, {way}{beside}"
    if measured:
        return f"Tingkatkan capaian, {way}"
    return f"{'Klaim' if step['before'] == 0 else 'Naikkan'} dan buktikan {way}"


def _way(record: Context, needed: int, shown: list[Context]) -> str:
    """How far the shown steps lead and how many it takes, in one or two sentences."""
    target, after = record["target"], record["all_steps"]
    if not record["steps"]:
        return "Tidak ada langkah terbuka: semua klaim sudah dihitung pada parameter tertinggi."
    if target is None:
        return "Kategori tertinggi sudah tercapai; ini langkah yang paling menambah indeks."
    line = f"{target['category']} ({points(target['index'])})"
    if not needed:
        reach = f"indeks menjadi {points(after['index'])} ({after['category']})"
        return f"Garis {line} belum tercapai juga bila semua langkah terbuka dikerjakan: {reach}."
    last = shown[-1]["after"]
    if needed <= len(shown):
        return (
            f"{number(needed)} langkah membawa daerah melewati garis {line}: indeks menjadi {points(last)}."
        )
    return (
        f"{number(len(shown))} langkah pertama membawa indeks ke {points(last)}; "
        f"untuk melewati garis {line} diperlukan {number(needed)} langkah."
    )


def _mending(record: Context) -> str:
    """Whether proving what is claimed already is enough, without any higher claim."""
    target, plan = record["target"], record["plan_without_raising"]
    if target is None or target["reached"] or not record["steps"]:
        return ""
    if plan is None:
        reach = record["all_steps_without_raising"]
        return f"Hanya dengan melengkapi yang sudah diklaim, indeks menjadi {points(reach['index'])}."
    return (
        f"Cukup melengkapi yang sudah diklaim: {number(len(plan['steps']))} langkah, tanpa menaikkan klaim."
    )


def own_steps(book: Book, owners: Iterable[str]) -> Context:
    """What the innovations *owners* can add: the best steps, and how many there are."""
    steps = [step for owner in owners for step in book.steps_by_owner.get(owner, ())]
    steps = sorted(worthwhile(steps), key=lambda s: (-Decimal(s["gain"]), s["innovation_id"], s["indicator"]))
    return {"rows": [step_row(book, s) for s in steps[:OWN]], "more": max(len(steps) - OWN, 0)}


def steps_page(book: Book) -> Context:
    """The whole shortest way, and every open step by worth up to LISTED."""
    record = book.outlook
    plan = record["plan"] if record["target"] and not record["target"]["reached"] else None
    steps = record["steps"]
    rows = [step_row(book, step) for step in steps[:LISTED]]
    units = {row["unit_code"]: row["unit"] or "Pemerintah daerah" for row in rows}
    return {
        **carrying(book),
        "plan": [step_row(book, step) for step in (plan["steps"] if plan else [])][:LISTED],
        "exact": bool(plan and plan["exact"]),
        "steps": rows,
        "more": max(len(steps) - LISTED, 0),
        "unit_choices": sorted(units.items()),
        "indicators": _keys(book, {row["indicator"] for row in rows}),
        "efforts": sorted({row["effort"] for row in rows if row["effort"]}),
        "forecast": record["forecast"],
    }


def _keys(book: Book, used: set[str]) -> list[tuple[str, str]]:
    """Indicators in the order of the rulebook: number and name."""
    return [(i.key, i.name) for i in book.assessment.rulebook.indicators if i.key in used]

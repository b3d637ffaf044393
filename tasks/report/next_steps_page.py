"""Next best steps on pages: what to do, where, what it brings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from iid.tasks.answers.next_steps_text import DIFFERENCE, LEAST, MEANS, falling
from iid.tasks.answers.selection import VIEWS, selection_of
from iid.tasks.report.book import Book
from iid.tasks.text.indonesian import number, points
from iid.tasks.text.labels import title

TOP = 10  # steps on the leaders' page
LISTED = 300  # steps on the page of steps
OWN = 6  # steps on the page of an innovation or a unit

Context = dict[str, Any]


PLANS = {
    "plan_without_raising": "dengan berkas yang ada",
    "plan_without_facts": "tanpa menunggu keadaan berubah",
    "plan": "dengan semua langkah",
}


def plans(record: Context) -> list[tuple[str, Context]]:
    """Return the plans to the target with names, papers first, each once."""
    if record["target"] is None or record["target"]["reached"]:
        return []
    found: list[tuple[str, Context]] = []
    for key, name in PLANS.items():
        plan = record[key]
        if plan and plan["steps"] and all(plan != other for _, other in found):
            found.append((name, plan))
    return found


def carrying(book: Book) -> Context:
    """Return the first steps of the plan on papers, and how far they lead.

    Where papers at hand do not reach it, of the plan without changed facts; else of the shortest.
    Without a plan (or a line) the most valuable single steps, whose gains hold one by one.
    """
    record = book.outlook
    target = record["target"]
    steps: list[Context] = next((plan["steps"] for _, plan in plans(record)), [])
    shown = [step_row(book, step) for step in (steps or worthwhile(record["steps"]))[:TOP]]
    return {
        "rows": shown,
        "planned": bool(steps),
        "needed": len(steps),
        "target": target,
        "after": shown[-1]["after"] if shown and steps else None,
        "text": _way(record, len(steps), shown),
        "open": len(record["steps"]),
        "others": _others(record),
    }


def worthwhile(steps: Iterable[Context]) -> list[Context]:
    """Steps that raise the index at all."""
    return [step for step in steps if Decimal(step["gain"]) > 0]


def step_row(book: Book, step: Context) -> Context:
    """Return one step for a table: gain and index after it as exact decimals.

    In a plan the gain is what the step adds after those above it, so that it leads to ``after``.
    """
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
        "means": step["means"],
        "means_text": MEANS[step["means"]],
        "effort": step["effort"] or "",
        "guess": step["effort_status"] == "inferred",
        "caution": step["caution"],
    }


def _measured(book: Book, indicator: str) -> bool:
    """Return whether the parameter follows a figure or an outcome, not papers."""
    found = book.assessment.rulebook.by_key.get(indicator)
    return bool(found and found.follows_facts)


def deed(step: Context, *, measured: bool = False) -> str:
    """Say what to do in a few words; *measured*: by an official figure."""
    codes = [cause["code"] for cause in step["causes"] if cause["code"]]
    why = "; ".join(dict.fromkeys(title(code) for code in codes))
    beside = f" ({why})" if why else ""
    if step["kind"] == "qualify":
        return f"Penuhi syarat penilaian{beside}"
    if step["kind"] in {"hold", "add"}:
        affair = f" urusan {step['affair']}" if step["affair"] else ""
        return f"Laporkan inovasi baru{affair}" if step["kind"] == "add" else "Tidak usah dikirim"
    if step["indicator"] == "SPD":
        return "Lengkapi bukti skor SPD"
    way = f"parameter {step['before']} → {step['after']}"
    if step["kind"] == "mend":
        return f"Perbaiki bukti, {way}{beside}"
    if measured:
        return f"Tingkatkan capaian, {way}"
    return f"{'Klaim' if step['before'] == 0 else 'Naikkan'} dan buktikan {way}"


def _way(record: Context, needed: int, shown: list[Context]) -> str:
    """Say how far the shown steps lead and how many it takes."""
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


def _others(record: Context) -> str:
    """What the plan shown first spares, and what a shorter one asks for."""
    found = plans(record)
    if not found:
        return ""
    (name, first), *more = found
    words = [f"Rencana ini {name}.", *filter(None, [falling(first)])]
    if name != PLANS["plan_without_raising"]:
        reach = record["all_steps_without_raising"]
        words.append(f"Hanya dengan berkas yang ada, indeks menjadi {points(reach['index'])}.")
    words += [f"{other.capitalize()} cukup {number(len(plan['steps']))} langkah." for other, plan in more]
    return " ".join(words)


def own_steps(book: Book, owners: Iterable[str]) -> Context | None:
    """Return the best steps of *owners* and their number; None when closed."""
    if not book.open:
        return None
    steps = [step for owner in owners for step in book.steps_by_owner.get(owner, ())]
    steps = sorted(worthwhile(steps), key=lambda s: (-Decimal(s["gain"]), s["innovation_id"], s["indicator"]))
    return {"rows": [step_row(book, s) for s in steps[:OWN]], "more": max(len(steps) - OWN, 0)}


def steps_page(book: Book) -> Context:
    """Return every plan to the next line, and LISTED open steps by worth."""
    record = book.outlook
    steps = record["steps"]
    rows = [step_row(book, step) for step in steps[:LISTED]]
    units = {row["unit_code"]: row["unit"] or "Pemerintah daerah" for row in rows}
    return {
        **carrying(book),
        "plans": [_plan(book, name, plan) for name, plan in plans(record)],
        "steps": rows,
        "more": max(len(steps) - LISTED, 0),
        "unit_choices": sorted(units.items()),
        "indicators": _keys(book, {row["indicator"] for row in rows}),
        "means": {key: text for key, text in MEANS.items() if any(row["means"] == key for row in rows)},
        "forecast": record["forecast"],
        "difference": DIFFERENCE,
    }


def _plan(book: Book, name: str, plan: Context) -> Context:
    steps = plan["steps"]
    return {
        "name": name,
        "count": len(steps),
        "least": LEAST[plan["exact"]],
        "falling": falling(plan),
        "rows": [step_row(book, step) for step in steps[:LISTED]],
        "more": max(len(steps) - LISTED, 0),
    }


def selection_page(book: Book) -> Context:
    """Return which innovations lift the index if sent, and each view's cut."""
    record = selection_of(book.picture)
    views = [
        {"key": key, "title": title, **record["views"][key]}
        for key, title in VIEWS.items()
        if key in record["views"]
    ]
    rows = [{**row, "entry": book.by_id[row["innovation_id"]]} for row in record["innovations"]]
    return {
        "views": views,
        "best": next(view for view in views if view["key"] == "supported"),
        "rows": rows[:LISTED],
        "more": max(len(rows) - LISTED, 0),
        "missing": record["missing_services"],
        "empty_places": record["empty_places"],
        "divisor_min": record["divisor_min"],
        "difference": DIFFERENCE,
    }


def _keys(book: Book, used: set[str]) -> list[tuple[str, str]]:
    """Indicators in the order of the rulebook: number and name."""
    return [(i.key, i.name) for i in book.assessment.rulebook.indicators if i.key in used]

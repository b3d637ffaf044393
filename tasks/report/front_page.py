"""The leaders' page: place, changes, next line, strengths, weaknesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from iid.tasks.answers.forecast import open_claims
from iid.tasks.report import history_chart, next_steps_page, overview, strengths
from iid.tasks.report.book import Book
from iid.tasks.report.changes import changes
from iid.tasks.report.unit_message import days_left, deadline_words
from iid.tasks.score.exact import published
from iid.tasks.text.indonesian import day_in, exact, moment, number, points, signed
from iid.tasks.text.labels import path_label

SHORT = 3  # strengths and weaknesses on the first screen

Context = dict[str, Any]


def index_page(book: Book) -> Context:
    """Return the leaders' page: their questions first, the formula below."""
    a, head = book.assessment, book.headline
    claims, decided, touched = book.progress
    severities = a.findings["severity"].tolist()
    return {
        **standing(book),
        "progress_text": _progress(decided, touched),
        "decided": decided,
        "claims": claims,
        "deadline_text": deadline_words(book),
        "days_left": days_left(book),
        "critical": severities.count("critical"),
        "warnings": severities.count("warning"),
        "counted": len(book.counted),
        "refused_count": sum(not e.eligible for e in book.innovations)
        if book.open
        else len(book.innovations) - len(book.counted),
        "moved": moved(book),
        "way": next_steps_page.carrying(book) if book.open else None,
        "final": None if book.open else final_result(book),
        "unit_classes": (found := strengths.unit_classes(book)),
        "strong": strengths.strengths(found)[:SHORT],
        "weak": strengths.weaknesses(found)[:SHORT],
        "history": history_chart.table(a),
        "claimed_text": _claimed_below(book),
        "key_inferred": _key_inferred(book),
        "headline_key": head.key,
        "peers": [one for one in a.earlier.peers if book.open or one.by == head.key],
        "measures": {level.key: level.title.lower() for level in overview.levels(a)},
    }


def standing(book: Book) -> Context:
    """Return what the public may see, too: index, levels, distance, chart."""
    a, head = book.assessment, book.headline
    return {
        "head": head,
        "levels": overview.levels(a),
        "bands": overview.bands(a.rulebook),
        "gap": overview.gap(a.rulebook, head),
        "course": history_chart.course(a),
        "parts": sorted(overview.parts(a.rulebook, head), key=lambda part: -part.gap),
        "remedies": _remedies(book) if book.open else {},
        "divisor_text": _divisor(book),
        **_services(book),
        "reporting": overview.reporting(book.units),
        "held_text": overview.held_text(a),
    }


def _remedies(book: Book) -> dict[str, str]:
    """How each part of the sum grows, by its key in ``index.json``."""
    formula, waiting = book.assessment.rulebook.formula, overview.reporting(book.units)
    silent = waiting.total - waiting.done
    each = number(formula.count_weight.value)
    return {
        "spd": "Bertambah bila bukti pada halaman Pemda dilengkapi.",
        "sid_mean": "Bertambah bila klaim yang sudah ada dibuktikan atau dinaikkan.",
        "count_score": f"Setiap inovasi baru yang memenuhi syarat menambah {each} poin nilai jumlah inovasi"
        + (f"; {number(silent)} unit belum melapor." if silent else "."),
    }


def final_result(book: Book) -> Context:
    """Return why the final index moved from the supported, and who approved.

    ``rows``: cause and points of the index, 2 places; they add up to the difference.
    """
    a = book.assessment
    supported, verified = (exact(a.index[view]["index"]) for view in ("supported", "verified"))
    last = next((point for point in reversed(a.earlier.points) if point.status != "final"), None)
    before = exact(last.supported) if last else supported
    count, open_points = open_claims(a.scores, a.index["supported"])
    undecided = -exact(published(open_points))
    rows = [
        ("Bukti dan keputusan yang berubah sejak perhitungan itu", supported - before),
        (f"{number(count)} klaim yang terbukti tetapi tidak diputuskan peninjau", undecided),
        ("Inovasi tanpa klaim yang diterima, pembagi, dan jumlah inovasi", verified - supported - undecided),
    ]
    return {
        "before": before,
        "day": moment(last.when, a.marker.zone) if last else "",
        "difference": verified - before,
        "rows": [row for row in rows if row[1]],
        "facts": list(_closing_facts(a.closing, a.marker.zone)),
    }


def _closing_facts(closing: Mapping[str, Any], zone: str) -> Iterator[tuple[str, str]]:
    if answer := closing.get("approval"):
        when = moment(datetime.fromisoformat(answer["at"]), zone)
        yield "Disetujui oleh", f"{answer['name']}, {when}"
        yield "Alasan persetujuan", answer["reason"]
    for key, words in (
        ("early", "Ditutup sebelum batas waktu"),
        ("accept_undecided", "Klaim dibiarkan tanpa keputusan"),
        ("reason", "Catatan penutupan"),
    ):
        if closing.get(key) and (key != "reason" or closing[key] != (answer or {}).get("reason")):
            yield words, str(closing[key])


def moved(book: Book) -> Context | None:
    """Return what moved since the last published run, in a few lines, or None."""
    record = book.moved
    if record is None:
        return None
    a, last = book.assessment, book.assessment.earlier.points[-1]
    shown = changes(record, moment(last.when, a.marker.zone), moment(a.as_of, a.marker.zone), book.place)
    return {
        **shown,
        "day": day_in(last.when, a.marker.zone),
        "difference": next(x["difference"] for x in shown["levels"] if x["key"] == book.headline.key),
        "lines": list(_moved_lines(record, shown)),
    }


def _moved_lines(record: Context, shown: Context) -> list[str]:
    """The largest causes first; empty when nothing moved."""
    parts = sorted(shown["parts"], key=lambda p: -abs(p["points"]))
    lines = [
        f"{part['title']}{' ' + part['note'] if part['note'] else ''}: {signed(part['points'])} poin"
        for part in parts
    ]
    lines += [f"{title}: {number(len(rows))}" for title, rows in shown["groups"]]
    critical = record["findings"]["critical"]
    if critical["resolved"] or critical["appeared"]:
        lines.append(
            f"Temuan kritis: {number(critical['resolved'])} teratasi, {number(critical['appeared'])} muncul"
        )
    if record["rules"]:
        lines.append("Aturan berubah")
    return lines


def _progress(decided: int, touched: int) -> str:
    if not decided:
        return "Tanpa keputusan peninjau nilainya 0,00."
    return f"Sampai sekarang {number(decided)} klaim pada {number(touched)} inovasi sudah diputuskan."


def _claimed_below(book: Book) -> str:
    """Say why the claimed index is below the supported one, if by the divisor."""
    index = book.assessment.index
    claimed, supported = index["claimed"], index["supported"]
    if exact(claimed["index"]) >= exact(supported["index"]) or claimed["divisor"] == supported["divisor"]:
        return ""
    return (
        "Diklaim dapat lebih rendah daripada didukung, karena pembaginya lain "
        f"({number(index['reported'])} dilaporkan, {number(index['eligible'])} memenuhi syarat)."
    )


def _divisor(book: Book) -> str:
    formula, a = book.assessment.rulebook.formula, book.assessment
    counted = "reported" if formula.divisor_counts.value == "reported" else "eligible"
    words = "dilaporkan" if counted == "reported" else "memenuhi syarat"
    smallest = formula.divisor_min.value
    n = int(a.index[counted]) if book.open or counted == "reported" else len(book.counted)
    text = f"Pembagi paling kecil {smallest}; inovasi yang {words} {number(n)}."
    if n < smallest and book.open:
        text += f" Sampai {number(smallest - n)} inovasi lagi dapat ditambah tanpa memperbesar pembagi."
    return text


def _services(book: Book) -> Context:
    rulebook, head = book.assessment.rulebook, book.headline.values
    formula = rulebook.formula
    covered, needed = int(head["basic_services"]), formula.basic_services_min.value
    possible = formula.count_weight.value * min(len(book.counted), formula.count_cap.value)
    return {
        "services": overview.basic_services(rulebook, book.counted),
        "covered": covered,
        "services_met": covered >= needed,
        "services_text": _services_text(book, covered, needed, possible),
    }


def _services_text(book: Book, covered: int, needed: int, possible: Decimal) -> str:
    head = book.headline.values
    if not needed:
        cycle = book.assessment.cycle
        return f"Siklus {cycle} tidak mensyaratkan urusan tertentu untuk nilai jumlah inovasi."
    if covered >= needed:
        return (
            f"Syarat terpenuhi (paling sedikit {needed}): nilai jumlah inovasi "
            f"{points(head['count_score'])} poin dihitung."
        )
    worth = possible / exact(head["maximum"]) * 100
    text = f"Syarat paling sedikit {needed} belum terpenuhi: nilai jumlah inovasi menjadi 0"
    return text + (
        f", sehingga {points(possible)} poin ({points(worth)} poin indeks) hilang." if possible else "."
    )


def _key_inferred(book: Book) -> list[str]:
    """Inferred values that move every score: formula, categories, window."""
    paths = [path for path, _, _ in book.assessment.rulebook.inferred()]
    wanted = [p for p in paths if p.startswith(("formula.", "predicates", "eligibility.", "threshold_rule"))]
    return list(dict.fromkeys(label[0].lower() + label[1:] for _, label in map(path_label, wanted)))

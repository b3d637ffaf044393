"""The leaders' page: where we stand, what is missing, who is missing, what costs most."""

from __future__ import annotations

from typing import Any

from iid.tasks.reports import overview
from iid.tasks.reports.book import Book
from iid.tasks.reports.entries import UnitEntry
from iid.tasks.reports.formatting import exact, number, points
from iid.tasks.reports.wording import path_label, title
from iid.tasks.reports.worth import Loss

TOP = 10  # rows of a list
NAMES = 60  # names of silent units

Context = dict[str, Any]


def index_page(book: Book) -> Context:
    """The leaders' page: where we stand, what is missing, who is missing, what costs most."""
    a, head = book.assessment, book.headline
    found = overview.causes(a.findings, book.losses, book.innovations)
    refused = sorted((e for e in book.innovations if not e.eligible), key=lambda e: (-e.claimed, e.id))
    silent = sorted(
        (u for u in book.units if u.known and not u.submitted),
        key=lambda u: (overview.type_order(u.type), u.code),
    )
    claims, decided, touched = book.progress
    return {
        "head": head,
        "levels": overview.levels(a),
        "bands": overview.bands(a.rulebook),
        "gap": overview.gap(a.rulebook, head),
        "progress_text": _progress(decided, touched),
        "decided": decided,
        "claims": claims,
        "parts": overview.parts(a.rulebook, head),
        "divisor_text": _divisor(book),
        **_services(book),
        "divisor": a.index["supported"]["divisor"],
        "losses": [_loss(book, loss) for loss in book.ranked_losses[:TOP]],
        "losses_more": max(len(book.losses) - TOP, 0),
        "refused": refused[:TOP],
        "refused_count": len(refused),
        "causes": [
            ("critical", "membuat klaim atau inovasi tidak dihitung", _of(found, "critical")),
            ("warning", "tidak mengubah nilai", _of(found, "warning")),
        ]
        if found
        else [],
        "top_causes": TOP,
        "critical": sum(c.count for c in _of(found, "critical")),
        "warnings": sum(c.count for c in _of(found, "warning")),
        "types": overview.participation(book.units),
        "silent": silent[:NAMES],
        "silent_count": len(silent),
        "reporting": overview.reporting(book.units),
        "units_total": len(book.units),
        "claimed_text": _claimed_below(book),
        "top": [e for e in book.innovations if e.rank is not None][:TOP],
        "top_units": _best_units(book)[:TOP],
        "key_inferred": _key_inferred(book),
    }


def _of(found: tuple[overview.Cause, ...], severity: str) -> list[overview.Cause]:
    return [cause for cause in found if cause.severity == severity]


def _progress(decided: int, touched: int) -> str:
    if not decided:
        return "Belum ada keputusan peninjau, jadi nilainya masih 0,00."
    return f"Sampai sekarang {number(decided)} klaim pada {number(touched)} inovasi sudah diputuskan."


def _claimed_below(book: Book) -> str:
    """Why the claimed index stands below the supported one, where the divisor is the reason."""
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
    smallest, n = formula.divisor_min.value, int(a.index[counted])
    text = f"Pembagi paling kecil {smallest}; inovasi yang {words} {number(n)}."
    if n < smallest:
        text += f" Sampai {number(smallest - n)} inovasi lagi dapat ditambah tanpa memperbesar pembagi."
    return text


def _services(book: Book) -> Context:
    rulebook, a = book.assessment.rulebook, book.assessment
    formula, head = rulebook.formula, book.headline.values
    services = overview.basic_services(rulebook, book.counted)
    covered, needed = int(head["basic_services"]), formula.basic_services_min.value
    possible = formula.count_weight.value * min(len(book.counted), formula.count_cap.value)
    if not needed:
        text = f"Siklus {a.cycle} tidak mensyaratkan urusan tertentu untuk nilai jumlah inovasi."
    elif covered >= needed:
        text = (
            f"Syarat terpenuhi (paling sedikit {needed}): nilai jumlah inovasi "
            f"{points(head['count_score'])} poin dihitung."
        )
    else:
        worth = possible / exact(head["maximum"]) * 100
        text = f"Syarat paling sedikit {needed} belum terpenuhi: nilai jumlah inovasi menjadi 0"
        text += (
            f", sehingga {points(possible)} poin ({points(worth)} poin indeks) hilang." if possible else "."
        )
    return {
        "services": services,
        "covered": covered,
        "services_met": covered >= needed,
        "services_text": text,
    }


def _loss(book: Book, loss: Loss) -> Context:
    name, page = book.place(loss.innovation_id)
    indicator = book.assessment.rulebook.by_key.get(loss.indicator)
    return {
        "points": loss.points,
        "index": book.index_points(loss),
        "name": name,
        "page": page,
        "indicator": loss.indicator,
        "indicator_name": indicator.name if indicator else "",
        "claimed": loss.claimed_parameter,
        "supported": loss.supported_parameter,
        "cause": _cause(loss),
    }


def _cause(loss: Loss) -> str:
    if loss.reasons:
        return "; ".join(title(code) for code in loss.reasons)
    return {"tolak": "Ditolak peninjau", "turunkan": "Diturunkan peninjau"}.get(loss.decision, "–")


def _best_units(book: Book) -> list[UnitEntry]:
    ranked = [unit for unit in book.units if unit.mean is not None]
    return sorted(ranked, key=lambda u: (-(u.mean or 0), -u.eligible, u.code))


def _key_inferred(book: Book) -> list[str]:
    """Inferred values that move every score: formula, categories, window."""
    paths = [path for path, _, _ in book.assessment.rulebook.inferred()]
    wanted = [p for p in paths if p.startswith(("formula.", "predicates", "eligibility.", "threshold_rule"))]
    return list(dict.fromkeys(label[0].lower() + label[1:] for _, label in map(path_label, wanted)))

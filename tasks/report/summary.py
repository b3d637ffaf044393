"""A run's outcome in a few lines: for the terminal, and for Prefect."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iid.tasks.report.entries import unit_entries
from iid.tasks.report.overview import Level, gap, headline, held_text, levels, reporting
from iid.tasks.text.indonesian import clean, exact, moment, number, points
from iid.tasks.text.labels import STATUS
from iid.tasks.values.assessment import Assessment


def summary_lines(assessment: Assessment) -> list[str]:
    """Write plain lines, the index first: what is missing, what is open."""
    a, head = assessment, headline(assessment)
    others = [level for level in levels(a) if level.key != head.key]
    return [
        f"{_title(a)}: {points(head.index)} {head.values['category']} ({head.title.lower()})"
        f"{_missing(a, head)}",
        "; ".join(f"{level.title} {points(level.index)} {level.values['category']}" for level in others),
        "; ".join(_counts(a)),
        *filter(None, [held_text(a)]),
        f"Data per {moment(a.as_of, a.marker.zone)}; status {_status(a)}; perhitungan {a.run_id}",
    ]


def summary_markdown(assessment: Assessment) -> str:
    """Write the same as Markdown; names from the share cannot break it."""
    a, head = assessment, headline(assessment)
    lines = [
        f"# {escaped(_title(a))}",
        "",
        f"**{points(head.index)} {escaped(head.values['category'])}** "
        f"({head.title.lower()}){escaped(_missing(a, head))}",
        "",
        "| Cara menghitung | Indeks | Kategori | SPD | Rata-rata SID | Jumlah inovasi |",
        "|---|---:|---|---:|---:|---:|",
    ]
    for level in levels(a):
        v = level.values
        lines.append(
            f"| {level.title} | {points(level.index)} | {escaped(v['category'])} | {points(v['spd'])} "
            f"| {points(v['sid_mean'])} | {points(v['count_score'])} |"
        )
    lines += ["", *(f"- {line}" for line in _counts(a))]
    lines += [*(f"- {escaped(line)}" for line in filter(None, [held_text(a)])), ""]
    lines.append(f"Data per {moment(a.as_of, a.marker.zone)}; status {_status(a)}; `{a.run_id}`")
    return "\n".join(lines) + "\n"


def _title(a: Assessment) -> str:
    example = " (CONTOH)" if a.marker.example else ""
    region = " ".join(clean(a.marker.name or a.marker.region).split())
    return f"Indeks Inovasi Daerah {a.cycle} {region}{example}"


def _status(a: Assessment) -> str:
    return STATUS.get(a.status, a.status).lower()


def _missing(a: Assessment, head: Level) -> str:
    nearest = gap(a.rulebook, head)
    if nearest is None:
        return ""
    return f", kurang {points(nearest.index_points)} menuju {nearest.category}"


def _counts(a: Assessment) -> Sequence[str]:
    severities = a.findings["severity"].tolist()
    units = reporting(unit_entries(a))
    beside = f", {units.beside}" if units.beside else ""
    return (
        f"Inovasi: {number(a.index['reported'])} dilaporkan, {_counted(a)}",
        f"{number(units.done)} dari {number(units.total)} unit sudah melapor{beside}",
        f"Temuan: {number(severities.count('critical'))} kritis, "
        f"{number(severities.count('warning'))} peringatan",
    )


def _counted(a: Assessment) -> str:
    """How many innovations the headline counts, and by what."""
    if a.status != "final":
        return f"{number(a.index['eligible'])} memenuhi syarat"
    accepted = sum(exact(score) > 0 for score in a.innovations["verified_score"].tolist())
    return f"{number(accepted)} dihitung menurut yang diterima peninjau"


def escaped(text: str) -> str:
    """*text* without anything Markdown or HTML would act on."""
    plain = re.sub(r"\s+", " ", clean(text)).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|#~])", r"\\\1", plain)

"""What ``iid explain`` found, in Indonesian: a score, a number, a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from iid.tasks.answers.run_view import Record
from iid.tasks.review.carried_over import new_text
from iid.tasks.score.exact import published
from iid.tasks.shares.marker import province_zone
from iid.tasks.text.indonesian import comma, moment
from iid.tasks.text.labels import title
from iid.tasks.text.terminal import line, rendered
from iid.tasks.values.row_groups import refused_sources

_KINDS = {
    "application/x-empty": "kosong",
    "application/octet-stream": "jenis tidak dikenal",
    "application/pdf": "PDF",
    "image/jpeg": "JPG",
    "image/png": "PNG",
    "video/mp4": "MP4",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
}


def score_lines(found: Record) -> list[str]:
    """Write a trace's lines: each indicator with a claim or a finding.

    See :func:`iid.tasks.answers.score_trace.trace`.
    """
    rows = found["indicators"]
    shown = [row for row in rows if len(rows) == 1 or _is_worth_showing(row)]
    rest = [row["indicator"] for row in rows if row not in shown]
    return _lines("explain_score", found, rows=shown, rest=rest, steps_of=_steps, verdict=_verdict)


def figure_lines(found: Record) -> list[str]:
    """Write a figure's lines: what it is, and by which rules and rows.

    See :func:`iid.tasks.answers.figures.figure`.
    """
    return _lines("explain_figure", found, total=_total, counted=_counted)


def file_lines(found: Record) -> list[str]:
    """Write the lines of a file, and of every number that rests on it.

    See :func:`iid.tasks.answers.evidence_trace.carried`.
    """
    return _lines("explain_file", found)


def local(when: object, region: str) -> str:
    """Write an ISO time on *region*'s clock (``24 November 2026 21.43 WITA``)."""
    try:
        return moment(datetime.fromisoformat(str(when)), province_zone(region))
    except ValueError:
        return str(when)


def _lines(name: str, found: Record, **more: Any) -> list[str]:
    filters: dict[str, Callable[..., object]] = {
        "titled": _titled,
        "titles": lambda codes: ", ".join(_titled(code) for code in codes if code),
        "kind": lambda media_type: _KINDS.get(media_type, media_type),
        "source": _source,
        "new_text": new_text,
    }
    return rendered("iid.tasks.answers", name, filters, t=found, as_of=local, **more)


def _titled(code: str) -> str:
    """Write a finding's title and code: ``Berkas kosong (evidence.empty)``."""
    words = title(code)
    return code if words == code else f"{words} ({code})"


def _source(source: Record) -> str:
    """Where a rule was read, or why it was inferred."""
    what = line(source["what"] or source["key"])
    return f"dibaca: {what}" if source["status"] == "read" else f"disimpulkan: {line(source['reason'])}"


def _is_worth_showing(row: Record) -> bool:
    claimed = row["claimed"]["score"].strip("0.")
    return bool(claimed or row["findings"] or row["decisions"] or row["evidence"])


def _steps(row: Record, views: Iterable[str]) -> list[Record]:
    """The parameters that any view gives, with their texts."""
    given = {row[view]["parameter"] for view in views}
    return [step for step in row["steps"] if step["parameter"] in given]


def _verdict(row: Record, item: Record) -> str:
    """What became of an item that a critical finding speaks of."""
    critical = (found for found in row["findings"] if found["severity"] == "critical")
    refused = refused_sources(critical, row["evidence"])
    if item["source"] not in refused or item["size"] == 0:
        return ""
    accepted = row["decision"] in {"terima", "turunkan"} and row["evidence_items"] > 0
    return ", diterima peninjau" if accepted else ", belum diterima"


def _total(rows: Iterable[Record], view: str) -> str:
    """The exact sum of one view, with 2 decimals."""
    return comma(published(sum((Fraction(row[view]) for row in rows), Fraction(0))))


def _counted(rows: Iterable[Record], view: str) -> list[Record]:
    """The rows that count in *view*."""
    return [row for row in rows if view in row["counts_in"]]

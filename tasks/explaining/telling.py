"""A trace (:mod:`iid.tasks.explaining.tracing`) as lines of Indonesian text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iid.tasks.explaining.naming import file_kind, local, titled, titles
from iid.tasks.review.keeping import new_text
from iid.tasks.tables import REGION_ID

Record = dict[str, Any]
NAMES = {"claimed": "Diklaim", "supported": "Didukung", "verified": "Terverifikasi"}
SEVERITIES = {"critical": "kritis", "warning": "peringatan", "info": "info"}
STATUSES = {"provisional": "sementara", "final": "final"}


def traced(trace: Record) -> Iterator[str]:
    """The trace for people: head, then every indicator that was claimed or has a finding."""
    yield from _head(trace)
    rows = trace["indicators"]
    shown = [row for row in rows if len(rows) == 1 or _is_worth_showing(row)]
    for row in shown:
        yield ""
        yield from _indicator(row)
    if rest := [row["indicator"] for row in rows if row not in shown]:
        yield ""
        yield f"Tidak diklaim: {', '.join(rest)}"


def comma(text: str) -> str:
    """A published number with a decimal comma."""
    return text.replace(".", ",")


def line(text: object) -> str:
    """One line without control signs: names on a share may hold anything."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


def _is_worth_showing(row: Record) -> bool:
    claimed = row["claimed"]["score"].strip("0.")
    return bool(claimed or row["findings"] or row["decisions"] or row["evidence"])


def _head(trace: Record) -> Iterator[str]:
    innovation = trace["innovation"]
    if trace["innovation_id"] == REGION_ID:
        yield "pemda: baris SPD daerah"
    else:
        yield f"{line(trace['innovation_id'])}: {line(innovation['name'])}"
    yield (
        f"Wilayah {trace['region']}, siklus {trace['cycle']}, perhitungan {trace['run_id']} "
        f"({STATUSES.get(trace['status'], trace['status'])}), "
        f"data per {local(trace['as_of'], trace['region'])}"
    )
    yield f"Buku aturan {trace['rulebook']['cycle']}, sha256 {trace['rulebook']['sha256']}"
    if trace["code"]:
        yield f"Kode iid {trace['code']}"
    if innovation:
        rank = "" if innovation["rank"] is None else f", peringkat {innovation['rank']}"
        reasons = titles(innovation["ineligible_reasons"].split(";"))
        yield f"Dinilai: ya{rank}" if innovation["eligible"] else f"Dinilai: tidak, karena {reasons}"
        yield "; ".join(f"{NAMES[view]} {comma(innovation[f'{view}_score'])}" for view in NAMES)
    yield from _findings(trace["findings"], "")


def _indicator(row: Record) -> Iterator[str]:
    yield f"{row['indicator']} {line(row['name'])}"
    yield f"  Bobot {comma(row['weight'])} ({source_told(row['weight_source'])})"
    texts = {step["parameter"]: step for step in row["steps"]}
    for view, name in NAMES.items():
        yield f"  {name}: {_points(row, view)}"
    if row["reasons"]:
        yield f"  Sebab: {titles(row['reasons'])}"
    for parameter in sorted({row[view]["parameter"] for view in NAMES} & texts.keys()):
        step = texts[parameter]
        yield f"  Bunyi parameter {parameter}: {line(step['text'])} ({source_told(step['source'])})"
    kinds = "" if row["kinds"] is None else f" [{', '.join(row['kinds'])}]"
    if row["evidence_rule"]:
        source = source_told(row["evidence_rule_source"])
        yield f"  Bukti yang diminta: {line(row['evidence_rule'])}{kinds} ({source})"
    yield from _evidence(row)
    yield from _findings(row["findings"], "  ")
    for decision in row["decisions"]:
        yield f"  {_decision(decision)}"


def _points(row: Record, view: str) -> str:
    found = row[view]
    share = f"{comma(found['index_points'])} poin indeks"
    if found["parameter"] is None:
        return f"skor {comma(found['score'])} ({share})"
    return (
        f"parameter {found['parameter']} x bobot {comma(row['weight'])} = {comma(found['score'])} ({share})"
    )


def _evidence(row: Record) -> Iterator[str]:
    yield f"  Bukti yang dihitung: {row['evidence_items']}"
    refused = {found["source"] for found in row["findings"] if found["severity"] == "critical"}
    accepted = row["decision"] in {"terima", "turunkan"} and row["evidence_items"] > 0
    for item in row["evidence"]:
        verdict = ""
        if item["source"] in refused and item["size"] != 0:
            verdict = ", diterima peninjau" if accepted else ", belum diterima"
        if item["kind"] == "link":  # counted by its form; whether it opens stands in links.csv
            yield f"    {line(item['source'])} (tautan{verdict})"
            continue
        opens = "terbuka" if item["readable"] else "tidak terbuka"
        size = "" if item["size"] is None else f", {item['size']} byte"
        mark = f", sha256 {item['sha256']}" if item["sha256"] else ""
        kind = file_kind(item["media_type"] or item["kind"])
        more = f"; {line(item['detail'])}" if item["detail"] else ""
        yield f"    {line(item['source'])} ({kind}, {opens}{verdict}{size}{mark}{more})"


def _findings(findings: list[Record], indent: str) -> Iterator[str]:
    for found in findings:
        severity = SEVERITIES.get(found["severity"], found["severity"])
        words = f"{titled(found['code'])}: {line(found['message'])} {line(found['fix'])}"
        yield f"{indent}Temuan [{severity}] {words}"


def _decision(decision: Record) -> str:
    new = f" ke {comma(text)}" if (text := new_text(decision)) else ""
    force = "berlaku" if decision["in_force"] else "tidak berlaku"
    who = ", ".join(line(decision[name]) for name in ("reviewer", "date") if decision[name])
    note = f": {line(decision['note'])}" if decision["note"] else ""
    return f"Keputusan {line(decision['decision'])}{new} ({force}{'; ' + who if who else ''}){note}"


def source_told(source: Record) -> str:
    """Where a rule was read, or why it was inferred."""
    what = line(source["what"] or source["key"])
    return f"dibaca: {what}" if source["status"] == "read" else f"disimpulkan: {line(source['reason'])}"

"""A number of the region or of a unit (:mod:`iid.tasks.explaining.figures`) as lines of Indonesian text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from iid.tasks.explaining.naming import local, titled, titles
from iid.tasks.explaining.telling import NAMES, SEVERITIES, STATUSES, comma, line, source_told
from iid.tasks.explaining.tracing import VIEWS, Record

TITLES = {
    "index": "Indeks daerah",
    "spd": "Skor SPD",
    "sid": "Rata-rata SID",
    "count": "Skor jumlah inovasi (indikator 36)",
}
LABELS = {
    "maximum_total": "nilai paling tinggi",
    "places": "angka di belakang koma",
    "maximum_spd": "SPD paling tinggi",
    "divisor_min": "pembagi paling kecil",
    "divisor_counts": "pembagi menghitung inovasi",
    "maximum_sid_innovation": "SID satu inovasi paling tinggi",
    "count_weight": "bobot jumlah inovasi",
    "count_cap": "inovasi yang dihitung paling banyak",
    "basic_services_min": "urusan wajib pelayanan dasar paling sedikit",
    "basic_services": "urusan wajib pelayanan dasar",
    "maximum_count": "skor jumlah paling tinggi",
}
WORDS = {"reported": "yang dilaporkan", "eligible": "yang layak"}


def told_figure(found: Record) -> Iterator[str]:
    """The record for people: what it is, how it comes about, by which rules, from which rows."""
    unit = found["unit"]
    yield f"Unit {line(unit['unit_code'])} {line(unit['name'])}" if unit else TITLES[found["figure"]]
    yield (
        f"Wilayah {found['region']}, siklus {found['cycle']}, perhitungan {found['run_id']} "
        f"({STATUSES.get(found['status'], found['status'])}), "
        f"data per {local(found['as_of'], found['region'])}"
    )
    yield f"Buku aturan {found['rulebook']['cycle']}, sha256 {found['rulebook']['sha256']}"
    if found["code"]:
        yield f"Kode iid {found['code']}"
    yield ""
    if unit:
        yield from _unit(found)
    else:
        for view in VIEWS:
            yield f"  {NAMES[view]}: {_calculated(found, view)}"
    if found["rules"]:
        yield ""
        yield from map(_rule, found["rules"])
    yield ""
    yield from _rows(found)


def _calculated(found: Record, view: str) -> str:
    """The number of *view* as a sum a person can check."""
    n, rows = found["views"][view], found["rows"]
    if found["figure"] == "index":
        parts = " + ".join(f"{row['part']} {comma(row[view])}" for row in rows)
        return (
            f"{parts} = {comma(n['total'])}; / {comma(n['maximum'])} x 100 = {comma(n['index'])} "
            f"({n['category']})"
        )
    if found["figure"] == "spd":
        return f"jumlah {len(rows)} baris = {comma(n['spd'])}"
    counting = [row for row in rows if view in row["counts_in"]]
    if found["figure"] == "sid":
        total = sum((Fraction(row[view]) for row in counting), Fraction(0))
        return f"{_exact(total)} ({len(counting)} inovasi) / {n['divisor']} = {comma(n['sid_mean'])}"
    return (
        f"{comma(n['count_score'])} dari {len(counting)} inovasi; {n['basic_services']} urusan wajib "
        "pelayanan dasar"
    )


def _exact(value: Fraction) -> str:
    from iid.tasks.scoring.exact import published

    return comma(published(value))


def _unit(found: Record) -> Iterator[str]:
    unit = found["unit"]
    yield f"  Inovasi {unit['innovations']}, layak {unit['eligible']}"
    eligible = [row for row in found["rows"] if row["eligible"]]
    if eligible:
        total = sum((Fraction(row["supported"]) for row in eligible), Fraction(0))
        mean = comma(unit["mean_supported"])
        yield f"  Rata-rata didukung bukti: {_exact(total)} / {len(eligible)} = {mean}"
    yield f"  Temuan kritis {unit['critical']}, peringatan {unit['warnings']}"
    for one in found["findings"]:
        severity = SEVERITIES.get(one["severity"], one["severity"])
        yield f"    {one['count']} x [{severity}] {titled(one['code'])}"


def _rule(rule: Record) -> str:
    key = rule["rule"].partition(".")[2]
    value = str(WORDS.get(rule["value"], rule["value"])).replace(";", "; ")
    shown = " sampai ".join(map(comma, value.split("..")))
    return f"  {LABELS.get(key, key)}: {shown} ({source_told(rule['source'])})"


def _rows(found: Record) -> Iterator[str]:
    for row in found["rows"]:
        points = "; ".join(f"{NAMES[view].lower()} {comma(row[view])}" for view in VIEWS)
        if "innovation_id" in row:
            service = f"; {row['basic_service']}" if row["basic_service"] else ""
            reasons = titles(str(row["ineligible_reasons"]).split(";"))
            state = "" if row["eligible"] else f"; tidak layak: {reasons}"
            yield f"  {line(row['innovation_id'])}: {points}{service}{state}"
        elif "indicator" in row:
            yield f"  {row['indicator']} {line(row['name'])} (bobot {comma(row['weight'])}): {points}"
        else:
            yield f"  {row['part']}: {points}"
    further = {
        "index": 'lanjutkan dengan: spd, sid, "jumlah inovasi"',
        "spd": "lanjutkan dengan: pemda --indicator NOMOR",
    }.get(found["figure"], "lanjutkan dengan ID inovasi")
    yield f"Asal angka itu: iid explain …, {further}"

"""Next steps (:mod:`iid.tasks.stepping.steps`) as lines of Indonesian text."""

from __future__ import annotations

from collections.abc import Iterator

from iid.tasks.explaining.telling import comma, line
from iid.tasks.reports.formatting import number, points
from iid.tasks.stepping.forecast_text import told_forecast
from iid.tasks.stepping.layout import heading, more, signed, which_run, wrapped
from iid.tasks.stepping.picture import Record
from iid.tasks.tables import REGION_ID

UNITS_SHOWN = 10
GAIN = 3  # decimals of a gain: one claim is worth a few hundredths of the index


def told_steps(record: Record, when: str, limit: int) -> Iterator[str]:
    """The record for people; at most *limit* lines of plan and of steps (0: all)."""
    yield from wrapped(f"Langkah berikut: {which_run(record, when)}")
    if record["unit"]:
        yield from wrapped(f"Hanya unit {record['unit']['unit_code']} {record['unit']['name']}")
    yield from wrapped(_standing(record))
    yield from wrapped(_formula(record["formula"]))
    if record["status"] == "final":
        yield from wrapped("Siklus ini sudah ditutup: langkah di bawah tidak lagi mengubah hasilnya.")
    yield from _plan(record, limit)
    yield from _steps(record, limit)
    yield from _units(record["units"])
    yield from heading("Ramalan verifikasi")
    yield from told_forecast(record["forecast"])


def _standing(record: Record) -> str:
    now = f"Indeks didukung bukti {comma(record['index'])} ({record['category']})."
    target = record["target"]
    if target is None:
        return f"{now} Itu sudah kategori terbaik; beri --target untuk sasaran lain."
    aim = f"{comma(target['index'])} ({target['category']})"
    if target["reached"]:
        return f"{now} Sasaran {aim} sudah tercapai."
    return f"{now} Sasaran {aim}: kurang {comma(target['missing'])}."


def _formula(formula: Record) -> str:
    return (
        f"Rumus siklus ini: {number(formula['reported'])} inovasi dilaporkan, "
        f"{number(formula['eligible'])} memenuhi syarat, pembagi {number(formula['divisor'])} "
        f"(paling kecil {number(formula['divisor_min'])}), skor jumlah inovasi "
        f"{points(formula['count_score'])}, urusan wajib pelayanan dasar {formula['basic_services']} "
        f"(syarat {formula['basic_services_min']}), nilai maksimum {number(formula['maximum'])}."
    )


def _plan(record: Record, limit: int) -> Iterator[str]:
    plan, target = record["plan"], record["target"]
    if target is None or target["reached"]:
        return
    if plan is None:
        whose = "unit ini" if record["unit"] else "daerah"
        yield from heading("Rencana")
        yield from wrapped(
            f"Sasaran {comma(target['index'])} belum tercapai juga bila semua langkah {whose} dikerjakan: "
            f"indeks menjadi {comma(record['all_steps']['index'])} ({record['all_steps']['category']}).",
            "  ",
        )
        return
    least = "paling sedikit yang mungkin" if plan["exact"] else "barangkali ada yang lebih pendek"
    yield from heading(
        f"Rencana: {number(len(plan['steps']))} langkah ({least}) sampai indeks "
        f"{comma(plan['index'])} ({plan['category']})"
    )
    shown = plan["steps"][: limit or None]
    for place, step in enumerate(shown, 1):
        start = f"{place:4d}. {signed(step['gain'], GAIN)} → {comma(step['index_after'])}  "
        yield from wrapped(f"{_title(step)}: {_deed(step)}", start)
    yield from more(len(shown), len(plan["steps"]), "langkah")
    if any(step["kind"] == "raise" for step in plan["steps"]):
        yield from wrapped(_without_raising(record), "  ")


def _without_raising(record: Record) -> str:
    """Whether mending alone is enough: raising a claim often means new work, not better files."""
    plan, reach = record["plan_without_raising"], record["all_steps_without_raising"]
    if plan is None:
        return (
            "Tanpa menaikkan klaim (hanya memperbaiki yang sudah diklaim dan memenuhi syarat) sasaran itu "
            f"tidak tercapai: bila semuanya dikerjakan, indeks {comma(reach['index'])}."
        )
    return (
        "Tanpa menaikkan klaim, hanya dengan memperbaiki yang sudah diklaim dan memenuhi syarat: "
        f"{number(len(plan['steps']))} langkah, indeks {comma(plan['index'])} (lihat --mend-only)."
    )


def _steps(record: Record, limit: int) -> Iterator[str]:
    steps = record["steps"]
    planned = {_key(step) for step in (record["plan"] or {"steps": []})["steps"]}
    shown = steps[: limit or None]
    mark = "; * = dalam rencana" if planned else ""
    count = number(len(steps)) if len(shown) == len(steps) else f"{number(len(shown))} dari {len(steps)}"
    yield from heading(f"Semua langkah, yang paling bernilai lebih dulu ({count}{mark})")
    if not steps:
        yield "  Tidak ada yang terbuka: semua klaim sudah dihitung pada parameter 3."
    if steps:
        yield "  Nilai setiap langkah berlaku bila hanya langkah itu yang dikerjakan."
    for place, step in enumerate(shown, 1):
        star = "*" if _key(step) in planned else " "
        yield from wrapped(_title(step), f"{place:4d}.{star}{signed(step['gain'], GAIN)}  ", " " * 14)
        yield from _details(step)
    yield from more(len(shown), len(steps), "langkah")


def _details(step: Record) -> Iterator[str]:
    yield from wrapped(_deed(step), "        langkah : ")
    for cause in step["causes"]:
        yield from wrapped(cause["text"], "        sebab   : ")
    for fix in step["fixes"]:
        yield from wrapped(fix, "        lakukan : ")
    if step["caution"]:
        yield from wrapped(step["caution"], "        ingat   : ")
    if step["effort"]:
        guess = " (perkiraan kami, bukan bunyi pedoman)" if step["effort_status"] == "inferred" else ""
        yield from wrapped(f"{step['effort']}{guess}", "        upaya   : ")


def _title(step: Record) -> str:
    owner = "SPD daerah" if step["innovation_id"] == REGION_ID else line(step["innovation_id"])
    if step["kind"] == "qualify":
        return owner
    return f"{owner} · {step['indicator']} {step['indicator_name']}"


def _deed(step: Record) -> str:
    if step["kind"] == "qualify":
        return "penuhi syarat penilaian, sehingga seluruh nilainya dihitung"
    if step["indicator"] == "SPD":
        return "lengkapi bukti skor SPD daerah"
    if step["kind"] == "mend":
        return f"perbaiki klaim, dari {step['before']} menjadi {step['after']} seperti yang diklaim"
    if step["before"] == 0:
        return f"klaim dan buktikan parameter {step['after']}"
    return f"naikkan klaim, dari {step['before']} menjadi {step['after']}"


def _key(step: Record) -> tuple[str, str]:
    return step["innovation_id"], step["indicator"]


def _units(units: list[Record]) -> Iterator[str]:
    if not units:
        return
    yield from heading("Unit dengan peluang terbesar, bila semua langkahnya dikerjakan")
    for unit in units[:UNITS_SHOWN]:
        code = "" if unit["unit_code"] == REGION_ID else f"{unit['unit_code']} "
        start = f"  {signed(unit['gain'], GAIN):>8}  {unit['steps']:3d} langkah  "
        yield from wrapped(f"{code}{unit['name']}", start)
    if len(units) > UNITS_SHOWN:
        yield f"      … dan {len(units) - UNITS_SHOWN} unit lagi (--unit KODE untuk satu unit)"

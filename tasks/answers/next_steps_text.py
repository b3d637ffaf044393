"""Next steps (:mod:`iid.tasks.answers.next_steps`) in Indonesian."""

from __future__ import annotations

from collections.abc import Iterator

from iid.tasks.answers.forecast_text import forecast_lines
from iid.tasks.answers.run_view import Record
from iid.tasks.score.grid import TOTAL
from iid.tasks.text.indonesian import comma, number, points, signed
from iid.tasks.text.terminal import heading, line, more, which_run, wrapped
from iid.tasks.values.tables import REGION_ID

UNITS_SHOWN = 10
GAIN = 3  # decimals of a gain: one claim is worth a few hundredths of the index


def steps_lines(record: Record, when: str, limit: int) -> Iterator[str]:
    """Yield the record's lines, at most *limit* of plan and steps (0: all)."""
    yield from wrapped(f"Langkah berikut: {which_run(record, when)}")
    if record["unit"]:
        yield from wrapped(f"Hanya unit {record['unit']['unit_code']} {record['unit']['name']}")
    if record["final"]:
        yield from closed_lines(record["cycle"], record["final"])
        return
    yield from wrapped(_standing(record))
    yield from wrapped(_formula(record["formula"]))
    yield from _plan(record, limit)
    yield from _steps(record, limit)
    yield from _units(record["units"])
    yield from heading("Ramalan verifikasi")
    yield from forecast_lines(record["forecast"])


def closed_lines(cycle: int, final: Record) -> Iterator[str]:
    """What a closed cycle leaves to do."""
    yield from wrapped(
        f"Siklus {cycle} sudah ditutup: indeks final {comma(final['index'])} ({final['category']}). "
        "Tidak ada langkah yang masih mengubahnya."
    )
    yield from heading("Yang masih dapat dilakukan")
    for text in (
        "Bukti yang terlambat atau baru diperbaiki dikirim pada siklus berikutnya; "
        "iid scaffold --cycle TAHUN menyiapkan foldernya.",
        "Mengapa hasilnya demikian: iid compare, iid explain, dan halaman laporan.",
        'Bila penutupannya keliru: iid close --reopen --reason "alasan" membuka siklus ini kembali.',
    ):
        yield from wrapped(text, "  - ")


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
        f"{_gaps(formula)}"
    )


def _gaps(formula: Record) -> str:
    """Name the empty places under the divisor, and the missing services."""
    places, missing = formula["empty_places"], formula["missing_services"]
    room = f" Tempat kosong di bawah pembagi: {number(places)}." if places else ""
    return f"{room} Pelayanan dasar yang belum terwakili: {'; '.join(missing)}." if missing else room


MEANS = {
    "decision": "cukup keputusan pengelola",
    "papers": "cukup berkas yang ada",
    "signature": "perlu dokumen baru yang disahkan",
    "fact": "hanya bila keadaannya memang demikian; tidak dengan berkas",
}


def _plan(record: Record, limit: int) -> Iterator[str]:
    """The plan of papers first where there is one, then the shortest of all."""
    plan, papers, target = record["plan"], record["plan_without_raising"], record["target"]
    if target is None or target["reached"]:
        return
    if papers is not None and papers != plan:
        yield from _walk("Rencana dengan berkas yang ada", papers, limit)
    if plan is None:
        yield from heading("Rencana")
        yield from wrapped(_no_plan(record), "  ")
        return
    yield from _walk("Rencana", plan, limit)
    if papers is None:
        reach = comma(record["all_steps_without_raising"]["index"])
        yield from wrapped(
            f"Hanya dengan berkas yang ada sasaran itu tidak tercapai: bila semua yang diklaim dibuktikan "
            f"dan semua yang kurang diperbaiki, indeks {reach}.",
            "  ",
        )
    if any(step["kind"] == "hold" for step in plan["steps"]):
        yield from wrapped(f"{DIFFERENCE} Lihat iid next-steps --send.", "  ")
    if any(step["means"] == "fact" for step in plan["steps"]):
        yield from wrapped(_without_facts(record["plan_without_facts"]), "  ")


def _no_plan(record: Record) -> str:
    target, reach = comma(record["target"]["index"]), record["all_steps"]
    whose = "unit ini" if record["unit"] else "daerah"
    if not record["unreachable"]:
        return f"Belum ditemukan rencana ke {target}; yang tertinggi yang ditemukan {comma(reach['index'])}."
    return (
        f"Sasaran {target} tidak terjangkau dengan langkah {whose} yang dipilih: paling tinggi "
        f"{comma(reach['index'])} ({reach['category']}), dengan paling banyak "
        f"{number(record['new_innovations_max'])} inovasi baru."
    )


def _without_facts(plan: Record | None) -> str:
    if plan is None:
        return "Tanpa langkah yang menuntut keadaan berubah, belum ada rencana ke sasaran itu."
    return (
        f"Tanpa langkah yang menuntut keadaan berubah: {number(len(plan['steps']))} langkah, "
        f"indeks {comma(plan['index'])} (lihat --exclude fakta)."
    )


#: Why the plan to a target and the best selection (:mod:`iid.tasks.answers.selection`) can differ.
DIFFERENCE = (
    "Rencana ke sasaran dan pilihan yang dikirim dapat berbeda: rencana mencari langkah paling sedikit "
    "ke sasaran dan ikut menghitung bukti yang masih akan dilengkapi; pilihan yang dikirim mencari indeks "
    "tertinggi dengan bukti yang sekarang."
)
#: How a plan is called by whether fewer steps are proven impossible.
LEAST = {True: "paling sedikit yang mungkin", False: "paling sedikit yang ditemukan"}


def falling(plan: Record) -> str:
    """Say at which steps of *plan* the index falls before it rises, or ""."""
    if not plan["falls"]:
        return ""
    *others, last = map(number, plan["falls"])
    places = f"{', '.join(others)} dan {last}" if others else last
    return f"Pada langkah {places} indeks turun dulu; urutan tanpa penurunan tidak ditemukan."


def _walk(name: str, plan: Record, limit: int) -> Iterator[str]:
    least = LEAST[plan["exact"]]
    yield from heading(
        f"{name}: {number(len(plan['steps']))} langkah ({least}) sampai indeks "
        f"{comma(plan['index'])} ({plan['category']})"
    )
    yield "  Tambahan dan indeks berlaku bila dikerjakan menurut urutan ini."
    if words := falling(plan):
        yield from wrapped(words, "  ")
    shown = plan["steps"][: limit or None]
    for place, step in enumerate(shown, 1):
        start = f"{place:4d}. {signed(step['gain'], GAIN)} → {comma(step['index_after'])}  "
        yield from wrapped(f"{_title(step)}: {_deed(step)}", start)
    yield from more(len(shown), len(plan["steps"]), "langkah")


def _steps(record: Record, limit: int) -> Iterator[str]:
    steps = [step for step in record["steps"] if not step["gain"].startswith("-")]
    less = len(record["steps"]) - len(steps)
    planned = {_key(step) for step in (record["plan"] or {"steps": []})["steps"]}
    shown = steps[: limit or None]
    mark = "; * = dalam rencana" if planned else ""
    count = number(len(steps)) if len(shown) == len(steps) else f"{number(len(shown))} dari {len(steps)}"
    yield from heading(f"Semua langkah, yang paling bernilai lebih dulu ({count}{mark})")
    if not steps:
        yield "  Tidak ada langkah yang terbuka dalam pilihan ini."
    if steps:
        yield "  Nilai setiap langkah berlaku bila hanya langkah itu yang dikerjakan."
    for place, step in enumerate(shown, 1):
        star = "*" if _key(step) in planned else " "
        yield from wrapped(_title(step), f"{place:4d}.{star}{signed(step['gain'], GAIN)}  ", " " * 14)
        yield from _details(step)
    yield from more(len(shown), len(steps), "langkah")
    if less:
        yield from wrapped(
            f"{number(less)} langkah lain menurunkan indeks dan tidak ditampilkan (lihat --json).", "  "
        )


def _details(step: Record) -> Iterator[str]:
    yield from wrapped(_deed(step), "        langkah : ")
    for cause in step["causes"]:
        yield from wrapped(cause["text"], "        sebab   : ")
    for fix in step["fixes"]:
        yield from wrapped(fix, "        lakukan : ")
    if step["caution"]:
        yield from wrapped(step["caution"], "        ingat   : ")
    yield from wrapped(MEANS[step["means"]], "        cara    : ")
    if step["effort"]:
        guess = " (perkiraan kami, bukan bunyi pedoman)" if step["effort_status"] == "inferred" else ""
        yield from wrapped(f"{step['effort']}{guess}", "        upaya   : ")


def _title(step: Record) -> str:
    owner = step["name"] if step["innovation_id"] == REGION_ID else line(step["innovation_id"])
    return f"{owner} · {step['indicator']} {step['indicator_name']}" if step["indicator"] else owner


def _deed(step: Record) -> str:
    before, after = step["before"], step["after"]
    if not step["indicator"]:
        affair = f" dengan Urusan Utama {step['affair']}" if step["affair"] else ""
        return {
            "qualify": "penuhi syarat penilaian, sehingga seluruh nilainya dihitung",
            "hold": "tidak usah dikirim pada siklus ini",
            "add": f"laporkan inovasi baru{affair} yang memenuhi syarat; klaimnya langkah tersendiri",
        }[str(step["kind"])]
    if step["indicator"] == TOTAL:
        return f"lengkapi bukti nilai SPD, dari {comma(before)} menjadi {comma(after)}"
    if step["kind"] == "mend":
        return f"perbaiki klaim, dari {before} menjadi {after} seperti yang diklaim"
    if before == 0:
        return f"klaim dan buktikan parameter {after}"
    return f"naikkan klaim, dari {before} menjadi {after}"


def _key(step: Record) -> tuple[str, str, str]:
    return step["kind"], step["innovation_id"], step["indicator"]


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

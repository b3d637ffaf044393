"""A what-if (:mod:`iid.tasks.answers.what_if`) in Indonesian lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.answers.forecast_text import percent
from iid.tasks.answers.other_rules_text import other_rules_lines
from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import DASH, comma, number, signed
from iid.tasks.text.terminal import NAMES, heading, line, more, table, which_run, wrapped
from iid.tasks.values.tables import REGION_ID

#: The headline first.
ORDER = ("supported", "claimed", "verified")
_PARTS = (
    ("spd", "SPD"),
    ("sid_mean", "rata-rata SID"),
    ("count_score", "jumlah inovasi"),
    ("divisor", "pembagi"),
    ("basic_services", "urusan wajib pelayanan dasar"),
)


def what_if_lines(record: Record, when: str, rulebook: Rulebook, limit: int) -> Iterator[str]:
    """Yield the lines; *rulebook*: the run's, *limit*: of ranks (0: all)."""
    yield from wrapped(f"Bagaimana bila: {which_run(record, when)}. Tidak ada yang diterbitkan.")
    if record["changes"]:
        yield from heading("Perubahan, dianggap diklaim, terbukti, dan diterima peninjau")
        for change in record["changes"]:
            yield from wrapped(_change(change), "  ", "    ")
    for note in record["notes"]:
        yield from wrapped(f"Catatan: {note}", "  ", "    ")
    if record["under"]:
        yield from other_rules_lines(record["under"], record["before"]["supported"]["index"], rulebook)
    if record["changes"] or record["under"]:
        yield from _indices(record)
        yield from _ranks(record["ranks"], limit)
    if "sensitivity" in record:
        yield from _sensitivity(record["sensitivity"], limit)


def _change(change: Record) -> str:
    owner = "pemda" if change["innovation_id"] == REGION_ID else line(change["innovation_id"])
    if change["kind"] == "add":
        return f"{owner.strip('()')}: urusan {change['main_affair']}, skor {comma(change['score'])}"
    before, after = change["before"]["supported"], change["after"]["supported"]
    words: dict[str, str] = {
        "withdraw": "ditarik, tidak dilaporkan lagi",
        "qualify": "memenuhi syarat",
        "disqualify": "tidak memenuhi syarat",
        "total": f"skor SPD {comma(str(before))} → {comma(str(after))}",
    }
    if change["kind"] in words:
        return f"{owner}: {words[change['kind']]}"
    claimed = change["before"]["claimed"]
    was = f"{before}" if claimed == before else f"{before} (diklaim {claimed})"
    wanted = change["parameter"]
    counts = "" if after == wanted else ", belum dihitung"
    return f"{owner} indikator {change['indicator']}: {was} → {wanted}{counts}"


def _indices(record: Record) -> Iterator[str]:
    yield ""
    rows = []
    for view in ORDER:
        before, after = record["before"][view], record["after"][view]
        change = signed(record["difference"][view])
        rows.append((NAMES[view], *(_shown(numbers) for numbers in (before, after)), change))
    yield from table(("Indeks", "Sebelum", "Sesudah", "Selisih"), rows, right="3")
    before, after = record["before"]["supported"], record["after"]["supported"]
    parts = [f"{title} {_moved(before[key], after[key])}" for key, title in _PARTS]
    yield ""
    yield from wrapped(f"Didukung bukti: {'; '.join(parts)}.")
    eligible, reported = record["eligible"], record["reported"]
    yield from wrapped(
        f"Memenuhi syarat {_moved(eligible['before'], eligible['after'])}; "
        f"dilaporkan {_moved(reported['before'], reported['after'])}."
    )
    if before["category"] != after["category"]:
        yield from wrapped(f"Kategori berubah: {before['category']} → {after['category']}.")


def _shown(numbers: Record) -> str:
    return f"{comma(numbers['index'])} {numbers['category']}"


def _moved(before: Any, after: Any) -> str:
    if before == after:
        return f"tetap {comma(str(after))}"
    return f"{comma(str(before))} → {comma(str(after))}"


def _ranks(rows: list[Record], limit: int) -> Iterator[str]:
    if not rows:
        yield from wrapped("Peringkat tidak berubah.")
        return
    yield from heading(f"Skor dan peringkat yang berubah ({number(len(rows))})")
    shown = rows[: limit or None]
    yield from table(
        ("Inovasi", "Peringkat", "Skor"),
        ((row["innovation_id"], _step(row, "rank"), _step(row, "score")) for row in shown),
        right="12",
    )
    yield from more(len(shown), len(rows), "inovasi")


def _step(row: Record, name: str) -> str:
    before, after = (row[f"{name}_{when}"] for when in ("before", "after"))
    texts = [DASH if value is None else comma(str(value)) for value in (before, after)]
    return texts[0] if texts[0] == texts[1] else " → ".join(texts)


def _sensitivity(found: Record, limit: int) -> Iterator[str]:
    yield from heading(f"Kepekaan: {number(found['open_claims'])} klaim terhitung masih menunggu keputusan")
    kept = found["kept"]
    yield from wrapped(
        f"Indeks bila semuanya ditolak {comma(found['none_accepted'])}, "
        f"bila semuanya diterima {comma(found['all_accepted'])}.",
        "  ",
    )
    if not found["possible"]:
        yield from wrapped(
            f"Peluang diterima belum dapat ditaksir: {number(kept['decisions'])} keputusan atas klaim yang "
            "buktinya lengkap, perlu paling sedikit 10. Beri --kept untuk memakai anggapan sendiri, "
            "misalnya --kept 70.",
            "  ",
        )
        return
    yield from wrapped(_odds(found), "  ")
    index = found["index"]
    yield from wrapped(
        f"Setelah semuanya diputuskan, 95 dari 100 kemungkinan indeks jatuh antara {comma(index['low'])} dan "
        f"{comma(index['high'])}; tengahnya {comma(index['median'])}.",
        "  ",
    )
    chances = "; ".join(f"{row['category']} {percent(row['share'])}" for row in found["categories"])
    yield from wrapped(f"Kategori: {chances}.", "  ")
    yield from wrapped(
        f"Dihitung dengan {number(found['draws'])} undian berbenih tetap ({found['seed']}): angkanya sama "
        "setiap kali dan di setiap komputer.",
        "  ",
    )
    shown = found["ranks"][: limit or None]
    yield ""
    yield from table(
        ("Inovasi", "Peringkat kini", "95 dari 100", "Tengah", "Tetap dihitung"),
        (_rank_row(row) for row in shown),
        right="1234",
    )
    yield from more(len(shown), len(found["ranks"]), "inovasi")


def _odds(found: Record) -> str:
    if found["assumed_share"] is not None:
        return f"Peluang setiap klaim diterima: {percent(found['assumed_share'])} (anggapan, --kept)."
    kept = found["kept"]
    return (
        f"Peluang setiap klaim diterima menurut {number(kept['decisions'])} keputusan yang sudah ada "
        f"({number(kept['accepted'])} diterima seperti diklaim); ketidakpastian bagian itu ikut diundi."
    )


def _rank_row(row: Record) -> tuple[object, ...]:
    span = DASH if row["low"] is None else f"{row['low']}–{row['high']}"
    return (
        row["innovation_id"],
        DASH if row["rank"] is None else row["rank"],
        span,
        DASH if row["median"] is None else row["median"],
        percent(row["counted"]),
    )

"""A comparison (:mod:`iid.tasks.answers.compare`) in Indonesian lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import DASH, comma, number, signed
from iid.tasks.text.labels import CHANGE_GROUPS, CHANGE_PARTS, FILE_CHANGES
from iid.tasks.text.terminal import NAMES, STATUSES, heading, line, more, table, wrapped
from iid.tasks.values.tables import REGION_ID

CAUSES_SHOWN = 4


def comparison_lines(record: Record, when: tuple[str, str], limit: int) -> Iterator[str]:
    """Yield the record's lines; *when*: both times, *limit*: of the lists."""
    yield from wrapped(f"Perbandingan wilayah {record['region']}, siklus {record['cycle']}")
    for name, side, time in zip(("lama", "baru"), ("from", "to"), when, strict=True):
        status = STATUSES.get(record[side]["status"], record[side]["status"])
        yield from wrapped(f"{record[side]['run_id']}, data per {time}, {status}", f"  {name}  ")
    yield ""
    yield from summary(record)
    yield from _parts(record)
    for group, title in CHANGE_GROUPS.items():
        yield from _innovations(record["innovations"][group], title)
    yield from _claims(record["claims"], limit)
    yield from _quiet_files(record, limit)
    yield from _ranks(record["ranks"], limit)


def summary(record: Record) -> Iterator[str]:
    """What moved, in a few lines; also fit for an event or a message."""
    old, new = record["from"], record["to"]
    for view in ("supported", "claimed", "verified"):
        before, after = old[view], new[view]
        category = after["category"]
        kept = f"tetap {category}" if before["category"] == category else f"{before['category']} → {category}"
        change = signed(record["difference"][view])
        moved = f"{comma(before['index'])} → {comma(after['index'])} ({change})"
        yield from wrapped(f"{NAMES[view]}: {moved}, {kept}")
    yield from wrapped(
        f"Inovasi: dilaporkan {_moved(old['reported'], new['reported'])}, "
        f"memenuhi syarat {_moved(old['eligible'], new['eligible'])}"
    )
    files = [f"{number(count)} {FILE_CHANGES[name]}" for name, count in record["files"].items() if count]
    yield from wrapped(f"Berkas bukti: {', '.join(files) if files else 'tidak ada yang berubah'}")
    critical, warning = record["findings"]["critical"], record["findings"]["warning"]
    yield from wrapped(
        f"Temuan kritis: {number(critical['resolved'])} teratasi, {number(critical['appeared'])} muncul; "
        f"peringatan: {number(warning['resolved'])} teratasi, {number(warning['appeared'])} muncul"
    )
    rules = "; ".join(record["rules"]) if record["rules"] else "tetap"
    yield from wrapped(f"Aturan: {rules}")
    if record["versions"]:
        yield from wrapped(f"Versi program: {', '.join(record['versions'])}")


def _moved(before: int, after: int) -> str:
    return f"tetap {number(after)}" if before == after else f"{number(before)} → {number(after)}"


def _parts(record: Record) -> Iterator[str]:
    parts = [part for part in record["parts"] if Decimal(part["points"])]
    if not parts:
        return
    old, new = record["formula"]["before"], record["formula"]["after"]
    notes = {
        "divisor": f" {old['divisor']} → {new['divisor']}",
        "count": (
            f" (memenuhi syarat {_moved(old['eligible'], new['eligible'])}, urusan wajib pelayanan dasar "
            f"{_moved(old['basic_services'], new['basic_services'])})"
        ),
    }
    yield from heading("Dari mana selisih indeks didukung bukti (poin indeks)")
    for part in parts:
        start = f"  {signed(part['points'], 3):>8}  "
        yield from wrapped(f"{CHANGE_PARTS[part['part']]}{notes.get(part['part'], '')}", start)


def _innovations(rows: list[Record], title: str) -> Iterator[str]:
    if not rows:
        return
    yield from heading(f"{title} ({number(len(rows))})")
    for row in rows:
        counted = "" if row["eligible"] else ", belum memenuhi syarat"
        name = "" if line(row["name"]) in row["innovation_id"] else f" ({line(row['name'])})"
        start = f"  {signed(row['index_points'], 3):>8}  "
        yield from wrapped(f"{row['innovation_id']}{name}{counted}", start)
        for cause in row["causes"][:CAUSES_SHOWN]:
            yield from wrapped(cause["text"], "            sebab: ")


def _claims(rows: list[Record], limit: int) -> Iterator[str]:
    if not rows:
        yield from heading("Tidak ada klaim lain yang berubah.")
        return
    yield from heading(f"Klaim yang berubah ({number(len(rows))}), yang paling menggeser indeks lebih dulu")
    groups = _alike(rows)
    shown = groups[: limit or None]
    yield from table(
        ("Klaim", "Diklaim", "Didukung", "Terverif.", "Poin", "Sebab"),
        ((f"{owner} : {', '.join(keys)}", *cells) for owner, keys, cells in shown),
        right="1234",
    )
    yield from more(sum(len(g[1]) for g in shown), len(rows), "klaim")


def _alike(rows: list[Record]) -> list[tuple[str, list[str], tuple[str, ...]]]:
    """Join an innovation's claims that moved alike for the same cause."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for row in rows:
        owner = "pemda" if row["innovation_id"] == REGION_ID else row["innovation_id"]
        groups.setdefault((owner, _cells(row)), []).append(row["indicator"])
    return [(owner, keys, cells) for (owner, cells), keys in groups.items()]


def _cells(row: Record) -> tuple[str, ...]:
    causes = [cause["text"].rstrip(".") for cause in row["causes"][:CAUSES_SHOWN]]
    rest = len(row["causes"]) - len(causes)
    why = "; ".join(causes) + (f"; dan {rest} lagi" if rest > 0 else "")
    views = (_parameters(row[view]) for view in ("claimed", "supported", "verified"))
    return (*views, signed(row["index_points"], 3), why)


def _quiet_files(record: Record, limit: int) -> Iterator[str]:
    """Yield the files that changed without moving a score."""
    moved = {(row["innovation_id"], row["indicator"]) for row in record["claims"]}
    whole = {row["innovation_id"] for rows in record["innovations"].values() for row in rows}
    rows = [
        change
        for change in record["file_changes"]
        if (change["innovation_id"], change["indicator"]) not in moved
        and change["innovation_id"] not in whole
    ]
    if not rows:
        return
    yield from heading(f"Berkas lain yang berubah, tanpa menggeser nilai ({number(len(rows))})")
    shown = rows[: limit or None]
    for change in shown:
        owner = "pemda" if change["innovation_id"] == REGION_ID else change["innovation_id"]
        yield from wrapped(f"{owner} : {change['indicator']}  {change['text']}", "  ", "    ")
    yield from more(len(shown), len(rows), "berkas")


def _parameters(view: Record) -> str:
    """``0→3``; the score where the row is a total without parameters."""
    before, after = view["before"], view["after"]
    name = "score" if after["parameter"] is None else "parameter"
    texts = [DASH if side[name] is None else comma(str(side[name])) for side in (before, after)]
    return texts[0] if texts[0] == texts[1] else "→".join(texts)


def _ranks(rows: list[Record], limit: int) -> Iterator[str]:
    if not rows:
        yield from heading("Peringkat tidak berubah.")
        return
    yield from heading(f"Peringkat yang berubah ({number(len(rows))})")
    shown = rows[: limit or None]
    for row in shown:
        before, after = (DASH if row[side] is None else str(row[side]) for side in ("before", "after"))
        yield from wrapped(row["innovation_id"], f"  {before:>4} → {after:<4} ")
    yield from more(len(shown), len(rows), "inovasi")

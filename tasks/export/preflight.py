"""The rehearsal of sending: what the ministry would refuse or ask about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.model import Indicator
from iid.tasks.answers.causes import Causes
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.export.export_plan import IndicatorAnswer, Plan
from iid.tasks.score.grid import TOTAL
from iid.tasks.text.indonesian import number
from iid.tasks.text.labels import title
from iid.tasks.values.row_groups import records
from iid.tasks.values.tables import REGION_ID

#: What each word of a check means, the gravest first.
KINDS = {
    "berkas": "berkas di share tidak lagi sama dengan yang dinilai",
    "ditolak": "tidak ikut dikirim, atau akan ditolak",
    "periksa": "dapat dipertanyakan verifikator",
    "catatan": "perlu diketahui sebelum mengirim",
}
#: Warnings that say nothing about what is sent.
_ASIDE = ("decision.", "evidence.unclaimed", "submission.", "unit.", "file.")


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the list; ``kind``: of KINDS; ``owner`` "": the whole region."""

    kind: str
    owner: str
    indicator: str
    what: str
    fix: str
    source: str = ""


def rehearse(picture: Picture, plan: Plan) -> list[Check]:
    """Return all checks that need no file: refusals, doubts, unknown matters.

    In the order of the list: by kind, region first, innovation, indicator.
    """
    order = {indicator.key: n for n, indicator in enumerate(picture.rulebook.indicators)}
    found = [*_region(picture), *_barred(picture, plan), *_refused(picture, plan), *_doubts(picture, plan)]
    found = list(dict.fromkeys([*found, *_unknown(picture, plan)]))
    return sorted(found, key=lambda check: place_of(check, order))


def place_of(check: Check, order: dict[str, int]) -> tuple[object, ...]:
    """How checks are sorted."""
    owner = "" if check.owner == REGION_ID else check.owner
    return list(KINDS).index(check.kind), owner, order.get(check.indicator, -1), check.what


def _barred(picture: Picture, plan: Plan) -> Iterator[Check]:
    """Innovations that are not entered, with why."""
    entered = {entry.owner for entry in plan.entries}
    for owner in sorted(picture.names.keys() - entered):
        rows = picture.critical.get((owner, ""), [])
        for row in rows:
            what = f"Inovasi tidak dikirim: {row['message']}"
            yield Check("ditolak", owner, "", what, row["fix"], row["source"])
        if not rows:
            what = "Inovasi tidak dikirim: belum ada satu klaim pun yang diterima peninjau."
            yield Check("ditolak", owner, "", what, "Tinjau klaimnya di buku tinjauan unitnya.")


def _refused(picture: Picture, plan: Plan) -> Iterator[Check]:
    """Yield entered claims that bring nothing or break a rule, with why."""
    causes = Causes(picture)
    for entry in plan.entries:
        for answer in entry.answers:
            key = answer.indicator.key
            row = picture.score_rows.get((entry.owner, key), {})
            claimed = str(row.get("claimed_score") or "0").strip("0.")
            counted = str(row.get(f"{plan.view}_score") or "0").strip("0.")
            if claimed and not counted:
                yield from _why(picture, causes, entry.owner, answer.indicator)
            elif counted:
                for found in picture.critical.get((entry.owner, key), []):
                    what = f"{_sent_or_not(answer, found)}: {found['message']}"
                    yield Check("ditolak", entry.owner, key, what, found["fix"], found["source"])


def _sent_or_not(answer: IndicatorAnswer, found: Record) -> str:
    """Report if an accepted claim's file is not sent, or may be refused."""
    sent = {source for item in answer.files for source in item.sources} | set(answer.links)
    if found["code"].startswith("evidence.") and found["source"] and found["source"] not in sent:
        return "Tidak ikut dikirim, walau klaimnya diterima peninjau"
    return "Dikirim karena diterima peninjau, tetapi dapat ditolak"


def _why(picture: Picture, causes: Causes, owner: str, indicator: Indicator) -> Iterator[Check]:
    key = indicator.key
    decision = causes.decisions.get((owner, key))
    if decision and decision["decision"] in {"tolak", "turunkan"}:
        note = f": {decision['note']}" if decision["note"] else "."
        what = f"Klaim tidak dikirim, ditolak peninjau{note}"
        yield Check("ditolak", owner, key, what, "Lengkapi buktinya, lalu minta ditinjau lagi.")
        return
    rows = picture.critical.get((owner, key), [])
    for row in rows:
        what = f"Klaim tidak dikirim: {row['message']}"
        yield Check("ditolak", owner, key, what, row["fix"], row["source"])
    if not rows:
        what = "Klaim tidak dikirim: belum diterima peninjau, atau tidak ada bukti yang dihitung."
        yield Check("ditolak", owner, key, what, "Periksa buktinya, lalu putuskan di buku tinjauan.")


def _doubts(picture: Picture, plan: Plan) -> Iterator[Check]:
    """Warnings about what is entered."""
    entered = {entry.owner for entry in plan.entries}
    sent = {(e.owner, a.indicator.key) for e in plan.entries for a in e.answers if a.files or a.links}
    table = picture.table("findings")
    for row in records(table[(table["severity"] == "warning").fillna(False)]):
        kind = catalogue().get(row["code"])
        owner, key = row["innovation_id"], row["indicator"]
        if owner not in entered or not kind or row["code"].startswith(_ASIDE):
            continue
        if kind.scope == "innovation" or (owner, key) in sent or row["code"] == "claim.mandatory_missing":
            what = f"{title(row['code'])}: {row['message']}"
            yield Check("periksa", owner, key, what, row["fix"], row["source"])


def _region(picture: Picture) -> Iterator[Check]:
    """Check what costs the whole region points: too few basic services."""
    rules, view = picture.rulebook.formula, picture.index["supported"]
    least = rules.basic_services_min.value
    if view["basic_services"] < least:
        what = (
            f"Urusan wajib pelayanan dasar baru {view['basic_services']} dari {least} yang disyaratkan; "
            "Skor Jumlah Inovasi daerah 0."
        )
        yield Check("ditolak", "", "", what, "Lihat urusan yang belum ada pada inovasi yang memenuhi syarat.")


def _unknown(picture: Picture, plan: Plan) -> Iterator[Check]:
    """What no source says, so that nobody relies on it."""
    if plan.view == "supported":
        open_claims = sum(
            1
            for entry in plan.entries
            for answer in entry.answers
            if (answer.parameter or answer.files)
            and not picture.score_rows[entry.owner, answer.indicator.key]["decision"]
        )
        what = f"Siklus belum ditutup; {number(open_claims)} klaim yang dikirim belum diputuskan peninjau."
        yield Check("catatan", "", "", what, "Tinjau dulu, lalu iid close, lalu ekspor lagi.")
    unlimited = [
        a.indicator.key
        for a in plan.entries[0].answers + (plan.entries[1].answers if len(plan.entries) > 1 else ())
        if a.indicator.max_size_mb.value is None and a.indicator.key != TOTAL
    ]
    if unlimited:
        what = (
            f"Batas ukuran unggahan {number(len(unlimited))} indikator siklus {picture.rulebook.cycle} tidak "
            "ditemukan dalam sumber mana pun; lihat angkanya di formulir kementerian."
        )
        yield Check("catatan", "", "", what, "Perkecil berkas yang ditolak formulir itu.")
    if any(answer.links for entry in plan.entries for answer in entry.answers):
        what = "Tautan dikirim seperti tertulis; yang hanya terbuka bagi pemiliknya akan dinilai kosong."
        yield Check("catatan", "", "", what, "Buka setiap tautan di jendela penyamaran (incognito).")
    what = "Menurut tanya jawab resmi 2021, isian tidak dapat diperbaiki lagi setelah dikirim."
    yield Check("catatan", "", "", what, "Kirim setelah daftar ini selesai dibaca dan disetujui.")


def refusals(found: list[Check]) -> dict[str, int]:
    """How many checks of each kind, in the order of KINDS."""
    return {kind: sum(check.kind == kind for check in found) for kind in KINDS}


def source_record(check: Check, names: dict[str, str]) -> Record:
    """A check as the page, the workbook and ``--json`` show it."""
    name = "Pemerintah daerah" if check.owner == REGION_ID else names.get(check.owner, "")
    return {
        "kind": check.kind,
        "innovation_id": check.owner,
        "name": name,
        "indicator": check.indicator,
        "what": check.what,
        "fix": check.fix,
        "source": check.source,
    }

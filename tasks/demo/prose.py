"""Plausible Indonesian texts for documents, by seed from ``kalimat.yaml``."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from iid.expectations.rulebook.strict_yaml import shipped
from iid.tasks.text.indonesian import day, number

#: Said on every page: nobody may take these papers for real ones.
EXAMPLE_NOTE = "CONTOH. Dokumen rekaan untuk uji coba, bukan dokumen resmi."
SENTENCES_A_PART = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What the documents of one innovation talk about."""

    name: str
    unit: str
    region: str
    affair: str
    problem: str
    target: str
    method: str
    outcome: str

    def words(self) -> dict[str, str]:
        """The facts under the names that ``kalimat.yaml`` uses."""
        return {
            "nama": self.name,
            "unit": self.unit,
            "daerah": self.region,
            "urusan": self.affair,
            "masalah": self.problem,
            "sasaran": self.target,
            "sasaran_besar": self.target[:1].upper() + self.target[1:],
            "cara": self.method,
            "hasil": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class Document:
    """One paper, before it becomes a PDF, a scan or a Word file."""

    letterhead: tuple[str, str]
    title: str
    about: str
    number: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]  # header row first; () without a table
    closing: tuple[str, ...]  # place and date, office, name


def sentences() -> dict[str, Any]:
    """The sentence parts of the package."""
    loaded: dict[str, Any] = shipped("iid.tasks.demo.data", "kalimat.yaml")
    return loaded


def design(facts: Facts, rng: random.Random) -> str:
    """Write a *Rancang Bangun*: 6 parts, 300 to 600 words, no sentence twice."""
    parts = []
    for heading, pool in sentences()["rancang_bangun"].items():
        picked = _pick(pool, SENTENCES_A_PART, rng)
        parts.append(f"{heading}. " + " ".join(text.format(**facts.words()) for text in picked))
    return "\n".join(parts)


def short_text(part: str, facts: Facts, rng: random.Random) -> str:
    """One sentence for Tujuan, Manfaat or Hasil (*part* in small letters)."""
    return str(rng.choice(sentences()[part])).format(**facts.words())


def compose(layout: str, plan: Mapping[str, Any], facts: Facts, when: date, rng: random.Random) -> Document:
    """Write the paper of *plan*, a row of ``dokumen.yaml``, filled in."""
    paragraphs, table = LAYOUTS[layout](facts, when, rng)
    serial = rng.randrange(11, 890)
    return Document(
        letterhead=(f"PEMERINTAH {facts.region.upper()}", facts.unit.upper()),
        title=plan["title"],
        about=f"{plan['about']} {facts.name}".strip(),
        number=f"Nomor: 400.10.11/{serial}/CONTOH/{when.year}",
        paragraphs=paragraphs,
        table=table,
        closing=(
            f"Ditetapkan pada {day(when)}",
            f"Tim Pengelola {facts.name}",
            "(nama rekaan, tanpa tanda tangan)",
        ),
    )


def _pick(pool: list[str], count: int, rng: random.Random) -> list[str]:
    """*count* of *pool*, in the pool's own order so that the text reads on."""
    chosen = sorted(rng.sample(range(len(pool)), min(count, len(pool))))
    return [pool[position] for position in chosen]


Body = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


def _report(facts: Facts, when: date, rng: random.Random) -> Body:
    body = [text.format(**facts.words()) for text in _pick(sentences()["laporan"], 6, rng)]
    rows = [("Bulan", "Sebelum", "Sesudah")]
    before = rng.randrange(20, 60)
    rows += [
        (f"Bulan ke-{month}", str(before + rng.randrange(9)), str(before + month * rng.randrange(8, 19)))
        for month in range(1, 7)
    ]
    return (" ".join(body[:3]), " ".join(body[3:])), tuple(rows)


def _letter(facts: Facts, when: date, rng: random.Random) -> Body:
    body = [text.format(**facts.words()) for text in _pick(sentences()["laporan"], 3, rng)]
    return (
        *_opening("letter", facts, hari=day(when)),
        " ".join(body),
        rng.choice(sentences()["penutup_surat"]),
    ), ()


def _decision(facts: Facts, when: date, rng: random.Random) -> Body:
    first = str(rng.randrange(2, 9))
    return (
        *_opening("decision", facts, hari=day(when), nomor=first),
        rng.choice(sentences()["penutup_surat"]),
    ), (("No", "Nama inovasi", "Pengelola"), (first, facts.name, facts.unit))


def _list(facts: Facts, when: date, rng: random.Random) -> Body:
    roles = sentences()["peran"]
    rows = [("No", "Nama (rekaan)", "Peran")]
    rows += [
        (str(position), f"Anggota Tim {position:02d}", roles[min(position, len(roles)) - 1])
        for position in range(1, rng.randrange(12, 19))
    ]
    opening = _opening("list", facts, hari=day(when), tempat=rng.choice(sentences()["tempat"]))
    return (*opening, rng.choice(sentences()["penutup_surat"])), tuple(rows)


def _table(facts: Facts, when: date, rng: random.Random) -> Body:
    rows = [("Kode", "Uraian", "Jumlah (Rp)")]
    for position, (activity, spending) in enumerate(
        zip(_pick(sentences()["kegiatan"], 5, rng), _pick(sentences()["belanja"], 5, rng), strict=True), 1
    ):
        amount = number(rng.randrange(15, 480) * 50_000)
        rows.append((f"5.1.{position:02d}", f"{activity}: {spending.lower()}", amount))
    return _opening("table", facts, tahun=when.year), tuple(rows)


def _manual(facts: Facts, when: date, rng: random.Random) -> Body:
    steps = [
        text.format(**facts.words())
        for text in _pick(sentences()["rancang_bangun"]["Metode Pembaharuan"], 6, rng)
    ]
    return tuple(f"Langkah {number}. {text}" for number, text in enumerate(steps, 1)), ()


def _replica(facts: Facts, when: date, rng: random.Random) -> Body:
    since = day(when - timedelta(days=rng.randrange(30, 120)))
    return (*_opening("replica", facts, hari=since), rng.choice(sentences()["penutup_surat"])), ()


def _opening(layout: str, facts: Facts, **more: object) -> tuple[str, ...]:
    """Return the first paragraphs of a paper, filled in."""
    return tuple(text.format(**facts.words(), **more) for text in sentences()["pembuka"][layout])


#: How a paper is laid out, by the word that dokumen.yaml uses.
LAYOUTS = {
    "decision": _decision,
    "letter": _letter,
    "list": _list,
    "manual": _manual,
    "replica": _replica,
    "report": _report,
    "table": _table,
}

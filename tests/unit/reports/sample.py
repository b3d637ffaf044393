"""A rich made-up assessment of a Banjar-like region, built in code and scored by the real scoring.

``sample()`` gives about thirty units and two dozen innovations with every kind of fault a page
can show, hostile names among them. Nothing here is random: same arguments, same assessment.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from string import Formatter

import pandas as pd

from iid.expectations.findings import catalogue
from iid.expectations.loading import load
from iid.expectations.rulebook import Rulebook
from iid.tasks.assembling import run_files
from iid.tasks.assessment import Assessment
from iid.tasks.model import Finding, Marker, finding, findings_table
from iid.tasks.reports.earlier import HISTORY_FILE, read_earlier
from iid.tasks.scoring.scoring import score
from iid.tasks.scoring.units import units_table
from iid.tasks.stores.folder import FolderStore
from iid.tasks.stores.publishing import publish
from iid.tasks.tables import (
    CLAIMS,
    DECISIONS,
    EVIDENCE,
    FIELDS,
    INNOVATIONS,
    REGION_ID,
    UNITS,
    frame,
)

REVIEWER = "Hj. Siti Rahmah, S.Sos."
AS_OF = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)

ROSTER = (
    ("1.01", "Dinas Pendidikan", "opd"),
    ("1.02", "Dinas Kesehatan", "opd"),
    ("1.03", "Dinas Pekerjaan Umum, Penataan Ruang dan Pertanahan", "opd"),
    ("1.04", "Dinas Perumahan Rakyat dan Kawasan Permukiman", "opd"),
    ("1.06", "Dinas Sosial, P3AP2KB", "opd"),
    ("2.12", "Dinas Kependudukan dan Pencatatan Sipil", "opd"),
    ("2.18", "Dinas Penanaman Modal dan PTSP", "opd"),
    ("5.05", "Badan Perencanaan Pembangunan, Penelitian dan Pengembangan", "opd"),
    ("PKM-01", "Puskesmas Martapura 1", "puskesmas"),
    ("PKM-02", "Puskesmas Astambul", "puskesmas"),
    ("PKM-03", "Puskesmas Sungai Tabuk 1", "puskesmas"),
    ("PKM-04", "Puskesmas Aluh-Aluh", "puskesmas"),
    ("PKM-05", "Puskesmas Karang Intan 1", "puskesmas"),
    ("PKM-06", "Puskesmas Paramasan", "puskesmas"),
    ("SD-01", "SDN Jawa 3 Martapura", "sekolah"),
    ("SD-02", "SMPN 1 Gambut", "sekolah"),
    ("BPP-01", "BPP Kecamatan Gambut", "bpp"),
    ("BPP-02", "BPP Kecamatan Simpang Empat", "bpp"),
    ("63.03.05", "Kecamatan Martapura", "kecamatan"),
    ("63.03.02", "Kecamatan Kertak Hanyar", "kecamatan"),
    ("63.03.09", "Kecamatan Pengaron", "kecamatan"),
    ("63.03.05.1001", "Kelurahan Jawa", "kelurahan"),
    ("63.03.05.1003", "Kelurahan Keraton", "kelurahan"),
    ("63.03.05.2004", "Desa Bi'ih", "desa"),
    ("63.03.08.2026", "Desa Sungai Tabuk", "desa"),
    ("63.03.11.2003", "Desa Ati'im", "desa"),
    ("MAS-01", "Komunitas Pasar Terapung Lok Baintan", "masyarakat"),
)

#: unit, folder, affair, strength of its claims (0..1), fault of the profile
INNOVATIONS_MADE = (
    ("2.12", "Antar Sampai Rumah", "Administrasi Kependudukan dan Pencatatan Sipil", 0.97, ""),
    ("PKM-01", "Pos Gizi Sungai", "Kesehatan", 0.92, ""),
    ("1.02", "Sistem Rujukan Satu Pintu", "Kesehatan", 0.88, ""),
    ("1.01", "Kelas Perahu", "Pendidikan", 0.85, ""),
    ("2.18", "Izin Usaha Sekali Duduk", "Penanaman Modal", 0.83, ""),
    ("1.06", "Rumah Singgah Lansia Mandiri", "Sosial", 0.8, ""),
    ("1.03", "Peta Jalan Rusak Warga", "Pekerjaan Umum dan Penataan Ruang", 0.78, ""),
    ("PKM-02", "Bidan Jemput Bola", "Kesehatan", 0.74, ""),
    ("PKM-03", "Kader Digital Tensi", "Kesehatan", 0.7, ""),
    ("SD-01", "Literasi Pagi Lima Belas Menit", "Pendidikan", 0.66, ""),
    ("63.03.05", "Loket Keliling Kecamatan", "Otonomi Daerah, Pemerintahan Umum", 0.62, ""),
    ("BPP-01", "Kalender Tanam Lahan Rawa", "Pertanian", 0.6, ""),
    ("5.05", "Desk Inovasi Terjadwal", "Perencanaan", 0.57, ""),
    ("63.03.05.2004", "Bank Sampah Bi'ih", "Lingkungan Hidup", 0.52, ""),
    ("1.02", "Antrean Daring Puskesmas", "Kesehatan", 0.5, ""),
    ("63.03.05.1001", "Surat Lewat Pesan", "Otonomi Daerah, Pemerintahan Umum", 0.45, ""),
    ("MAS-01", "Pasar Terapung Tanpa Plastik", "Lingkungan Hidup", 0.42, ""),
    ("63.03.02", "Pos Pantau Banjir", "Lingkungan Hidup", 0.38, ""),
    ("2.12", "Akta Lahir di Ruang Bersalin", "Administrasi Kependudukan dan Pencatatan Sipil", 0.8, "window"),
    ("PKM-04", "Sahabat Ibu Hamil", "Kesehatan", 0.7, "too_short"),
    ("1.04", "Rumah Layak Gotong Royong", "Perumahan Rakyat dan Kawasan Permukiman", 0.64, "stage"),
)

HOSTILE_MADE = (
    ("SD-02", "<script>alert('nama')</script>", "Pendidikan", 0.5, ""),
    ("SD-02", '=HYPERLINK("http://jahat.example","klik")', '"><img src=x onerror=alert(1)>', 0.4, ""),
    ("BPP-02", "\u202egpj.\u202c nama dibalik {{ 7*7 }} & 'kutip' \x07", "Pertanian", 0.35, ""),
)

PLAIN_FAULTS = ("missing", "unreadable", "kind_not_allowed", "link_instead_of_file", "encrypted", "empty")


def sample(
    *,
    cycle: int = 2026,
    made: tuple[tuple[str, str, str, float, str], ...] = INNOVATIONS_MADE + HOSTILE_MADE,
    roster: tuple[tuple[str, str, str], ...] = ROSTER,
    decided: bool = True,
    status: str = "provisional",
    zone: str = "Asia/Makassar",
    example: bool = True,
) -> Assessment:
    """One assessment; ``made=()`` has no innovations, ``roster=()`` only the units of *made*."""
    loaded = load(cycle)
    return Builder(loaded.rulebook, loaded.sha256).build(made, roster, decided, status, zone, example)


def said(code: str, *, indicator: str = "", **words: object) -> Finding:
    """A finding whose sentence may have gained a word since: what is not given reads ``…``."""
    kind = catalogue()[code]
    asked = {name for _, name, _, _ in Formatter().parse(kind.sentence + kind.fix) if name}
    filled = dict.fromkeys(asked - {"indicator"}, "…") | words
    return finding(code, indicator=indicator, **filled)


def chance(*parts: object) -> float:
    """A number from 0 to 1 that depends on *parts* alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4]) / 2**32


class Builder:
    """Collects the rows of the long tables, then scores them."""

    def __init__(self, rulebook: Rulebook, sha256: str) -> None:
        self.rulebook, self.sha256 = rulebook, sha256
        self.profiles: list[dict[str, object]] = []
        self.claims: list[dict[str, object]] = []
        self.evidence: list[dict[str, object]] = []
        self.found: list = []
        self.decisions: list[dict[str, object]] = []

    def build(self, made, roster, decided, status, zone, example) -> Assessment:
        for number, one in enumerate(made):
            self.innovation(number, *one)
        self.region()
        units = self.units(made, roster)
        if decided:
            self.decide()
        tables = {
            "innovations": frame(INNOVATIONS, self.profiles),
            "claims": frame(CLAIMS, self.claims),
            "evidence": frame(EVIDENCE, self.evidence),
            "findings": findings_table(self.found),
            "decisions": frame(DECISIONS, self.decisions),
        }
        scored = score(**tables, rulebook=self.rulebook)
        published = units_table(units, scored.innovations, tables["findings"])
        marker = Marker("63.03", "Kabupaten Banjar", zone, example)
        run_id = f"{AS_OF:%Y%m%dT%H%M%SZ}-{self.sha256[:8]}"
        head = {
            "region": marker.region,
            "cycle": self.rulebook.cycle,
            "run_id": run_id,
            "as_of": f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}",
            "status": status,
            "rulebook": {"cycle": self.rulebook.cycle, "sha256": self.sha256},
        }
        return Assessment(
            marker=marker,
            cycle=self.rulebook.cycle,
            rulebook=self.rulebook,
            rulebook_sha256=self.sha256,
            run_id=run_id,
            as_of=AS_OF,
            status=status,
            index=head | scored.index,
            units=published,
            innovations=scored.innovations,
            profiles=tables["innovations"],
            fields=frame(FIELDS, []),
            claims=tables["claims"],
            evidence=tables["evidence"],
            scores=scored.scores,
            findings=tables["findings"],
            decisions=tables["decisions"],
        )

    def units(self, made, roster) -> pd.DataFrame:
        reported = {one[0] for one in made}
        known = roster or tuple((code, code, "") for code in sorted(reported))
        for code, name, _ in known:
            if code not in reported:
                self.found.append(said("unit.nothing_submitted", unit_code=code, name=name))
        return frame(
            UNITS,
            (
                {"unit_code": code, "name": name, "type": kind, "known": True, "submitted": code in reported}
                for code, name, kind in known
            ),
        )

    def innovation(self, number: int, unit: str, folder: str, affair: str, strength: float, fault: str):
        identity = f"{unit}/{folder}"
        source = f"2026/{unit} Unit/{folder}/inovasi.xlsx"
        self.profiles.append(
            {
                "innovation_id": identity,
                "unit_code": unit,
                "folder": f"2026/{unit} Unit/{folder}",
                "workbook": source,
                "read": True,
                "name": folder,
                "stage": "Uji Coba" if fault == "stage" else "Penerapan",
                "initiator": "Perangkat Daerah",
                "initiator_name": "Nama Orang Rahasia",
                "classification": "Inovasi Perangkat Daerah",
                "kind": "Digital" if number % 2 else "Non Digital",
                "form": "Inovasi Pelayanan Publik",
                "main_affair": affair,
                "trial_date": "2024-02-01",
                "applied_date": "2021-05-03" if fault == "window" else "2024-06-03",
                "design_words": 180 if fault == "too_short" else 412,
                "design_distinct_words": 170,
            }
        )
        self.profile_fault(identity, unit, source, fault)
        for indicator in self.rulebook.sid:
            self.claim(number, identity, unit, folder, indicator, strength)

    def profile_fault(self, identity: str, unit: str, source: str, fault: str) -> None:
        words: dict[str, dict[str, object]] = {
            "window": {
                "applied": "3 Mei 2021",
                "from": "1 Januari 2024",
                "to": "31 Desember 2025",
                "developed": "; Waktu Pengembangan kosong",
            },
            "too_short": {"words": 180, "minimum": 300},
            "stage": {"value": "Uji Coba", "allowed": "Penerapan"},
        }
        if fault:
            self.found.append(
                said(
                    f"profile.{fault}",
                    unit_code=unit,
                    innovation_id=identity,
                    source=f"{source}#Profil!B3",
                    **words[fault],
                )
            )

    def claim(self, number, identity, unit, folder, indicator, strength) -> None:
        luck = chance(number, indicator.key)
        parameter = (
            0 if luck > strength + 0.12 else 3 if luck < strength * 0.5 else 2 if luck < strength * 0.8 else 1
        )
        basis = "a" if indicator.bases and parameter else ""
        row = len(self.claims) % 20 + 2
        source = f"2026/{unit} Unit/{folder}/inovasi.xlsx#Indikator!C{row}"
        self.claims.append(
            {
                "innovation_id": identity,
                "unit_code": unit,
                "indicator": indicator.key,
                "aspect": "SID",
                "raw": str(parameter),
                "parameter": parameter,
                "basis": basis,
                "note": "lihat halaman 3" if luck < 0.1 else "",
                "source": source,
            }
        )
        place = {"unit_code": unit, "innovation_id": identity, "indicator": indicator.key, "source": source}
        if not parameter:
            if indicator.mandatory.value:
                self.found.append(said("claim.mandatory_missing", **place, title=indicator.name))
            return
        fault = PLAIN_FAULTS[int(chance("fault", number, indicator.key) * 40) % 40 :][:1]
        self.proof(place, f"2026/{unit} Unit/{folder}", indicator, parameter, fault[0] if fault else "")

    def proof(self, place, folder, indicator, parameter, fault) -> None:
        kinds = indicator.kinds.value or ("pdf",)
        kind = kinds[0] if kinds[0] != "link" else "pdf"
        items = 1 + int(chance("items", *place.values()) * 3)
        for item in range(items if fault not in ("missing", "link_instead_of_file") else 1):
            name = f"{indicator.name.split('/')[0][:40].strip()} {item + 1}.{kind}"
            self.item(place, folder, indicator, kind, name, fault if item == 0 else "", item)
        if "link" in kinds:
            self.evidence.append(
                self.base(place)
                | {"source": f"https://www.example.go.id/{item}", "kind": "link", "format": "link"}
            )
        name = f"{indicator.name[:20]}.{kind}"
        allowed = ", ".join(kinds)
        words = {
            "missing": {"parameter": parameter, "what": "folder buktinya kosong"},
            "unreadable": {"name": name, "detail": "PDF rusak di akhir berkas"},
            "kind_not_allowed": {"name": name, "format": "docx", "allowed": allowed},
            "link_instead_of_file": {"allowed": allowed},
            "encrypted": {"name": name},
            "empty": {"name": name},
        }
        if fault:
            self.found.append(said(f"evidence.{fault}", **place, **words[fault]))
        elif chance("warn", *place.values()) < 0.08:
            self.found.append(said("evidence.no_text", **place, name=name))
        elif chance("warn", *place.values()) > 0.95:
            where = "1.02/Antrean Daring Puskesmas, indikator 20"
            self.found.append(
                said("evidence.duplicate", **place, name=name, how="isi byte demi byte", where=where)
            )

    def base(self, place) -> dict[str, object]:
        return {
            "innovation_id": place["innovation_id"],
            "unit_code": place["unit_code"],
            "indicator": place["indicator"],
            "listed": "folder",
            "counted": True,
            "readable": True,
        }

    def item(self, place, folder, indicator, kind, name, fault, item) -> None:
        path = f"{folder}/bukti/{indicator.key} {indicator.name[:20].strip().replace('/', ' ')}/{name}"
        gone = fault in ("missing", "link_instead_of_file")
        self.evidence.append(
            self.base(place)
            | {
                "source": path if fault != "link_instead_of_file" else "https://drive.example.com/berkas",
                "kind": "link" if fault == "link_instead_of_file" else "file",
                "size": None if gone else 0 if fault == "empty" else 20_000 + len(path) * 31_337 * (item + 1),
                "modified_at": "" if gone else "2026-07-14T03:12:00Z",
                "sha256": "" if gone else hashlib.sha256(path.encode("utf-8", "replace")).hexdigest(),
                "media_type": "" if gone else "application/pdf",
                "format": "docx" if fault == "kind_not_allowed" else "" if gone else kind,
                "pages": 4 + item if kind == "pdf" and not gone else None,
                "readable": fault in ("", "kind_not_allowed"),
                "problem": "" if fault in ("kind_not_allowed", "link_instead_of_file") else fault,
            }
        )

    def region(self) -> None:
        for number, indicator in enumerate(self.rulebook.spd_rows):
            total = self.rulebook.spd == "total"
            parameter = (3, 2, 3, 1, 2)[number % 5]
            place = {
                "unit_code": REGION_ID,
                "innovation_id": REGION_ID,
                "indicator": indicator.key,
                "source": f"2026/00 Pemda/pemda.xlsx#Indikator!D{number + 2}",
            }
            self.claims.append(
                {
                    "innovation_id": REGION_ID,
                    "unit_code": REGION_ID,
                    "indicator": indicator.key,
                    "aspect": "SPD",
                    "raw": str(parameter),
                    "parameter": 0 if total else parameter,
                    "value": "41.25" if total else "2.35" if indicator.thresholds else "",
                    "source": place["source"],
                }
            )
            self.proof(place, "2026/00 Pemda", indicator, parameter, "missing" if number % 7 == 4 else "")

    def decide(self) -> None:
        words = ("terima", "terima", "terima", "turunkan", "tolak")
        claimed = [c for c in self.claims if c["parameter"] and c["aspect"] == "SID"]
        for number, claim in enumerate(claimed[: len(claimed) // 3]):
            word = words[number % 5]
            if word == "turunkan" and claim["parameter"] == 1:
                word = "tolak"
            self.decisions.append(
                {
                    "innovation_id": claim["innovation_id"],
                    "indicator": claim["indicator"],
                    "decision": word,
                    "new_parameter": 1 if word == "turunkan" else None,
                    "note": f"SK belum ditandatangani ({REVIEWER})" if word != "terima" else "",
                    "reviewer": REVIEWER,
                    "date": "2026-11-20",
                    "fingerprint": "x",
                    "in_force": True,
                }
            )
        lapsed = claimed[-1] if claimed else None
        if lapsed:
            self.found.append(
                said(
                    "decision.lapsed",
                    unit_code=str(lapsed["unit_code"]),
                    innovation_id=str(lapsed["innovation_id"]),
                    indicator=str(lapsed["indicator"]),
                    source="2026/_tinjauan/BPP-02.xlsx#Keputusan!G9",
                    decision="terima",
                    reviewer=REVIEWER,
                )
            )


def aged(assessment: Assessment, days: int) -> Assessment:
    """The same assessment as if it had been made *days* earlier."""
    as_of = assessment.as_of - timedelta(days=days)
    run_id = f"{as_of:%Y%m%dT%H%M%SZ}-{assessment.rulebook_sha256[:8]}"
    index = {**assessment.index, "run_id": run_id, "as_of": f"{as_of:%Y-%m-%dT%H:%M:%SZ}"}
    return replace(assessment, as_of=as_of, run_id=run_id, index=index)


def put_out(store: FolderStore, assessment: Assessment, history: bytes | None = None) -> None:
    """Publish the tables of *assessment*, without report and workbook (with *history*: its riwayat.json)."""
    loaded = load(assessment.cycle)
    files = [*takewhile(lambda f: f[0] != "hasil.xlsx", run_files(assessment, loaded.text, Path("nowhere")))]
    if history is not None:
        files.append((f"report/{HISTORY_FILE}", history))
    publish(
        store,
        assessment.marker.region,
        assessment.cycle,
        assessment.run_id,
        files,
        {},
        published_at=assessment.as_of,
        status=assessment.status,
    )


def with_past(folder: Path) -> tuple[FolderStore, Assessment]:
    """The rich assessment after two earlier runs in a store in *folder*: fewer innovations, no decisions."""
    store = FolderStore(folder)
    put_out(store, aged(sample(made=INNOVATIONS_MADE[:6], decided=False), 50))
    put_out(store, aged(sample(made=INNOVATIONS_MADE[:15], decided=False), 20))
    now = sample()
    return store, replace(now, earlier=read_earlier(store, now.marker.region, now.cycle, now.as_of))

"""A region of three units on disk, with the kinds of fault that feedback shows."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from openpyxl import Workbook
from PIL import Image

from iid.flows.assess import run_assessment
from iid.flows.telemetry.progress import Reporter
from iid.tasks.assess.reading_steps import find_roster
from iid.tasks.assess.request import AssessRequest
from iid.tasks.feedback.unit_feedback import Feedback, feedback_of
from iid.tasks.feedback.write_feedback import write_feedback
from iid.tasks.shares.drive import Listing
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.region import Unit

AS_OF = datetime(2026, 8, 31, 12, tzinfo=UTC)
PROFILE = {
    "Nama Inovasi": "Perahu Sehat",
    "Tahapan": "Penerapan",
    "Inisiator": "Perangkat Daerah",
    "Nama Inisiator": "Tim",
    "Klasifikasi": "Inovasi Perangkat Daerah",
    "Jenis": "Non Digital",
    "Bentuk": "Inovasi Pelayanan Publik",
    "Urusan Utama": "Kesehatan",
    "Waktu Uji Coba": "1 Februari 2024",
    "Waktu Penerapan": "14 Desember 2024",
    "Rancang Bangun": " ".join(f"kata{number}" for number in range(320)),
    "Tujuan": "Sehat",
    "Manfaat": "Sehat",
    "Hasil": "Sehat",
    "Koordinat": "-3.4, 114.8",
}


@dataclass
class Region:
    """A share on disk, and what an assessment of it says now."""

    root: Path
    last: tuple[Assessment, Listing, tuple[Unit, ...] | None] | None = None

    @property
    def cycle(self) -> Path:
        return self.root / "2026"

    def folder(self, unit: str) -> Path:
        return next(path for path in self.cycle.iterdir() if path.name.split()[0] == unit)

    def shown(self, unit: str) -> Path:
        return self.folder(unit) / "_umpan-balik"

    def innovation(
        self,
        unit: str,
        name: str,
        claims: dict[str, tuple[int, str]],
        links: Mapping[str, str] = MappingProxyType({}),
        **profile: str,
    ) -> Path:
        """A new innovation; *claims*: parameter and content of column Bukti by indicator, *links*: Tautan."""
        folder = self.folder(unit) / name
        (folder / "bukti").mkdir(parents=True, exist_ok=True)
        book = Workbook()
        page = book.active
        page.title = "Profil"
        for row in [("Isian", "Jawaban"), *({**PROFILE, "Nama Inovasi": name, **profile}).items()]:
            page.append(row)
            page.cell(page.max_row, 2).data_type = "s"  # a text, whatever it begins with
        page = book.create_sheet("Indikator")
        page.append(("No", "Indikator", "Parameter", "Basis", "Bukti", "Tautan", "Keterangan"))
        for key in map(str, range(16, 36)):
            parameter, files = claims.get(key, (0, ""))
            link = links.get(key)
            page.append((int(key), f"Indikator {key}", parameter or None, None, files or None, link, None))
        book.save(folder / "inovasi.xlsx")
        return folder

    def proof(self, folder: Path, indicator: str, name: str, data: bytes) -> None:
        place = folder / "bukti" / f"{indicator} bukti" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def assess(
        self, as_of: datetime = AS_OF, *, workbooks: bool = True
    ) -> tuple[Assessment, Listing, tuple[Unit, ...] | None]:
        """A whole assessment that is published and writes nothing to the share."""
        store = str(self.root.parent / "hasil")
        request = AssessRequest(
            share=str(self.root),
            store=store,
            cycle=2026,
            as_of=as_of,
            feedback=False,
            workbooks=workbooks,
            workers=1,
            accept_loss="uji",
        )
        outcome = run_assessment(request, Reporter(quiet=True))
        drive = FolderDrive(self.root)
        return outcome.assessment, drive.list("2026"), find_roster(drive, 2026, None)

    def write(self, day: int = 0, *, anew: bool = True) -> list[str]:
        """Assess, *day* days later (or let the clock go on alone), and write the feedback; its notes."""
        as_of = AS_OF + timedelta(days=day)
        if anew or not self.last:
            self.last = self.assess(as_of)
        assessment, listing, roster = self.last
        return list(write_feedback(FolderDrive(self.root), replace(assessment, as_of=as_of), listing, roster))

    def feedback(self) -> dict[str, Feedback]:
        return {one.code: one for one in feedback_of(*self.assess())}

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Time and content of every file on the share."""
        return {
            path.relative_to(self.root).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


def picture(shade: int) -> bytes:
    """A small photo with more than one colour."""
    image = Image.new("RGB", (64, 64), (shade, 90, 200))
    image.paste((250, 240, shade), (8, 8, 40, 50))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def emptied(folder: Path) -> Region:
    root = folder / "share"
    for name in ("00 Pemda", "101 Dinas Kesehatan", "102 Dinas Lain", "103 Dinas Kosong"):
        (root / "2026" / name).mkdir(parents=True)
    (root / "iid-share.toml").write_text(
        'region = "63.03"\nname = "Kabupaten Banjar"\nzone = "Asia/Makassar"\n'
    )
    (root / "2026" / "_roster.csv").write_text(
        "code,name,type,parent\n101,Dinas Kesehatan,opd,\n102,Dinas Lain,opd,\n103,Dinas Kosong,opd,\n"
        "104,Dinas Tanpa Folder,opd,\n"
    )
    return Region(root)


def filled(empty: Region) -> Region:
    claims = {"19": (3, ""), "16": (2, "sk.pdf"), "20": (1, "tidak ada.pdf")}
    good = empty.innovation("101", "Perahu Sehat", claims)
    empty.proof(good, "19", "alat.png", picture(60))
    empty.proof(good, "16", "sk.pdf", picture(1))  # an image by its content
    empty.innovation("101", "Belum Boleh", {"16": (1, "")}, Tahapan="Inisiatif")
    other = empty.innovation("102", "Rahasia Unit Lain", {"19": (1, "")}, Tujuan="ISI RAHASIA 102")
    empty.proof(other, "19", "alat lain.png", picture(60))
    return empty

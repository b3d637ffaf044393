"""What one assessment is asked to do: flow and command parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

Cycle = Annotated[int, Field(ge=2000, le=2100, title="Siklus", description="Tahun penilaian, misalnya 2026")]


class GuardLimits(BaseModel):
    """When a run refuses to publish (contract, exit 3), or holds a unit."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"description": "Kapan perhitungan tidak terbit"}
    )

    vanished_share: Annotated[float, Field(ge=0, le=1, title="Bagian berkas yang hilang (0–1)")] = 0.20
    # Fewer missing files than these never look like a lost drive.
    vanished_files: Annotated[int, Field(ge=1, title="Jumlah berkas yang hilang")] = 5
    index_fall: Annotated[float, Field(ge=0, le=100, title="Indeks turun (poin)")] = 10.0
    #: How long a unit stays at its last published state after evidence that counted there vanished.
    hold: Annotated[float, Field(ge=0, le=720, title="Masa tahan unit yang kehilangan bukti (jam)")] = 72.0


class InspectLimits(BaseModel):
    """What one unit's evidence may cost a run; ample for honest units."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"description": "Batas pemeriksaan bukti"}
    )

    file_gib: Annotated[float, Field(gt=0, le=16, title="Ukuran satu berkas (GiB)")] = 2.0
    unit_gib: Annotated[float, Field(gt=0, title="Bukti satu unit sekali jalan (GiB)")] = 64.0
    unit_minutes: Annotated[float, Field(gt=0, title="Waktu pemeriksaan satu unit (menit)")] = 60.0
    #: Days in which every file whose drive shows no change of equal size and time is hashed again.
    rehash_nights: Annotated[int, Field(ge=1, le=365, title="Malam sampai semua disidik ulang")] = 14


class AssessRequest(BaseModel):
    """One assessment of one region; titles and help make Prefect's form."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"description": "Penilaian satu wilayah dalam satu siklus."},
    )

    share: str = Field(min_length=1, title="Share", description="Folder atau alamat share")
    store: str = Field(
        min_length=1, title="Penyimpanan", description="Folder atau s3:// tempat hasil diterbitkan"
    )
    cycle: Cycle
    region: str | None = Field(None, title="Kode wilayah", description="Kosong: menurut iid-share.toml")
    roster: str | None = Field(None, title="Daftar unit", description="CSV code,name,type,parent")
    units: tuple[str, ...] = Field(
        (), title="Unit", description="Periksa ulang bukti unit ini tanpa ingatan lama"
    )
    as_of: datetime | None = Field(None, title="Keadaan per", description="Kosong: sekarang")
    rulebook: str | None = Field(None, title="Peraturan lain", description="Berkas YAML pengganti")
    feedback: bool = Field(True, title="Tulis umpan balik ke share")
    workbooks: bool = Field(
        True, title="Buku tinjauan", description="Peninjau juga memutus di buku tinjauan, bukan hanya di meja"
    )
    full: bool = Field(False, title="Periksa ulang semua bukti")
    accept_loss: str | None = Field(None, min_length=3, title="Alasan menerima kehilangan")
    endpoint_url: str | None = Field(None, title="Alamat S3")
    check_links: bool = Field(
        False, title="Buka tautan bukti", description="Hanya alamat umum; nilai tidak berubah"
    )
    ocr: bool = Field(
        False, title="Baca hasil pindai dengan OCR", description="Perlu tesseract; nilai tidak berubah"
    )
    workers: int | None = Field(None, ge=1, le=256, title="Jumlah pekerja")
    engine: Literal["local", "dask"] = Field("local", title="Mesin pemeriksa bukti")
    scheduler: str | None = Field(None, title="Penjadwal Dask", description="tcp://server:8786")
    wait: float = Field(
        0, ge=0, le=1440, title="Menunggu giliran", description="Menit menunggu perhitungan lain selesai"
    )
    guard: GuardLimits = Field(
        GuardLimits(), title="Batas pengaman", description="Bila terlampaui, tidak ada yang diterbitkan"
    )

    inspect: InspectLimits = Field(InspectLimits(), title="Batas pemeriksaan bukti")

    @field_validator("as_of")
    @classmethod
    def _whole_seconds(cls, value: datetime | None) -> datetime | None:
        """Leave a time without a zone: it is meant in the region's zone."""
        if value is None:
            return None
        return (value.astimezone(UTC) if value.tzinfo else value).replace(microsecond=0)

    def in_zone(self, zone: str) -> Self:
        """Return the request, a time without a zone read in *zone*."""
        if self.as_of is None or self.as_of.tzinfo:
            return self
        return self.model_copy(update={"as_of": self.as_of.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)})

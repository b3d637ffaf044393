"""This machine: clock, zones, disk, Python and important packages."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.rulebook_error import RulebookError
from iid.tasks.operate.health.health_check import Check, first_line
from iid.tasks.text.indonesian import comma

NAME = "Peraturan"


def check_rules(cycle: int, path: str | None = None) -> Check:
    """The rulebook that an assessment of *cycle* would use."""
    try:
        book = load(cycle, Path(path) if path else None).rulebook
    except RulebookError as error:
        return Check(NAME, "failed", first_line(error), "lihat yang tersedia dengan iid rulebook list")
    until = book.timetable.reporting_to.value
    words = f"pelaporan sampai {until}" if until else "batas waktu belum diketahui"
    return Check(NAME, "ok", f"{book.title}, {words}")


ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
DRIFT = 60.0  # seconds; more is worth a word
TOO_FAR = 300.0  # seconds; the lease of a publisher lasts 600 and is renewed every 120
TIGHT, FULL = 2_000_000_000, 200_000_000  # bytes; a run of a kabupaten needs about 100 MB
SHOWN = ("prefect", "fastapi", "pandas", "great-expectations", "boto3")


def check_zone(zone: str) -> Check:
    """Whether the region's zone and the three of Indonesia are known here."""
    unknown = []
    for name in (*ZONES, zone):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            unknown.append(name)
    if unknown:
        seen = f"tidak dikenal: {', '.join(sorted(set(unknown)))}"
        return Check("Zona waktu", "failed", seen, "pasang paket tzdata")
    return Check("Zona waktu", "ok", zone)


def check_clock(now: datetime, zone: str, ahead: Mapping[str, float | None]) -> Check:
    """Check our clock against share and store (seconds ahead, None unknown)."""
    known = {name: seconds for name, seconds in ahead.items() if seconds is not None}
    shown = _local(now, zone)
    if not known:
        return Check("Jam", "ok", f"{shown}; tidak ada jam lain untuk dibandingkan")
    name, seconds = max(known.items(), key=lambda item: abs(item[1]))
    if abs(seconds) <= DRIFT:
        return Check("Jam", "ok", f"{shown}; sama dengan jam {', '.join(sorted(known))}")
    seen = f"{shown}; jam {name} {abs(seconds):.0f} detik {'lebih cepat' if seconds > 0 else 'lebih lambat'}"
    advice = "samakan jamnya (NTP), misalnya: timedatectl set-ntp true"
    stops = name == "penyimpanan" and abs(seconds) > TOO_FAR
    return Check("Jam", "failed" if stops else "warning", seen, advice)


def _local(now: datetime, zone: str) -> str:
    try:
        return f"{now.astimezone(ZoneInfo(zone)):%d/%m/%Y %H.%M} ({zone})"
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{now.astimezone(UTC):%d/%m/%Y %H.%M} (UTC)"


def check_disk(places: Iterable[Path]) -> list[Check]:
    """Check free space for store, working files, database; a line a disk."""
    seen: dict[tuple[int, int], Check] = {}
    for place in (Path(tempfile.gettempdir()), *places):
        there = next(folder for folder in (place.absolute(), *place.absolute().parents) if folder.exists())
        usage = shutil.disk_usage(there)
        seen.setdefault((there.stat().st_dev, usage.total), _space(there, usage.free))
    return list(seen.values())


def _space(place: Path, free: int) -> Check:
    words = f"{comma(f'{free / 1e9:.1f}')} GB bebas di {place}"
    if free < FULL:
        return Check("Ruang disk", "failed", words, "kosongkan ruang, misalnya dengan iid prune")
    if free < TIGHT:
        return Check("Ruang disk", "warning", words, "segera kosongkan ruang")
    return Check("Ruang disk", "ok", words)


def check_versions(distribution: str = "iid") -> Check:
    """Every package this version asks for, against what is installed."""
    from packaging.requirements import Requirement

    wrong = []
    for text in metadata.requires(distribution) or ():
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} tidak terpasang")
            continue
        if not wanted.specifier.contains(version, prereleases=True):
            wrong.append(f"{wanted.name} {version}, padahal harus {wanted.specifier}")
    if wrong:
        return Check("Versi", "failed", "; ".join(wrong), "pasang ulang dengan make install")
    shown = ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN)
    python = ".".join(map(str, sys.version_info[:3]))
    return Check("Versi", "ok", f"iid {metadata.version(distribution)}, Python {python}, {shown}")

"""Fonts, programs and extras outside Python, each for its own purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec

from iid.tasks.operate.health.health_check import Check

PATIENCE = 10.0  # seconds
#: Any of these shows a report as it was designed; browsers on other machines bring their own.
WANTED = ("noto", "dejavu", "liberation", "carlito", "inter", "roboto")
ENDPOINTS = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)


def check_fonts() -> Check:
    """Check this machine's fonts for the report; readers use their own."""
    lister = shutil.which("fc-list")
    if lister is None:
        return Check("Fon", "ok", "tidak diperiksa (fc-list tidak ada); laporan memakai fon pembacanya")
    try:
        done = subprocess.run(  # noqa: S603  (a program of the system, without our data)
            [lister, ":lang=id", "family"], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Check("Fon", "warning", "fc-list tidak menjawab", "fc-cache -f, lalu coba lagi")
    families = sorted({row.split(",")[0].strip() for row in done.stdout.splitlines() if row.strip()})
    good = [name for name in families if name.casefold().startswith(WANTED)]
    if good:
        return Check("Fon", "ok", f"{len(families)} fon, misalnya {good[0]}")
    seen = f"{len(families)} fon, tidak ada yang lazim" if families else "tidak ada satu pun"
    return Check("Fon", "warning", seen, "untuk mencetak laporan di mesin ini: apt install fonts-dejavu-core")


def check_tools(*, reads_scans: bool) -> Iterator[Check]:
    """Tesseract where scans are to be read."""
    if not reads_scans:
        return
    if shutil.which("tesseract"):
        yield Check("Tesseract", "ok", "ada; hasil pindai dapat dibaca")
        return
    advice = "apt install tesseract-ocr tesseract-ocr-ind, atau ocr = false"
    yield Check("Tesseract", "warning", "tidak ada, padahal ocr = true", advice)


def check_telemetry(endpoint: str | None) -> Check:
    """Check whether telemetry goes anywhere, and that its extra is there."""
    said = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), endpoint)
    if not said:
        return Check("Telemetri", "ok", "mati (nyala dengan OTEL_EXPORTER_OTLP_ENDPOINT)")
    where = said.rpartition("@")[2]
    if find_spec("opentelemetry.sdk") is None:
        return Check(
            "Telemetri", "warning", f"{where} disebut, paketnya tidak ada", "pip install 'iid[otel]'"
        )
    return Check("Telemetri", "ok", f"ke {where}")

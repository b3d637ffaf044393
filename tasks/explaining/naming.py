"""What a trace calls codes, types of files and times, in the words of the report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from iid.tasks.drives.marker import province_zone
from iid.tasks.reports.formatting import moment
from iid.tasks.reports.wording import title

_KINDS = {
    "application/x-empty": "kosong",
    "application/octet-stream": "jenis tidak dikenal",
    "application/pdf": "PDF",
    "image/jpeg": "JPG",
    "image/png": "PNG",
    "video/mp4": "MP4",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
}


def titled(code: str) -> str:
    """The title of a finding with its code: ``Berkas kosong (evidence.empty)``; a new code as it is."""
    words = title(code)
    return code if words == code else f"{words} ({code})"


def titles(codes: Iterable[str]) -> str:
    """Several of them in a row."""
    return ", ".join(titled(code) for code in codes if code)


def file_kind(media_type: str) -> str:
    """A media type as people call it; a rare one as it is."""
    return _KINDS.get(media_type, media_type)


def local(when: object, region: str) -> str:
    """An ISO time on the clock of *region* (``24 November 2026 21.43 WITA``); other text as it is."""
    try:
        return moment(datetime.fromisoformat(str(when)), province_zone(region))
    except ValueError:
        return str(when)

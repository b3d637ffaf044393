"""Folder names that every drive accepts: Windows, SMB, WebDAV, S3."""

from __future__ import annotations

import re
import unicodedata

from iid.expectations.rulebook.model import Indicator, Rulebook

EXAMPLE_FOLDER = "_Contoh inovasi (salin folder ini)"
REGION_FOLDER = "00 Pemda"
INNOVATION_WORKBOOK = "inovasi.xlsx"
REGION_WORKBOOK = "pemda.xlsx"
ROSTER_FILE = "_roster.csv"
MARKER_FILE = "iid-share.toml"

# Windows stops at 260 characters for the whole path; these leave room for the share and the file.
UNIT_LENGTH = 80
INNOVATION_LENGTH = 80
EVIDENCE_LENGTH = 40

_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_SHORT_NAME_BREAK = re.compile(r"\s*[,;/(:–].*$")


def safe_name(text: str, limit: int) -> str:
    """Return *text* as one folder name, at most *limit* long, cut at a word.

    Never empty. Characters that Windows refuses become spaces; names that the reader would ignore
    (``_``, ``.`` or ``~$`` in front) or that Windows reserves (``CON``) lose that meaning.
    """
    name = " ".join(_REFUSED.sub(" ", unicodedata.normalize("NFC", text)).split())
    name = name.lstrip("_.~$ ")
    if len(name) > limit:
        cut = name[: limit + 1].rsplit(" ", 1)[0]
        name = cut if 0 < len(cut) <= limit else name[:limit]
    name = name.rstrip(". ")
    if _DEVICES.match(name):
        name = f"Inovasi {name}"
    return name or "Tanpa nama"


def unit_folder(code: str, name: str) -> str:
    """Return ``<unit code> <unit name>``; the reader takes the first word."""
    return f"{code} {safe_name(name, UNIT_LENGTH)}"


def short_name(indicator: Indicator) -> str:
    """Return the indicator's name up to the first comma or bracket."""
    return safe_name(_SHORT_NAME_BREAK.sub("", indicator.name) or indicator.name, EVIDENCE_LENGTH)


def evidence_folder(indicator: Indicator) -> str:
    """Return ``bukti/<indicator> <short name>``, below its owner's folder."""
    return f"bukti/{indicator.key} {short_name(indicator)}"


def evidence_folders(rulebook: Rulebook, aspect: str) -> dict[str, Indicator]:
    """Map the evidence folders of ``SID`` or ``SPD``, in the rulebook's order."""
    rows = rulebook.sid if aspect == "SID" else rulebook.spd_rows
    return {evidence_folder(indicator): indicator for indicator in rows}

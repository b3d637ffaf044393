"""Limits, sizes, formats and lists in the findings' sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from iid.tasks.text.indonesian import number
from iid.tasks.values.share_paths import printable

#: How much of a cell's text a message repeats.
QUOTED = 120
#: How many of the files with one cause a message names.
COUNTED = 3

#: What people call a format; other words are written in capitals.
_FORMATS = {
    "": "jenis yang tidak dikenal",
    "jpg": "JPG/JPEG",
    "link": "tautan",
    "doc": "Word (DOC)",
    "docx": "Word (DOCX)",
    "xls": "Excel (XLS)",
    "xlsx": "Excel (XLSX)",
    "ppt": "PowerPoint (PPT)",
    "pptx": "PowerPoint (PPTX)",
    "zip": "arsip ZIP",
    "rar": "arsip RAR",
    "7z": "arsip 7Z",
    "html": "halaman web (HTML)",
    "txt": "teks (TXT)",
    "tar": "arsip TAR",
    "tar.gz": "arsip TAR.GZ",
    "gz": "berkas kompresi GZ",
    "bz2": "berkas kompresi BZ2",
    "xz": "berkas kompresi XZ",
    "zst": "berkas kompresi ZST",
    "cab": "arsip CAB",
    "wmv": "video/audio Windows (WMV/WMA)",
    "mpg": "video MPEG (MPG)",
    "ts": "video MPEG (TS)",
    "ogg": "video/audio OGG",
    "m4a": "audio M4A",
    "aac": "audio AAC",
    "amr": "audio AMR",
    "flac": "audio FLAC",
    "wav": "audio WAV",
    "mp3": "audio MP3",
    "midi": "audio MIDI",
    "psd": "Photoshop (PSD)",
    "ps": "PostScript (PS/EPS)",
    "dwg": "AutoCAD (DWG)",
    "epub": "buku elektronik (EPUB)",
    "odp": "presentasi OpenDocument (ODP)",
    "odg": "gambar OpenDocument (ODG)",
    "xlsb": "Excel biner (XLSB)",
    "iwork": "Apple Pages, Numbers, atau Keynote",
    "msg": "surel Outlook (MSG)",
    "pub": "Publisher (PUB)",
    "vsd": "Visio (VSD)",
    "exe": "program (EXE)",
    "sqlite": "basis data SQLite",
}


def megabytes(limit: Decimal) -> str:
    """Write a limit of the rulebook: ``2`` → ``2 MB``, ``1.50`` → ``1,5 MB``."""
    return f"{number(limit)} MB"


def size(size_bytes: int, bytes_per_mb: int) -> str:
    """Write ``2,01 MB (2.104.321 byte)``: rounding hides no excess."""
    return f"{number(Decimal(size_bytes) / bytes_per_mb, 2)} MB ({number(size_bytes)} byte)"


def minutes(seconds: int) -> str:
    """``365`` → ``6 menit 5 detik``."""
    whole, rest = divmod(seconds, 60)
    return f"{number(whole)} menit {rest} detik" if rest else f"{number(whole)} menit"


def format_name(word: str) -> str:
    """The rulebook's word for a format as people say it."""
    return _FORMATS.get(word, word.upper())


def alternatives(items: Sequence[str]) -> str:
    """``a``, ``a atau b``, ``a, b, atau c``."""
    if len(items) <= 2:
        return " atau ".join(items)
    return f"{', '.join(items[:-1])}, atau {items[-1]}"


def counted(names: Sequence[str]) -> str:
    """Join ``a, b, dan c``; after the first COUNTED, say how many there are."""
    if len(names) > COUNTED:
        rest = number(len(names) - COUNTED)
        return f"{', '.join(names[:COUNTED])}, dan {rest} lainnya (seluruhnya {number(len(names))})"
    return " dan ".join(names) if len(names) < COUNTED else f"{', '.join(names[:-1])}, dan {names[-1]}"


def formats(words: Iterable[str]) -> str:
    """Several formats as alternatives, in the order given."""
    return alternatives([format_name(word) for word in words])


def shortened(items: Sequence[str], shown: int, more: str) -> str:
    """Join *shown* items and count the others: ``a; b; dan 4 pilihan lain``."""
    if len(items) <= shown:
        return "; ".join(items)
    return f"{'; '.join(items[:shown])}; dan {number(len(items) - shown)} {more}"


def quoted(text: object) -> str:
    """Return a cell on one line, visible only, cut after QUOTED characters."""
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= QUOTED else f"{line[:QUOTED].rstrip()}…"


def file_name(source: str) -> str:
    """The last name of a path inside the share; a link stays whole."""
    return printable(source if "://" in source else source.rsplit("/", 1)[-1])

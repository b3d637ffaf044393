"""Which inspector looks at which format, and one door to all of them."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import cast

from iid.tasks.inspect.inspectors.media_types import MEDIA_TYPES, NAMED
from iid.tasks.inspect.inspectors.normalised_text import text_sketch
from iid.tasks.inspect.inspectors.sniffing import (
    pdf_offset,
    recognise,
    shortcut,
    sniff,
    text_format,
)
from iid.tasks.sandbox.content import (
    Content,
    EncryptedError,
    Inspector,
    SetupError,
    UnreadableError,
    encrypted,
    unreadable,
)
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits

#: Module of each format's inspector; loaded when the first file of its kind comes.
_MODULES = {
    "pdf": "pdf",
    **dict.fromkeys(("jpg", "png", "gif", "webp", "tiff", "bmp", "heic"), "image"),
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods"), "office"),
    **dict.fromkeys(("doc", "xls", "ppt"), "legacy"),
    **dict.fromkeys(("zip", "rar", "7z", *NAMED), "archive"),
    **dict.fromkeys(("mp4", "mov", "mkv", "avi", "webm", "3gp", "mp3", "m4a"), "video"),
    **dict.fromkeys(("html", "txt", "csv", "rtf", "svg"), "text"),
}

UNKNOWN = "isinya bukan jenis berkas yang dikenal"
ZEROS = "isinya hanya nol; penyalinannya gagal"


def module_of(word: str) -> str:
    """Return the inspector of format *word*; if unknown, of a locked file."""
    return _MODULES.get(word, "legacy")


def examine(content: Content, limits: Limits) -> Facts:
    """Return the facts of *content*; with OCR in *limits* a scan's words.

    Raises what :func:`inspect` raises.
    """
    return _scanned(content, limits) if limits.ocr_pages else inspect(content, limits)


def _scanned(content: Content, limits: Limits) -> Facts:
    """The words of a scan; a picture that cannot be shown has none."""
    from iid.tasks.inspect.inspectors.ocr import read_scan

    kind = recognise(content)
    try:
        return read_scan(content, kind, limits)
    except (MemoryError, ImportError, SetupError):
        raise
    except Exception:  # noqa: BLE001  a parser met what it was not made for
        return unreadable(kind, "tidak dapat ditampilkan untuk OCR")


def inspect(content: Content, limits: Limits) -> Facts:
    """Facts of any content.

    Raises MemoryError, and ImportError or SetupError when a library of ours is missing:
    that is no fault of the file.
    """
    if content.size == 0:
        return Facts(readable=False, problem="empty")
    kind = Facts()
    try:
        if what := shortcut(content):
            return Facts(readable=False, problem="shortcut", detail=what)
        kind = sniff(content, limits)
        facts = _inspect_as(kind, content, limits)
        facts = _second_guess(facts, content, limits)
        return replace(facts, sketch=text_sketch(facts.text)) if facts.text else facts
    except (MemoryError, ImportError, SetupError):
        raise
    except Exception:  # noqa: BLE001  a parser met what it was not made for
        return unreadable(kind, "rusak atau terpotong")


def _inspect_as(kind: Facts, content: Content, limits: Limits) -> Facts:
    module = _MODULES.get(kind.format) or ("legacy" if content.head.startswith(b"\xd0\xcf\x11\xe0") else "")
    if not module:
        return unreadable(kind, ZEROS if _only_zeros(content) else UNKNOWN)
    inspector = cast("Inspector", import_module(f"iid.tasks.inspect.inspectors.{module}").inspect)
    try:
        return inspector(content, kind, limits)
    except UnreadableError as error:
        return unreadable(kind, str(error))
    except EncryptedError:
        return encrypted(kind)


def _second_guess(facts: Facts, content: Content, limits: Limits) -> Facts:
    """Treat a text that only mentions ``%PDF-`` and opens as no PDF as text."""
    if facts.format != "pdf" or facts.problem != "unreadable" or pdf_offset(content.head) <= 0:
        return facts
    word = text_format(content.head, whole=content.size <= len(content.head))
    if not word:
        return facts
    return _inspect_as(Facts(format=word, media_type=MEDIA_TYPES[word]), content, limits)


def _only_zeros(content: Content) -> bool:
    content.file.seek(0)
    return all(not chunk.strip(b"\0") for chunk in iter(lambda: content.file.read(1 << 20), b""))

"""Office files of today (docx, xlsx, pptx, odt, ods): text, macros.

Read with the standard library alone: a zip within limits, XML without entities. The
office libraries would load whole documents into memory and follow relations.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace

from iid.tasks.inspect.inspectors.normalised_text import cleaned, text_facts
from iid.tasks.inspect.inspectors.xml_text import XmlText
from iid.tasks.inspect.inspectors.zips import Inflater, open_zip
from iid.tasks.sandbox.content import Content, EncryptedError, UnreadableError
from iid.tasks.sandbox.facts import TEXT_KEPT, Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 2
#: The part without which the program refuses the file. Word Online and others number it.
_MAIN = {
    "docx": re.compile(r"word/document\d*\.xml"),
    "xlsx": re.compile(r"xl/workbook\d*\.xml"),
    "pptx": re.compile(r"ppt/presentation\d*\.xml"),
    "odt": re.compile(r"content\.xml"),
    "ods": re.compile(r"content\.xml"),
}
#: Parts with text, in reading order of their names.
_TEXT = {
    "docx": re.compile(r"word/(document\d*|header\d*|footer\d*|footnotes|endnotes)\.xml"),
    "xlsx": re.compile(r"xl/(sharedStrings|worksheets/[^/]+)\.xml"),
    "pptx": re.compile(r"ppt/(slides/slide|notesSlides/notesSlide)\d+\.xml"),
    "odt": re.compile(r"content\.xml"),
    "ods": re.compile(r"content\.xml"),
}
_SLIDE = re.compile(r"ppt/slides/slide\d+\.xml")
_MACROS = re.compile(r"(^|/)vbaProject\.bin$|^Basic/.+\.xml$|^Scripts/.+", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_RELATIONS = "_rels/.rels"
#: ECMA-376 part 2, 9.3: the relation that names the main part, wherever that is.
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_OFFICE = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/officeDocument[\"']")
_TARGET = re.compile(rb"\bTarget\s*=\s*[\"']/?([^\"']+)[\"']")
_ENCRYPTED = b":encryption-data"
_MANIFEST = "META-INF/manifest.xml"


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of an office file. Raises UnreadableError, EncryptedError."""
    with open_zip(content, limits) as archive:
        names = archive.namelist()
        inflater = Inflater(archive, limits)
        main = _check(kind.format, archive, inflater)
        collected = XmlText(limits.text, glued=kind.format in ("docx", "pptx"))
        for name in dict.fromkeys((*_main_text(kind.format, main), *_text_parts(kind.format, names))):
            if collected.full:
                break
            collected.feed(inflater.chunks(name))
    text = cleaned(collected.text)
    digest, length = text_facts(text)
    slides = sum(1 for name in names if _SLIDE.fullmatch(name))
    return replace(
        kind,
        pages=slides if kind.format == "pptx" else None,
        text_sha256=digest,
        text_chars=length,
        text=text[:TEXT_KEPT],
        macros=any(_MACROS.search(name) for name in names),
    )


def _check(word: str, archive: zipfile.ZipFile, inflater: Inflater) -> str:
    """Return the main part. Raises UnreadableError, EncryptedError."""
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise EncryptedError
    names = archive.namelist()
    if _MANIFEST in names and _ENCRYPTED in inflater.read(_MANIFEST, 1_000_000):
        raise EncryptedError
    main = next((name for name in sorted(names) if _MAIN[word].fullmatch(name)), "")
    main = main or _related(names, inflater)
    if not main:
        raise UnreadableError("bagian utamanya tidak ada di dalamnya")
    if word in ("xlsx", "pptx"):  # docx and OpenDocument: the main part is read for its text
        XmlText(1_000_000, glued=True).feed(inflater.chunks(main))
    return main


def _related(names: list[str], inflater: Inflater) -> str:
    """Return the main part that the package's relations name, or ""."""
    relations = inflater.read(_RELATIONS, 1_000_000) if _RELATIONS in names else b""
    for relation in _RELATION.findall(relations):
        if _OFFICE.search(relation) and (target := _TARGET.search(relation)):
            name = target[1].decode("utf-8", "replace")
            return name if name in names else ""
    return ""


def _main_text(word: str, main: str) -> list[str]:
    """Return the main part of a docx, which has its text."""
    return [main] if word == "docx" else []


def _text_parts(word: str, names: Iterable[str]) -> list[str]:
    """Return the names of text parts in fixed order: body, kind, number."""
    found = {name for name in names if _TEXT[word].fullmatch(name)}
    return sorted(
        found, key=lambda name: (not _MAIN[word].fullmatch(name), _DIGITS.sub("", name), _number(name))
    )


def _number(name: str) -> tuple[int, str]:
    digits = _DIGITS.search(name)
    return (int(digits[0][:9]) if digits else 0, name)

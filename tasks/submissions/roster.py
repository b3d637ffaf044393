"""The list of units (roster): ``code,name,type,parent`` as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from iid.tasks.errors import UsageError
from iid.tasks.model import Unit

TYPES = ("opd", "puskesmas", "sekolah", "bpp", "kecamatan", "kelurahan", "desa", "masyarakat")
REQUIRED = ("code", "name", "type")
#: The region's own folder and rows carry these codes.
RESERVED = frozenset({"00", "pemda"})

_CODE = re.compile(r'^(?![_.~])[^\s/\\:*?"<>|\x00-\x1f\x7f]+(?<!\.)$')


def read_roster(data: bytes, name: str) -> tuple[Unit, ...]:
    """The units in *data*, sorted by code.

    UTF-8 with or without BOM, comma or semicolon, column titles in any case; further columns
    are ignored, ``parent`` may be left out. Raises one UsageError that names every mistake
    with *name*, line, value and what is allowed.
    """
    table = _table(data, name)
    header = [title.strip().casefold() for title in next(table, (0, []))[1]]
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise UsageError(
            f"{name} baris 1: kolom {', '.join(missing)} tidak ada "
            f"(yang ada: {', '.join(header) or 'kosong'}); judul kolomnya harus code,name,type,parent"
        )
    rows = [(line, dict(zip(header, map(str.strip, cells), strict=False))) for line, cells in table]
    mistakes = list(_mistakes(rows))
    if mistakes:
        raise UsageError(f"{name}: {len(mistakes)} kesalahan. " + "; ".join(mistakes))
    if not rows:
        raise UsageError(f"{name} tidak berisi satu unit pun; isi satu baris untuk setiap unit")
    units = (Unit(row["code"], row["name"], row["type"].casefold(), row.get("parent", "")) for _, row in rows)
    return tuple(sorted(units, key=lambda unit: unit.code))


def _table(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every line that is not blank."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f'{name} baris {line}: bukan teks UTF-8; simpan ulang sebagai "CSV UTF-8"') from None
    if "\0" in text:
        raise UsageError(f"{name}: bukan CSV yang benar (berisi karakter NUL)")
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UsageError(f"{name} baris {reader.line_num}: bukan CSV yang benar ({error})") from error


def _mistakes(rows: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    # Folders are matched without regard to case, so codes must differ by more than case.
    first: dict[str, int] = {}
    codes = {row.get("code", "").casefold() for _, row in rows}
    parents = {row.get("code", "").casefold(): row.get("parent", "").casefold() for _, row in rows}
    for line, row in rows:
        code, kind, parent = (row.get(key, "") for key in ("code", "type", "parent"))
        yield from (f"baris {line}: {text}" for text in _code_mistakes(code, first))
        if not row.get("name"):
            yield f"baris {line}: name kosong"
        if kind.casefold() not in TYPES:
            yield f'baris {line}: type "{kind}" tidak dikenal; yang boleh: {", ".join(TYPES)}'
        if parent and parent.casefold() not in codes:
            yield f'baris {line}: parent "{parent}" tidak ada di kolom code'
        elif parent and _is_own_ancestor(code.casefold(), parents):
            yield f'baris {line}: parent "{parent}" membuat {code} menjadi induknya sendiri'
        first.setdefault(code.casefold(), line)


def _code_mistakes(code: str, first: dict[str, int]) -> Iterator[str]:
    if not code:
        yield "code kosong"
    elif not _CODE.match(code):
        yield (
            f'code "{code}" tidak dapat menjadi awal nama folder; yang boleh: huruf, angka, titik dan '
            "tanda hubung tanpa spasi, tidak diawali _ . ~ dan tidak diakhiri titik"
        )
    elif code.casefold() in RESERVED:
        yield f'code "{code}" dipakai untuk folder 00 Pemda; pilih kode lain'
    elif code.casefold() in first:
        yield f'code "{code}" sudah dipakai di baris {first[code.casefold()]}; setiap kode hanya satu kali'


def _is_own_ancestor(code: str, parents: dict[str, str]) -> bool:
    seen = {code}
    current = parents.get(code, "")
    while current and current in parents:
        if current in seen:
            return current == code
        seen.add(current)
        current = parents[current]
    return False

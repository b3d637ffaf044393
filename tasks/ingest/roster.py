"""The list of units (roster): ``code,name,type,parent`` as CSV."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from iid.tasks.shares.folder_listing import why
from iid.tasks.text.cell_values import visible
from iid.tasks.values.errors import UsageError
from iid.tasks.values.region import Unit

TYPES = ("opd", "puskesmas", "sekolah", "bpp", "kecamatan", "kelurahan", "desa", "masyarakat")
REQUIRED = ("code", "name", "type")
#: The region's own folder and rows carry these codes.
RESERVED = frozenset({"00", "pemda"})

# Safety limits, not rules: the largest region has some thousand units; a code begins folder names.
MAX_BYTES, MAX_UNITS, MAX_CODE, MAX_TOLD = 16 * 1024**2, 100_000, 60, 20
#: Windows takes these for devices, also with an ending (``CON.xlsx``).
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # Excel's "Unicode Text"
_SEPARATOR = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_MONTHS = "jan|feb|peb|mar|mrt|apr|mei|may|jun|jul|agu|aug|agt|ags|sep|okt|oct|nov|nop|des|dec"
_AS_DATE = re.compile(
    rf"\d{{1,2}}[-/ ](?:{_MONTHS})[a-z]*(?:[-/ ]\d{{2,4}})?|(?:{_MONTHS})[a-z]*[-/ ]\d{{1,4}}"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}(?:[ T]00:00(?::00)?)?",
    re.IGNORECASE,
)
_AS_EXPONENT = re.compile(r"\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_AS_DECIMAL = re.compile(r"\d+,\d{1,2}")
_AS_ERROR = re.compile(r"#(?:REF!|NAME\?|N/A|VALUE!|DIV/0!|NUM!|NULL!|#+)", re.IGNORECASE)
#: What keeps a code a text in a spreadsheet: ="1.10", and '1.10 typed as it is in Excel.
_AS_TEXT = re.compile(r'="([^"]*)"|\'(.*)')
_CODE = re.compile(r'^(?![_.~])[^\s/\\:*?"<>|\x00-\x1f\x7f]+(?<!\.)$')


def roster_file(path: str) -> tuple[Unit, ...]:
    """Read the units in the file at *path*. UsageError if it is unreadable."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"daftar unit {path} tidak dapat dibaca: {why(error)}; buat CSV dengan baris pertama "
            "code,name,type,parent, lalu jalankan iid scaffold --roster FILE.csv"
        ) from error
    return read_roster(data, path)


def read_roster(data: bytes, name: str) -> tuple[Unit, ...]:
    """The units in *data*, sorted by code.

    UTF-8 with or without BOM, or UTF-16 with one; comma, semicolon or tab, ``sep=;`` before the
    header, lines that are one quoted text each; column titles in any case; further columns are
    ignored, ``parent`` may be left out. Raises one UsageError that names every mistake with *name*,
    line, value and what is allowed, also codes that Excel rewrote (``01-Feb``, ``6.3E+09``, ``1.1``
    for ``1.10``).
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name} lebih besar dari {MAX_BYTES // 1024**2} MB; ini bukan daftar unit")
    table = _table(data, name)
    header = [_tidy(title).casefold() for title in next(table, (0, []))[1]]
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise UsageError(
            f"{name} baris 1: kolom {', '.join(missing)} tidak ada "
            f"(yang ada: {_shown(', '.join(header)) or 'kosong'}); judul kolomnya harus code,name,type,parent"
        )
    # Folders are matched in NFC, however a Mac or a spreadsheet spelt an accent.
    rows = [(line, dict(zip(header, map(_tidy, cells), strict=False))) for line, cells in table]
    if len(rows) > MAX_UNITS:
        raise UsageError(f"{name} berisi lebih dari {MAX_UNITS} unit")
    mistakes = list(_mistakes(rows))
    if mistakes:
        more = [f"dan {len(mistakes) - MAX_TOLD} kesalahan lagi"] if len(mistakes) > MAX_TOLD else []
        raise UsageError(f"{name}: {len(mistakes)} kesalahan. " + "; ".join([*mistakes[:MAX_TOLD], *more]))
    if not rows:
        raise UsageError(f"{name} tidak berisi satu unit pun; isi satu baris untuk setiap unit")
    units = (Unit(row["code"], row["name"], row["type"].casefold(), row.get("parent", "")) for _, row in rows)
    return tuple(sorted(units, key=lambda unit: unit.code))


def _table(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every line that is not blank."""
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f'{name} baris {line}: bukan teks UTF-8; simpan ulang sebagai "CSV UTF-8"') from None
    if "\0" in text:
        raise UsageError(f"{name}: bukan CSV yang benar (berisi karakter NUL)")
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    given = _SEPARATOR.match(lines[first]) if lines else None
    skipped = first + 1 if given else 0
    header = "".join(lines[skipped:]).lstrip().partition("\n")[0]
    signs = given[1] if given and given[1] in header else ",;\t|"
    separator = max(signs, key=lambda sign: (header.count(sign), sign == ","))
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=separator)
    try:
        for cells in reader:
            if cells and separator in cells[0] and not any(cells[1:]):  # a whole line in quotation marks
                cells = next(csv.reader([cells[0]], delimiter=separator))  # noqa: PLW2901
            if any(cell.strip() for cell in cells):
                yield skipped + reader.line_num, cells
    except csv.Error as error:
        raise UsageError(f"{name} baris {reader.line_num}: bukan CSV yang benar ({error})") from error


def _mistakes(rows: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    # Folders are matched without regard to case, so codes must differ by more than case.
    first: dict[str, int] = {}
    codes = {row.get("code", "").casefold() for _, row in rows}
    parents = {row.get("code", "").casefold(): row.get("parent", "").casefold() for _, row in rows}
    circling = _own_ancestors(parents)
    rewritten = _rewritten([row.get("code", "") for _, row in rows])
    for line, row in rows:
        code, kind, parent = (row.get(key, "") for key in ("code", "type", "parent"))
        if code not in rewritten:
            yield from (f"baris {line}: {text}" for text in _code_mistakes(code, first))
        else:
            yield (
                f'baris {line}: code "{_shown(code)}" tampaknya diubah Excel ({rewritten[code]}); '
                "beri kolom code format Teks, tulis ulang kodenya, lalu simpan lagi"
            )
        for column in ("code", "name"):
            if _AS_ERROR.fullmatch(row.get(column, "")):
                yield f"baris {line}: {column} berisi galat Excel ({row[column]}); isi ulang selnya"
        if not row.get("name"):
            yield f"baris {line}: name kosong"
        if kind.casefold() not in TYPES:
            yield f'baris {line}: type "{_shown(kind)}" tidak dikenal; yang boleh: {", ".join(TYPES)}'
        if parent and parent.casefold() not in codes:
            why_not = _parent_of(parent, codes)
            yield f'baris {line}: parent "{_shown(parent)}" tidak ada di kolom code{why_not}'
        elif parent and code.casefold() in circling:
            yield f'baris {line}: parent "{parent}" membuat {code} menjadi induknya sendiri'
        first.setdefault(code.casefold(), line)


def _code_mistakes(code: str, first: dict[str, int]) -> Iterator[str]:
    if not code:
        yield "code kosong"
    elif not (_CODE.match(code) and code.isprintable() and len(code) <= MAX_CODE):
        yield (
            f'code "{_shown(code)}" tidak dapat menjadi awal nama folder; yang boleh: paling banyak '
            f"{MAX_CODE} huruf, angka, titik dan tanda hubung tanpa spasi, tidak diawali _ . ~ dan tidak "
            "diakhiri titik"
        )
    elif _DEVICES.fullmatch(code):
        yield f'code "{code}" dipakai Windows sendiri dan tidak dapat menjadi nama berkas; pilih kode lain'
    elif code.casefold() in RESERVED:
        yield f'code "{code}" dipakai untuk folder 00 Pemda; pilih kode lain'
    elif code.casefold() in first:
        yield f'code "{code}" sudah dipakai di baris {first[code.casefold()]}; setiap kode hanya satu kali'


def _rewritten(codes: list[str]) -> dict[str, str]:
    """Codes that Excel made of others, with what they were.

    A date, an exponent or a decimal comma is certain. A lost zero is one only where most codes of its
    kind have the longer form: ``1.1`` for ``1.10`` beside two like ``1.01``, ``201`` beside three like
    ``0201``.
    """
    found = {code: "aslinya mungkin seperti 1.02" for code in codes if _AS_DATE.fullmatch(code)}
    found |= {code: "aslinya angka panjang" for code in codes if _AS_EXPONENT.fullmatch(code)}
    found |= {
        code: f"aslinya mungkin {code.replace(',', '.')}" for code in codes if _AS_DECIMAL.fullmatch(code)
    }
    known = set(codes)
    pairs = [code.split(".") for code in codes if re.fullmatch(r"\d+\.\d{1,2}", code)]
    short = [pair for pair in pairs if len(pair[1]) == 1]
    padded = sum(part.startswith("0") for _, part in pairs)
    if padded >= 2 and len(pairs) - len(short) >= 2 * len(short):
        for whole, part in short:
            if f"{whole}.{part}0" not in known:
                found[f"{whole}.{part}"] = f"aslinya mungkin {whole}.{part}0"
    for length in range(4, 17):
        zeros = [code for code in codes if re.fullmatch(rf"0\d{{{length - 1}}}", code)]
        bare = [code for code in codes if re.fullmatch(rf"[1-9]\d{{{length - 2}}}", code)]
        if len(zeros) >= max(3, 2 * len(bare)):
            found |= {code: f"aslinya mungkin 0{code}" for code in bare if f"0{code}" not in known}
    return found


def _parent_of(parent: str, codes: Collection[str]) -> str:
    """Say that a parent is a code as Excel rewrote it, where it is one."""
    near = next(
        (code for code in (f"{parent}0", f"0{parent}", parent.replace(",", ".")) if code in codes), ""
    )
    if near:
        return f" (tampaknya diubah Excel; aslinya mungkin {near})"
    rewritten = _AS_DATE.fullmatch(parent) or _AS_EXPONENT.fullmatch(parent)
    return " (tampaknya diubah Excel menjadi tanggal atau angka)" if rewritten else ""


def _own_ancestors(parents: Mapping[str, str]) -> set[str]:
    """Return the codes that are their own ancestors; visit each code once."""
    done: set[str] = set()
    found: set[str] = set()
    for start in parents:
        way: dict[str, int] = {}
        code = start
        while code and code in parents and code not in done and code not in way:
            way[code] = len(way)
            code = parents[code]
        if code in way:
            found.update(list(way)[way[code] :])
        done.update(way)
    return found


def _tidy(cell: str) -> str:
    text = visible(unicodedata.normalize("NFC", cell)).strip()
    kept = _AS_TEXT.fullmatch(text)
    return (kept[1] or kept[2] or "").strip() if kept else text


def _shown(text: str) -> str:
    """*text* short enough for a line, and without signs that cannot be seen."""
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
    return plain if len(plain) <= 2 * MAX_CODE else f"{plain[:MAX_CODE]}…"

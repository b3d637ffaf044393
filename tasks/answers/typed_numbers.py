"""Numbers as typed, for the calculator: decimal comma or point."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from iid.tasks.text.indonesian import number

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,30})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
MAX_BYTES = 5_000_000  # a safety limit: 200 innovations are some two kilobytes
SHOWN = 10  # mistakes of one kind that are named one by one


@dataclass
class Mistakes:
    """Everything wrong with the numbers given, in the order it was met."""

    found: list[str] = field(default_factory=list)

    def number(self, name: str, text: str, maximum: Decimal | None) -> Fraction:
        """Parse *text* from 0 to *maximum* (None: open); a mistake gives 0."""
        cleaned = text.strip()
        if not _NUMBER.fullmatch(cleaned):
            self.found.append(f"{name} {_quoted(text)} bukan angka (tulis misalnya 57,64)")
            return Fraction(0)
        value = Fraction(cleaned.replace(",", "."))
        if value < 0 or (maximum is not None and value > Fraction(maximum)):
            limit = "paling kecil 0" if maximum is None else f"0 s.d. {number(maximum)}"
            self.found.append(f"{name} {cleaned} di luar batas; yang boleh: {limit}")
            return Fraction(0)
        return value

    def whole(self, name: str, text: str, maximum: int | None = None) -> int:
        """*text* as a whole number from 0 to *maximum*; 0 and a mistake otherwise."""
        cleaned = text.strip()
        if not _WHOLE.fullmatch(cleaned):
            self.found.append(f"{name} {_quoted(text)} bukan bilangan bulat")
            return 0
        value = int(cleaned)
        if value < 0 or (maximum is not None and value > maximum):
            limit = "paling kecil 0" if maximum is None else f"0 s.d. {maximum}"
            self.found.append(f"{name} {cleaned} di luar batas; yang boleh: {limit}")
            return 0
        return value

    def short(self) -> str:
        """All mistakes in one line; after ten, only how many more."""
        rest = len(self.found) - SHOWN
        return "; ".join([*self.found[:SHOWN], *([f"dan {rest} kesalahan lagi"] if rest > 0 else [])])


def _quoted(text: str) -> str:
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f'"{line if len(line) <= 40 else line[:37] + "..."}"'


def file_numbers(path: Path, mistakes: Mistakes) -> Iterator[tuple[str, str]]:
    """Yield the innovation scores of a file as (where, text).

    The column is ``sid``, else the first one. A line such as ``57,5`` is a decimal comma
    unless a header or another line shows that commas separate columns.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        mistakes.found.append(f"--sid-file {path} tidak ada")
        return
    except (OSError, UnicodeDecodeError):
        mistakes.found.append(f"--sid-file {path} bukan berkas teks UTF-8 yang dapat dibaca")
        return
    if len(data) > MAX_BYTES:
        mistakes.found.append(f"--sid-file {path} lebih dari {MAX_BYTES // 1_000_000} MB")
        return
    rows = list(_column(text))
    if not rows:
        mistakes.found.append(f"--sid-file {path} tidak berisi satu angka pun")
    for line, value in rows:
        yield f"{path} baris {line}:", value


def _column(text: str) -> Iterator[tuple[int, str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = _delimiter(lines)
    if delimiter is None:
        numbered = ((n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip())
        rows = [(n, [line]) for n, line in numbered]
    else:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if not rows:
        return
    place = 0
    if not any(_NUMBER.fullmatch(cell.strip()) for cell in rows[0][1]):
        header = [cell.strip().casefold() for cell in rows.pop(0)[1]]
        place = header.index("sid") if "sid" in header else 0
    for line, row in rows:
        yield line, row[place] if place < len(row) else ""


def _delimiter(lines: list[str]) -> str | None:
    """What separates columns; None where every line is one number."""
    for sign in (";", "\t"):
        if any(sign in line for line in lines):
            return sign
    header, *rest = lines or [""]
    first = header if not _NUMBER.fullmatch(header.strip()) else ""
    single = all(_NUMBER.fullmatch(line.strip()) for line in (rest if first else lines))
    return "," if "," in first or not single else None

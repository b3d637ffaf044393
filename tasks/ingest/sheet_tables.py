"""A table in a workbook: its sheet, the header row, the rows below.

Of several candidates (copied or hidden sheets, columns of one title) the visible, filled one is
taken, and the table names the others (contract 2).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from iid.tasks.ingest.cell_grids import Book, Grid
from iid.tasks.ingest.titles import plain
from iid.tasks.text.cell_values import Value, is_empty, raw_text

HEADER_ROWS = 30  # contract 2: the header is found in the first 30 rows
_LONGEST_TITLE = 60
_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
#: Sheets of ours that hold no answer; they are read only where the others hold none.
GUIDES = frozenset({"petunjuk", "parameter", "pilihan"})
_ALIKE = 0.8  # of difflib: "Paramater" is 0.89 of "Parameter"


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet of the contract: its name, and each column's key with titles.

    ``answers`` are the columns that people fill; ``guides`` are titles of ours that hold no answer.
    """

    sheet: str
    titles: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    answers: tuple[str, ...]
    guides: tuple[str, ...] = ()


PROFILE = Form(
    "Profil",
    {"label": ("Isian", "Jenis Isian"), "answer": ("Jawaban", "Informasi/Jawaban", "Informasi", "Isi")},
    ("label", "answer"),
    ("answer",),
    ("Petunjuk pengisian", "No"),
)
INDICATORS = Form(
    "Indikator",
    {
        "no": ("No", "Nomor", "No Indikator", "Nomor Indikator"),
        "name": ("Indikator", "Nama Indikator"),
        "value": ("Nilai", "Nilai Capaian", "Nilai/Capaian", "Capaian Nilai"),
        "parameter": (
            "Parameter", "Nilai Parameter", "Pilihan Parameter", "Parameter yang dipilih",
            "Parameter dipilih", "Param", "Parameter Klaim", "Parameter yang diklaim",
        ),
        "basis": ("Basis", "Basis Pengukuran"),
        "files": (
            "Bukti", "Bukti Dukung", "Data Pendukung", "Data Dukung", "Nama Berkas Bukti", "Nama Berkas",
            "Berkas", "Berkas Bukti", "File", "File Bukti", "Nama File", "Nama File Bukti", "Dokumen",
            "Dokumen Bukti", "Dokumen Pendukung", "Lampiran", "Lampiran Bukti",
        ),
        "links": (
            "Tautan", "Link", "URL", "Tautan Bukti", "Link Bukti", "Link Video", "Tautan Video", "URL Video",
            "Alamat Tautan", "Alamat Web", "Link/Tautan", "Tautan/Link", "Link Google Drive", "Link Drive",
        ),
        "note": ("Keterangan", "Catatan"),
    },
    ("no", "parameter"),
    ("value", "parameter", "files", "links"),
    ("Wajib", "Bobot", "Bukti yang diminta", "Jenis berkas"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of a table: cells by column key."""

    grid: Grid
    columns: Mapping[str, int]
    index: int  # from 0

    def value(self, key: str) -> Value:
        """The cell of column *key*; None where the table has no such column."""
        column = self.columns.get(key)
        return None if column is None else self.grid.at(self.index, column)

    def link(self, key: str) -> str:
        """The hyperlink of the cell of column *key*; ``""`` without one."""
        return self.grid.links.get((self.index, self.columns.get(key, -1)), "")

    def text(self, key: str) -> str:
        """The cell as it is, without outer spaces."""
        return raw_text(self.value(key))

    def address(self, key: str) -> str:
        """Return ``Indikator!C17``; the first column where *key* is absent."""
        return self.grid.address(self.index, self.columns.get(key, min(self.columns.values())))

    def cell(self, key: str) -> str:
        """``Indikator!C17``; ``""`` where the table has no column *key*."""
        return self.address(key) if key in self.columns else ""

    def is_filled(self, key: str) -> bool:
        """Return whether the cell's value comes from a merge begun elsewhere."""
        return (self.index, self.columns.get(key, -1)) in self.grid.filled


@dataclass(frozen=True)
class Table:
    """A header row and everything below it.

    ``rivals`` are other filled candidates that were not taken: a sheet's name, or a column's
    cell with its title. ``taken`` says the same of this table where it is not the usual one.
    """

    grid: Grid
    columns: Mapping[str, int]
    header: int
    form: Form
    rivals: tuple[tuple[str, str], ...] = ()  # (what is read, what is not)
    ignored: tuple[tuple[str, str], ...] = ()  # filled columns of unknown titles: cell, description

    def rows(self) -> Iterator[SheetRow]:
        """Yield the filled lines below the header, without repeated headers."""
        titles = {key: self.grid.at(self.header, column) for key, column in self.columns.items()}
        for index in range(self.header + 1, len(self.grid.rows)):
            row = SheetRow(self.grid, self.columns, index)
            cells = {key: row.value(key) for key in self.columns}
            if any(cell is not None for cell in cells.values()) and cells != titles:
                yield row

    @cached_property
    def answered(self) -> int:
        """How many lines have something in a column that people fill."""
        return sum(
            any(not is_empty(row.value(key)) or row.link(key) for key in self.form.answers)
            for row in self.rows()
        )


def find_table(book: Book, form: Form) -> Table | None:
    """Find the table of *form*: visible, then filled, then so named first."""
    grids = (grid for grid in book.grids if not _is_set_aside(grid.name))
    found = [table for grid in grids if (table := _table_in(grid, form)) is not None]
    if not found:
        return None
    wanted = plain(form.sheet)

    def rank(table: Table) -> tuple[bool, ...]:
        name = plain(table.grid.name)
        example = "contoh" in name
        copy = wanted in name and not example
        blank = table.answered == 0
        return (table.grid.hidden, example, blank and copy, name != wanted, not copy, blank)

    best, *others = sorted(found, key=rank)
    named = _described(best.grid)
    rivals = [
        (named, _described(table.grid))
        for table in others
        if table.answered
        and (best.answered or not table.grid.hidden)
        and "contoh" not in plain(table.grid.name)
    ]
    if not rivals and plain(best.grid.name) != wanted:
        rivals = [(named, _described(t.grid)) for t in others if plain(t.grid.name) == wanted]
    return Table(best.grid, best.columns, best.header, form, (*rivals, *best.rivals), best.ignored)


def missing_titles(book: Book, form: Form) -> tuple[str, str, str] | None:
    """Return the cell, what is wrong with the header there, and the advice.

    None where no sheet has a row with some of the titles of *form*.
    """
    titles = {plain(title): key for key, names in form.titles.items() for title in names}
    rows = (
        (sum(_key_of(cell, titles) is not None for cell in cells), grid, index)
        for grid in book.grids
        if plain(grid.name) not in GUIDES
        for index, cells in enumerate(grid.rows[:HEADER_ROWS])
    )
    known, grid, index = max(rows, key=lambda row: row[0], default=(0, None, 0))
    if not known or grid is None:
        return None
    cells = grid.rows[index]
    there = {_key_of(cell, titles) for cell in cells}
    lost = [form.titles[key][0] for key in form.needed if key not in there]
    for column, cell in enumerate(cells):
        if _is_title(cell) and _key_of(cell, titles) is None and (meant := _meant(cell, form)) in lost:
            cell_name = grid.address(index, column)
            problem = (
                f'judul kolom "{raw_text(cell)}" ({cell_name}) tidak dikenal, mungkin maksudnya "{meant}"'
            )
            return cell_name, problem, f'Ganti judul kolom itu menjadi "{meant}"'
    shown_titles = ", ".join(f'"{raw_text(cell)}"' for cell in cells[:8] if _is_title(cell))
    wanted = " dan ".join(f'"{title}"' for title in lost)
    problem = f"judul kolom {wanted} tidak ada (yang ada di baris {index + 1}: {shown_titles})"
    return (
        grid.address(index, 0),
        problem,
        f"Tulis judul kolom {wanted} di baris itu, seperti di buku kerja asli",
    )


def _meant(cell: Value, form: Form) -> str:
    """Return the title of *form* that a cell nearly spells, or ""."""
    names = {plain(name): names[0] for names in form.titles.values() for name in names}
    near = difflib.get_close_matches(plain(str(cell)), names, 1, _ALIKE)
    return names[near[0]] if near else ""


def _is_title(cell: Value) -> bool:
    return isinstance(cell, str) and 0 < len(cell.strip()) < _LONGEST_TITLE


def _is_set_aside(name: str) -> bool:
    """Whether somebody marked a sheet or column with ``_`` as not in use."""
    return name.lstrip().startswith("_")


def _described(grid: Grid) -> str:
    return f'lembar "{grid.name}"' + (" (tersembunyi)" if grid.hidden else "")


def _table_in(grid: Grid, form: Form) -> Table | None:
    titles = {plain(title): key for key, names in form.titles.items() for title in names}
    for index in range(min(HEADER_ROWS, len(grid.rows))):
        places: dict[str, list[int]] = {}
        for column, cell in enumerate(grid.rows[index]):
            key = _key_of(cell, titles)
            if key is not None and (index, column) not in grid.filled:
                places.setdefault(key, []).append(column)
        if all(key in places for key in form.needed):
            return _chosen(grid, index, places, form)
    return None


def _key_of(cell: Value, titles: Mapping[str, str]) -> str | None:
    """Return the column that title *cell* names, even with a bracketed remark."""
    if not isinstance(cell, str) or len(cell) >= _LONGEST_TITLE or _is_set_aside(cell):
        return None
    if cell.strip() == "#":
        return titles.get("no")
    return titles.get(plain(cell)) or titles.get(plain(_REMARK.sub("", cell)))


def _chosen(grid: Grid, header: int, places: Mapping[str, list[int]], form: Form) -> Table:
    """Of several columns of one key the first that is filled."""
    columns: dict[str, int] = {}
    rivals: list[tuple[str, str]] = []
    for key, candidates in places.items():
        filled = [c for c in candidates if len(candidates) > 1 and _has_answers(grid, header, c)]
        columns[key] = best = filled[0] if filled else candidates[0]
        others = [c for c in (filled or candidates[:1]) if c != best]
        if best != candidates[0]:
            others.insert(0, candidates[0])
        rivals += [(_column(grid, header, best), _column(grid, header, other)) for other in others]
    used = {column for candidates in places.values() for column in candidates}
    guides = {plain(title) for title in form.guides}
    ignored = [
        (grid.address(header, column), _column(grid, header, column) + _maybe(cell, form, columns))
        for column, cell in enumerate(grid.rows[header])
        if column not in used
        and _is_title(cell)
        and not _is_set_aside(str(cell))
        and plain(str(cell)) not in {"", *guides}
        and _has_answers(grid, header, column)
    ]
    return Table(grid, columns, header, form, tuple(rivals), tuple(ignored))


def _maybe(cell: Value, form: Form, columns: Mapping[str, int]) -> str:
    """Offer the title that *cell* nearly spells, where no column has it."""
    meant = _meant(cell, form)
    used = {form.titles[key][0] for key in columns}
    return f', mungkin maksudnya "{meant}",' if meant and meant not in used else ""


def _has_answers(grid: Grid, header: int, column: int) -> bool:
    below = range(header + 1, len(grid.rows))
    return any(not is_empty(grid.at(row, column)) or (row, column) in grid.links for row in below)


def _column(grid: Grid, header: int, column: int) -> str:
    return f'kolom "{raw_text(grid.at(header, column))}" ({grid.address(header, column)})'

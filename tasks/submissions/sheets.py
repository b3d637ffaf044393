"""Finding a table in a workbook: the sheet, the header row wherever it stands, the rows below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iid.tasks.submissions.cells import Book, Grid
from iid.tasks.submissions.labels import plain
from iid.tasks.submissions.values import Value, raw_text

HEADER_ROWS = 30  # contract 2: the header is found in the first 30 rows


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet of the contract: its name, and per column its key with the titles it may have."""

    sheet: str
    titles: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]


PROFILE = Form(
    "Profil",
    {"label": ("Isian", "Jenis Isian"), "answer": ("Jawaban", "Informasi/Jawaban")},
    ("label", "answer"),
)
INDICATORS = Form(
    "Indikator",
    {
        "no": ("No", "Nomor", "No Indikator"),
        "name": ("Indikator", "Nama Indikator"),
        "value": ("Nilai",),
        "parameter": ("Parameter",),
        "basis": ("Basis", "Basis Pengukuran"),
        "files": ("Bukti", "Bukti Dukung", "Data Pendukung", "Nama Berkas Bukti"),
        "links": ("Tautan", "Link", "URL"),
        "note": ("Keterangan", "Catatan"),
    },
    ("no", "parameter"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: cells by column key."""

    grid: Grid
    columns: Mapping[str, int]
    index: int  # from 0

    def value(self, key: str) -> Value:
        """The cell of column *key*; None where the table has no such column."""
        column = self.columns.get(key)
        return None if column is None else self.grid.at(self.index, column)

    def text(self, key: str) -> str:
        """The cell as it stands, without outer spaces."""
        return raw_text(self.value(key))

    def address(self, key: str) -> str:
        """``Indikator!C17``; of the first column where the table has no column *key*."""
        return self.grid.address(self.index, self.columns.get(key, min(self.columns.values())))

    def cell(self, key: str) -> str:
        """``Indikator!C17``; ``""`` where the table has no column *key*."""
        return self.address(key) if key in self.columns else ""

    def is_filled(self, key: str) -> bool:
        """Whether the cell got its value from a merged range that begins elsewhere."""
        return (self.index, self.columns.get(key, -1)) in self.grid.filled


@dataclass(frozen=True, slots=True)
class Table:
    """A header row and everything below it."""

    grid: Grid
    columns: Mapping[str, int]
    header: int

    def rows(self) -> Iterator[Row]:
        """The lines below the header that say something; a repeated header is left out."""
        titles = {key: self.grid.at(self.header, column) for key, column in self.columns.items()}
        for index in range(self.header + 1, len(self.grid.rows)):
            row = Row(self.grid, self.columns, index)
            cells = {key: row.value(key) for key in self.columns}
            if any(cell is not None for cell in cells.values()) and cells != titles:
                yield row


def find_table(book: Book, form: Form) -> Table | None:
    """The table of *form* in *book*: the sheet of that name first, else any sheet with its header."""
    wanted = plain(form.sheet)
    by_name = sorted(
        book.grids, key=lambda grid: (plain(grid.name) != wanted, wanted not in plain(grid.name))
    )
    titles = {plain(title): key for key, names in form.titles.items() for title in names}
    for grid in by_name:
        for index in range(min(HEADER_ROWS, len(grid.rows))):
            columns: dict[str, int] = {}
            for column, cell in enumerate(grid.rows[index]):
                key = titles.get(plain(cell)) if isinstance(cell, str) and len(cell) < 60 else None
                if key is not None:
                    columns.setdefault(key, column)
            if all(key in columns for key in form.needed):
                return Table(grid, columns, index)
    return None

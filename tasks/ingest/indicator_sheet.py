"""Sheet *Indikator*: one row an indicator, of an innovation or the region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.tasks.ingest.addresses import addresses, holds_address, is_address, without_addresses
from iid.tasks.ingest.parameter_cells import read_basis, read_parameter
from iid.tasks.ingest.parsed import Claim, Remark
from iid.tasks.ingest.sheet_tables import SheetRow, Table
from iid.tasks.ingest.titles import plain
from iid.tasks.ingest.value_cells import decides, valued
from iid.tasks.text.cell_values import (
    TAG,
    CellError,
    Uncalculated,
    Value,
    clean_text,
    is_empty,
    raw_text,
    shown,
)
from iid.tasks.values.indicator_numbers import indicator_key

_SEPARATORS = re.compile(r"[;；\n\r]+")
_NUMBERING = re.compile(r"^\s*(?:indikator\s*)?\d{1,2}\s*[a-z]?\s*[.):-]\s*", re.IGNORECASE)
GROUP_FROM = 6  # so many rows with one cause become one finding
_CLAIMING = ("value", "parameter", "files", "links")


def read_rows(
    table: Table, indicators: Sequence[Indicator], rulebook: Rulebook
) -> tuple[tuple[Claim, ...], tuple[Remark, ...]]:
    """Return a claim for each of *indicators*, and remarks on other rows."""
    known = {indicator.key: indicator for indicator in indicators}
    found, remarks = _rows_by_key(table, known)
    claims = []
    for key, indicator in known.items():
        if key in found:
            rows, more = _of_one_step(found[key], indicator)
            remarks += more
            claims.append(_claim(rows, indicator, rulebook))
        else:
            claims.append(Claim(key, address=table.grid.name))
    if missing := [key for key in known if key not in found]:
        words = (("indicators", ", ".join(missing)),)
        remarks.append(Remark("claim.row_missing", table.grid.name, "", words))
    return tuple(claims), tuple(remarks)


def _rows_by_key(
    table: Table, known: Mapping[str, Indicator]
) -> tuple[dict[str, list[SheetRow]], list[Remark]]:
    """Return the rows of each indicator by *No*, or by name if renumbered."""
    names = {plain(indicator.name): key for key, indicator in known.items()}
    keyed: list[tuple[SheetRow, str, str]] = []
    unknown: list[Remark] = []
    last = ""
    for row in table.rows():
        key = indicator_key(row.text("no"), known.keys())
        name = names.get(plain(_NUMBERING.sub("", row.text("name"))), "")
        if not key and not name and last and _goes_on(row):
            key = name = last  # one more file of the row above
        if key or name:
            keyed.append((row, key, name))
            last = key or name
        else:
            unknown += _unknown(row, known)
            last = ""
    by_name = _is_renumbered(keyed, known)
    numbered = {key for _, key, _ in keyed}
    found: dict[str, list[SheetRow]] = {}
    mismatched: list[Remark] = []
    for row, key, name in keyed:
        numberless = is_empty(row.value("no")) or not (key or name in numbered)
        used = name if by_name or numberless else key
        if used:
            found.setdefault(used, []).append(row)
        if name and key != name:
            words = (
                ("number", row.text("no") or "kosong"),
                ("name", row.text("name")),
                ("used", used or "tidak satu pun"),
            )
            mismatched.append(Remark("claim.label_mismatch", row.address("no"), used, words))
    return found, [*_grouped(unknown, "value"), *_mismatches(mismatched, by_name)]


def _goes_on(row: SheetRow) -> bool:
    """Return whether a nameless row only adds evidence to the one above."""
    nameless = is_empty(row.value("no")) and is_empty(row.value("name"))
    return nameless and any(not is_empty(row.value(key)) or row.link(key) for key in ("files", "links"))


def _is_renumbered(keyed: Sequence[tuple[SheetRow, str, str]], known: Mapping[str, Indicator]) -> bool:
    """Return whether every row names an indicator once, under a wrong number.

    None agrees with its name but by chance (16 copied down to all), or they count the rows.
    """
    names = [name for _, _, name in keyed]
    if len(names) < min(2, len(known)) or not all(names) or len(set(names)) != len(names):
        return False
    counted = [row.text("no").strip(" .()") for row, _, _ in keyed] == [str(n + 1) for n in range(len(keyed))]
    agree = [key == name for _, key, name in keyed]
    return 10 * sum(agree) <= len(agree) or (counted and not all(agree))


def _mismatches(found: Sequence[Remark], by_name: bool) -> Sequence[Remark]:
    if not by_name and len(found) < GROUP_FROM:
        return found
    if not found:
        return ()
    pairs = [dict(remark.words) for remark in found]
    many = f"{pairs[0]['number'] or 'kosong'} (dan {len(found) - 1} baris lain)"
    used = "nama di kolom Indikator" if by_name else "nomor di kolom No"
    words = (("number", many), ("name", pairs[0]["name"]), ("used", used))
    return (Remark("claim.label_mismatch", found[0].address, "", words),)


def _of_one_step(rows: Sequence[SheetRow], indicator: Indicator) -> tuple[list[SheetRow], list[Remark]]:
    """Return the first claiming row with rows of the same or no Parameter.

    Extra rows of one No with the same Parameter add their evidence (contract 2).
    """
    first = next((row for row in rows if _claims(row)), rows[0])
    meant = _meant(first, indicator)
    same: list[SheetRow] = [first]
    other: list[SheetRow] = []
    for row in rows:
        if row is not first:
            (same if not _claims(row) or _meant(row, indicator) == meant else other).append(row)
    words = (("used", f"{first.address('no')} (baris {first.index + 1})"),)
    return same, [Remark("claim.row_repeated", row.address("no"), indicator.key, words) for row in other]


def _claims(row: SheetRow) -> bool:
    return not (is_empty(row.value("parameter")) and is_empty(row.value("value")))


def _meant(row: SheetRow, indicator: Indicator) -> tuple[str, str]:
    """What Parameter and Nilai of *row* say, comparable between rows."""
    claimed = read_parameter(row.value("parameter"), indicator)
    step = row.text("parameter") if claimed.problem else str(claimed.parameter)
    return step, row.text("value")


def _unknown(row: SheetRow, known: Mapping[str, Indicator]) -> Iterator[Remark]:
    """Yield a remark, unless the row is a heading or one merged text."""
    number = row.text("no")
    claims = any(not is_empty(row.value(key)) and row.text(key) != number for key in _CLAIMING)
    heading = not re.search(r"\d", number) or any(
        re.fullmatch(rf"{re.escape(number)}[a-z]", key) for key in known
    )
    if claims or not (heading or is_empty(number)):
        yield Remark(
            "claim.row_unknown", row.address("no"), "", (("value", shown(number or row.text("name"))),)
        )


def _grouped(unknown: list[Remark], word: str) -> list[Remark]:
    """Group many rows with one fault: another form, or another cycle's."""
    if len(unknown) < GROUP_FROM:
        return unknown
    values = ", ".join(value for remark in unknown for _, value in remark.words)
    return [Remark(unknown[0].code, unknown[0].address, "", ((word, shown(values)),))]


def _claim(rows: Sequence[SheetRow], indicator: Indicator, rulebook: Rulebook) -> Claim:
    row = rows[0]
    basis, basis_known = read_basis(row.value("basis"), indicator)
    claimed = read_parameter(row.value("parameter"), indicator, basis)
    parameter, problem, value = claimed.parameter, claimed.problem, ""
    where = "parameter"
    if indicator.aspect == "SPD":
        parameter, problem, value = valued(row, indicator, rulebook, parameter, problem)
        where = "value" if problem.startswith("value_") or decides(row, indicator) else where
    if parameter and not basis_known:
        problem, where = "basis_unknown", "basis"
    files, links, link_notes = _evidence(rows)
    return Claim(
        indicator=indicator.key,
        raw=row.text("parameter"),
        parameter=parameter,
        value_raw=row.text("value"),
        value=value,
        basis_raw=row.text("basis"),
        basis=basis or claimed.basis,
        files=files,
        links=tuple(links),
        note=clean_text(row.value("note")),
        address=row.address(where),
        problem=problem,
        basis_address=row.cell("basis"),
        files_address=row.cell("files"),
        links_addresses=tuple(links.values()),
        link_note="; ".join(link_notes),
        link_note_address=next(iter(link_notes.values()), ""),
    )


def _evidence(rows: Sequence[SheetRow]) -> tuple[tuple[str, ...], dict[str, str], dict[str, str]]:
    """Return Bukti's names, and addresses and words of Tautan with cells."""
    files: dict[str, None] = {}
    links: dict[str, str] = {}
    notes: dict[str, str] = {}
    for row in rows:
        cell = row.value("links")
        text = "" if row.is_filled("links") else row.text("links")
        in_links = addresses("" if isinstance(cell, Uncalculated) else text, row.link("links"))
        for address in in_links:
            links.setdefault(address, row.cell("links"))
        if not in_links and not is_empty(text):
            notes.setdefault(shown(text), row.cell("links"))
        items = _items(row.value("files"))
        linked = list(filter(holds_address, items))
        for item in items:
            words = without_addresses(item) if item in linked else item
            if words and not is_address(item):
                files.setdefault(words)
        link = row.link("files")
        for address in addresses("\n".join(linked), "" if link.casefold().startswith("file:") else link):
            links.setdefault(address, row.cell("files"))
    return tuple(files), links, notes


def _items(value: Value) -> tuple[str, ...]:
    """The names in a cell, each once, in their order."""
    if is_empty(value) or not isinstance(value, str | int | float | CellError):
        return ()
    text = TAG.sub("\n", raw_text(value).replace("&nbsp;", " ").replace("&amp;", "&"))
    pieces = (piece.strip().strip("\"'“”") for piece in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(piece for piece in pieces if not is_empty(piece)))

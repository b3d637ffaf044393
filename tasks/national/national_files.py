"""What ``iid national --out`` writes; same regions give the same bytes."""

from __future__ import annotations

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from iid.tasks.national.national_columns import (
    KIND,
    PROBLEM_SHEET,
    SHEET,
    STATUS,
    VIEW,
    problems_table,
    ranking_table,
    row_of,
)
from iid.tasks.national.ranking import Nation
from iid.tasks.national.ranking_text import ZONE, headline, notes, seats_words, standing
from iid.tasks.report.sheet_writer import LINE_HEIGHT, Styles, write_table
from iid.tasks.shares.folder_listing import why
from iid.tasks.store.earlier_runs import ranking_key
from iid.tasks.store.paths import canonical
from iid.tasks.store.store import Store
from iid.tasks.store.table_files import table_files
from iid.tasks.text.indonesian import clean, moment
from iid.tasks.values.errors import FailedError
from iid.tasks.values.row_groups import stream

_EPOCH = datetime(2000, 1, 1)  # a workbook's time has no zone; used where there is no run
_WIDTH = 120  # characters of a line across the first sheet


def national_files(nation: Nation) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file."""
    yield from table_files("peringkat", ranking_table(nation))
    yield from table_files("masalah", problems_table(nation))
    yield "peringkat.json", canonical(as_record(nation))
    yield "nasional.xlsx", national_workbook(nation)
    yield "nasional.html", national_page(nation)


def as_record(nation: Nation) -> dict[str, Any]:
    """The nation for machines."""
    scheme = nation.scheme
    return {
        "cycle": scheme.cycle,
        "by": nation.by,
        "regions": len(nation.regions),
        "complete": not nation.problems,
        "clusters": [
            {
                "cluster": ranking.cluster.key,
                "name": ranking.cluster.name,
                "nominees": ranking.seats,
                "median": None if ranking.median is None else str(ranking.median),
                "note": seats_words(ranking),
                "places": [row_of(nation, ranking, place) for place in ranking.places],
            }
            for ranking in nation.rankings
        ],
        "problems": [{"region": p.code, "kind": p.kind, "message": p.words} for p in nation.problems],
        "notes": list(notes(nation)),
    }


def publish_ranking(store: Store, nation: Nation) -> str:
    """Put the ranking where the reports find it; return its address."""
    key = ranking_key(nation.scheme.cycle)
    store.put(key, canonical(as_record(nation)), "application/json")
    return store.address(key)


def write_files(nation: Nation, folder: Path) -> tuple[str, ...]:
    """Write the files below *folder*, return names. Raises FailedError."""
    names = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in national_files(nation):
            part = folder / f".{name}.{os.getpid()}"
            part.write_bytes(data)
            part.replace(folder / name)
            names.append(name)
    except OSError as error:
        raise FailedError(f"hasil nasional tidak dapat ditulis ke {folder}: {why(error)}") from error
    return tuple(names)


def national_workbook(nation: Nation) -> bytes:
    """Ringkasan, one sheet a cluster, and Masalah where there are any."""
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        created = nation.as_of.replace(tzinfo=None) if nation.as_of else _EPOCH
        book.set_properties({"title": headline(nation), "created": created})
        styles = Styles(book)
        _cover(book, styles, nation)
        for ranking in nation.rankings:
            rows = (row_of(nation, ranking, place) for place in ranking.places)
            write_table(book, styles, ranking.cluster.name, SHEET, rows, _shade)
        if nation.problems:
            write_table(book, styles, "Masalah", PROBLEM_SHEET, stream(problems_table(nation)))
    return target.getvalue()


def _shade(row: Any) -> str:
    return "warning" if row["nominee"] else ""


def _cover(book: Any, styles: Styles, nation: Nation) -> None:
    sheet = book.add_worksheet("Ringkasan")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 14)
    sheet.set_column(3, 3, 70)
    sheet.set_row(0, 26)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, headline(nation), styles.title)
    sheet.write_string(1, 0, standing(nation), styles.note)
    for column, text in enumerate(("Klaster", "Wilayah", "Nomine", "Dasar")):
        sheet.write_string(3, column, text, styles.head)
    row = 4
    for ranking in nation.rankings:
        sheet.write_string(row, 0, clean(ranking.cluster.name), styles.cell("text"))
        sheet.write_number(row, 1, len(ranking.places), styles.cell("whole"))
        sheet.write_number(row, 2, len(ranking.nominees), styles.cell("whole"))
        sheet.write_string(row, 3, clean(seats_words(ranking)), styles.cell("wrap"))
        row += 1
    for line in notes(nation):
        row += 1
        sheet.merge_range(row, 0, row, 3, "", styles.cell("wrap"))
        sheet.write_string(row, 0, clean(line), styles.cell("wrap"))
        sheet.set_row(row, LINE_HEIGHT * (1 + len(line) // _WIDTH))


def national_page(nation: Nation) -> bytes:
    """One page with its style: all clusters, nominees, and who is missing."""
    from jinja2 import ChoiceLoader, PackageLoader
    from markupsafe import Markup

    from iid.tasks.report.site import compact, environment, text_of

    style = compact(text_of("laporan.css")).strip()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    env = environment(ZONE)
    env = env.overlay(
        loader=ChoiceLoader([PackageLoader("iid.tasks.national", "."), *filter(None, [env.loader])])
    )
    final = bool(nation.regions) and all(region.status == "final" for region in nation.regions)
    html = env.get_template("nasional.j2").render(
        n=nation,
        title=headline(nation),
        standing=standing(nation),
        notes=notes(nation),
        seats=seats_words,
        kinds=KIND,
        views=VIEW,
        statuses=STATUS,
        style=Markup(style),  # noqa: S704  our own file
        style_hash=f"sha256-{digest}",
        region="Indonesia",
        example=any(region.example for region in nation.regions),
        cycle=nation.scheme.cycle,
        status="final" if final else "provisional",
        status_name="Final" if final else "Sementara",
        data_per=moment(nation.as_of, ZONE) if nation.as_of else "–",
        menu=(),
        root="",
    )
    return compact(html).encode("utf-8")

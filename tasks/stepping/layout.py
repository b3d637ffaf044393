"""Lines for a terminal: wrapped to its width, with decimal commas, safe for any name."""

from __future__ import annotations

import io
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from iid.tasks.explaining.telling import STATUSES, line
from iid.tasks.reports.formatting import number
from iid.tasks.stepping.picture import Record

#: Width where no terminal says its own.
WIDTH = 100
NARROWEST = 60


def width() -> int:
    """Columns to write in."""
    return max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns)


def signed(value: object, places: int = 2) -> str:
    """``0.4167`` → ``+0,42``; a minus for a loss; ``0,00`` without a sign when it rounds to nothing."""
    amount = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = number(amount, places)
    return f"+{text}" if amount > 0 else text if amount else number(0, places)


def wrapped(text: object, first: str = "", rest: str | None = None) -> Iterator[str]:
    """*text* in lines of the terminal's width; *first* and *rest* stand before them."""
    indent = " " * len(first) if rest is None else rest
    clean = line(text)
    yield from textwrap.wrap(
        clean,
        width(),
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def heading(title: str) -> Iterator[str]:
    """An empty line and a title."""
    yield ""
    yield from wrapped(title)


def which_run(record: Record, when: str) -> str:
    """``wilayah 63.03, siklus 2026, data per …, sementara``."""
    status = STATUSES.get(record["status"], record["status"])
    return f"wilayah {record['region']}, siklus {record['cycle']}, data per {when}, {status}"


def more(shown: int, total: int, what: str) -> Iterator[str]:
    """How many were left out, and how to see them."""
    if total > shown:
        yield f"      … dan {number(total - shown)} {what} lagi (--limit 0 menampilkan semua)"


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], right: str = "") -> Iterator[str]:
    """A table as wide as the terminal; *right* names the columns (by place, ``"13"``) set to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, title in enumerate(titles):
        short = str(place) in right
        drawn.add_column(title, justify="right" if short else "left", no_wrap=short, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(line(cell)) for cell in row))
    out = io.StringIO()
    console = Console(file=out, width=width(), color_system=None, force_terminal=False, highlight=False)
    console.print(drawn)
    yield from (text.rstrip() for text in out.getvalue().rstrip("\n").splitlines())

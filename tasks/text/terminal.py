"""Lines for a terminal: wrapped, with decimal commas, safe for any name."""

from __future__ import annotations

import io
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from iid.tasks.text.indonesian import comma, number, percent, points, signed

if TYPE_CHECKING:
    from jinja2 import Environment

NAMES = {"claimed": "Diklaim", "supported": "Didukung", "verified": "Terverifikasi"}
SEVERITIES = {"critical": "kritis", "warning": "peringatan", "info": "info"}
STATUSES = {"provisional": "sementara", "final": "final"}
#: Width where no terminal says its own.
WIDTH = 100
NARROWEST = 60
#: In a line of a template: what follows is wrapped, and goes on below its first letter; twice: two further.
MARK = "¦"


def line(text: object) -> str:
    """One line without control signs: names on a share may hold anything."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())


def width() -> int:
    """Columns to write in."""
    return max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns)


def wrapped(text: object, first: str = "", rest: str | None = None) -> Iterator[str]:
    """Wrap *text* to the terminal; *first* and *rest* come before the lines."""
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


def which_run(record: Mapping[str, Any], when: str) -> str:
    """``wilayah 63.03, siklus 2026, data per …, sementara``."""
    status = STATUSES.get(record["status"], record["status"])
    return f"wilayah {record['region']}, siklus {record['cycle']}, data per {when}, {status}"


def more(shown: int, total: int, what: str) -> Iterator[str]:
    """How many were left out, and how to see them."""
    if total > shown:
        yield f"      … dan {number(total - shown)} {what} lagi (--limit 0 menampilkan semua)"


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], right: str = "") -> Iterator[str]:
    """Yield a terminal-wide table; *right*: columns set right (``"13"``)."""
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


class Drawn(str):
    """Lines that a template prints as they are."""

    __slots__ = ()


def drawn(titles: Sequence[str], rows: Iterable[Sequence[object]], right: str = "") -> Drawn:
    """Return a :func:`table` for a template."""
    return Drawn("\n".join(table(titles, rows, right)).replace(MARK, "|"))


def _printed(value: object) -> str:
    """Return *value* on one line; spaces around it stay: they part words."""
    text = str(value)
    body = text.strip(" ")
    return text if isinstance(value, Drawn) or not body else text.replace(body, line(body), 1)


@cache
def _environment(room: str) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    env = Environment(  # noqa: S701  (text for a terminal)
        loader=FunctionLoader(lambda file: (files(room) / file).read_text(encoding="utf-8")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_printed,
    )
    env.filters |= {
        **{"comma": comma, "number": number, "points": points, "signed": signed, "line": line},
        "percent": lambda share: percent(share, 1, 1),
        "status": lambda code: STATUSES.get(code, code),
        "severity": lambda code: SEVERITIES.get(code, code),
    }
    return env


def rendered(
    room: str, name: str, filters: Mapping[str, Callable[..., object]], **values: object
) -> list[str]:
    """Return the unwrapped lines of template *name* (``.txt.j2``) of *room*.

    What it prints of *values* is free of control signs and new lines (:func:`line`).
    """
    env = _environment(room)
    env.filters |= filters
    return env.get_template(f"{name}.txt.j2").render(names=NAMES, **values).removesuffix("\n").split("\n")


def fitted(lines: Iterable[str]) -> Iterator[str]:
    """Wrap the marked ones of :func:`rendered` *lines* to the terminal."""
    for text in lines:
        first, mark, rest = text.partition(MARK)
        if not mark:
            yield text
        elif rest.startswith(MARK):
            yield from wrapped(rest.removeprefix(MARK), first, f"{first}  ")
        else:
            yield from wrapped(rest, first)

"""How the workbooks look: one small set of formats, made once a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Any

INK, ACCENT, INPUT, REQUIRED, QUIET, LINE = "#1F2933", "#0B4F6C", "#FFFBE6", "#FDE8D7", "#F4F6F8", "#B8C1CC"

_BASE = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top", "text_wrap": True}
_BOX = {"border": 1, "border_color": LINE}

_STYLES: dict[str, dict[str, Any]] = {
    "header": {**_BOX, "bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "valign": "vcenter"},
    "label": {**_BOX, "bold": True, "bg_color": QUIET, "align": "left"},
    "label_required": {**_BOX, "bold": True, "bg_color": REQUIRED, "align": "left"},
    "help": {**_BOX, "font_color": "#52606D", "font_size": 10},
    "input": {**_BOX, "bg_color": INPUT, "locked": False},
    "input_date": {**_BOX, "bg_color": INPUT, "locked": False, "num_format": "dd/mm/yyyy", "align": "left"},
    "input_number": {**_BOX, "bg_color": INPUT, "locked": False, "align": "left"},
    "title": {"bold": True, "font_size": 16, "font_color": ACCENT},
    "section": {"bold": True, "font_size": 12, "font_color": ACCENT},
    "text": {},
}


class Styles:
    """The formats of one workbook by name; ``styles["input"]``."""

    def __init__(self, workbook: Any) -> None:
        self._formats = {name: workbook.add_format({**_BASE, **style}) for name, style in _STYLES.items()}

    def __getitem__(self, name: str) -> Any:
        return self._formats[name]


def set_height(
    sheet: Any, line: int, cells: Iterable[tuple[str, int]], lowest: int = 1, highest: int = 12
) -> None:
    """Fit the height of row *line* to its (text, width) cells, within bounds.

    Excel fits wrapped rows by itself when it opens a file; LibreOffice does not.
    """
    lines = [lowest]
    for text, width in cells:
        # A little fewer than the width: words break early, and not every letter is narrow.
        lines.append(sum(max(1, ceil(len(part) / (width * 0.95))) for part in text.split("\n")))
    sheet.set_row(line, 15.5 * min(max(lines), highest) + 3)


def print_setup(sheet: Any, *, landscape: bool, repeat_header: bool) -> None:
    """A4, one page wide, the header row on every page, page number below."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&RHalaman &P dari &N")
    if repeat_header:
        sheet.repeat_rows(0)

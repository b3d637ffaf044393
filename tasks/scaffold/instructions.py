"""Sheet *Petunjuk* and the notes beside the evidence, from a rulebook."""

from __future__ import annotations

from collections.abc import Callable

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.tasks.scaffold import guidance
from iid.tasks.text.indonesian import day
from iid.tasks.text.terminal import rendered
from iid.tasks.values.folder_names import EXAMPLE_FOLDER, INNOVATION_WORKBOOK, REGION_FOLDER

Section = tuple[str, tuple[str, ...]]
_ROOM = "iid.tasks.scaffold"
_FILTERS: dict[str, Callable[..., object]] = {
    "mark": guidance.mark,
    "kinds": guidance.kinds,
    "limits": guidance.limits,
    "demanded": guidance.demanded,
    "choice": guidance.choice,
    "listed": guidance.listed,
    "day": day,
}


def instructions(rulebook: Rulebook, *, innovation: bool) -> tuple[Section, ...]:
    """Return heading and sentences of *Petunjuk* in a workbook.

    In ``inovasi.xlsx``, or without *innovation* in ``pemda.xlsx``.
    """
    sections: list[tuple[str, list[str]]] = []
    for line in rendered(
        _ROOM,
        "petunjuk",
        _FILTERS,
        r=rulebook,
        innovation=innovation,
        example=EXAMPLE_FOLDER,
        workbook=INNOVATION_WORKBOOK,
        region=REGION_FOLDER,
        inferred=guidance.INFERRED,
    ):
        if line.startswith("# "):
            sections.append((line.removeprefix("# "), []))
        else:
            sections[-1][1].append(line)
    return tuple((heading, tuple(sentences)) for heading, sentences in sections)


def folder_note(indicator: Indicator) -> str:
    """The text file inside one evidence folder: what belongs there."""
    return "\r\n".join([*rendered(_ROOM, "petunjuk_folder", _FILTERS, i=indicator), ""])

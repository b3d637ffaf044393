"""What one workbook says, apart from the share: small, frozen values.

Addresses are inside the workbook (``Profil!B12``); the reader puts the path in front.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of sheet *Profil*: see :data:`iid.tasks.values.tables.FIELDS`."""

    field: str
    label: str
    raw: str = ""
    value: str = ""
    address: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of sheet *Indikator* (:data:`iid.tasks.values.tables.CLAIMS`)."""

    indicator: str
    raw: str = ""
    parameter: int = 0
    value_raw: str = ""
    value: str = ""
    basis_raw: str = ""
    basis: str = ""
    files: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    note: str = ""
    address: str = ""
    problem: str = ""
    basis_address: str = ""
    files_address: str = ""
    links_addresses: tuple[str, ...] = ()  # one a link
    link_note: str = ""  # words in Tautan without an address
    link_note_address: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding to be: its code, its cell, and the words of its sentence."""

    code: str
    address: str = ""
    indicator: str = ""
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A workbook; with ``unreadable`` (the reason) the rest is empty.

    ``answers`` holds every profile field, or none where sheet *Profil* is missing (and for
    ``pemda.xlsx``); ``claims`` always one row an indicator, in the rulebook's order.
    """

    claims: tuple[Claim, ...]
    answers: tuple[Answer, ...] = ()
    design_words: tuple[int, int] = (0, 0)  # words of Rancang Bangun, different words
    remarks: tuple[Remark, ...] = ()
    answered: int = 0  # fields and rows in which somebody has written anything
    name: str = ""  # the only answer, where it is that of the innovation's name
    unreadable: str = field(default="")

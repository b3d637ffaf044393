"""What one workbook says, apart from the share: small, frozen values.

Addresses are inside the workbook (``Profil!B12``); the reader puts the path in front. As text they are
a worker's answer, and what the store remembers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from pydantic import ConfigDict, TypeAdapter

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.region import finding

#: Characters of the text; a form has 40 answers of at most 32,767, some of them in two places.
MAX_TEXT = 8_000_000
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class ProfileAnswer:
    """One row of sheet *Profil*: see :data:`iid.tasks.values.tables.FIELDS`."""

    __pydantic_config__ = _STRICT

    field: str
    label: str
    raw: str = ""
    value: str = ""
    address: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of sheet *Indikator* (:data:`iid.tasks.values.tables.CLAIMS`)."""

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

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

    __pydantic_config__ = _STRICT

    claims: tuple[Claim, ...]
    answers: tuple[ProfileAnswer, ...] = ()
    design_words: tuple[int, int] = (0, 0)  # words of Rancang Bangun, different words
    remarks: tuple[Remark, ...] = ()
    answered: int = 0  # fields and rows in which somebody has written anything
    name: str = ""  # the only answer, where it is that of the innovation's name
    unreadable: str = field(default="")


@cache
def _adapter() -> TypeAdapter[Parsed]:
    return TypeAdapter(Parsed)


def packed(parsed: Parsed) -> str:
    """*parsed* as JSON."""
    return _adapter().dump_json(parsed, exclude_defaults=True).decode()


def unpacked(text: str) -> Parsed:
    """Undo :func:`packed`. ValueError for anything else: distrust the sender."""
    return _adapter().validate_json(text)


def check_fit(parsed: Parsed, rulebook: Rulebook, aspect: str) -> None:
    """ValueError where *parsed* says what no reader of this *rulebook* says."""
    keys = [i.key for i in rulebook.indicators if i.aspect == aspect]
    if [claim.indicator for claim in parsed.claims] != keys:
        raise ValueError("claims of other indicators")
    if {answer.field for answer in parsed.answers} - {field.key for field in rulebook.profile}:
        raise ValueError("answers of other fields")
    try:
        for remark in parsed.remarks:
            finding(remark.code, indicator=remark.indicator, **dict(remark.words))
    except (KeyError, TypeError) as error:
        raise ValueError(f"a remark without a sentence: {error!r}") from error
    packed(parsed).encode()  # UnicodeEncodeError: a lone surrogate fits into no table

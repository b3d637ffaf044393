"""What a guarded worker does with a workbook: read it by the given rules."""

from __future__ import annotations

import pickle

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.parse_workbook import PARSERS
from iid.tasks.ingest.parsed import MAX_TEXT, packed
from iid.tasks.sandbox.content import Content, unreadable
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits

_BOOK = Facts(format="buku")
_rules: list[Rulebook] = []


def prepare(setup: bytes) -> None:
    """Take the run's rulebook, before any file is opened."""
    _rules[:] = [pickle.loads(setup)]  # noqa: S301


def recognise(_: Content) -> Facts:
    """A workbook is what was handed over as one."""
    return _BOOK


def examine(content: Content, limits: Limits) -> Facts:
    """Return the parsed workbook as text of the facts; *form* is SID or SPD."""
    text = packed(PARSERS[content.form](content.data or b"", _rules[0]))
    if len(text) > min(MAX_TEXT, limits.kept):
        return unreadable(_BOOK, "tulisan di dalamnya terlalu banyak untuk sebuah isian")
    return Facts(format="buku", text=text)

"""A parsed workbook as text, for a worker's answer and for the store."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.parsed import Answer, Claim, Parsed, Remark
from iid.tasks.values.region import finding

#: Characters of the text; a form has 40 answers of at most 32,767, some of them in two places.
MAX_TEXT = 8_000_000

_LISTS = frozenset({"files", "links", "links_addresses"})
_ROWS: dict[str, Any] = {"claims": Claim, "answers": Answer, "remarks": Remark}
_NAMES = {part: tuple(one.name for one in fields(kind)) for part, kind in _ROWS.items()}


def packed(parsed: Parsed) -> str:
    """*parsed* as JSON."""
    record: dict[str, Any] = {one.name: getattr(parsed, one.name) for one in fields(Parsed)}
    for part, names in _NAMES.items():
        record[part] = [[getattr(row, name) for name in names] for row in record[part]]
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Parsed:
    """Undo :func:`packed`. ValueError for anything else: distrust the sender."""
    try:
        record = json.loads(text)
        for part, names in _NAMES.items():
            record[part] = tuple(_row(part, names, values) for values in record[part])
        words, distinct = record["design_words"]
        record["design_words"] = (_checked(int, words), _checked(int, distinct))
        _checked(int, record["answered"])
        _checked(str, record["name"] + record["unreadable"])
        return Parsed(**record)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no parsed workbook: {error!r}") from error


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


def _row(part: str, names: tuple[str, ...], values: Any) -> Any:
    cells = dict(zip(names, _checked(list, values), strict=True))
    for name, value in cells.items():
        if name in _LISTS:
            cells[name] = tuple(_checked(str, text) for text in _checked(list, value))
        elif name == "words":
            cells[name] = tuple((_checked(str, key), _checked(str, word)) for key, word in value)
        else:
            _checked(int if name == "parameter" else str, value)
    return _ROWS[part](**cells)


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r:.40} is no {kind.__name__}")
    return value

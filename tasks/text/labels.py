"""Indonesian words for codes: what people read where tables hold a code.

The words are data (``labels.yaml``); those of findings are in the catalogue.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.strict_yaml import shipped
from iid.tasks.text.indonesian import DASH, clean, day, number

_TEXTS = shipped("iid.tasks.text", "labels.yaml")

LEVELS: list[tuple[str, str, str]] = [(key, title, meaning) for key, title, meaning in _TEXTS["levels"]]
STATUS: dict[str, str] = _TEXTS["status"]
SEVERITY: dict[str, str] = _TEXTS["severity"]
DECISION: dict[str, str] = _TEXTS["decision"]
ASPECT: dict[str, str] = _TEXTS["aspect"]
UNKNOWN = "unknown"  # shown as the type of a folder that the roster does not have
UNIT_TYPES: dict[str, str] = _TEXTS["unit_types"]
PROBLEMS: dict[str, str] = _TEXTS["problems"]
CHANGE_PARTS: dict[str, str] = _TEXTS["change_parts"]
CHANGE_GROUPS: dict[str, str] = _TEXTS["change_groups"]
FILE_CHANGES: dict[str, str] = _TEXTS["file_changes"]
_CODED = frozenset({"formula.divisor_counts", "threshold_rule"})
_PATHS, _RULE_WORDS, _FIELDS = (_TEXTS[name] for name in ("paths", "rule_words", "fields"))


def title(code: str) -> str:
    """Return the short title of a finding or decision *code*, else the code."""
    kind = catalogue().get(code)
    return kind.title if kind else str(_TEXTS["decided"].get(code, code))


def unit_type(code: str) -> str:
    """Indonesian name of a type of unit."""
    return UNIT_TYPES.get(code, code)


def kind_of_file(code: str) -> str:
    """A kind of evidence as people call it: ``tautan``, ``pdf``."""
    return str(_RULE_WORDS.get(code, code))


def format_name(word: str) -> str:
    """The rulebook's word for a format as people say it."""
    return str(_TEXTS["formats"].get(word, word.upper()))


def rule_value(path: str, value: object) -> str:
    """Return a rulebook *value* for people: ``ya``, ``1.024``, ``–``."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, Decimal | int):
        return number(value)
    if isinstance(value, date):
        return day(value)
    items = value if isinstance(value, tuple) else (value,)
    # Only codes are translated: a text of the guideline may be any word.
    words = _RULE_WORDS if path in _CODED or path.endswith(".kinds") or ".proofs[" in path else {}
    return ", ".join(words.get(clean(item), clean(item)) for item in items) or DASH


def path_label(path: str) -> tuple[str, str]:
    """Return the row and part of a path: ``("16", "Bobot indikator")``."""
    if path in _PATHS:
        return "", _PATHS[path]
    indicator = re.match(r"indicators\[(\w+)\]\.(\w+)(?:\[(\w+)\])?(?:\.parameters\[(\d)\])?", path)
    if indicator:
        key, part, item, step = indicator.groups()
        if part == "parameters":
            return f"{key} parameter {item}", _FIELDS[part]
        if part == "bases":
            return (
                (f"{key}{item} parameter {step}", _FIELDS["parameters"])
                if step
                else (key + item, _FIELDS[part])
            )
        return key, _FIELDS.get(part, part)
    field = re.match(r"profile\[(\w+)\](?:\.(\w+))?", path)
    if field:
        return (field[1], "Isian profil yang wajib") if field[2] else ("", "Isian profil")
    predicate = re.match(r"predicates\[(.+)\]", path)
    return (predicate[1], "Batas kategori") if predicate else ("", path)

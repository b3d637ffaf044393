"""Pydantic's errors in the words of rulebook editors (Indonesian)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from iid.expectations.rulebook.sourced import label_of

_NAMES = {
    Decimal: "angka (titik sebagai koma desimal, tanpa tanda kutip)",
    int: "bilangan bulat",
    bool: "true atau false",
    str: "teks",
    date: "tanggal YYYY-MM-DD (tanpa tanda kutip)",
}
_BOUNDS = {"gt": "lebih dari", "ge": "paling kecil", "lt": "kurang dari", "le": "paling besar"}


class Problem(NamedTuple):
    """One thing wrong in a rulebook: where, what is there, what may be there."""

    path: str
    received: str
    allowed: str

    def line(self, name: str) -> str:
        """``<file>: <key path>: nilai yang diterima …; yang boleh: …``."""
        said = f"{self.path}: nilai yang diterima {self.received}; yang boleh: {self.allowed}"
        return f"{name}: {one_line(said)}"


def one_line(text: str) -> str:
    """Strip *text* of line breaks and controls: its origin is unknown."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def explain(error: ValidationError, model: type[BaseModel], data: object) -> list[Problem]:
    """Return the problems of *error*, raised by *model*, in pydantic's order."""
    return [_problem(details, model, data) for details in error.errors(include_url=False)]


def shown(value: object) -> str:
    """Return *value* as in the file, shortened; groups and lists by kind."""
    if isinstance(value, Mapping):
        return "kelompok kunci"
    if isinstance(value, tuple):
        return f"daftar {len(value)} butir"
    if isinstance(value, str):
        return f'"{value if len(value) <= 60 else value[:57] + "..."}"'
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _problem(details: ErrorDetails, model: type[BaseModel], data: object) -> Problem:
    kind, loc = details["type"], details["loc"]
    path = _path(loc, data)
    if kind == "extra_forbidden":
        return Problem(path, "kunci yang tidak dikenal", _known_keys(model, loc))
    if kind == "missing":
        return Problem(path, "tidak ada", f"{_describe(_annotation(model, loc))} (wajib ada)")
    if kind == "reason_missing":
        return Problem(f"{path}.reason", "tidak ada", details["msg"])
    return Problem(path, shown(details["input"]), _allowed(details, model))


def _allowed(details: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        blank = context["pattern"] == r"\S"
        return "teks yang tidak kosong" if blank else f"teks berpola {context['pattern']}"
    if kind in {"too_long", "too_short"}:
        return f"daftar {context.get('max_length', context.get('min_length'))} butir"
    bounds = [f"{word} {context[name]}" for name, word in _BOUNDS.items() if name in context]
    return " ".join([_describe(_annotation(model, details["loc"])), *bounds])


def _path(loc: tuple[int | str, ...], data: object) -> str:
    """Return ``indicators[16].weight`` for ``('indicators', 3, 'weight')``."""
    path, node = "", data
    for step in loc:
        if isinstance(step, int) and isinstance(node, tuple) and step < len(node):
            node = node[step]
            path += f"[{label_of(node, step)}]"
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path or "(seluruh berkas)"


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    parent = _annotation(model, loc[:-1])
    keys = list(parent.model_fields) if _is_model(parent) else []
    close = get_close_matches(str(loc[-1]), keys, n=1)
    hint = f" (mungkin maksudnya: {close[0]})" if close else ""
    return f"{', '.join(keys)}{hint}"


def _annotation(model: Any, loc: tuple[int | str, ...]) -> Any:
    """Return the type at *loc* in *model*; None where the path leaves it."""
    here = model
    for step in loc:
        here = _bare(here)
        if _is_model(here):
            field = here.model_fields.get(step)
            here = field.annotation if field else None
        else:
            inner = [a for a in get_args(here) if a is not Ellipsis]
            here = inner[step] if isinstance(step, int) and len(inner) > step else (inner or [None])[-1]
    return _bare(here)


def _bare(annotation: Any) -> Any:
    """*annotation* without ``Annotated`` and without ``| None``."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            annotation = next(a for a in get_args(annotation) if a is not type(None))
        else:
            return annotation


def _describe(annotation: Any) -> str:
    if annotation in _NAMES:
        return _NAMES[annotation]
    if get_origin(annotation) is Literal:
        return ", ".join(str(choice) for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "daftar"
    if _is_model(annotation):
        return f"kelompok kunci {', '.join(annotation.model_fields)}"
    return "kelompok kunci"


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)

"""What is wrong with a setting: file, key, value, what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

#: By pydantic's kind of error; ``{…}`` are its facts about it.
_ALLOWED = {
    "bool_parsing": "true atau false",
    "bool_type": "true atau false",
    "date_from_datetime_parsing": "hari, misalnya 2026-08-31",
    "datetime_from_date_parsing": "hari atau waktu, misalnya 2026-08-31 atau 2026-08-31T17:00:00",
    "datetime_parsing": "hari atau waktu, misalnya 2026-08-31 atau 2026-08-31T17:00:00",
    "datetime_type": "hari atau waktu, misalnya 2026-08-31 atau 2026-08-31T17:00:00",
    "dict_type": "tabel, misalnya [{key}]",
    "finite_number": "bilangan biasa",
    "float_parsing": "bilangan",
    "float_type": "bilangan",
    "greater_than": "lebih dari {gt}",
    "greater_than_equal": "paling sedikit {ge}",
    "int_from_float": "bilangan bulat",
    "int_parsing": "bilangan bulat",
    "int_parsing_size": "bilangan bulat yang lebih kecil",
    "int_type": "bilangan bulat",
    "ip_any_network": "jaringan IP, misalnya 10.0.0.0/8",
    "less_than": "kurang dari {lt}",
    "less_than_equal": "paling banyak {le}",
    "literal_error": "{expected}",
    "missing": "harus ada",
    "model_attributes_type": "tabel, misalnya [{key}]",
    "model_type": "tabel, misalnya [{key}]",
    "string_too_long": "paling banyak {max_length} huruf",
    "string_too_short": "paling sedikit {min_length} huruf",
    "string_type": "teks dalam tanda kutip",
    "tuple_type": "daftar dalam kurung siku",
}
#: What is said of any other kind: pydantic's own words are English.
OTHER = "nilai seperti dalam docs/operation.md"
_PATTERNS = {
    r"^([01]\d|2[0-3]):[0-5]\d$": "jam dan menit, misalnya 04:00",
    r"^[1-9]\d{0,2}[mh]$": "selang waktu, misalnya 30m atau 6h",
    r"^[A-Za-z][A-Za-z0-9_-]{0,39}$": "nama yang dimulai huruf, lalu huruf, angka, - atau _",
    r"^[A-Za-z][A-Za-z0-9-]{0,63}$": "nama tajuk HTTP, misalnya X-Remote-User",
    r"^(https?://\S+|env:[A-Z][A-Z0-9_]*)$": "alamat http:// atau https://, atau env:NAMA",
    r"^[A-Z][A-Z0-9_]*$": "nama variabel dengan huruf besar, misalnya IID_KUNCI",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "nama blok dengan huruf kecil, angka, dan -",
}


def describe(error: ValidationError, where: str, model: type[BaseModel] | None = None) -> str:
    """Put an error's mistakes in a line; *model* names the known keys."""
    return joined(where, sentences(error, model))


def joined(where: str, mistakes: Iterable[str]) -> str:
    """All *mistakes* of a file in one line, each once."""
    return f"{where}: " + "; ".join(dict.fromkeys(mistakes))


def sentences(error: ValidationError, model: type[BaseModel] | None = None) -> list[str]:
    """A sentence for each mistake of a pydantic error."""
    return [_sentence(dict(item), model) for item in error.errors(include_url=False)]


def _sentence(item: Mapping[str, Any], model: type[BaseModel] | None) -> str:
    place = [part for part in item["loc"] if isinstance(part, str)]
    key = _spoken(item["loc"]) or "(isi)"
    if item["type"] == "extra_forbidden":
        return f"kunci {key} tidak dikenal{_known(place, model)}"
    return f"{key} = {_shown(item.get('input'))}: yang boleh {_allowed(item, key)}"


def allowed(error: ValidationError) -> str:
    """What a single value (of an option) may be, where pydantic refused it."""
    return _allowed(error.errors(include_url=False)[0], "")


def _spoken(place: Sequence[str | int]) -> str:
    """``target[2].cycle``: the second of the targets, as people count."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _allowed(item: Mapping[str, Any], key: str) -> str:
    facts = {**item.get("ctx", {}), "key": key}
    if item["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(facts["pattern"], f"teks menurut pola {facts['pattern']}")
    if item["type"] == "value_error":
        return str(facts["error"])
    words = _ALLOWED.get(item["type"], OTHER).format(**facts)
    return words.replace("' or '", "' atau '") if item["type"] == "literal_error" else words


def _known(place: Sequence[str], model: type[BaseModel] | None) -> str:
    """The keys that are allowed there, the nearest first."""
    for name in place[:-1]:
        model = _inner(model, name)
    if model is None:
        return ""
    keys = list(model.model_fields)
    near = difflib.get_close_matches(place[-1], keys, n=1)
    guess = f"; mungkin {near[0]}" if near else ""
    return f"{guess} (yang boleh: {', '.join(keys)})"


def _inner(model: type[BaseModel] | None, name: str) -> type[BaseModel] | None:
    field = model.model_fields.get(name) if model else None
    kinds = (field.annotation, *get_args(field.annotation)) if field else ()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)

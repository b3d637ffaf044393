"""Load a rulebook: the shipped one of a cycle, or a user's own file.

Nothing is used before everything holds: the text is parsed strictly
(:mod:`iid.expectations.rulebook.strict_yaml`), the shape is validated
(:mod:`iid.expectations.rulebook.model`), and the parts must agree
(the rules of ``checks_*.py``). All problems are reported at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from errno import errorcode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from iid.expectations.rulebook import checks_formula, checks_indicators, checks_profile
from iid.expectations.rulebook.messages import Problem, explain, one_line, shown
from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.rulebook_error import RulebookError
from iid.expectations.rulebook.sourced import sourced_in
from iid.expectations.rulebook.strict_yaml import YamlProblemError, parse

MAX_BYTES = 2_000_000  # a rulebook is some 60 kB; this guards the parser, it is no rule of a cycle


@dataclass(frozen=True, slots=True)
class Loaded:
    """A rulebook that holds, with the file it came from.

    ``sha256`` is of the file's bytes, ``text`` the file as it is, ``name`` the file's name.
    """

    rulebook: Rulebook
    sha256: str
    text: str
    name: str


def available() -> tuple[int, ...]:
    """The cycles that have a shipped rulebook, ascending."""
    names = (entry.name for entry in _shipped().iterdir())
    return tuple(sorted(int(n.removesuffix(".yaml")) for n in names if n.endswith(".yaml")))


def load(cycle: int, path: Path | None = None) -> Loaded:
    """Load the rules of *cycle*: shipped, or at *path* (``--rulebook FILE``).

    Raises :class:`RulebookError`: there is no such rulebook (the message lists those that
    exist), the file is for another cycle, or it breaks the rules (every problem on its line).
    """
    if path is None:
        return _load_shipped(cycle)
    loaded = load_file(path)
    if loaded.rulebook.cycle != cycle:
        wrong = Problem("cycle", str(loaded.rulebook.cycle), f"{cycle} (siklus yang diminta)")
        raise RulebookError(wrong.line(str(path)))
    return loaded


def load_file(path: Path) -> Loaded:
    """Load the rulebook at *path*, for any cycle. Raises RulebookError."""
    if not path.is_file():
        raise RulebookError(f"{path}: berkas tidak ada; periksa nama dan foldernya")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        name = errorcode.get(error.errno or 0, "galat sistem")
        raise RulebookError(f"{path}: berkas tidak dapat dibaca ({name}); periksa hak bacanya") from None
    return _loaded(data, str(path), path.name)


def load_published(data: bytes) -> Rulebook:
    """Load a published run's ``rulebook.yaml``. Raises RulebookError.

    A run from before rulebooks had ``proofs`` keeps the rules it was scored with: every kind proves.
    """
    return _loaded(data, "rulebook.yaml", "rulebook.yaml", amend=_with_proofs).rulebook


def _with_proofs(content: object) -> object:
    if not isinstance(content, dict):
        return content
    indicators = tuple(
        i if not isinstance(i, dict) or "proofs" in i else {**i, "proofs": _every_kind(i)}
        for i in content.get("indicators", ())
    )
    return {**content, "indicators": indicators}


def _every_kind(indicator: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    kinds = indicator.get("kinds", {})
    bases = tuple(basis["code"] for basis in indicator.get("bases", ()))
    steps = tuple(parameter["value"] for parameter in indicator.get("parameters", ()))
    fact = {name: kinds.get(name) for name in ("source", "status", "reason")}
    return ({"bases": bases, "parameters": steps, "proves": kinds.get("value"), **fact},) if steps else ()


@cache
def _load_shipped(cycle: int) -> Loaded:
    if cycle not in available():
        known = ", ".join(map(str, available()))
        raise RulebookError(f"Tidak ada peraturan untuk siklus {cycle}; yang ada: {known}")
    name = f"{cycle}.yaml"
    return _loaded((_shipped() / name).read_bytes(), f"rulebooks/{name}", name)


def _shipped() -> Traversable:
    return files("iid.expectations") / "rulebooks"


def _loaded(
    data: bytes, shown_name: str, name: str, amend: Callable[[object], object] = lambda content: content
) -> Loaded:
    text = _text(data, shown_name)
    try:
        content = parse(text)
    except YamlProblemError as problem:
        lines = (f"{shown_name}: {one_line(line)}" for line in problem.lines)
        raise RulebookError("\n".join(lines)) from None
    book = _rulebook(amend(content), shown_name)
    return Loaded(book, sha256(data).hexdigest(), text, name)


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise RulebookError(f"{name}: berkas lebih dari {MAX_BYTES // 1_000_000} MB; ini bukan peraturan")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = data[: error.start].count(b"\n") + 1
        raise RulebookError(f"{name}: baris {at}: bukan teks UTF-8; simpan ulang sebagai UTF-8") from None


def _rulebook(content: object, name: str) -> Rulebook:
    if not isinstance(content, dict):
        found = Problem("(seluruh berkas)", shown(content), "kelompok kunci (cycle, title, formula, …)")
        raise RulebookError(found.line(name))
    try:
        book = Rulebook.model_validate(content)
    except ValidationError as error:
        problems = explain(error, Rulebook, content)
        raise RulebookError("\n".join(p.line(name) for p in problems)) from None
    if problems := _disagreements(book):
        raise RulebookError("\n".join(p.line(name) for p in problems))
    return book


def _disagreements(book: Rulebook) -> list[Problem]:
    """Return every problem between the parts of *book*, in the order of rules.

    A rule is a function from the book to its problems; all rules run, so that one reading of the
    message is enough to fix the file.
    """
    rules = (_sources, *checks_formula.RULES, *checks_profile.RULES, *checks_indicators.RULES)
    return [problem for rule in rules for problem in rule(book)]


def _sources(book: Rulebook) -> Iterator[Problem]:
    known = ", ".join(book.sources)
    for path, sourced in sourced_in(book):
        if sourced.source not in book.sources:
            yield Problem(f"{path}.source", shown(sourced.source), f"kunci pada sources ({known})")

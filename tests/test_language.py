"""Docstrings are in the plain technical English of CONTRIBUTING.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Every room of the product.
ROOMS = ("expectations", "flows", "tasks")
#: Words that readers of technical English stumble over, and what to write.
REFUSED = {
    r"tells?|told|telling": "report, write, show, say",
    r"stands?|stood": "is, exists, is at",
    r"lies": "is at",
    r"mend(?:s|ed|ing)?": "fix, repair",
    r"lets? go": "release, drop",
    r"whoever|as ever": "name the person or leave it out",
    r"hears?|heard": "receive, get",
    r"wish(?:es)?": "request",
}
PATTERN = re.compile(r"\b(" + "|".join(REFUSED) + r")\b", re.IGNORECASE)
FIRST_LINE = 110


def docstrings() -> Iterator[tuple[str, str]]:
    """Place and text of every docstring of the product."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    text = ast.get_docstring(node)
                    if text:
                        name = getattr(node, "name", "")
                        yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {name}", text


def advice(word: str) -> str:
    """What to write in place of *word*."""
    return next(better for pattern, better in REFUSED.items() if re.fullmatch(pattern, word, re.IGNORECASE))


def test_no_docstring_has_a_refused_word() -> None:
    found = [
        f"{place}: {match[0]!r}; write: {advice(match[0])}"
        for place, text in docstrings()
        for match in PATTERN.finditer(re.sub(r"``[^`]*``|:\w+:`[^`]*`|\*\w+\*", "", text))
    ]
    assert found == []


def test_the_first_line_of_a_docstring_is_short() -> None:
    long = [place for place, text in docstrings() if len(text.splitlines()[0]) > FIRST_LINE]
    assert long == []

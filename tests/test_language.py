"""Docstrings are plain technical English; texts for people are Indonesian with one word for one thing."""

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
#: The first line of a docstring has at most so many characters.
FIRST_LINE = 72
#: Docstrings that Typer or Prefect show are help texts in Indonesian, of any length.
HELP = re.compile(r"\b(dan|dari|tidak|yang|menurut|keluar|setiap|satu|lalu|atau|hasil)\b", re.IGNORECASE)


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
    long = [
        place
        for place, text in docstrings()
        if len(text.splitlines()[0]) > FIRST_LINE and not (place.startswith("flows/") and HELP.search(text))
    ]
    assert long == []


#: One word for one thing in every Indonesian text: pattern, and what is written.
ONE_WORD = {
    r"buku aturan": "peraturan",
    r"(?<!Kota )layak(?! Gotong)": "memenuhi syarat",
    r"penelaah|penilai": "peninjau",
    r"diputus": "diputuskan",
    r"berbagi berkas": "share",
}
#: What units, stewards and leaders read says "folder bersama"; administrators type ``--share``.
READERS = ("report", "feedback", "desk", "review", "ingest")
#: Values of the program, not words: states of the desk's queue, words still understood on the command line.
VALUES = {"diputus", "layak"}
GUIDES = ("operator", "peninjau", "pimpinan")


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    docs = {id(n.body[0].value) for n in ast.walk(tree)
            if isinstance(n, kinds) and n.body and isinstance(n.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def texts() -> Iterator[tuple[str, str]]:
    """Place and text of what people read: strings, templates, findings, guides and pages of docs."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "demo" not in path.parts:
                yield from ((f"{path.relative_to(ROOT)}:{line}", text) for line, text in literals(path))
        for path in sorted((ROOT / room).rglob("*.j2")):
            shown = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
            yield str(path.relative_to(ROOT)), re.sub(r"\{\{.*?\}\}", "", shown, flags=re.S)
    for path in (ROOT / "expectations/findings/findings.yaml", *sorted((ROOT / "docs").rglob("*.md"))):
        if "dev" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def is_for_readers(place: str) -> bool:
    """Whether a text is for units, stewards or leaders."""
    parts = Path(place.partition(":")[0]).with_suffix("").parts
    in_room = parts[0] == "tasks" and parts[1] in READERS
    return in_room or "findings" in parts or (parts[-1] in GUIDES and "panduan" in parts)


def test_one_word_for_one_thing_in_all_texts_for_people() -> None:
    found = [
        f"{place}: {match[0]!r}; write: {better}"
        for place, text in texts()
        if text not in VALUES
        for pattern, better in ONE_WORD.items()
        for match in re.finditer(rf"\b({pattern})\b", re.sub(r"`[^`\n]*`|status=diputus", "", text), re.I)
    ]
    assert found == []


def test_the_place_that_units_fill_has_one_name_for_each_kind_of_reader() -> None:
    found = []
    for place, text in texts():
        other = r"\bshare\b(?!\.toml)" if is_for_readers(place) else r"\bfolder bersama\b"
        bare = re.sub(r"`[^`\n]*`|--share|iid-share|IID_SHARE", "", text)
        indonesian = re.search(r"\b(di|yang|tidak|dari|dan|ke)\b", bare)
        found += [f"{place}: {text[:60]}"] if indonesian and re.search(other, bare, re.I) else []
    assert found == []


def test_pages_for_those_who_run_or_use_it_are_in_indonesian() -> None:
    pages = (ROOT / "README.md", ROOT / "deployments/README.md", *sorted((ROOT / "docs").rglob("*.md")))
    found = []
    for page in (page for page in pages if "dev" not in page.parts):
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        bare = re.sub(r"`[^`\n]*`|^>.*$|^    .*$", "", text, flags=re.M)
        english = re.findall(r"\b(?:the|and|of|is|are|which|with)\b.*", bare)
        found += [f"{page.relative_to(ROOT)}: {words[:60]}" for words in english]
    assert found == []

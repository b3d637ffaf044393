"""``--help`` in Indonesian: Typer's own words are in no catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

_SECTIONS = {"Arguments": "Argumen", "Options": "Pilihan", "Commands": "Perintah"}
_METAVARS = {"[OPTIONS]": "[PILIHAN]", "COMMAND [ARGS]...": "PERINTAH [KATA]..."}
_BRACES = str.maketrans("", "", "{}")  # Typer's marks of an argument that is required
_WORDS = {
    "Show this message and exit.": "Tampilkan keterangan ini.",
    "[required]": "[wajib]",
    "; required]": "; wajib]",
    "[default: ": "[bawaan: ",
    "[env var: ": "[variabel: ",
}
#: What an option takes, in words, for the type Typer names.
_TYPES = (
    (r"<list\[.*?\]>", "TEKS …"),
    (r"<(?:int|float)[ a-z]*>", "ANGKA"),
    (r"<path>", "FILE"),
    (r"<\w+>|TEXT", "TEKS"),
)
_RANGE = re.compile(r"([\d.]+)<=x<=([\d.]+)|x>=([\d.]+)")
_Formatter: Any = typer.Context.formatter_class


def _translated(text: str, words: dict[str, str]) -> str:
    for english, ours in words.items():
        text = text.replace(english, ours)
    return text


def _taken(name: str) -> str:
    """Return the first column: the option and what it takes."""
    for kind, word in _TYPES:
        name = re.sub(kind, word, name)
    return name


def _described(text: str) -> str:
    return _RANGE.sub(lambda found: _limits(*found.groups()), _translated(text, _WORDS))


def _limits(lower: str | None, upper: str | None, least: str | None) -> str:
    return f"paling kecil {least}" if least else f"{lower} s.d. {upper}"


class Formatter(_Formatter):  # type: ignore[misc]  # the class Typer itself would have taken
    """Lays the help out as Typer does, with our words for headings and marks."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line: ``Pemakaian: iid assess [PILIHAN]``."""
        plain = args.translate(_BRACES).replace("[[", "[").replace("]]", "]")
        super().write_usage(prog, _translated(plain, _METAVARS), prefix or "Pemakaian: ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A heading with what is under it."""
        with super().section(_SECTIONS.get(name, name)):
            yield

    def write_dl(self, rows: Sequence[tuple[str, str]], *more: Any, **named: Any) -> None:
        """A list of options, arguments or commands."""
        super().write_dl([(_taken(name), _described(text)) for name, text in rows], *more, **named)


class Context(typer.Context):
    """The context of a command whose help is laid out by :class:`Formatter`."""

    formatter_class = Formatter


def speak_indonesian(command: Any) -> None:
    """Let *command* and everything below it write its help in Indonesian."""
    command.context_class = Context
    for below in getattr(command, "commands", {}).values():
        speak_indonesian(below)

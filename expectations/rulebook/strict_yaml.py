"""YAML to plain values, strictly: exact decimals, no repeats, no anchors.

PyYAML's events do the parsing; the values are made here, because YAML 1.1 reads
``no`` as false, ``010`` as 8 and ``1:30`` as 90, keeps the last of two equal keys
without a word, and lets aliases grow a small file into a huge one. A number in a
rulebook must be what a lawyer reads on paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

MAX_DEPTH = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML was built with it
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], object]], ...] = (
    (re.compile(r"-?(0|[1-9][0-9]{0,11})"), int),
    (re.compile(r"-?(0|[1-9][0-9]{0,11})\.[0-9]{1,12}"), Decimal),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), date.fromisoformat),
)
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class YamlProblemError(Exception):
    """The text is no usable YAML; ``lines``: what is wrong, and on which line."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


@cache
def shipped(room: str, name: str) -> Any:
    """Return the data in our own file *name* of package *room*, read once."""
    return yaml.load((files(room) / name).read_text(encoding="utf-8"), _LOADER)  # noqa: S506  (a safe one)


def parse(text: str) -> object:
    """Parse *text*: dict, tuple, str, int, Decimal, bool, date or None.

    Raises :class:`YamlProblemError` with every repeated key, anchor, alias, tag and impossible date, or
    with the first thing that cannot be read at all (syntax, a second document, 20 levels).
    """
    events = _Events(text)
    try:
        value = _document(events)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"baris {mark.line + 1}: " if mark else ""
        raise YamlProblemError(f"{line}YAML tidak dapat dibaca: {getattr(error, 'problem', error)}") from None
    if events.problems:
        raise YamlProblemError(*events.problems)
    return value


class _Events:
    """The events of a text that carry something, and what was wrong so far."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        self.problems: list[str] = []

    def note(self, event: yaml.Event, problem: str) -> None:
        self.problems.append(f"baris {_line(event)}: {problem}")

    def take(self) -> yaml.Event:
        event = next(self._events)
        skipped = (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
        while isinstance(event, skipped):
            event = next(self._events)
        return event


def _document(events: _Events) -> object:
    first = events.take()
    if isinstance(first, yaml.StreamEndEvent):
        return None
    value = _value(first, events, 0)
    after = events.take()
    if not isinstance(after, yaml.StreamEndEvent):
        raise _fatal(after, "hanya boleh ada satu dokumen YAML dalam satu berkas")
    return value


def _value(event: yaml.Event, events: _Events, depth: int) -> object:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        events.note(event, "jangkar (&) dan alias (*) tidak boleh dipakai; tulis nilainya sendiri")
    if tag := getattr(event, "tag", None):
        events.note(event, f"tag {tag} tidak boleh dipakai; tulis nilainya saja")
    if depth > MAX_DEPTH:
        raise _fatal(event, f"susunan lebih dari {MAX_DEPTH} tingkat")
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth)
    if isinstance(event, yaml.SequenceStartEvent):
        return tuple(_items(events, depth))
    return _scalar(event, events) if isinstance(event, yaml.ScalarEvent) else None


def _items(events: _Events, depth: int) -> Iterator[object]:
    while not isinstance(event := events.take(), yaml.SequenceEndEvent):
        yield _value(event, events, depth + 1)


def _mapping(events: _Events, depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    while not isinstance(event := events.take(), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
            raise _fatal(event, "kunci harus berupa kata")
        if event.value in found:
            events.note(event, f"kunci {event.value} ditulis dua kali")
        found[event.value] = _value(events.take(), events, depth + 1)
    return found


def _scalar(event: yaml.ScalarEvent, events: _Events) -> object:
    text: str = event.value
    if event.style:  # quoted or block text is always text
        return text
    if text in _WORDS:
        return _WORDS[text]
    try:
        return next(make(text) for pattern, make in _NUMBERS if pattern.fullmatch(text))
    except StopIteration:
        return text
    except ValueError:  # only a date can look right and be none
        events.note(event, f"{text} bukan tanggal yang ada")
        return text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _fatal(event: yaml.Event, text: str) -> YamlProblemError:
    return YamlProblemError(f"baris {_line(event)}: {text}")

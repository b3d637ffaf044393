"""What a step is: a plain function with a title, run as callers choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class About:
    """``title``: Indonesian, for progress; ``network``: worth a retry.

    ``one``: of a mapped step, the function for one item of its last argument.
    """

    title: str
    network: bool = False
    one: Callable[..., Any] | None = None


def step(title: str, *, network: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function the step called *title*."""

    def named(work: Callable[P, T]) -> Callable[P, T]:
        work.__dict__["about"] = About(title, network)
        return work

    return named


def mapped(
    title: str, *, network: bool = False
) -> Callable[[Callable[..., T]], Callable[[Any, Sequence[Any]], list[T]]]:
    """Make a function of one item a step over a sequence, its last argument."""

    def named(work: Callable[..., T]) -> Callable[[Any, Sequence[Any]], list[T]]:
        @wraps(work)
        def spread(given: Any, items: Sequence[Any]) -> list[T]:
            return [work(given, item) for item in items]

        spread.__dict__["about"] = About(title, network, work)
        return spread

    return named


def about(work: Any) -> About | None:
    """Return what is said about a step; None for a function that is none."""
    found = getattr(work, "about", None)
    return found if isinstance(found, About) else None


def wrapped(steps: S, wrap: Callable[[Callable[..., Any], About], Callable[..., Any]]) -> S:
    """Return the dataclass *steps* with each step replaced by *wrap*'s."""
    found: dict[str, Any] = {}
    for one in fields(steps):  # type: ignore[arg-type]
        work = getattr(steps, one.name)
        if said := about(work):
            found[one.name] = wraps(work)(wrap(work, said))
    return replace(steps, **found)  # type: ignore[type-var]


_PROGRESS: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def progress_to(report: Progress) -> Iterator[None]:
    """Steps inside the block say to *report* how far they are."""
    token = _PROGRESS.set(report)
    try:
        yield
    finally:
        _PROGRESS.reset(token)


def progress(done: int, total: int) -> None:
    """Report that *done* of *total* parts of the running step are done."""
    if report := _PROGRESS.get():
        report(done, total)

"""Comparison of labels, titles and choices, which repeat in workbooks."""

from __future__ import annotations

from functools import lru_cache

from iid.expectations.rulebook import words
from iid.expectations.rulebook.model import ProfileField

plain = lru_cache(maxsize=8192)(words.plain)


@lru_cache(maxsize=512)
def _match(text: str, choices: tuple[str, ...], aliases: tuple[tuple[str, str], ...]) -> str | None:
    return words.match(text, choices, dict(aliases))


def match_choice(text: str, profile: ProfileField) -> str | None:
    """Return the choice of *profile* that *text* means, in its spelling."""
    return _match(text, profile.choices, tuple(profile.choice_aliases.items())) if len(text) < 300 else None

"""Checks of the profile: its fields, their choices and other spellings."""

from __future__ import annotations

from collections.abc import Iterator

from iid.expectations.rulebook.messages import Problem, shown
from iid.expectations.rulebook.model import EXTRA_PROFILE_KEYS, PROFILE_KEYS, ProfileField, Rulebook
from iid.expectations.rulebook.words import plain


def _keys(book: Rulebook) -> Iterator[Problem]:
    keys = [field.key for field in book.profile]
    for missing in (key for key in PROFILE_KEYS if key not in keys):
        yield Problem("profile", f"tanpa {missing}", f"kesembilan belas isian: {', '.join(PROFILE_KEYS)}")
    for position, key in enumerate(keys):
        if key not in (*PROFILE_KEYS, *EXTRA_PROFILE_KEYS):
            yield Problem(f"profile[{key}].key", shown(key), ", ".join((*PROFILE_KEYS, *EXTRA_PROFILE_KEYS)))
        elif key in keys[:position]:
            yield Problem(f"profile[{key}].key", shown(key), "setiap isian satu kali")


def _labels(book: Rulebook) -> Iterator[Problem]:
    """A label or alias leads to one field only, however it is spelt."""
    owner: dict[str, str] = {}
    for field in book.profile:
        for spelling in (field.label, *field.aliases):
            taken = owner.setdefault(plain(spelling), field.key)
            if taken != field.key or not plain(spelling):
                allowed = f"tulisan yang berbeda dari isian {taken}"
                yield Problem(f"profile[{field.key}]", shown(spelling), allowed)


def _choices(book: Rulebook) -> Iterator[Problem]:
    for field in book.profile:
        path = f"profile[{field.key}]"
        if (field.type in ("choice", "choices")) != bool(field.choices):
            allowed = "daftar pilihan bila type choice atau choices, selain itu tidak ada"
            yield Problem(f"{path}.choices", f"{len(field.choices)} pilihan", allowed)
        yield from _spellings(field, path)


def _spellings(field: ProfileField, path: str) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for position, choice in enumerate(field.choices):
        if not plain(choice) or owner.setdefault(plain(choice), choice) != choice:
            yield Problem(f"{path}.choices[{position}]", shown(choice), "pilihan yang berbeda dari yang lain")
    for other, choice in field.choice_aliases.items():
        if choice not in field.choices:
            allowed = f"salah satu choices ({', '.join(field.choices)})"
            yield Problem(f"{path}.choice_aliases.{other}", shown(choice), allowed)
        elif not plain(other) or owner.setdefault(plain(other), choice) != choice:
            yield Problem(f"{path}.choice_aliases.{other}", shown(choice), f"{owner.get(plain(other))}")


def _agreement(book: Rulebook) -> Iterator[Problem]:
    """Stages and basic services are among the choices the form offers."""
    wanted = {
        "stage": ("eligibility.stages.value", book.eligibility.stages.value),
        "main_affair": ("formula.basic_services.value", book.formula.basic_services.value),
    }
    for field in book.profile:
        path, names = wanted.get(field.key, ("", ()))
        for name in names:
            if name not in field.choices:
                yield Problem(path, shown(name), f"salah satu choices pada profile[{field.key}]")


RULES = (_keys, _labels, _choices, _agreement)

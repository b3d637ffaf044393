"""The target, which moves a plan may use, and by what they are done."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import plain
from iid.tasks.answers.causes import DUPLICATE
from iid.tasks.answers.run_view import Picture
from iid.tasks.score.formula import gap_to_next
from iid.tasks.score.moves import Step, next_steps, selection_steps
from iid.tasks.text.indonesian import comma
from iid.tasks.text.terminal import line
from iid.tasks.values.errors import UsageError
from iid.tasks.values.tables import REGION_ID

_NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,9})?")

Owners = Collection[str] | None
#: By what a move is done: a decision of the region; papers at hand; something that must first be
#: made and signed; a fact that no paper changes.
Means = Literal["decision", "papers", "signature", "fact"]
#: Findings that only a true fact clears: the date of application, the stage, being another innovation.
FACTS = frozenset({"profile.window", "profile.stage", DUPLICATE})
#: What ``--only`` and ``--exclude`` take, and the kind, means or owner that it is.
WORDS = {
    "perbaiki": "mend", "naikkan": "raise", "syarat": "qualify", "tahan": "hold", "tambah": "add",
    "spd": "spd", "keputusan": "decision", "berkas": "papers", "pengesahan": "signature", "fakta": "fact",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """An index to reach, as people see it (rounded), and its category."""

    value: Decimal
    category: str
    chosen: bool  # by the user; else the next category's lower end

    def exact(self, rulebook: Rulebook) -> Fraction:
        """Return the smallest exact index that is shown as this target."""
        return Fraction(self.value) - Fraction(1, 2 * 10**rulebook.formula.places.value)


def target_of(text: str | None, rulebook: Rulebook, now: Fraction) -> Target | None:
    """Return the target typed (``60,01``), else the next category's lower end.

    None in the best category. UsageError for anything that is no index.
    """
    if text is None:
        gap = gap_to_next(rulebook, now)
        return Target(gap.lower, gap.category, chosen=False) if gap else None
    cleaned = text.strip().removesuffix("%").strip()
    value = Decimal(cleaned.replace(",", ".")) if _NUMBER.fullmatch(cleaned) else None
    if value is None or not 0 < value <= 100:
        raise UsageError(f'--target "{text}" bukan indeks; yang boleh: 0,01 s.d. 100, misalnya 60,01')
    rounded = rulebook.rounded(Fraction(value))
    if rounded != value:
        raise UsageError(
            f"--target {comma(cleaned)} lebih teliti daripada indeks yang terbit "
            f"({rulebook.formula.places.value} angka di belakang koma); misalnya {comma(rounded)}"
        )
    return Target(rounded, rulebook.category(rounded), chosen=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which moves were asked for: ``only`` these (empty: all), no ``exclude``."""

    only: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()

    @classmethod
    def read(cls, only: Iterable[str] = (), exclude: Iterable[str] = ()) -> Wanted:
        """Read ``--only`` and ``--exclude``. UsageError for an unknown word."""
        return cls(_tags(only, "--only"), _tags(exclude, "--exclude"))


def _tags(texts: Iterable[str], option: str) -> frozenset[str]:
    texts = list(texts)
    words = [word for text in texts for word in re.split(r"[,;\s]+", text) if word]
    known = {**WORDS, **{tag: tag for tag in WORDS.values()}}
    if any(not re.sub(r"[,;\s]+", "", text) for text in texts):
        raise UsageError(f"{option} kosong; yang boleh: {', '.join(WORDS)}")
    for word in words:
        if plain(word) not in known:
            raise UsageError(f'{option} "{line(word)}" tidak dikenal; yang boleh: {", ".join(WORDS)}')
    return frozenset(known[plain(word)] for word in words)


#: What papers alone do: prove what is claimed, correct what is written, choose what to send.
PAPERS = Wanted(only=frozenset({"decision", "papers"}))
NOTHING = Wanted(only=frozenset({"nothing"}))
WITHOUT_FACTS = Wanted(exclude=frozenset({"fact"}))


@dataclass(frozen=True)
class Menu:
    """The moves of one run by deed, and which of them a plan may use."""

    picture: Picture

    def means(self, step: Step) -> Means:
        """By what *step* is done."""
        if step.kind == "hold":
            return "decision"
        if step.kind == "add":
            return "signature"
        if step.kind == "qualify":
            return "fact" if self._codes(step.innovation_id) & FACTS else "papers"
        if step.kind == "mend":
            return "papers"
        return "fact" if self.picture.rulebook.by_key[step.indicator].follows_facts else "signature"

    def planned(self, owners: Owners, *wanted: Wanted) -> Callable[[Step], bool]:
        """Return whether a plan for *owners* may use a move: asked for, not twice.

        An innovation that only repeats another one is not made eligible, and of several with one
        name none is held back: another of them would take its place.
        """

        def allowed(step: Step) -> bool:
            if step.kind == "add":
                return (owners is None or bool(set(owners) - {REGION_ID})) and self._fits(step, wanted)
            if owners is not None and step.innovation_id not in owners and not _is_new(step):
                return False
            if step.innovation_id in (self._same_name if step.kind == "hold" else self._repeats):
                return False
            return self._fits(step, wanted)

        return allowed

    def _fits(self, step: Step, wanted: Iterable[Wanted]) -> bool:
        tags = {step.kind, self.means(step), "spd" if step.innovation_id == REGION_ID else ""}
        return all((not w.only or bool(tags & w.only)) and not tags & w.exclude for w in wanted)

    def steps(self, owners: Owners, *wanted: Wanted) -> list[Step]:
        """Every single move of *owners* that fits, the most valuable first."""
        supported, claimed = self.picture.states["supported"], self.picture.states["claimed"]
        found = [*next_steps(supported, claimed, owners), *self.selections(owners)]
        return sorted((s for s in found if self._fits(s, wanted)), key=lambda step: -step.gain)

    def selections(self, owners: Owners = None) -> list[Step]:
        """Every single move that changes what is sent."""
        found = selection_steps(self.picture.states["supported"], owners)
        return [s for s in found if s.kind != "hold" or s.innovation_id not in self._same_name]

    def _codes(self, owner: str) -> set[str]:
        return {row["code"] for row in self.picture.critical.get((owner, ""), ())}

    @cached_property
    def _repeats(self) -> frozenset[str]:
        return frozenset(owner for owner in self.picture.names if DUPLICATE in self._codes(owner))

    @cached_property
    def _same_name(self) -> frozenset[str]:
        by_name: dict[str, list[str]] = {}
        for owner, name in self.picture.names.items():
            by_name.setdefault(plain(name), []).append(owner)
        groups = (group for group in by_name.values() if set(group) & self._repeats)
        return frozenset(owner for group in groups for owner in group)


def _is_new(step: Step) -> bool:
    return step.innovation_id.startswith("(")

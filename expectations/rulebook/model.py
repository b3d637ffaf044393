"""The rules of one assessment cycle as frozen, strict models.

A rulebook is one YAML file (``expectations/rulebooks/<cycle>.yaml``). Every
number in it is a :class:`Fact`: the value, the source it was taken from and
whether it was *read* there or *inferred* by us. No weight, threshold or window
is anywhere else in the code.

Loading and checking live in :mod:`iid.expectations.rulebook.loading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Annotated, Literal

from pydantic import Field

# Fact and Status are read from here by all who read rulebooks.
from iid.expectations.rulebook.sourced import Fact as Fact  # noqa: PLC0414
from iid.expectations.rulebook.sourced import (
    Key,
    Number,
    Sourced,
    Step,
    Strict,
    Text,
    half_up,
    inferred_in,
    sourced_in,
)
from iid.expectations.rulebook.sourced import Status as Status  # noqa: PLC0414

#: Rows of the profile, in the order of the workbook; equal to the columns of the innovations table.
PROFILE_KEYS = (
    "name", "stage", "initiator", "initiator_name", "classification", "kind", "form", "theme",
    "main_affair", "other_affairs", "trial_date", "applied_date", "developed_date", "design",
    "purpose", "benefit", "result", "coordinates", "budget",
)  # fmt: skip
#: Rows that only the forms of some cycles have; they are in table *fields* alone and carry no score.
EXTRA_PROFILE_KEYS = ("asta_cita", "pkpn")
SID_KEYS = tuple(str(number) for number in range(16, 36))  # the rows of every innovation
TOTAL_KEY = "SPD"  # the only SPD row where ``spd: total``


class Source(Strict):
    """A document or code base the facts were read in."""

    what: Text
    url: str | None = None
    id: str | None = None
    trust: Text


class Parameter(Sourced):
    """One step of an indicator: 1, 2 or 3, with the sentence the form shows."""

    value: Step
    text: Text
    evidence: str | None = None


class Basis(Sourced):
    """A measuring basis of indicator 33: letter, spellings, its own texts."""

    code: Annotated[str, Field(pattern=r"^[a-z]$")]
    aliases: tuple[str, ...] = ()
    name: Text
    evidence: str | None = None
    parameters: tuple[Parameter, Parameter, Parameter]


class Band(Strict):
    """Closed interval ``lower..upper`` of rounded values; None is open."""

    parameter: Step
    lower: Number | None = None
    upper: Number | None = None

    def holds(self, value: Fraction) -> bool:
        """Whether the rounded *value* is inside this band."""
        above = self.lower is None or value >= Fraction(self.lower)
        return above and (self.upper is None or value <= Fraction(self.upper))


class Bands(Sourced):
    """Numeric thresholds of one SPD indicator, with the unit of *Nilai*.

    ``step`` is the distance of two neighbouring values: 0.01 for percentages, 1 for counts.
    """

    unit: Text
    step: Annotated[Number, Field(gt=0)] = Decimal("0.01")
    bands: tuple[Band, ...]


class Proof(Sourced):
    """Kinds of evidence that prove parameters, and those that accompany.

    ``proves`` None: no source names a kind, every file proves. ``accompanies`` alone is no proof where
    this was *read*; where it was *inferred* it counts, with a warning.
    """

    bases: tuple[str, ...] = ()  # letters; () where the indicator has one basis
    parameters: tuple[Step, ...]
    proves: tuple[str, ...] | None
    accompanies: tuple[str, ...] = ()

    @property
    def sufficient(self) -> tuple[str, ...] | None:
        """The kinds with which a claim counts; None for every file."""
        if self.proves is None or self.status == "read":
            return self.proves
        return (*self.proves, *self.accompanies)


class Indicator(Strict):
    """One row of the index: SPD (once a region) or SID (every innovation)."""

    key: Annotated[str, Field(pattern=r"^([1-9]|[12][0-9]|3[0-5])[a-z]?$|^SPD$")]
    aspect: Literal["SPD", "SID"]
    variable: Text
    name: Text
    parent_name: str | None = None
    description: str | None = None
    weight: Fact[Number]
    mandatory: Fact[bool]
    parameters: tuple[Parameter, ...]
    evidence: Fact[str | None]
    kinds: Fact[tuple[str, ...] | None]
    proofs: tuple[Proof, ...] = ()  # only runs published before rulebooks had it lack it
    max_size_mb: Fact[Number | None]
    max_minutes: Fact[Number | None] | None = None
    expected_items: Fact[tuple[int, int, int]] | None = None
    effort: Fact[Literal["ringan", "sedang", "berat"]] | None = None
    outcome: Fact[bool] | None = None  # whether the parameter follows what happened, whatever is written
    thresholds: Bands | None = None
    bases: tuple[Basis, ...] = ()

    @property
    def accepts_links(self) -> bool:
        """Whether a link alone can prove a claim (``kinds`` lists ``link``)."""
        return self.kinds.value is not None and "link" in self.kinds.value

    @property
    def follows_facts(self) -> bool:
        """Whether no paper raises the parameter: a figure or an outcome does."""
        return self.thresholds is not None or bool(self.outcome and self.outcome.value)

    def parameter_text(self, value: int, basis: str = "") -> str:
        """Return the form's sentence for parameter *value* (of *basis*)."""
        steps = next((b.parameters for b in self.bases if b.code == basis), self.parameters)
        return next((p.text for p in steps if p.value == value), "")


class Formula(Strict):
    """Constants of ``(SPD + sum(SID) / divisor + count) / maximum * 100``.

    ``divisor`` is ``max(divisor_min, n)``.
    """

    divisor_min: Fact[int]
    divisor_counts: Fact[Literal["reported", "eligible"]]
    count_weight: Fact[Number]
    count_cap: Fact[int]
    basic_services_min: Fact[int]
    basic_services: Fact[tuple[str, ...]]
    maximum_spd: Fact[Number]
    maximum_sid_innovation: Fact[Number]
    maximum_count: Fact[Number]
    maximum_total: Fact[Number]
    places: Fact[int]


class ThresholdRule(Sourced):
    """How a value is placed where bands of the letter overlap at their edges."""

    round_places: Annotated[int, Field(ge=0)]
    overlap: Literal["better_parameter"]
    reason: Text


class Predicate(Sourced):
    """A category, ``lower..upper`` inclusive, on the rounded index."""

    name: Text
    lower: Number
    upper: Number


class Eligibility(Strict):
    """What an innovation must be before any of its points count."""

    stage: Fact[str]
    stages: Fact[tuple[str, ...]]
    applied_from: Fact[date]
    applied_to: Fact[date]
    developed_counts: Fact[bool]
    min_words: Fact[int]
    #: How often one innovation may be reported, this cycle included; None where no source says.
    entries_max: Fact[int | None] | None = None


class ProfileField(Sourced):
    """A row of sheet *Profil*; ``source``, ``status``: of field and choices.

    ``aliases`` are other spellings of the label; ``choice_aliases`` maps other spellings of
    a choice to the choice (see :func:`iid.expectations.rulebook.words.match`).
    """

    key: Key
    label: Text
    required: Fact[bool]
    type: Literal["text", "choice", "choices", "date", "money", "coordinate"]
    choices: tuple[str, ...] = ()
    choice_aliases: Mapping[str, str] = {}
    aliases: tuple[str, ...] = ()
    help: str | None = None


class Timetable(Strict):
    """When units may report; months only where the sources give no day."""

    reporting_from: Fact[str | None]
    reporting_to: Fact[str | None]


class Limits(Strict):
    """Sizes: how many bytes a MB is, and the profile texts' own limits."""

    bytes_per_mb: Fact[int]


class Rulebook(Strict):
    """Everything one cycle demands; build it with ``loading.load``."""

    cycle: int
    title: Text
    standing: Literal["in_force", "announced"]
    legal_basis: tuple[Text, ...]
    sources: Mapping[str, Source]
    notes: tuple[Text, ...] = ()
    spd: Literal["rows", "total"]
    formula: Formula
    threshold_rule: ThresholdRule | None = None
    predicates: tuple[Predicate, ...]
    eligibility: Eligibility
    limits: Limits
    timetable: Timetable
    profile: tuple[ProfileField, ...]
    indicators: tuple[Indicator, ...]

    @cached_property
    def by_key(self) -> dict[str, Indicator]:
        """Indicators by key (``"2a"``, ``"16"``; ``"SPD"`` if ``spd: total``)."""
        return {indicator.key: indicator for indicator in self.indicators}

    @cached_property
    def scaled_weights(self) -> tuple[int, dict[str, int]]:
        """A scale, and each weight times it as a whole number, for sums."""
        weights = {i.key: Fraction(i.weight.value) for i in self.indicators}
        scale = lcm(*(weight.denominator for weight in weights.values()))
        return scale, {key: int(weight * scale) for key, weight in weights.items()}

    @cached_property
    def sid(self) -> tuple[Indicator, ...]:
        """The rows every innovation answers."""
        return tuple(i for i in self.indicators if i.aspect == "SID")

    @cached_property
    def spd_rows(self) -> tuple[Indicator, ...]:
        """The rows the region answers once."""
        return tuple(i for i in self.indicators if i.aspect == "SPD")

    def category(self, index: Decimal) -> str:
        """Name of the predicate that holds the *rounded* index."""
        rounded = self.rounded(Fraction(index))
        return next(p.name for p in self.predicates if p.lower <= rounded <= p.upper)

    def rounded(self, value: Fraction) -> Decimal:
        """*value* rounded half up to the rulebook's number of places."""
        return half_up(value, self.formula.places.value)

    def threshold_parameter(self, key: str, value: Decimal) -> int:
        """Return the parameter that *value* of SPD *key* earns; 0 below all bands.

        The value is rounded first (``threshold_rule``); of a count (step 1) only whole steps count.
        """
        bands = self.by_key[key].thresholds
        if bands is None:
            raise KeyError(f"indicator {key} has no numeric thresholds")
        places = self.threshold_rule.round_places if self.threshold_rule else 2
        step = Fraction(bands.step)
        placed = Fraction(half_up(Fraction(value), places)) // step * step
        return max((b.parameter for b in bands.bands if b.holds(placed)), default=0)

    def __reduce__(self) -> tuple[object, ...]:
        # ``Fact[int]`` and its like are made on the fly; pickle cannot find them by name.
        return type(self).model_validate, (self.model_dump(),)

    def inferred(self) -> Iterator[tuple[str, object, str]]:
        """Every inferred value as ``(key path, value, reason)``, in file order."""
        yield from inferred_in(self)

    def count_values(self) -> int:
        """How many values carry a source, read or inferred."""
        return sum(1 for _ in sourced_in(self))

"""The rules of one assessment cycle as frozen, strict models.

A rulebook is one YAML file (``expectations/rulebooks/<cycle>.yaml``). Every
number in it is a :class:`Fact`: the value, the source it was taken from and
whether it was *read* there or *inferred* by us. No weight, threshold or window
stands anywhere else in the code.

Loading and checking live in :mod:`iid.expectations.loading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

T = TypeVar("T")
Status = Literal["read", "inferred"]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class Strict(BaseModel):
    """Base of every rulebook model: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Fact(Strict, Generic[T]):
    """A value with where it comes from; an inferred one says why."""

    value: T
    source: str
    status: Status
    reason: str | None = None

    @model_validator(mode="after")
    def _inferred_needs_reason(self) -> Fact[T]:
        if self.status == "inferred" and not self.reason:
            raise ValueError("an inferred value needs a reason")
        return self


class Source(Strict):
    """A document or code base the facts were read in."""

    what: str
    url: str | None = None
    id: str | None = None
    trust: str


class Parameter(Strict):
    """One step of an indicator: 1, 2 or 3, with the sentence the form shows."""

    value: Literal[1, 2, 3]
    text: str
    evidence: str | None = None
    source: str
    status: Status
    reason: str | None = None


class Basis(Strict):
    """One measuring basis of indicator 33 (letter, other spellings, its own texts)."""

    code: Annotated[str, Field(pattern=r"^[a-z]$")]
    aliases: tuple[str, ...] = ()
    name: str
    evidence: str | None = None
    parameters: tuple[Parameter, Parameter, Parameter]


class Band(Strict):
    """Closed interval ``lower..upper`` (rounded value) that earns a parameter; None is open."""

    parameter: Literal[1, 2, 3]
    lower: Decimal | None = None
    upper: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether the rounded *value* lies inside this band."""
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)


class Bands(Strict):
    """Numeric thresholds of one SPD indicator, with the unit of *Nilai*."""

    unit: str
    step: Decimal = Decimal("0.01")
    bands: tuple[Band, ...]
    source: str
    status: Status
    reason: str | None = None


class Indicator(Strict):
    """One row of the index: SPD (once a region) or SID (every innovation)."""

    key: Annotated[str, Field(pattern=r"^([1-9]|[12][0-9]|3[0-5])[a-z]?$|^SPD$")]
    aspect: Literal["SPD", "SID"]
    variable: str
    name: str
    parent_name: str | None = None
    description: str | None = None
    weight: Fact[Decimal]
    mandatory: Fact[bool]
    parameters: tuple[Parameter, ...]
    evidence: Fact[str | None]
    kinds: Fact[tuple[str, ...] | None]
    max_size_mb: Fact[Decimal | None]
    max_minutes: Fact[Decimal | None] | None = None
    expected_items: Fact[tuple[int, int, int]] | None = None
    effort: Fact[Literal["ringan", "sedang", "berat"]] | None = None
    thresholds: Bands | None = None
    bases: tuple[Basis, ...] = ()

    @property
    def accepts_links(self) -> bool:
        """Whether a link alone can prove a claim (``kinds`` lists ``link``)."""
        return self.kinds.value is not None and "link" in self.kinds.value

    def parameter_text(self, value: int, basis: str = "") -> str:
        """The form's sentence for parameter *value* (of *basis*, where there are several)."""
        steps = next((b.parameters for b in self.bases if b.code == basis), self.parameters)
        return next((p.text for p in steps if p.value == value), "")


class Formula(Strict):
    """Constants of ``(SPD + sum(SID) / max(divisor_min, n) + count) / maximum * 100``."""

    divisor_min: Fact[int]
    divisor_counts: Fact[Literal["reported", "eligible"]]
    count_weight: Fact[Decimal]
    count_cap: Fact[int]
    basic_services_min: Fact[int]
    basic_services: Fact[tuple[str, ...]]
    maximum_spd: Fact[Decimal]
    maximum_sid_innovation: Fact[Decimal]
    maximum_count: Fact[Decimal]
    maximum_total: Fact[Decimal]
    places: Fact[int]


class ThresholdRule(Strict):
    """How a value is placed where the letter's own bands overlap at their edges."""

    round_places: int
    overlap: Literal["better_parameter"]
    source: str
    status: Status
    reason: str


class Predicate(Strict):
    """A category of the index, ``lower..upper`` inclusive, on the rounded index."""

    name: str
    lower: Decimal
    upper: Decimal
    source: str
    status: Status
    reason: str | None = None


class Eligibility(Strict):
    """What an innovation must be before any of its points count."""

    stage: Fact[str]
    stages: Fact[tuple[str, ...]]
    applied_from: Fact[date]
    applied_to: Fact[date]
    developed_counts: Fact[bool]
    min_words: Fact[int]


class ProfileField(Strict):
    """One row of sheet *Profil*."""

    key: Key
    label: str
    required: Fact[bool]
    type: Literal["text", "choice", "choices", "date", "money", "coordinate"]
    choices: tuple[str, ...] = ()
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
    """Everything one cycle demands. Build it with :func:`iid.expectations.loading.load`."""

    cycle: int
    title: str
    standing: Literal["in_force", "announced"]
    legal_basis: tuple[str, ...]
    sources: Mapping[str, Source]
    notes: tuple[str, ...] = ()
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
        """Indicators by their key (``"2a"``, ``"16"``; ``"SPD"`` where ``spd: total``)."""
        return {indicator.key: indicator for indicator in self.indicators}

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
        places = self.formula.places.value
        quantum = Decimal(1).scaleb(-places)
        scaled = value * 10**places
        whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
        sign = -1 if scaled < 0 else 1
        return (Decimal(sign * whole) * quantum).quantize(quantum, rounding=ROUND_HALF_UP)

    def threshold_parameter(self, key: str, value: Decimal) -> int:
        """Parameter that *value* of SPD indicator *key* earns; 0 below the first band."""
        bands = self.by_key[key].thresholds
        if bands is None:
            raise KeyError(f"indicator {key} has no numeric thresholds")
        places = self.threshold_rule.round_places if self.threshold_rule else 2
        value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return max((b.parameter for b in bands.bands if b.holds(value)), default=0)

    def inferred(self) -> Iterator[tuple[str, object, str]]:
        """Every inferred value as ``(key path, value, reason)``, in file order."""
        yield from _inferred(self, "")


def _inferred(node: object, path: str) -> Iterator[tuple[str, object, str]]:
    if isinstance(node, BaseModel):
        if getattr(node, "status", None) == "inferred":
            value = getattr(node, "value", getattr(node, "text", getattr(node, "name", None)))
            yield path, value, getattr(node, "reason", None) or ""
        for name in type(node).model_fields:
            yield from _inferred(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, Mapping):
        for key, item in node.items():
            yield from _inferred(item, f"{path}.{key}")
    elif isinstance(node, tuple):
        for position, item in enumerate(node):
            label = getattr(item, "key", None) or getattr(item, "code", None) or position
            yield from _inferred(item, f"{path}[{label}]")

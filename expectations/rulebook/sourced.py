"""One entry of a rulebook: a value, its source, *read* or *inferred*.

Everything else in :mod:`iid.expectations.rulebook.model` is made of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


def _whole_to_decimal(value: object) -> object:
    """``3`` is a decimal as much as ``3.0``; ``true`` and ``"3"`` are none."""
    return Decimal(value) if type(value) is int else value


def _only_whole(value: object) -> object:
    """``true`` and ``1.0`` equal 1 in Python, but are no parameter."""
    if type(value) is not int:
        raise ValueError("1, 2, 3")
    return value


T = TypeVar("T")
Status = Literal["read", "inferred"]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Text = Annotated[str, Field(pattern=r"\S")]  # never blank
Number = Annotated[Decimal, BeforeValidator(_whole_to_decimal)]
Step = Annotated[Literal[1, 2, 3], BeforeValidator(_only_whole)]


class Strict(BaseModel):
    """Base of every rulebook model: frozen, no coercion, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ignored_types=(cached_property,))


class Sourced(Strict):
    """Where something comes from: a key of ``sources``; if inferred, why."""

    source: str
    status: Status
    reason: Text | None = None

    @model_validator(mode="after")
    def _inferred_needs_reason(self) -> Self:
        if self.status == "inferred" and not self.reason:
            raise PydanticCustomError("reason_missing", "teks alasan (wajib pada status inferred)")
        return self


class Fact(Sourced, Generic[T]):
    """A value with where it comes from."""

    value: T


def half_up(value: Fraction, places: int) -> Decimal:
    """*value* rounded half up, away from zero on a tie; exact for any size."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(f"{'-' if value < 0 and whole else ''}{whole}E-{places}")


def sourced_in(node: object, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Yield everything below *node* that names its source, by key path."""
    if isinstance(node, Sourced):
        yield path, node
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from sourced_in(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, Mapping):
        for key, item in node.items():
            yield from sourced_in(item, f"{path}.{key}")
    elif isinstance(node, tuple):
        for position, item in enumerate(node):
            yield from sourced_in(item, f"{path}[{label_of(item, position)}]")


def inferred_in(node: object) -> Iterator[tuple[str, object, str]]:
    """Yield every inferred value below *node*: key path, value, reason."""
    for path, thing in sourced_in(node):
        if thing.status == "inferred":
            yield path, _what(thing), thing.reason or ""


def _what(node: Sourced) -> object:
    """Return the inferred thing: a value, a text, a unit, or a name."""
    if isinstance(node, Fact):
        return node.value
    names = ("text", "name", "label", "unit", "overlap", "proves")
    return next((getattr(node, name) for name in names if hasattr(node, name)), None)


def label_of(item: object, position: int) -> str:
    """Return an item's label in a key path: ``[16]``, ``[33].bases[a]``."""
    read = item.get if isinstance(item, Mapping) else partial(getattr, item)
    for name in ("key", "code", "value", "parameter", "name"):
        label = read(name, None)
        if type(label) in (int, str):
            return str(label)
    return str(position)

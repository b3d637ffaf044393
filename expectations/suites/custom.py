"""Own Expectations: what is allowed, or how much, depends on a row's key.

The rulebook's tables are in the expectation's own arguments, so that a suite
written out as JSON says what the cycle demands of each indicator. Rows in which
the key or the value is missing are left out: there the rule does not apply.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from iid.expectations.suites.quiet_gx import (
    ColumnPairMapExpectation,
    ColumnPairMapMetricProvider,
    PandasExecutionEngine,
    column_pair_condition_partial,
)

#: Must be given with each of these expectations: GX drops arguments that equal a default, and
#: then judges rows with missing values too.
IGNORE_MISSING = "either_value_is_missing"


class AllowedForKey(ColumnPairMapMetricProvider):
    """Metric: the value is one of those allowed for its key."""

    condition_metric_name = "column_pair_values.allowed_for_key"
    condition_value_keys = ("allowed",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(cls, column_A: Any, column_B: Any, allowed: Any = None, **_: Any) -> Any:  # noqa: N803, N805
        pairs = [f"{key}\n{value}" for key, values in allowed.items() for value in values]
        joined = column_A.astype("string") + "\n" + column_B.astype("string")
        return joined.isin(pairs) | ~column_A.isin(list(allowed))


class WithinLimitsForKey(ColumnPairMapMetricProvider):
    """Metric: the value is within the limits of its key."""

    condition_metric_name = "column_pair_values.within_limits_for_key"
    condition_value_keys = ("minimum", "maximum")

    @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805
        column_A: Any,  # noqa: N803
        column_B: Any,  # noqa: N803
        minimum: Any = None,
        maximum: Any = None,
        **_: Any,
    ) -> Any:
        fine = pd.Series(True, index=column_A.index, dtype="boolean")
        if minimum:
            fine &= (column_B >= column_A.map(dict(minimum)).astype("Int64")).fillna(True)
        if maximum:
            fine &= (column_B <= column_A.map(dict(maximum)).astype("Int64")).fillna(True)
        return fine.astype(bool)


class ProvenForKey(ColumnPairMapMetricProvider):
    """Metric: a kind shown (one a line) proves, or none only accompanies."""

    condition_metric_name = "column_pair_values.proven_for_key"
    condition_value_keys = ("proves", "accompanies")

    @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator]
    def _pandas(
        cls,  # noqa: N805
        column_A: Any,  # noqa: N803
        column_B: Any,  # noqa: N803
        proves: Any = None,
        accompanies: Any = None,
        **_: Any,
    ) -> Any:
        pairs = pd.DataFrame({"key": column_A.astype("string"), "shown": column_B.astype("string")})
        each = pairs.assign(kind=pairs["shown"].str.split("\n")).explode("kind")
        each = each["key"] + "\n" + each["kind"]
        good, beside = (
            each.isin([f"{key}\n{kind}" for key, kinds in by.items() for kind in kinds])
            .groupby(level=0)
            .any()
            for by in (proves, accompanies)
        )
        return good | ~beside


class _ForKey(ColumnPairMapExpectation):
    """What both have in common: the rows they judge."""

    ignore_row_if: str = "both_values_are_missing"

    domain_keys: ClassVar[Any] = (
        "batch_id",
        "column_A",
        "column_B",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )


class ExpectColumnPairValuesToBeAllowedForKey(_ForKey):
    """``column_B`` is a value that ``allowed`` lists for the key ``column_A``.

    A key that ``allowed`` does not name accepts every value.
    """

    allowed: dict[str, list[str]]

    map_metric: ClassVar[str] = "column_pair_values.allowed_for_key"
    success_keys: ClassVar[tuple[str, ...]] = ("allowed",)


class ExpectColumnPairValuesToBeWithinLimitsForKey(_ForKey):
    """``column_B`` is within the key's ``minimum`` and ``maximum``, inclusive.

    A key without a limit accepts every value. Limits are whole numbers: bytes, seconds, documents.
    """

    minimum: dict[str, int] | None = None
    maximum: dict[str, int] | None = None

    map_metric: ClassVar[str] = "column_pair_values.within_limits_for_key"
    success_keys: ClassVar[tuple[str, ...]] = ("minimum", "maximum")


class ExpectColumnPairValuesToBeProvenForKey(_ForKey):
    """A kind in ``column_B`` (one a line) proves the key in ``column_A``.

    Fails where none does and one is there that only accompanies the proof (a picture beside a film).
    """

    proves: dict[str, list[str]]
    accompanies: dict[str, list[str]]

    map_metric: ClassVar[str] = "column_pair_values.proven_for_key"
    success_keys: ClassVar[tuple[str, ...]] = ("proves", "accompanies")

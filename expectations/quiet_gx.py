"""Great Expectations, imported without noise.

It takes seconds to import: nothing may load this module before the validation
step. Its own import raises a ``DeprecationWarning`` (``sre_constants``), it logs,
and its analytics are refused here although 1.24 ships none.
"""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"
logging.getLogger("great_expectations").setLevel(logging.ERROR)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations import expectations as _expectations
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import ColumnPairMapExpectation
    from great_expectations.expectations.metrics.map_metric_provider.column_pair_condition_partial import (
        column_pair_condition_partial,
    )
    from great_expectations.expectations.metrics.map_metric_provider.column_pair_map_metric_provider import (
        ColumnPairMapMetricProvider,
    )

gxe: Any = _expectations  # GX re-exports its expectations without saying so


def quiet_context() -> Any:
    """A GX context in memory: no file, no folder (not even a temporary one), no progress bars."""
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    config = DataContextConfig(
        store_backend_defaults=stores, progress_bars=ProgressBarsConfig(globally=False)
    )
    return gx.get_context(mode="ephemeral", project_config=config)


__all__ = [
    "ColumnPairMapExpectation",
    "ColumnPairMapMetricProvider",
    "PandasExecutionEngine",
    "column_pair_condition_partial",
    "gx",
    "gxe",
    "quiet_context",
]

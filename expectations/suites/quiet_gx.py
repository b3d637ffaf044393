"""Great Expectations, imported without noise.

It takes seconds to import: nothing may load this module before the validation
step. Its own import raises a ``DeprecationWarning`` (``sre_constants``), it logs,
and its analytics are refused here although 1.24 ships none.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"
logging.getLogger("great_expectations").setLevel(logging.ERROR)

#: What GX imports for charts and distributions that no suite of ours uses: a third of its start.
_UNUSED = ("altair", "scipy.stats")
#: Optional parts of GX for data in databases and buckets; it does without them where they are not
#: installed, and so it does here. Left alone where somebody else has them loaded already.
_OPTIONAL = ("boto3", "botocore", "sqlalchemy")


class _Later(ModuleType):
    """A module's substitute that imports it when it is asked for something."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by the import machinery and by inspect, on the way past
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _imported_later(*names: str) -> Iterator[None]:
    """Put off importing *names* in the block until one is asked for."""
    stand_ins = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


@contextmanager
def _not_installed(*names: str) -> Iterator[None]:
    """Raise ImportError for *names* in the block, unless they are loaded."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is the import system's "no"
    try:
        yield
    finally:
        for name in hidden:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)


with warnings.catch_warnings(), _imported_later(*_UNUSED), _not_installed(*_OPTIONAL):
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
    """Return a GX context in memory: no file, no folder, no progress bars."""
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

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
from contextvars import ContextVar
from copy import copy
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
    from great_expectations.expectations.expectation import ColumnPairMapExpectation, Expectation
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


_written_out: Any = Expectation.__dict__["configuration"].fget
_KEPT: ContextVar[dict[int, tuple[Any, Any]] | None] = ContextVar("configurations", default=None)


def _configuration(expectation: Any) -> Any:
    """Return an expectation's configuration, from memory inside a block."""
    kept = _KEPT.get()
    if kept is None:
        return _written_out(expectation)
    if id(expectation) not in kept:  # kept with its expectation, so that the number stays its own
        kept[id(expectation)] = (expectation, _written_out(expectation))
    given = copy(kept[id(expectation)][1])
    given.kwargs = dict(given.kwargs)
    return given


setattr(Expectation, "configuration", property(_configuration))  # noqa: B010  a method for mypy


@contextmanager
def configured_once() -> Iterator[None]:
    """Write out each expectation once in the block; none may change in it.

    GX 1.24 copies all arguments of an expectation for every single one that it looks up, 130 times
    in a validation: a quarter of the time of judging a small region.
    """
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


__all__ = [
    "ColumnPairMapExpectation",
    "ColumnPairMapMetricProvider",
    "PandasExecutionEngine",
    "column_pair_condition_partial",
    "configured_once",
    "gx",
    "gxe",
    "quiet_context",
]

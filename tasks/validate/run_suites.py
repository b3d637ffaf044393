"""Run the suites over the judged tables and say which rows fail, exactly.

Of GX's answers only ``unexpected_index_list`` is complete: the lists of values
stop at 200, silently. The judged tables therefore carry a plain row number, and
no index column is named (GX would build a dictionary a row).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pandas as pd

from iid.expectations.suites.quiet_gx import configured_once, gx, quiet_context
from iid.expectations.suites.suites import Suite, columns_of

_SOURCE = "iid"
_FORMAT = {
    "result_format": "COMPLETE",
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,  # one text with every row number in it
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of an expectation: failing rows, of how many it looked at."""

    suite: str
    meta: Mapping[str, str]  # check, code, about, severity, sentence, fix
    kind: str  # GX's name of the expectation
    arguments: Mapping[str, Any]
    checked: int
    failing: list[int]


def judge(suites: Mapping[str, Suite], judged: Mapping[str, pd.DataFrame]) -> list[Judgement]:
    """Judge each table by its suite, in the order of suites and expectations.

    Raises ValueError for a column that a suite needs and a table has not, RuntimeError for an
    expectation that could not be computed: both are mistakes of ours, never of the input.
    """
    context = quiet_context()
    source = context.data_sources.add_pandas(_SOURCE)
    answers: list[Judgement] = []
    try:
        for name, suite in suites.items():
            table = _needed(name, suite, judged[name])
            batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
            own = context.suites.add(deepcopy(suite))  # GX writes an id by chance into what it keeps
            definition = gx.ValidationDefinition(name=name, data=batch, suite=own)
            context.validation_definitions.add(definition)
            checkpoint = gx.Checkpoint(name=name, validation_definitions=[definition], result_format=_FORMAT)
            kept = context.checkpoints.add(checkpoint)
            with configured_once():
                answer: Any = kept.run(batch_parameters={"dataframe": table})
            [judged_suite] = answer.run_results.values()
            found = {r.expectation_config.meta["check"]: _judgement(name, r) for r in judged_suite.results}
            answers += [found[e.configuration.meta["check"]] for e in suite.expectations]
    finally:
        context.data_sources.delete(_SOURCE)  # GX keeps the last context, and with it every judged table
    return answers


def _needed(name: str, suite: Suite, table: pd.DataFrame) -> pd.DataFrame:
    needed = sorted(columns_of(suite))
    missing = [column for column in needed if column not in table.columns]
    if missing:
        raise ValueError(f"judged table {name} lacks the columns {', '.join(missing)}")
    return table[needed].reset_index(drop=True)


def _judgement(name: str, result: Any) -> Judgement:
    config, answer = result.expectation_config, result.result
    if "unexpected_index_list" not in answer:
        raise RuntimeError(f"{name}: {config.meta['check']} cannot be computed: {result.exception_info}")
    arguments = {k: v for k, v in config.kwargs.items() if k not in ("batch_id", "ignore_row_if")}
    return Judgement(
        suite=name,
        meta=config.meta,
        kind=config.type,
        arguments=arguments,
        checked=answer["element_count"] - answer["missing_count"],
        failing=answer["unexpected_index_list"],
    )

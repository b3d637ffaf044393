"""What tests of reading a whole share have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from iid.tasks.ingest.submissions import Submissions
from iid.tasks.values.region import Unit

ROSTER = (Unit("01", "Dinas Kesehatan", "opd"), Unit("02", "Dinas Sosial", "opd", ""))
X = "01 Dinas Kesehatan/SIGAP"
Innovation = Callable[..., bytes]
Reported = Callable[[Submissions], list[tuple[str, str, str, str]]]


def messages(read: Submissions) -> list[str]:
    return read.findings["message"].tolist()


def row(table: pd.DataFrame, **wanted: str) -> dict[str, Any]:
    for name, value in wanted.items():
        table = table[table[name] == value]
    assert len(table) == 1
    found: dict[str, Any] = table.iloc[0].to_dict()
    return found


def told_nothing(read: Submissions) -> bool:
    return read.findings.empty

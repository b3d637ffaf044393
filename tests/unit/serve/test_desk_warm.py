"""The desk reads a new publication before its first visitor comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from iid.flows.service import desk_service
from iid.flows.settings.setting_models import DeskSettings, ServeSettings
from iid.tasks.operate.health.freshness import Place


@dataclass
class Seconds:
    """A stop that passes *length* seconds at once; *at*: what happens in one of them."""

    length: int
    at: dict[int, Any] = field(default_factory=dict)
    passed: int = 0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == 1.0
        self.passed += 1
        self.at.get(self.passed, lambda: None)()
        return self.passed >= self.length


@pytest.mark.parametrize(("attempt", "reads"), [(None, [0, 60, 120]), ("a run ended", [0, 5, 65, 125])])
def test_what_is_published_is_read_after_each_run_and_once_a_minute(
    attempt: Any, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = SimpleNamespace(place=Place(2026))

    def ends() -> None:
        keeper.place = Place(2026, attempt=attempt)

    stop, found = Seconds(130, {5: ends}), []
    pages = SimpleNamespace(warm=lambda: found.append(stop.passed))
    monkeypatch.setattr(desk_service, "Pages", lambda *_: pages)
    services: Any = desk_service.Desk
    services([keeper], DeskSettings(), ServeSettings(), None, stop)._stay_warm()
    assert found == reads

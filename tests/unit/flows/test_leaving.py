"""A service ends although one of its shares hangs."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from iid.flows.service import service


def test_a_share_that_hangs_is_left_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LEAVING", 0.05)
    hangs, said = Event(), []
    threads = [
        Thread(target=hangs.wait, name="tapin", daemon=True),
        Thread(target=lambda: None, name="banjar", daemon=True),
    ]
    for thread in threads:
        thread.start()
    threads[1].join()
    service._leave(threads, said.append)
    assert [line.split(" ")[1] for line in said] == ["tapin"]
    hangs.set()
    threads[0].join()

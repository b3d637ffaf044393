"""Evidence is inspected in batches; each makes what it found durable and can be tried again."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Any

import pytest

from iid.tasks.inspect.inspection import Inspecting, batched
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.feeding import Wanted
from iid.tasks.values.errors import DriveError

PREFIX = "63.03/2026"


class Small(Here):
    """Three files a batch; fails once after the fourth answer of the run."""

    batch = 3

    def __init__(self) -> None:
        super().__init__(1)
        self.read: list[str] = []
        self.fails = True

    def answers(self, drive: Any, wanted: Any, known: Any, limits: Any) -> Generator[Any]:
        with closing(super().answers(drive, wanted, known, limits)) as answers:
            for answer in answers:
                if self.fails and len(self.read) == 4:
                    self.fails = False
                    raise DriveError("share terputus")
                self.read.append(answer.job.path)
                yield answer


def files(unit: str, count: int) -> list[Wanted]:
    return [Wanted(key, f"2026/{unit} Dinas/x/bukti/{key}.pdf", 1, 0.0) for key in range(count)]


def test_small_units_share_a_batch_and_one_with_very_many_files_keeps_no_other_waiting() -> None:
    batches = batched([*files("101", 7), *files("102", 1), *files("103", 2)], 3)
    assert [len(batch.wanted) for batch in batches] == [3, 3, 3, 1]
    assert [batch.name for batch in batches] == ["101", "102 sampai 103", "101", "101"]
    assert str(batches[0]) == "101 (3 berkas)"
    assert batched([], 3) == ()


def test_what_a_batch_found_is_in_the_store_and_a_failed_one_reads_only_the_rest(
    share: Any, make: Any, store: Any
) -> None:
    for number in range(7):
        share.put(f"2026/101 Dinas/Inovasi/bukti/16 Regulasi/{number}.pdf", make.pdf(f"Surat {number}"))
    listing, evidence = share.evidence()
    ledger, engine, saves = Ledger.load(store, PREFIX), Small(), []

    def save() -> None:
        ledger.save(store, PREFIX)
        saves.append(len(Ledger.load(store, PREFIX).facts))

    drive = make.drive(share.root)
    with Inspecting(drive, listing, evidence, ledger, engine=engine, save=save) as plan:
        plan._save_again = float("-inf")
        first, second, *rest = plan.batches
        assert plan.inspect(first) == 3
        assert saves == [3]
        with pytest.raises(DriveError):
            plan.inspect(second)
        assert plan.inspect(second) == 2  # one of its three had been read
        for batch in rest:
            plan.inspect(batch)
        found = plan.finish()
    assert len(engine.read) == len(set(engine.read)) == 7
    assert found.evidence["readable"].all()
    again = Inspecting(drive, listing, evidence, Ledger.load(store, PREFIX), engine=engine)
    assert again.batches == ()


def test_after_a_run_that_ended_in_its_middle_only_what_is_left_is_read(
    share: Any, make: Any, store: Any
) -> None:
    for number in range(7):
        share.put(f"2026/101 Dinas/Inovasi/bukti/16 Regulasi/{number}.pdf", make.pdf(f"Surat {number}"))
    listing, evidence = share.evidence()
    ledger, engine = Ledger.load(store, PREFIX), Small()
    drive = make.drive(share.root)
    with Inspecting(
        drive, listing, evidence, ledger, engine=engine, save=lambda: ledger.save(store, PREFIX)
    ) as plan:
        plan.inspect(plan.batches[0])
    next_night = Inspecting(drive, listing, evidence, Ledger.load(store, PREFIX), engine=engine)
    assert sum(len(batch.wanted) for batch in next_night.batches) == 4

"""One unit's evidence takes no other unit's inspection time, and a killed inspection goes on."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from dataclasses import replace

import pytest

from iid.tasks.inspect import inspection
from iid.tasks.inspect.inspection import Inspection, inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.limits import Limits

PREFIX = "63.03/2026"


def put_texts(share, unit: str, count: int) -> None:
    for number in range(count):
        text = f"Laporan {unit} nomor {number:04}"
        share.put(f"2026/{unit}/Inovasi/bukti/16 Regulasi/{number:04}.txt", text.encode())


def of_unit(found: Inspection, unit: str) -> list[str]:
    rows = found.evidence[found.evidence["source"].str.startswith(f"2026/{unit}/")]
    return rows["problem"].tolist()


@pytest.mark.parametrize("paths", [True, False])
def test_a_unit_over_its_bytes_is_read_on_in_the_next_run(share, make, paths: bool) -> None:
    put_texts(share, "01 Besar", 5)
    put_texts(share, "02 Kecil", 2)
    listing, evidence = share.evidence()
    size = int(evidence["size"].iloc[0])
    ledger, drive = Ledger(), make.drive(share.root, paths=paths)

    def once() -> Inspection:
        limits = Limits(unit=2 * size)
        return inspect_evidence(drive, listing, evidence, ledger, workers=1, limits=limits)

    first = once()
    assert sorted(of_unit(first, "01 Besar")) == ["", "", "timeout", "timeout", "timeout"]
    assert of_unit(first, "02 Kecil") == ["", ""]
    assert "dilanjutkan pada perhitungan berikutnya" in set(first.evidence["detail"]).difference([""]).pop()
    once()
    assert of_unit(once(), "01 Besar") == [""] * 5


@pytest.mark.parametrize("paths", [True, False])
def test_a_unit_over_its_time_leaves_the_others_theirs(share, make, paths: bool) -> None:
    put_texts(share, "01 Lambat", 60)
    put_texts(share, "02 Lain", 1)
    listing, evidence = share.evidence()
    drive = make.drive(share.root, paths=paths)
    found = inspect_evidence(drive, listing, evidence, Ledger(), workers=1, limits=Limits(unit_s=0.0))
    slow = of_unit(found, "01 Lambat")
    assert slow[0] == ""
    assert "timeout" in slow
    assert of_unit(found, "02 Lain") == [""]


def unmarked(listing):
    """The listing of a drive that gives sizes and times and nothing else (SMB, SFTP, plain WebDAV)."""
    return replace(listing, entries=tuple(entry._replace(ident="") for entry in listing.entries))


def swapped(share, store, make, day: int, **how: object) -> list[str]:
    """What a run of *day* sees in a share of files without content marks."""
    listing, evidence = share.evidence()
    ledger = Ledger.load(store, PREFIX)
    found = inspect_evidence(
        make.drive(share.root), unmarked(listing), evidence, ledger, workers=1, day=day, **how
    )
    ledger.save(store, PREFIX)
    return found.evidence["sha256"].tolist()


def test_files_without_content_marks_are_hashed_again_each_in_its_night(share, store, make, spy) -> None:
    put_texts(share, "01 Dinas", 30)
    before = swapped(share, store, make, 100, rehash_nights=5)
    for number in range(30):
        share.put(f"2026/01 Dinas/Inovasi/bukti/16 Regulasi/{number:04}.txt", b"X" * 27)
    read, changed = [], [0]
    for day in range(101, 106):
        spy.answered = []
        now = swapped(share, store, make, day, rehash_nights=5)
        read.append(len(spy.answered))
        changed.append(sum(one != other for one, other in zip(before, now, strict=True)))
    assert sum(read) == 30
    assert all(0 < some < 15 for some in read)
    assert changed == sorted(changed)
    assert changed[-1] == 30


def test_a_second_run_of_a_day_hashes_nothing_again_and_missed_nights_are_made_up(
    share, store, make, spy
) -> None:
    put_texts(share, "01 Dinas", 20)
    swapped(share, store, make, 100, rehash_nights=5)
    spy.answered = []
    swapped(share, store, make, 100, rehash_nights=5)
    assert spy.answered == []
    swapped(share, store, make, 140, rehash_nights=5)
    assert [inspected for _, inspected in spy.answered] == [False] * 20


def test_a_closing_hashes_every_file_and_inspects_what_was_swapped(share, store, make, spy) -> None:
    put_texts(share, "01 Dinas", 4)
    before = swapped(share, store, make, 100)
    share.put("2026/01 Dinas/Inovasi/bukti/16 Regulasi/0002.txt", b"X" * 27)
    assert swapped(share, store, make, 100) == before
    spy.answered = []
    after = swapped(share, store, make, 100, rehash_all=True)
    assert [one != other for one, other in zip(before, after, strict=True)] == [False, False, True, False]
    assert sorted(inspected for _, inspected in spy.answered) == [False, False, False, True]


BATCH, FILES = 20, 240


def killed(share, store, make, at: int, how: signal.Signals) -> None:
    """Inspect in a process that ends itself by the signal *how* after *at* files."""

    def inspect() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        inspection._SAVE_PART = 0
        Here.batch = BATCH
        listing, evidence = share.evidence()
        ledger = Ledger.load(store, PREFIX)

        def watch(done: int, _total: int) -> None:
            if done >= at:
                os.kill(os.getpid(), how)

        inspect_evidence(
            make.drive(share.root),
            listing,
            evidence,
            ledger,
            workers=1,
            progress=watch,
            save=lambda: ledger.save(store, PREFIX),
        )

    process = multiprocessing.get_context("fork").Process(target=inspect)
    process.start()
    process.join()
    assert process.exitcode == -how


def test_an_inspection_killed_at_ten_points_reads_at_most_a_batch_twice_each(share, store, make) -> None:
    put_texts(share, "01 Dinas", FILES)
    seeded = random.Random(14)  # noqa: S311
    twice, seen = 0, list[int]()
    for number, at in enumerate(sorted(seeded.sample(range(1, FILES), 10))):
        killed(share, store, make, at, (signal.SIGKILL, signal.SIGTERM)[number % 2])
        seen.clear()
        listing, evidence = share.evidence()
        ledger = Ledger.load(store, PREFIX)
        plan = inspection.Inspecting(
            make.drive(share.root), listing, evidence, ledger, progress=lambda done, _: seen.append(done)
        )
        plan.__exit__(None, None, None)
        assert at - BATCH <= seen[0] <= at
        twice += at - seen[0]
    assert twice <= 10 * BATCH

"""Decisions through kills, full disks and stores that are away: kept whole, or not at all and said."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from desk_client import HEALTH, OTHER, PASSWORD, address, alert, fields
from desk_process import open_desk, register, served

from iid.tasks.desk.claims import DeskPlace
from iid.tasks.review.desk_records import DeskLog
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.keys import TEMP_PREFIX

CLAIMS = ((HEALTH, "16"), (HEALTH, "17"), (OTHER, "16"), (OTHER, "19"))
CUT_OFF = (OSError, http.client.HTTPException)


def whole_records(root: Path) -> int:
    """How many decisions are kept; fails on a damaged one."""
    return len(DeskLog(FolderStore(root / "hasil"), "63.03/2026").read())


@pytest.fixture
def region(opening: Any) -> Path:
    """The folder of a private copy of share and store."""
    bureau = opening()
    return Path(bureau.root)


def test_killed_before_any_change_of_the_disk_a_decision_is_whole_or_not_there(region: Path) -> None:
    answered = []
    for number in range(1, 30):
        before = whole_records(region)
        with served(region) as desk:
            ani = desk.client("ani")
            form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
            desk.dies_before(number)
            lived = True
            try:
                sent = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
                answered.append(sent.status)
            except CUT_OFF:
                lived = desk.process.wait(timeout=30) != -signal.SIGKILL
        after = whole_records(region)
        assert after - before in ({1} if lived else {0, 1})
        if lived:
            break
    assert answered == [303]
    assert number > 3


def test_killed_amid_many_decisions_every_one_that_was_confirmed_is_kept(region: Path) -> None:
    confirmed: list[int] = []

    def work(desk: Any, owner: str, key: str) -> None:
        ani = desk.client("ani")
        with suppress(*CUT_OFF):
            for _ in range(200):
                confirmed.append(ani.decide(owner, key, "terima").status)
                if len(confirmed) >= 24:
                    desk.process.send_signal(signal.SIGKILL)

    with served(region) as desk, ThreadPoolExecutor(len(CLAIMS)) as pool:
        for job in [pool.submit(work, desk, *claim) for claim in CLAIMS]:
            with suppress(AssertionError):  # a page that was cut off
                job.result()
        assert desk.process.wait(timeout=30) == -signal.SIGKILL
    kept = whole_records(region)
    assert set(confirmed) == {303}
    assert len(confirmed) <= kept <= len(confirmed) + len(CLAIMS)


@pytest.fixture
def small_disk(published: Path, tmp_path: Path) -> Iterator[tuple[Path, FolderStore]]:
    """A copy of the store on a disk of its own that has little room left; the share elsewhere."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        subprocess.run(["cp", "-a", str(published / "hasil"), str(place / "hasil")], check=True)
        store = FolderStore(place / "hasil")
        register(store)
        yield place, store
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_and_nothing_is_kept_half(
    small_disk: tuple[Path, FolderStore], published: Path, tmp_path: Path
) -> None:
    disk, store = small_disk
    place = DeskPlace("63.03", 2026, store, FolderDrive(published / "share"))
    bureau = open_desk(tmp_path, store, places=[place])
    try:
        ani = bureau.client("ani")
        form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
        with suppress(OSError), (disk / "penuh").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        answer = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
        assert answer.status == 503
        assert "tidak ada yang disimpan" in alert(answer)
        assert DeskLog(store, "63.03/2026").read() == ()
        assert [path.name for path in store.root.rglob(f"{TEMP_PREFIX}*")] == []
        assert ani.get("/meja/").status == 200  # reading goes on
        (disk / "penuh").unlink()
        again = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
        assert again.status == 303  # the same form: nothing typed was lost
    finally:
        bureau.server.stop()
        bureau.desk.close()


def test_a_store_that_is_away_is_said_and_taken_up_when_it_is_back(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    store = bureau.root / "hasil"
    away = store.rename(bureau.root / "tak terpasang")
    store.write_text("no folder here")
    for answer in (
        ani.get("/meja/"),
        ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form),
        bureau.client().post(
            "/masuk", nama="ani", sandi=PASSWORD, token=fields(bureau.client().page("/masuk"))["token"]
        ),
    ):
        assert answer.status == 503
        assert "tidak dapat dihubungi" in alert(answer)
    store.unlink()
    away.rename(store)
    answer = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
    assert answer.status == 303
    assert len(bureau.kept()) == 1


def test_while_the_share_is_away_claims_are_read_and_decided_and_files_are_said_to_be_away(
    bureau: Any,
) -> None:
    share = bureau.root / "share"
    share.rename(bureau.root / "tak terpasang")
    ani = bureau.client("ani")
    page = ani.page(address(HEALTH, "16"))
    image = next(part.split('"')[0] for part in page.split('src="') if "/halaman/1" in part)
    assert ani.get(image).status == 404
    assert ani.decide(HEALTH, "16", "terima").status == 303  # its fingerprint is compared by the next run


def test_after_closing_nothing_is_decided_and_the_kept_copies_are_shown_without_the_share(
    bureau: Any,
) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    share, store = bureau.root / "share", bureau.root / "hasil"
    words = ["close", "--share", share, "--store", store, "--cycle", "2026", "--direct", "--no-feedback"]
    words += ["--accept-undecided", "uji", "--as-of", "2026-09-01T12:00:00+00:00"]
    home = {"HOME": str(bureau.root), "IID_TOML": str(bureau.root / "no.toml")}
    done = subprocess.run(
        [sys.executable, "-m", "iid.flows", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **home},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    share.rename(bureau.root / "dibongkar")
    page = ani.page(address(HEALTH, "16"))
    assert "Siklus ini sudah ditutup" in page
    assert "/keputusan" not in page
    answer = ani.post(f"{address(HEALTH, '16')}/keputusan", keputusan="terima", **form)
    assert (answer.status, bureau.kept()) == (409, [])
    assert "sudah ditutup" in alert(answer)
    image = next(part.split('"')[0] for part in page.split('src="') if "/halaman/1" in part)
    assert ani.get(image).status == 200

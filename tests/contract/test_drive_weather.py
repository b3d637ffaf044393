"""Network drives in bad weather: real servers, with a network between that breaks, hangs and comes back."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import drive_servers
import drive_shares
import pytest
from tcp_weather import Link, link_to

from iid.tasks.shares.drive import FileChangedError
from iid.tasks.shares.remote_drive import RemoteDrive
from iid.tasks.shares.remotes import remote_of
from iid.tasks.shares.timeouts import Patience
from iid.tasks.values.errors import DriveError

pytestmark = pytest.mark.integration

KINDS = ["apache", "s3", "sftp", "smb"]
GROWING = ["apache", "sftp", "smb"]  # S3 replaces whole objects
PATIENCE = Patience(tries=4, first_pause=0.02, timeout=2.0)
BIG = random.Random(20261124).randbytes(3_000_000)  # noqa: S311
FILES = {f"2026/{unit:02d}/berkas {number}.txt": b"isi" for unit in range(6) for number in range(3)}


@dataclass
class Place:
    """A share behind the weather, with FILES and a big file."""

    kind: str
    drive: RemoteDrive
    link: Link
    outside: drive_shares.Outside


@pytest.fixture
def place(
    request: pytest.FixtureRequest, new_share: Callable[[str], drive_shares.Outside]
) -> Iterator[Place]:
    outside = new_share(request.param)
    outside.put("besar.bin", BIG)
    for path, data in FILES.items():
        outside.put(path, data)
    with link_to(outside.port) as link:
        yield Place(request.param, RemoteDrive(remote_of(outside.url(link.port)), PATIENCE), link, outside)


every_kind = pytest.mark.parametrize("place", KINDS, indirect=True)


@every_kind
def test_connection_cut_in_the_middle_of_a_file_loses_no_byte(place: Place) -> None:
    place.drive.list()
    place.link.cut_after(1_000_000, 700_000)
    assert place.drive.read_bytes("besar.bin", len(BIG) + 1) == BIG
    assert place.link.cuts == 2


@every_kind
def test_connection_cut_in_the_middle_of_a_listing_gives_the_whole_listing(place: Place) -> None:
    whole = place.drive.list()
    assert len(whole.entries) == len(FILES) + 1
    place.link.cut_after(800, 900)
    assert place.drive.list() == whole
    assert place.link.cuts == 2


@every_kind
def test_idle_connections_that_were_cut_are_not_used_again(place: Place) -> None:
    whole = place.drive.list()
    place.link.break_all()
    assert place.drive.list() == whole
    place.link.break_all()
    assert place.drive.read_bytes("besar.bin", 10) == BIG[:10]


@every_kind
def test_connection_that_falls_silent_is_given_up_and_made_anew(place: Place) -> None:
    place.drive.exists("besar.bin")
    before = place.link.connections
    place.link.stall_after(500_000)
    assert place.drive.read_bytes("besar.bin", len(BIG) + 1) == BIG
    assert place.link.connections > before


@every_kind
def test_slow_link_is_waited_for(place: Place) -> None:
    place.link.rate = 1_000_000  # three seconds for the file, with two of patience
    assert place.drive.read_bytes("besar.bin", len(BIG) + 1) == BIG


@every_kind
def test_drive_that_stays_away_is_one_line_and_works_again_when_it_is_back(place: Place) -> None:
    drive = RemoteDrive(remote_of(place.drive.url), Patience(tries=2, first_pause=0.02, timeout=2.0))
    whole = drive.list()
    place.link.away = True
    place.link.break_all()
    acts: list[Callable[[], object]] = [
        drive.list,
        lambda: drive.read_bytes("besar.bin", 9),
        lambda: drive.exists("besar.bin"),
        lambda: drive.write("_x/a", b"x"),
    ]
    for act in acts[:1] if place.kind == "s3" else acts:  # the S3 library waits by itself, for seconds
        with pytest.raises(DriveError, match=r"tidak dapat dipakai: .*2 kali dicoba\. Periksa") as caught:
            act()
        assert "\n" not in str(caught.value)
        assert place.drive.url in str(caught.value)
        assert drive_servers.PASSWORD not in str(caught.value)
    place.link.away = False
    assert drive.list() == whole


@pytest.mark.parametrize("place", GROWING, indirect=True)
def test_server_restarted_while_a_file_is_read_loses_no_byte(place: Place) -> None:
    server = place.outside.server
    assert server is not None
    with place.drive.open("besar.bin") as file:
        data = file.read(600_000)
        server.stop()
        server.start()
        data += file.read()
    assert data == BIG


@pytest.mark.parametrize("place", GROWING, indirect=True)
def test_file_that_grows_while_it_is_read_is_not_taken_for_whole(place: Place) -> None:
    with place.drive.open("besar.bin") as file:
        file.read(1_000_000)
        with (drive_shares.root_of(place.outside) / "besar.bin").open("ab") as other:
            other.write(b"lagi")
        with pytest.raises(FileChangedError):
            file.read()
    assert place.drive.read_bytes("besar.bin", len(BIG) + 9) == BIG + b"lagi"


@every_kind
def test_file_replaced_during_a_break_is_never_mixed_from_two(place: Place) -> None:
    place.link.stall_after(1_500_000)  # so that the whole file cannot be on this side of the break already
    with place.drive.open("besar.bin") as file:
        file.read(300_000)
        place.outside.put("besar.bin", b"baru" * 1_000_000)
        place.link.cut_after(1)
        place.link.break_all()
        with pytest.raises(FileChangedError):
            file.read()


@every_kind
def test_dead_process_is_started_again(place: Place) -> None:
    whole = place.drive.list()
    with place.drive.open("besar.bin") as file:
        data = file.read(100_000)
        first = place.drive.daemon.process
        os.killpg(first, signal.SIGKILL)
        assert data + file.read() == BIG
    os.killpg(place.drive.daemon.process, signal.SIGKILL)
    assert place.drive.list() == whole
    assert place.drive.daemon.process not in {0, first}


@pytest.mark.parametrize("place", ["sftp"], indirect=True)
def test_hanging_process_is_killed_and_started_again(place: Place) -> None:
    """A stopped process keeps its socket open and answers nothing."""
    drive = RemoteDrive(remote_of(place.drive.url), Patience(tries=3, first_pause=0.01, timeout=0.3))
    assert drive.exists("besar.bin")
    os.killpg(drive.daemon.process, signal.SIGSTOP)
    assert drive.read_bytes("besar.bin", 9) == BIG[:9]

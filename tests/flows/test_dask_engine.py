"""`iid assess --engine dask`: the same tables from a cluster, whatever happens to its workers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dask_cluster import Cluster, cluster
from runs import AS_OF, Run, published, snapshot

from iid.expectations.rulebook.loading import load
from iid.tasks.demo.build_share import build_share
from iid.tasks.demo.recipe import InnovationSpec, Recipe, UnitSpec
from iid.tasks.inspect import dask_batch
from iid.tasks.inspect.dask_engine import DaskEngine, batches
from iid.tasks.inspect.engines import engine_of, scheduler_address
from iid.tasks.inspect.inspection import Inspection, inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox.feeding import Wanted
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError, FailedError, UsageError
from iid.tasks.values.tables import EVIDENCE, frame

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed")
IID = str(Path(sys.executable).with_name("iid"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A share of four innovations with one file a claim."""
    path = tmp_path_factory.mktemp("kecil") / "share"
    unit = UnitSpec(code="101", name="Dinas Kesehatan", type="opd")
    claims = {"all": {"parameter": 1, "count": 1}}
    spec = InnovationSpec(unit="101", name="SIPANDU", repeat=4, claims=claims)
    build_share(path, Recipe(cycle=2026, units=(unit,), innovations=(spec,)), load(2026).rulebook)
    return path


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as found:
        yield found


@pytest.fixture
def dask(scheduler: Cluster) -> Iterator[Cluster]:
    """The scheduler; the workers a test adds end with it."""
    yield scheduler
    scheduler.remove_workers()


def started(share: Path, store: Path, *more: str) -> subprocess.Popen[str]:
    words = ["--share", str(share), "--store", str(store), "--cycle", "2026", "--as-of", AS_OF]
    return subprocess.Popen(
        [IID, "assess", "--direct", "--no-feedback", *words, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(store.parent), "IID_TOML": str(store.parent / "no.toml")},
    )


def tables(run: Path) -> dict[str, str]:
    return {name: hashed for name, hashed in snapshot(run).items() if name.endswith((".csv", ".parquet"))}


def inspected(
    root: Path,
    engine: DaskEngine | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Inspection:
    drive = FolderDrive(root)
    listing = drive.list()
    rows = frame(EVIDENCE, ({"source": e.path, "kind": "file"} for e in listing.entries))
    return inspect_evidence(
        drive, listing, rows, Ledger(), workers=1, engine=engine, limits=limits, progress=progress
    )


@pytest.mark.integration
def test_a_worker_killed_in_the_middle_changes_no_byte_of_the_tables(
    small: Path, tmp_path: Path, dask: Cluster
) -> None:
    first = dask.add_worker()
    dask.add_worker()
    runs = [
        started(small, tmp_path / "dask", "--engine", "dask", "--scheduler", dask.address),
        started(small, tmp_path / "local"),
    ]
    dask.kill_while_working(0, first)
    for run in runs:
        _, shown = run.communicate(timeout=240)
        assert run.returncode == 0, shown
    one, other = (tables(published(tmp_path / name)) for name in ("dask", "local"))
    assert len(one) > 15
    assert one == other


@pytest.mark.integration
def test_a_file_that_breaks_its_reader_costs_one_problem_and_no_worker(tmp_path: Path, dask: Cluster) -> None:
    from PIL import Image

    address = dask.add_worker()
    (tmp_path / "iid-share.toml").write_text('region = "63.03"\n')
    for number in range(10):
        (tmp_path / f"catatan {number}.txt").write_text(f"Laporan kegiatan nomor {number}")
    Image.new("L", (14_000, 10_000)).save(tmp_path / "bom.png", compress_level=1)
    limits = Limits(memory=256 * MIB)
    here, there = (inspected(tmp_path, engine, limits) for engine in (None, DaskEngine(dask.address)))
    assert here.evidence.equals(there.evidence)
    assert here.facts.equals(there.facts)
    assert there.evidence.set_index("source")["problem"].loc["bom.png"] == "unreadable"
    assert there.evidence["readable"].sum() == len(there.evidence) - 1
    assert list(dask.client.nthreads()) == [address]


@pytest.mark.integration
def test_a_worker_that_sees_another_share_fails_the_run(
    small: Path, tmp_path: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    dask.add_worker()
    share = Path(shutil.copytree(small, tmp_path / "share", symlinks=True))
    seen = dask_batch._marker_of
    monkeypatch.setattr(dask_batch, "_marker_of", lambda drive: seen(drive)[::-1])
    with pytest.raises(DriveError, match=r"tcp://127\.0\.0\.1:\d+ melihat share lain di .*share"):
        inspected(share, DaskEngine(dask.address))
    monkeypatch.undo()
    monkeypatch.setattr(dask_batch, "fingerprint", lambda: "lain")
    with pytest.raises(FailedError, match="versi lain"):
        inspected(share, DaskEngine(dask.address))


@pytest.mark.integration
def test_a_cluster_without_workers_is_given_up(small: Path, dask: Cluster) -> None:
    with pytest.raises(FailedError, match="tidak punya pekerja"):
        inspected(small, DaskEngine(dask.address, patience=0.5))


@pytest.mark.integration
def test_the_last_worker_that_dies_and_a_scheduler_that_dies_end_the_run_in_one_line(
    small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def killing(number: int) -> None:
        """SIGKILL once the first batch has come."""
        if number > 7:
            victim[0].kill()

    with cluster(tmp_path) as dask:
        for words, victims in (("tidak punya pekerja", dask.workers), ("terputus", [dask.scheduler])):
            dask.add_worker()
            victim = victims[-1:]
            with pytest.raises(FailedError, match=words) as caught:
                engine = DaskEngine(dask.address, patience=0.5)
                inspected(small, engine, progress=lambda done, _: killing(done))
            assert "\n" not in str(caught.value)
            assert capfd.readouterr().err == ""


@pytest.mark.integration
def test_no_secret_of_this_environment_is_in_a_task(
    small: Path, dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed.protocol import dumps

    from iid.tasks.shares.open_share import open_drive

    monkeypatch.setenv("IID_SFTP_PASSWORD", "rahasia-sekali")
    drive = open_drive("sftp://petugas@server.example/inovasi")
    order = dask_batch.Order(drive, "", dask_batch.fingerprint(), Limits(), 1)
    sent = b"".join(bytes(frame) for frame in dumps({"order": order}))
    assert b"server.example" in sent
    assert b"rahasia" not in sent


def test_an_unreachable_scheduler_is_one_line_and_exit_1(small: Path, tmp_path: Path, iid: Run) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers, and nobody else gets it
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        done = iid(
            *("assess", "--share", small, "--store", tmp_path / "t", "--cycle", "2026"),
            *("--engine", "dask", "--scheduler", address),
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [line for line in done.stderr.splitlines() if address in line]
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "t").exists()


def test_what_answers_but_is_no_scheduler_is_reported(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iid.tasks.inspect import dask_engine

    monkeypatch.setattr(dask_engine, "_CONNECT_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(FailedError, match="tidak menjawab sebagai penjadwal"):
            inspected(small, DaskEngine(address))


def test_settings_choose_the_engine(small: Path, tmp_path: Path, iid: Run) -> None:
    command = ("assess", "--share", small, "--store", tmp_path / "t", "--cycle", "2026")
    done = iid(*command, IID_ENGINE="dask")
    assert (done.returncode, "--scheduler" in done.stderr) == (2, True)
    done = iid(*command, IID_ENGINE="spark")
    assert done.returncode == 2
    assert "'local'" in done.stderr
    assert "'dask'" in done.stderr


def test_without_dask_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "iid.tasks.inspect.dask_engine", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FailedError, match=r'pip install "iid\[dask\]"'):
        engine_of("dask", "tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    "text", ["", None, "8786", "http://server:8786", "tcp://server", "tcp://u:rahasia@s:1"]
)
def test_what_is_no_address_is_refused_without_its_secret(text: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        scheduler_address(text)
    assert "tcp://" in str(caught.value)
    assert "rahasia" not in str(caught.value)


def test_batches_hold_every_file_once_and_equal_sizes_together() -> None:
    wanted = [Wanted(key, f"{key}", (key * 7919) % 31 * MIB, 0.0) for key in range(500)]
    found = list(batches(wanted, 4))
    assert sorted(want.key for group in found for want in group) == list(range(500))
    sizes = [want.size for group in found for want in group]
    assert sizes == sorted(sizes, reverse=True)
    assert max(len(group) for group in found) <= 128
    assert max(sum(want.size for want in group) for group in found if len(group) > 1) <= 256 * MIB

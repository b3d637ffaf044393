"""The desk's records in a bucket: made on one machine, counted by `assess` on another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import s3_servers
from desk_client import HEALTH, address, alert, fields
from desk_process import Bureau, open_desk, register, served
from small_region import emptied
from weather import Fault, Weather, proxy, times

from iid.tasks.review.desk_records import DeskLog
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_run
from iid.tasks.store.s3_store import S3Store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("credentials")]
LETTER = Path(__file__).parents[1] / "unit/desk/files/sk.pdf"
CLAIM = f"{address(HEALTH, '16')}/keputusan"


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A share with one innovation and two claims, assessed once into the folder beside it."""
    region = emptied(tmp_path_factory.mktemp("s3"))
    folder = region.innovation("101", "Perahu Sehat", {"16": (3, ""), "17": (2, "")})
    for key in ("16", "17"):
        region.proof(folder, key, f"sk {key}.pdf", LETTER.read_bytes() + key.encode())
    region.assess()
    return region.root


@pytest.fixture
def weather(servers: Callable[[str], str]) -> Iterator[Weather]:
    with proxy(servers("moto")) as outside:
        yield outside


@pytest.fixture
def calm(servers: Callable[[str], str], share: Path) -> S3Store:
    """A bucket with the published run, seen without the weather."""
    store = S3Store(f"meja-{os.urandom(8).hex()}", "hasil", servers("moto"))
    store.client.create_bucket(Bucket=store.bucket)
    first = FolderStore(share.parent / "hasil")
    for key in first.keys(""):
        store.put(key, first.get(key))
    register(store)
    return store


def assess(store: S3Store, share: Path, home: Path, as_of: str) -> None:
    """`iid assess` as on a machine of its own: only share and bucket are the same."""
    home.mkdir()
    words = [
        "assess",
        "--share",
        share,
        "--store",
        store.url,
        "--endpoint-url",
        store.client.meta.endpoint_url,
    ]
    words += ["--cycle", "2026", "--direct", "--no-feedback", "--as-of", as_of]
    done = subprocess.run(
        [sys.executable, "-m", "iid.flows", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **s3_servers.ENVIRONMENT, "HOME": str(home), "IID_TOML": str(home / "no.toml")},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def bureau(calm: S3Store, weather: Weather, share: Path, tmp_path: Path) -> Iterator[Bureau]:
    """A desk whose bucket is behind the weather."""
    root = tmp_path / "meja"
    shutil.copytree(share, root / "share")
    made = open_desk(root, S3Store(calm.bucket, "hasil", weather.address))
    yield made
    made.server.stop()
    made.desk.close()


def records(store: S3Store) -> list[str]:
    return [one.decision for one in DeskLog(store, "63.03/2026").read()]


def test_a_decision_in_a_bucket_counts_in_an_assessment_on_another_machine(
    bureau: Bureau, calm: S3Store, share: Path, tmp_path: Path
) -> None:
    ani = bureau.client("ani")
    sent = ani.decide(HEALTH, "16", "turunkan", parameter_baru="1", catatan="SK unit")
    assert sent.status == 303
    ani.decide(HEALTH, "17", "tolak", catatan="bukan SK")
    ani.decide(HEALTH, "17", "cabut")
    assess(calm, share, tmp_path / "di sana", "2026-09-30T12:00:00+00:00")
    (row,) = read_run(calm, "63.03", 2026).table("decisions").to_dict("records")
    assert (row["indicator"], row["origin"], row["new_parameter"], row["in_force"]) == ("16", "meja", 1, True)
    assert "belum dihitung" not in ani.page(address(HEALTH, "16"))


def test_of_stewards_on_two_machines_exactly_one_is_kept(
    bureau: Bureau, calm: S3Store, servers: Callable[[str], str]
) -> None:
    with served(bureau.root, calm.url, servers("moto")) as other:
        both = [bureau.client("ani"), other.client("ani")]
        forms = [fields(one.page(address(HEALTH, "16")), "/keputusan") for one in both]
        with ThreadPoolExecutor(2) as pool:
            words = ({"keputusan": "terima"}, {"keputusan": "tolak", "catatan": "palsu"})
            jobs = [pool.submit(c.post, CLAIM, **f, **w) for c, f, w in zip(both, forms, words, strict=True)]
        assert sorted(job.result().status for job in jobs) == [303, 409]
    assert len(records(calm)) == 1


def test_an_answer_that_is_lost_after_the_record_was_written_is_no_second_decision(
    bureau: Bureau, calm: S3Store, weather: Weather
) -> None:
    ani = bureau.client("ani")
    weather.faults.append(times(1, Fault(drop=True, after=True), "PUT", "/decisions/"))
    assert ani.decide(HEALTH, "16", "terima").status == 303
    assert records(calm) == ["terima"]


def test_a_bucket_that_is_away_is_said_and_nothing_is_kept(
    bureau: Bureau, calm: S3Store, weather: Weather
) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    refused = times(99, Fault(status=403, code="AccessDenied"), "PUT", "/decisions/")
    weather.faults.append(refused)
    answer = ani.post(CLAIM, keputusan="terima", **form)
    assert answer.status == 503
    assert "tidak ada yang disimpan" in alert(answer)
    assert records(calm) == []
    weather.faults.clear()
    assert ani.post(CLAIM, keputusan="terima", **form).status == 303
    assert records(calm) == ["terima"]

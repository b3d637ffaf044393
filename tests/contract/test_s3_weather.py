"""S3 in bad weather: slow-downs, broken answers, no network, killed and competing publishers."""

from __future__ import annotations

import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import s3_servers
from drills import FIRST, check_whole, put_out, run_name
from weather import Fault, Weather, proxy, times

from iid.tasks.store.publishing import publish
from iid.tasks.store.retention import prune
from iid.tasks.store.s3_store import S3Store
from iid.tasks.values.errors import StoreError

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("credentials")]

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
SLOW = Fault(status=503, code="SlowDown")


@pytest.fixture
def weather(servers: Callable[[str], str]) -> Iterator[Weather]:
    with proxy(servers("moto")) as outside:
        yield outside


@pytest.fixture
def bucket(servers: Callable[[str], str], request: pytest.FixtureRequest) -> str:
    name = f"cuaca-{os.urandom(8).hex()}"
    S3Store(name, endpoint_url=servers("moto")).client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def store(bucket: str, weather: Weather) -> S3Store:
    """A store behind the weather."""
    return S3Store(bucket, "hasil", weather.address)


@pytest.fixture
def calm(bucket: str, servers: Callable[[str], str]) -> S3Store:
    """The same store, seen without the weather."""
    return S3Store(bucket, "hasil", servers("moto"))


def test_slow_downs_and_server_errors_are_tried_again(store: S3Store, weather: Weather) -> None:
    weather.faults += [
        times(1, SLOW, "PUT", "index.json"),
        times(1, Fault(status=500, code="InternalError"), "PUT", "tabel/1"),
        times(1, SLOW, "GET", "tabel/2"),
        times(1, Fault(status=429, code="TooManyRequests"), "PUT", "tabel/3"),
        times(1, Fault(drop=True), "PUT", "latest.json"),
    ]
    put_out(store, FIRST)
    assert check_whole(store) == FIRST


def test_an_answer_cut_off_half_way_is_read_again(store: S3Store, weather: Weather) -> None:
    store.put("a", b"x" * 100_000)
    weather.faults.append(times(2, Fault(cut=True), "GET"))
    assert store.get("a") == b"x" * 100_000
    weather.faults.append(times(1, Fault(cut=True), "GET"))
    assert store.digest("a").size == 100_000


def test_an_answer_always_cut_off_is_never_taken_for_the_whole(store: S3Store, weather: Weather) -> None:
    store.put("a", b"x" * 100_000)
    weather.faults.append(lambda verb, path: Fault(cut=True) if verb == "GET" else None)
    for read in (store.get, store.digest):
        with pytest.raises(StoreError, match="terputus di tengah"):
            read("a")


def test_a_write_whose_answer_was_lost_is_known_as_ours(store: S3Store, weather: Weather) -> None:
    assert store.exclusive
    weather.faults.append(times(1, Fault(drop=True, after=True), "PUT", "sekali"))
    assert store.create("sekali", b"isi")
    weather.faults.append(times(1, Fault(drop=True, after=True), "PUT", "sekali"))
    assert store.replace("sekali", b"baru", b"isi")
    assert store.get("sekali") == b"baru"


def test_a_conflict_is_decided_by_trying_again(store: S3Store, weather: Weather) -> None:
    assert store.exclusive
    conflict = Fault(status=409, code="ConditionalRequestConflict")
    weather.faults.append(times(1, conflict, "PUT", "rebut"))
    assert store.create("rebut", b"isi")


def test_a_slow_down_while_probing_is_no_answer_about_conditions(store: S3Store, weather: Weather) -> None:
    weather.faults.append(times(2, Fault(status=429, code="TooManyRequests"), "PUT", ".iid/probe"))
    assert store.exclusive


def test_a_server_that_does_not_know_conditions_is_not_exclusive(store: S3Store, weather: Weather) -> None:
    store.put(".iid/probe", b"iid")
    seen: list[str] = []

    def second_and_third(verb: str, path: str) -> Fault | None:
        if verb == "PUT" and "probe" in path:
            seen.append(path)
        return Fault(status=501, code="NotImplemented") if len(seen) > 1 and "probe" in path else None

    weather.faults.append(second_and_third)
    assert not store.exclusive
    assert store.create("satu", b"x")
    assert not store.create("satu", b"y")


def test_the_network_cut_in_the_middle_leaves_the_published_run(
    store: S3Store, weather: Weather, calm: S3Store
) -> None:
    put_out(store, FIRST)

    def files() -> Iterator[tuple[str, bytes]]:
        yield "index.json", b"{}"
        weather.away = True
        yield "tabel/0.csv", b"x"

    with pytest.raises(StoreError, match="tidak dapat dihubungi"):
        publish(store, "63.03", 2026, run_name(1), files(), {}, published_at=NOW, status="provisional")
    assert check_whole(calm) == FIRST
    weather.away = False
    put_out(store, run_name(1))
    assert check_whole(calm) == run_name(1)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "AccessDenied", "akses ditolak"),
        (403, "SignatureDoesNotMatch", "kunci rahasia tidak cocok"),
        (403, "InvalidAccessKeyId", "kunci akses tidak dikenal"),
        (404, "NoSuchBucket", "bucket tidak ada"),
        (400, "rahasia-yang-ditanam", "server menolak dengan kode"),
        (507, "InsufficientStorage", "ruang penyimpanan habis"),
    ],
)
def test_a_refusal_is_one_clear_line_without_secrets(
    store: S3Store, weather: Weather, status: int, code: str, words: str
) -> None:
    weather.faults.append(lambda *_: Fault(status=status, code=code))
    with pytest.raises(StoreError, match=words) as caught:
        store.put("63.03/2026/latest.json", b"{}")
    check_secretless(caught.value, allow=code)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


def check_secretless(error: StoreError, allow: str = "") -> None:
    shown = "".join(traceback.format_exception(error)).replace(allow or "\0", "")
    assert s3_servers.SECRET not in shown
    assert s3_servers.ACCESS not in shown
    assert "\n" not in str(error)
    assert "hasil" in str(error)


def test_a_missing_bucket_is_named(servers: Callable[[str], str]) -> None:
    with pytest.raises(StoreError, match=r"s3://tidak-ada/hasil di http.*bucket tidak ada") as caught:
        put_out(S3Store("tidak-ada", "hasil", servers("moto")), FIRST)
    check_secretless(caught.value)


def test_an_unreachable_server_is_named_without_its_userinfo() -> None:
    nowhere = f"http://budi:{s3_servers.SECRET}@127.0.0.1:{s3_servers.free_port()}"
    store = S3Store("bucket", "hasil", nowhere)
    with pytest.raises(StoreError, match="tidak dapat dihubungi") as caught:
        store.get("a")
    check_secretless(caught.value)


def test_missing_credentials_are_said(bucket: str, weather: Weather, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StoreError, match="tidak ada kredensial; isi AWS_ACCESS_KEY_ID"):
        S3Store(bucket, "", weather.address).get("a")
    monkeypatch.setenv("AWS_PROFILE", "tidak-ada")
    with pytest.raises(StoreError, match="profil"):
        S3Store(bucket, "", weather.address)


def test_the_endpoint_comes_from_the_environment_too(
    bucket: str, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", weather.address)
    S3Store(bucket, "hasil").put("a", b"x")
    assert weather.seen[-1:] == [f"PUT /{bucket}/hasil/a"]


def test_pages_are_served_with_their_media_type(store: S3Store, bucket: str) -> None:
    put_out(store, FIRST)
    key = f"hasil/63.03/2026/runs/{FIRST}/"
    kinds = {
        name: store.client.head_object(Bucket=bucket, Key=key + name)["ContentType"]
        for name in ("index.json", "tabel/0.csv", "manifest.json")
    }
    assert set(kinds.values()) == {"application/json", "text/csv; charset=utf-8"}


def test_an_upload_in_parts_that_died_is_swept(store: S3Store, bucket: str) -> None:
    put_out(store, FIRST)
    key = f"hasil/63.03/2026/runs/{run_name(1)}/besar.bin"
    store.client.create_multipart_upload(Bucket=bucket, Key=key)
    assert store.sweep("63.03/", datetime(2009, 1, 1, tzinfo=UTC).timestamp()) == 0  # moto says 2010 of all
    assert prune(store, "63.03", 2026).remains == 1
    assert "Uploads" not in store.client.list_multipart_uploads(Bucket=bucket)

"""The published report over real HTTP: what the manifest names, and nothing else."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from iid.tasks.operate.health.freshness import Place
from iid.tasks.operate.serve.report_server import CHECKED, HttpAnswer, Site
from iid.tasks.operate.serve.web_server import LOOPBACK, WebServer, application
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish

VIEW = {"index": "57.64", "category": "Inovatif"}
FILES = [
    ("index.json", json.dumps({"supported": VIEW, "verified": VIEW}).encode()),
    ("report/index.html", b"<p>laporan" + CHECKED),
    ("report/unit é.html", b"<p>unit"),
    ("decisions.csv", b"rahasia"),
]
Get = Callable[..., tuple[int, Message, bytes]]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "hasil")


@pytest.fixture
def get(store: FolderStore) -> Iterator[Get]:
    """Ask the running server; gives status, headers, body."""
    site = Site(lambda: [Place(2026, store, "63.03")])
    server = WebServer(application(site.answer, hosts=LOOPBACK), "127.0.0.1", 0)
    server.start()

    def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    try:
        yield ask
    finally:
        server.stop()


def put(store: FolderStore) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    publish(store, "63.03", 2026, "r1", iter(FILES), {}, published_at=now, status="provisional")


def test_a_page_says_when_it_was_last_checked_without_being_rendered_anew(
    store: FolderStore, get: Get
) -> None:
    put(store)
    published = get("/report/index.html")[2]
    assert CHECKED in published
    pointer = json.loads(store.get("63.03/2026/latest.json"))
    before = store.get("63.03/2026/latest.json")
    later = json.dumps({**pointer, "checked_at": "2099-01-02T03:04:05Z"}).encode()
    assert store.replace("63.03/2026/latest.json", later, before, "application/json")
    shown = get("/report/index.html")[2].decode()
    assert "Terakhir diperiksa 2 Januari 2099 11.04 WITA, tanpa perubahan" in shown
    assert store.get("63.03/2026/runs/r1/report/index.html") == published


def test_before_the_first_run_the_front_says_so(get: Get) -> None:
    assert get("/")[0] == 503
    assert b"Belum ada hasil terbit" in get("/")[2]
    assert get("/report/index.html")[0] == 404
    assert get("/health")[0] == 503


def test_the_front_leads_to_the_report_of_the_published_run(store: FolderStore, get: Get) -> None:
    put(store)
    status, headers, _ = get("/")
    assert (status, headers["Location"]) == (302, "/report/index.html")
    status, headers, body = get("/report/")
    assert (status, body) == (200, FILES[1][1])
    assert headers["Content-Type"].startswith("text/html")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert get("/report/unit%20%C3%A9.html")[2] == b"<p>unit"
    assert get("/report/index.html", "HEAD")[::2] == (200, b"")
    assert json.loads(get("/health")[2])["ok"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/decisions.csv",
        "/manifest.json",
        "/report/../decisions.csv",
        "/report/%2e%2e/decisions.csv",
        "/latest.json",
        "//decisions.csv",
        "/../../../etc/passwd",
        "/report/%00",
        "/report",
        "/lain",
    ],
)
def test_nothing_else_is_shown(path: str, store: FolderStore, get: Get) -> None:
    put(store)
    status, _, body = get(path)
    assert status == 404
    assert b"rahasia" not in body


def test_a_file_that_was_changed_after_publishing_is_not_shown(store: FolderStore, get: Get) -> None:
    put(store)
    store.put("63.03/2026/runs/r1/report/index.html", b"<p>palsu")
    status, _, body = get("/report/index.html")
    assert status == 503
    assert b"palsu" not in body


def test_another_host_name_and_other_methods_are_refused(store: FolderStore, get: Get) -> None:
    put(store)
    assert get("/report/index.html", Host="jahat.example")[0] == 403
    assert get("/report/index.html", Host="localhost:1")[0] == 200
    assert get("/report/index.html", "POST")[0] == 405


@pytest.mark.parametrize("name", ["[x", "[", "[::1", "]", "a]b[", "127.0.0.1[", ""])
def test_a_host_header_that_is_no_name_is_refused_without_a_word(
    name: str, get: Get, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, body = get("/", Host=name)
    assert (status, b"Alamat lain" in body) == (403, True)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("target", ["//[x", "http://[x/report/index.html", "//[::1", "//]"])
def test_an_address_that_is_none_shows_nothing(target: str, store: FolderStore, get: Get) -> None:
    put(store)
    assert Site(lambda: [Place(2026, store, "63.03")]).answer(target).status == 404
    if not target.startswith("http"):  # the client itself sends no such address
        assert get(target)[0] == 404


def test_a_visitor_who_hangs_up_and_a_page_that_breaks_leave_no_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def answer(path: str) -> HttpAnswer:
        raise ConnectionResetError if path == "/pergi" else ZeroDivisionError

    server = WebServer(application(answer), "127.0.0.1", 0)
    server.start()
    for path in ("/pergi", "/rusak"):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", path)
        try:
            assert connection.getresponse().status == 500
        except http.client.RemoteDisconnected:
            assert path == "/pergi"
        connection.close()
    server.stop()
    assert capsys.readouterr().err == "iid: halaman tidak dapat dikirim (ZeroDivisionError)\n"


def test_answers_are_sent_without_waiting_for_the_other_ends_acknowledgement() -> None:
    delayed: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        known = (one for one in gc.get_objects() if issubclass(type(one), asyncio.Transport))
        sockets = [one.get_extra_info("socket") for one in known if one.get_extra_info("peername")]
        ours = [one for one in sockets if one.fileno() >= 0 and one.getsockname()[1] == server.port]
        delayed.extend(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in ours)
        await Response("baik")(scope, receive, send)

    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()
    server.stop()
    assert delayed == [1]


def test_of_several_the_front_is_a_list_and_each_has_its_own_address(store: FolderStore) -> None:
    put(store)
    places = [
        Place(2026, store, "63.03", "banjar"),
        Place(2027, store, "63.03", "banjar-2027"),
        Place(2026, None, "", "tapin", "share <b>tidak</b> terpasang"),
    ]
    site = Site(lambda: places)
    front = site.answer("/").body.decode()
    assert front.count("<li") == 3
    assert front.count("<li class=buruk") == 2
    assert 'href="/63.03/2026/report/index.html"' in front
    assert "<b>tidak" not in front
    assert site.answer("/63.03/2026/report/index.html").body == FILES[1][1]
    assert site.answer("/63.03/2026").location == "/63.03/2026/report/index.html"
    assert site.answer("/report/index.html").status == 404
    assert site.answer("/63.03/2026/decisions.csv").status == 404
    assert site.answer("/63.03/20261/report/index.html").status == 404
    health = site.answer("/health")
    rows = json.loads(health.body)["runs"]
    assert health.status == 503
    assert [(row["target"], row["ok"]) for row in rows] == [
        ("banjar", True),
        ("banjar-2027", False),
        ("tapin", False),
    ]


def test_no_page_shows_a_place_on_the_server(store: FolderStore) -> None:
    put(store)
    (run,) = store.root.glob("63.03/2026/runs/*")
    (run / "index.json").write_bytes(b"lain")
    (run / "report/index.html").write_bytes(b"lain")
    away = "share /mnt/rahasia/banjar tidak memuat iid-share.toml"
    site = Site(lambda: [Place(2026, store, "63.03", "banjar"), Place(2026, None, "", "tapin", away)])
    alone = Site(lambda: [Place(2026, None, "", "", away)])
    answers = [site.answer(path) for path in ("/", "/health", "/metrics", "/63.03/2026/report/index.html")]
    answers += [alone.answer(path) for path in ("/", "/health")]
    for answer in answers:
        assert str(store.root) not in answer.body.decode()
        assert "/mnt/rahasia" not in answer.body.decode()
    front, health, _, report, *_ = answers
    assert "hasil terbit tidak dapat dibaca; sebabnya disebut iid status" in front.body.decode()
    assert "belum dapat dibuka; sebabnya ada di catatan server dan pada iid doctor" in front.body.decode()
    assert [row["ok"] for row in json.loads(health.body)["runs"]] == [False, False]
    assert report.status == 503
    assert "Hasil terbit sedang tidak dapat dibaca" in report.body.decode()
    # Who runs the server is reported it all.
    now = datetime.now(UTC)
    rows = [place.standing(now, site.stale) for place in site.places()]
    assert str(store.root) in rows[0].line()
    assert away in rows[1].line()


def test_metrics_are_read_by_prometheus_parsers(store: FolderStore) -> None:
    put(store)
    places = [Place(2026, store, "63.03", "banjar"), Place(2026, None, "", "tapin", "belum")]
    lines = Site(lambda: places).answer("/metrics").body.decode().splitlines()
    assert 'iid_index{region="63.03",cycle="2026",status="provisional"} 57.64' in lines
    assert 'iid_ok{region="63.03",cycle="2026",status="provisional"} 1' in lines
    assert 'iid_ok{region="",cycle="2026",status=""} 0' in lines
    assert sum(line.startswith("iid_index{") for line in lines) == 1

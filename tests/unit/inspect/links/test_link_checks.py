"""Links asked of real servers: what is open, closed, gone; and what a hostile server cannot do."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from iid.tasks.inspect.links import link_verdict
from iid.tasks.inspect.links.link_verdict import Reply, judged
from iid.tasks.inspect.links.probe import Patience


def test_a_page_that_answers_is_open(web) -> None:
    check = web.check(web.url("/inovasi"))[web.url("/inovasi")]
    assert (check.status, check.detail) == ("open", "")
    assert check.checked_at.endswith("Z")
    assert web.asked == [(f"dinas.example.go.id:{web.port}", "/inovasi", "GET")]


@pytest.mark.parametrize(
    ("code", "status"),
    [(404, "gone"), (410, "gone"), (401, "closed"), (403, "unknown"), (429, "unknown"), (500, "unknown")],
)
def test_the_status_of_the_answer_counts(web, code: int, status: str) -> None:
    assert web.status(web.url(f"/status/{code}")) == status


@pytest.mark.parametrize("code", [401, 403])
def test_a_drive_folder_that_is_not_shared_is_closed(web, code: int) -> None:
    assert web.status(web.url(f"/status/{code}", "drive.google.com")) == "closed"


def test_a_redirect_to_a_login_is_closed(web) -> None:
    web.server.onward["masuk"] = web.url("/v3/signin", "accounts.google.com")
    assert web.status(web.url("/to/masuk", "drive.google.com")) == "closed"
    web.server.onward["sso"] = web.url("/sso/login?next=x")
    assert web.status(web.url("/to/sso")) == "closed"


def test_a_page_that_asks_for_a_password_is_closed(web) -> None:
    web.server.pages["/sk"] = b'<h1>Portal</h1><input class=x type="password">'
    assert web.status(web.url("/sk")) == "closed"
    assert web.status(web.url("/chunked")) == "closed"


def test_a_drive_page_says_in_words_that_it_is_not_shared_or_removed(web) -> None:
    web.server.pages["/a"] = b"<title>Akses</title>Anda memerlukan akses. Minta akses"
    web.server.pages["/b"] = b"Sorry, the file you have requested does not exist."
    assert web.status(web.url("/a", "drive.google.com")) == "closed"
    assert web.status(web.url("/b", "drive.google.com")) == "gone"
    assert web.status(web.url("/a")) == "open"  # such words on any other site mean nothing


def test_a_redirect_is_followed_to_what_is_open(web) -> None:
    web.server.onward["pendek"] = web.url("/inovasi", "banjarkab.go.id")
    web.server.onward["dekat"] = "/inovasi"
    assert web.status(web.url("/to/pendek", "bit.ly")) == "open"
    assert web.status(web.url("/to/dekat")) == "open"


@pytest.mark.parametrize(
    "inner",
    [
        "http://127.0.0.2:{port}/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:{port}/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_inward_is_not_followed(web, inner: str) -> None:
    web.server.onward["dalam"] = inner.format(port=web.port)
    check = web.check(web.url("/to/dalam"))[web.url("/to/dalam")]
    assert check.status == "unknown"
    assert check.detail.startswith("dialihkan ke tempat yang tidak dibuka")
    assert len(web.asked) == 1


def test_a_redirect_to_a_name_that_leads_inward_is_not_followed(web) -> None:
    web.names["dalam.example"] = ["192.168.7.7"]
    web.server.onward["nama"] = web.url("/rahasia", "dalam.example")
    check = web.check(web.url("/to/nama"))[web.url("/to/nama")]
    assert check.detail == "dialihkan ke tempat yang tidak dibuka: nama situsnya menunjuk ke jaringan sendiri"
    assert len(web.asked) == 1


def test_redirects_in_a_circle_end(web) -> None:
    web.server.onward["putar"] = "/to/putar"
    assert web.status(web.url("/to/putar")) == "unknown"
    assert len(web.asked) == Patience().redirects + 1


def test_a_body_without_end_costs_few_bytes(web) -> None:
    assert web.status(web.url("/huge")) == "open"
    assert web.server.sent < 64 * 1024 * 1024  # what stood in the socket's buffers; not 10^12


def test_a_server_that_drips_is_given_up(web, talker) -> None:
    def drip(caller: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000:
            caller.sendall(bytes([byte]))
            time.sleep(0.02)

    port = talker(drip)
    url = web.url("/", port=port)
    check = web.check(url, ports=(port,), patience=Patience(seconds=0.5))[url]
    assert (check.status, check.detail) == ("unknown", "tidak selesai menjawab dalam 0 detik")


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\0" * 400, b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 99_999,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n", b"HTTP/1.1 999999 No\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: http://[bad\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: \xff\xfe://\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_web_page_is_reported_as_unknown(web, talker, answer: bytes) -> None:
    def speak(caller: socket.socket) -> None:
        caller.recv(4096)
        caller.sendall(answer)

    port = talker(speak)
    assert web.status(web.url("/", port=port), ports=(port,)) == "unknown"


def test_a_name_that_is_not_there_is_gone_where_other_names_are(web) -> None:
    web.names["hilang.example"] = []
    gone, there = web.url("/", "hilang.example"), web.url("/inovasi")
    found = web.check(gone, there)
    assert (found[gone].status, found[there].status) == ("gone", "open")


def test_without_any_answer_it_is_this_machine_that_is_cut_off(web) -> None:
    web.names["hilang.example"] = []
    url = web.url("/", "hilang.example")
    check = web.check(url)[url]
    assert (check.status, check.detail) == ("unknown", "mesin ini tampaknya tidak tersambung ke internet")


def test_a_site_that_does_not_listen_is_unknown(web) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert web.status(web.url("/", port=port), ports=(port,)) == "unknown"


def test_one_host_is_asked_one_link_at_a_time(web, talker) -> None:
    busy, most = [0], [0]

    def count(caller: socket.socket) -> None:
        caller.recv(4096)
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        busy[0] -= 1

    port = talker(count)
    urls = [web.url(f"/{n}", port=port) for n in range(8)]
    assert {check.status for check in web.check(*urls, ports=(port,)).values()} == {"open"}
    assert most == [1]


def test_links_left_over_when_the_budget_is_spent_are_not_judged(web) -> None:
    assert web.check(web.url("/a"), budget_s=0.0) == {}
    assert web.asked == []


def test_social_media_are_unknown_without_a_question(web) -> None:
    url = "https://www.instagram.com/p/abc"
    assert web.status(url) == "unknown"
    assert web.asked == []


@pytest.mark.parametrize(
    ("code", "status"),
    [(200, "open"), (404, "gone"), (400, "gone"), (401, "closed"), (403, "closed"), (503, "unknown")],
)
def test_an_oembed_service_speaks_for_the_video(code: int, status: str) -> None:
    link, service = "https://youtu.be/a", "https://www.youtube.com/oembed?url=x"
    assert judged(link, service, Reply(service, code)).status == status


def test_every_status_has_its_name() -> None:
    assert link_verdict.STATUSES == ("open", "closed", "gone", "unknown")

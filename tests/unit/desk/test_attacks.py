"""Attacks on the desk: who is not signed in, or not entitled, sees nothing and changes nothing."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from desk_client import HEALTH, OTHER, PASSWORD, Client, address, alert, fields
from small_region import AS_OF

from iid.tasks.desk import accounts
from iid.tasks.desk.accounts import Account, Accounts
from iid.tasks.desk.gate import Trust
from iid.tasks.desk.sessions import Tries
from iid.tasks.desk.shown_evidence import item_id
from iid.tasks.store.published_run import read_run

DECIDE = f"{address(HEALTH, '16')}/keputusan"


@pytest.mark.parametrize("path", ["/meja/", "/meja", address(HEALTH), address(HEALTH, "16"), "/meja/_akun"])
def test_without_signing_in_every_page_leads_to_the_sign_in(path: str, bureau: Any) -> None:
    answer = bureau.client().get(path)
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/masuk")
    assert answer.body == b""


def test_without_signing_in_nothing_is_kept(bureau: Any) -> None:
    assert bureau.client().post(DECIDE, keputusan="terima", sidik="0" * 16).status == 401
    assert bureau.kept() == []


def test_a_form_without_its_token_keeps_nothing(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    for token in ("", "x", form["token"][:-2], fields(ani.page("/meja/_akun"), "/_akun")["token"]):
        answer = ani.post(DECIDE, keputusan="terima", sidik=form["sidik"], token=token)
        assert answer.status == 403
    assert bureau.kept() == []


def test_a_token_of_another_claim_or_session_is_refused(bureau: Any) -> None:
    ani, again = bureau.client("ani"), bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    other = fields(ani.page(address(HEALTH, "17")), "/keputusan")
    assert again.post(DECIDE, keputusan="terima", **form).status == 403
    assert ani.post(DECIDE, keputusan="terima", **{**form, "token": other["token"]}).status == 403
    assert bureau.kept() == []


def test_a_form_that_is_sent_twice_is_kept_once(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    assert [ani.post(DECIDE, keputusan="terima", **form).status for _ in range(3)] == [303, 409, 409]
    assert len(bureau.kept()) == 1


def test_a_steward_of_one_unit_neither_sees_nor_decides_another(bureau: Any) -> None:
    budi, ani = bureau.client("budi"), bureau.client("ani")
    assert budi.get(address(OTHER, "19")).status == 200
    assert HEALTH.partition("/")[2] not in budi.page("/meja/?status=semua")
    own = fields(budi.page(address(OTHER, "19")), "/keputusan")
    stolen = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    for path in (address(HEALTH), address(HEALTH, "16"), address("pemda", "1"), "/meja/101/_hitung"):
        assert budi.get(path).status == 403
    for form in (own, stolen, {**own, "sidik": stolen["sidik"]}):
        assert budi.post(DECIDE, keputusan="terima", **form).status == 403
    item = item_id("2026/101 Dinas Kesehatan/Perahu Sehat/bukti/16 bukti/sk.pdf")
    assert ani.get(f"{address(HEALTH, '16')}/bukti/{item}").status == 200
    assert budi.get(f"{address(HEALTH, '16')}/bukti/{item}").status == 403
    assert budi.get(f"{address(OTHER, '19')}/bukti/{item}").status == 404
    assert bureau.kept() == []
    refused = {(one["name"], one["what"]) for one in logged(bureau, "refused")}
    assert refused == {("budi", HEALTH), ("budi", "pemda"), ("budi", "hitung 101")}


def test_a_reader_sees_and_decides_nothing(bureau: Any) -> None:
    reader, ani = bureau.client("lihat"), bureau.client("ani")
    assert "/keputusan" not in reader.page(address(HEALTH, "16"))
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan")
    assert reader.post(DECIDE, keputusan="terima", **form).status == 403
    assert reader.post(f"{address(HEALTH)}/_terima", setuju="ya", **form).status == 403
    assert reader.post("/meja/101/_hitung", **form).status == 403
    assert bureau.kept() == []
    assert [one["what"] for one in logged(bureau, "refused")] == [HEALTH, HEALTH, "hitung 101"]


@pytest.mark.parametrize(
    "path",
    [
        "/meja/101/..%2f..%2fhasil", "/meja/..%2f..%2f..%2fetc%2fpasswd", "/meja/101/../102/Peta%20Jalan/19",
        "/meja/%2e%2e/masuk", "/meja/101/Perahu%20Sehat%00/16", "/meja/101/Perahu%20Sehat/16/bukti/..%2f..",
        "/meja/101/Perahu%20Sehat/16/bukti/0000000000000000", "/meja/101/Perahu%20Sehat/99", "/meja/9/x/16",
        "/meja//etc/passwd", "/masuk/aset/..%2fdesk_app.py", "/masuk/aset/meja_klaim.j2", "/meja/%ff/%fe",
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_no_page(path: str, bureau: Any) -> None:
    answer = bureau.client("ani").get(path)
    assert answer.status == 404
    assert b"root:" not in answer.body


@pytest.mark.parametrize("to", ["https://jahat.example/", "//jahat.example", "/meja\\@x", "/keluar", "x"])
def test_signing_in_leads_to_no_other_site(to: str, bureau: Any) -> None:
    client = bureau.client()
    token = fields(client.page("/masuk"))["token"]
    answer = client.post("/masuk", nama="ani", sandi=PASSWORD, token=token, ke=to)
    assert answer.headers["location"] == "/meja/"


@pytest.fixture
def halted(opening: Any) -> Any:
    """A desk for which no time passes between tries."""
    return opening(tries=Tries(lambda: 1.0))


def test_of_a_thousand_tries_few_are_looked_at_and_then_not_even_the_right_password(opening: Any) -> None:
    now = [1.0]
    halted = opening(tries=Tries(lambda: now[0]))
    client = halted.client()
    token = fields(client.page("/masuk"))["token"]
    found = [client.post("/masuk", nama="ani", sandi=f"salah {n}", token=token).status for n in range(1000)]
    assert set(found[:5]) == {401}
    assert set(found[5:]) == {429}
    last = client.post("/masuk", nama="ani", sandi=PASSWORD, token=token)
    assert last.status == 429
    assert "Coba lagi setelah 15 detik" in alert(last)
    assert halted.log.count("sign_in_failed") == 5
    refused = [one["tries"] for one in logged(halted, "sign_in_refused")]
    assert refused == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]  # all are counted, few are lines
    now[0] += 15
    assert client.post("/masuk", nama="ani", sandi=PASSWORD, token=token).status == 303
    assert [one.get("refused_before") for one in logged(halted, "signed_in")] == [996]


def logged(bureau: Any, event: str) -> list[dict[str, Any]]:
    """The lines of the log about one event."""
    return [one for one in map(json.loads, bureau.log.splitlines()) if one["event"] == event]


def test_tries_at_the_same_moment_are_no_more_than_tries_one_by_one(halted: Any) -> None:
    token = fields(halted.client().page("/masuk"))["token"]
    with ThreadPoolExecutor(20) as pool:
        sent = [
            pool.submit(halted.client().post, "/masuk", nama="ani", sandi=f"salah {n}", token=token)
            for n in range(40)
        ]
        assert sum(one.result().status == 401 for one in sent) == 5


def test_strangers_who_guess_do_not_lock_the_owner_out_of_a_browser_he_has_used(halted: Any) -> None:
    own, stranger = halted.client("ani"), halted.client()
    own.post("/keluar", token=fields(own.page("/meja/"), "/keluar")["token"])
    token = fields(stranger.page("/masuk"))["token"]
    for number in range(20):
        stranger.post("/masuk", nama="ani", sandi=f"salah {number}", token=token)
    assert stranger.post("/masuk", nama="ani", sandi=PASSWORD, token=token).status == 429
    assert own.sign_in("ani").status == 303
    stolen = Client(halted.server.port, {"iid_kenal": own.cookies["iid_kenal"]})
    found = [stolen.sign_in("ani", f"salah {number}").status for number in range(12)]
    assert (found.count(401), found[-1]) == (5, 429)  # that browser has its own few tries


def test_strangers_who_guess_do_not_lock_the_owner_out_of_a_new_browser_elsewhere(opening: Any) -> None:
    trust = Trust(networks=(ipaddress.ip_network("127.0.0.0/8"),))
    client = opening(trust=trust, tries=Tries(lambda: 1.0)).client()
    token = fields(client.page("/masuk"))["token"]
    form = {"nama": "ani", "sandi": "salah", "token": token}
    for number in range(20):
        client.ask("POST", "/masuk", form, X_Forwarded_For=f"2001:db8:1:2::{number}")
    right = {**form, "sandi": PASSWORD}
    assert client.ask("POST", "/masuk", right, X_Forwarded_For="2001:db8:1:2::ffff").status == 429
    assert client.ask("POST", "/masuk", right, X_Forwarded_For="2001:db8:1:3::1").status == 303
    assert client.ask("POST", "/masuk", right, X_Forwarded_For="203.0.113.7").status == 303


def test_many_names_from_one_address_are_held_back_too(halted: Any) -> None:
    client = halted.client()
    token = fields(client.page("/masuk"))["token"]
    found = [client.post("/masuk", nama=f"orang {n}", sandi="salah", token=token).status for n in range(40)]
    assert found.count(401) == 30


def test_a_header_is_believed_from_a_trusted_web_server_alone(opening: Any) -> None:
    off = opening()
    assert off.client().get("/meja/", X_Remote_User="ani").status == 303
    elsewhere = opening(trust=Trust("X-Remote-User", (ipaddress.ip_network("10.0.0.0/8"),)))
    assert elsewhere.client().get("/meja/", X_Remote_User="ani").status == 303
    here = opening(trust=Trust("X-Remote-User", (ipaddress.ip_network("127.0.0.0/8"),)))
    assert here.client().get("/meja/", X_Remote_User="ani").status == 200
    assert here.client().get("/meja/", X_Remote_User="tak dikenal").status == 303
    page = here.client().get(address(HEALTH, "16"), X_Remote_User="ani").body.decode()
    form = fields(page, "/keputusan") | {"keputusan": "terima"}
    assert here.client().ask("POST", DECIDE, form, X_Remote_User="lihat").status == 403
    assert here.client().ask("POST", DECIDE, form, X_Remote_User="ani").status == 303


@pytest.mark.parametrize("address", ["", "bukan alamat", "127.0.0.1.", "unix:"])
def test_a_peer_without_an_address_is_trusted_with_nothing(address: str) -> None:
    everybody = Trust("X-Remote-User", (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")))
    assert everybody.believes("127.0.0.1")
    assert not everybody.believes(address)


def test_signing_out_ends_the_cookie_for_good(bureau: Any) -> None:
    ani = bureau.client("ani")
    stolen = dict(ani.cookies)
    token = fields(ani.page("/meja/"), "/keluar")["token"]
    assert ani.post("/keluar", token=token).status == 303
    assert Client(bureau.server.port, stolen).get("/meja/").status == 303
    assert [one["name"] for one in logged(bureau, "signed_out")] == ["ani"]


def test_a_changed_password_or_a_removed_account_ends_its_sessions(bureau: Any) -> None:
    ani, other = bureau.client("ani"), bureau.client("ani")
    form = fields(ani.page("/meja/_akun"), "/_akun")
    wrong = ani.post("/meja/_akun", sandi="salah", baru="sandi-yang-baru", ulang="sandi-yang-baru", **form)
    assert wrong.status == 401
    new = ani.post("/meja/_akun", sandi=PASSWORD, baru="sandi-yang-baru", ulang="sandi-yang-baru", **form)
    assert new.status == 303
    assert ani.get("/meja/").status == 200
    assert other.get("/meja/").status == 303
    Accounts(bureau.store).remove("ani")
    assert ani.get("/meja/").status == 303


def test_a_password_is_kept_as_a_slow_salted_hash_alone(bureau: Any) -> None:
    texts = [path.read_text() for path in (bureau.root / "hasil/.desk").rglob("*.json")]
    assert len(texts) == 3
    assert all("$argon2id$" in text and PASSWORD not in text for text in texts)


def test_passwords_are_slow_to_try_also_those_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for kept in (accounts.hashed(PASSWORD), accounts._nobody()):
        assert "$m=65536,t=3,p=4$" in kept  # RFC 9106, low memory: 64 MiB, three passes


def test_an_account_without_a_password_cannot_sign_in_with_an_empty_one(bureau: Any) -> None:
    Accounts(bureau.store).put(Account("cici"))
    assert bureau.client().sign_in("cici", "").status == 401


def test_a_large_body_is_refused_announced_or_not(bureau: Any) -> None:
    ani = bureau.client("ani")
    assert ani.post(DECIDE, keputusan="tolak", catatan="x" * 100_000).status == 413
    connection = http.client.HTTPConnection("127.0.0.1", bureau.server.port, timeout=60)
    cookie = "; ".join(f"{k}={v}" for k, v in ani.cookies.items())
    connection.request(
        "POST",
        DECIDE,
        (b"a" * 8192 for _ in range(64)),
        {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        encode_chunked=True,
    )
    assert connection.getresponse().status == 413
    connection.close()
    assert bureau.kept() == []


def test_three_hundred_half_open_clients_keep_nobody_waiting(bureau: Any) -> None:
    ani = bureau.client("ani")
    with ExitStack() as stack:
        for number in range(300):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", bureau.server.port), 30))
            slow.sendall(b"GET /meja/ HTTP/1.1\r\nHost: localhost\r\nX-A: " if number % 2 else b"")
        assert ani.get("/meja/").status == 200
        assert bureau.client().get("/health").status in {200, 503}
        assert bureau.client().get("/report/index.html").status == 200


def test_every_answer_of_the_desk_forbids_foreign_scripts_and_frames(bureau: Any) -> None:
    ani = bureau.client("ani")
    for path in ("/masuk", "/meja/", address(HEALTH), address(HEALTH, "16"), "/meja/9/x/1"):
        headers = ani.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    cookie = bureau.client().sign_in("ani").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_names_with_markup_are_text(bureau: Any) -> None:
    page = bureau.client("ani").page(address(HEALTH, "18"))
    assert "foto &lt;i&gt;.png" in page
    assert "<i>" not in page


def test_two_hundred_forms_that_never_end_keep_nobody_waiting(bureau: Any) -> None:
    ani = bureau.client("ani")
    head = f"POST {DECIDE} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nsidik="
    with ExitStack() as stack:
        for _ in range(200):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", bureau.server.port), 30))
            slow.sendall(head.encode())
        assert ani.get("/meja/").status == 200
        assert ani.decide(HEALTH, "16", "terima").status == 303
        assert bureau.client().sign_in("ani").status == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(method: str, bureau: Any) -> None:
    for client in (bureau.client(), bureau.client("ani")):
        assert client.ask(method, DECIDE, {"keputusan": "terima"}).status in {401, 403, 405}
    assert bureau.kept() == []


def test_a_cookie_that_is_not_ours_or_is_a_form_token_signs_nobody_in(bureau: Any) -> None:
    ani = bureau.client("ani")
    cookie = ani.cookies["iid_meja"]
    token = fields(ani.page("/meja/_akun"), "/_akun")["token"]
    name, _, rest = cookie.partition(".")
    for forged in (token, "", "x", f"{name}.", f"{name}A.{rest}", cookie[:-1], cookie * 50):
        assert Client(bureau.server.port, {"iid_meja": forged}).get("/meja/").status == 303


def test_a_form_sent_from_another_site_keeps_nothing(bureau: Any) -> None:
    ani = bureau.client("ani")
    form = fields(ani.page(address(HEALTH, "16")), "/keputusan") | {"keputusan": "terima"}
    for site in ("cross-site", "same-site"):
        assert ani.ask("POST", DECIDE, form, Sec_Fetch_Site=site).status == 403
    assert bureau.kept() == []


def test_what_a_unit_writes_on_the_share_is_no_decision_of_the_desk(bureau: Any) -> None:
    """A record beside the evidence, in the form of the store's own, counts nothing."""
    ani = bureau.client("ani")
    ani.decide(HEALTH, "17", "tolak", catatan="bukan SK")
    (record,) = bureau.kept()
    forged = record.read_bytes().replace(b"tolak", b"terima")
    share = bureau.root / "share"
    for folder in ("63.03/2026/decisions", "2026/decisions", "2026/_tinjauan/decisions", "decisions"):
        place = share / folder / record.name
        place.parent.mkdir(parents=True)
        place.write_bytes(forged)
    bureau.assess(AS_OF.replace(day=30, month=9))
    (row,) = read_run(bureau.store, "63.03", 2026).table("decisions").to_dict("records")
    assert (row["decision"], row["in_force"]) == ("tolak", True)

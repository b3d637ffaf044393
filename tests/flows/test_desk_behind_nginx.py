"""The desk behind a real nginx with TLS, by the example that we ship."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import s3_servers
from background import running, until
from desk_client import HEALTH, PASSWORD, Client, address, fields
from drive_servers import needed
from small_region import emptied

from iid.tasks.desk.accounts import Account, Accounts, hashed
from iid.tasks.store.folder_store import FolderStore

EXAMPLE = Path(__file__).parents[2] / "deployments/web/meja.conf"
FILM = Path(__file__).parents[1] / "cases/items/files/film.mp4"
LETTER = Path(__file__).parents[1] / "unit/desk/files/sk.pdf"
DECIDE = f"{address(HEALTH, '16')}/keputusan"


@dataclass(frozen=True)
class Front:
    """A running nginx: its port, the certificate to believe, and what it logs."""

    port: int
    trust: ssl.SSLContext
    log: Path

    def client(self) -> Client:
        return Client(self.port, trust=self.trust)

    def signed_in(self) -> Client:
        client = self.client()
        assert client.sign_in("ani").status == 303
        return client


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """`iid serve --desk` as the example asks for it; its folder and port."""
    root = tmp_path_factory.mktemp("di-belakang")
    region, store = emptied(root), FolderStore(root / "hasil")
    folder = region.innovation("101", "Perahu Sehat", {"16": (3, ""), "35": (1, "")})
    region.proof(folder, "16", "sk.pdf", LETTER.read_bytes())
    region.proof(folder, "35", "film.mp4", FILM.read_bytes())
    region.assess()
    Accounts(store).put(Account("ani", password=hashed(PASSWORD)))
    (root / "iid.toml").write_text(
        f'share = "{region.root}"\nstore = "{store.root}"\ncycle = 2026\nfeedback = false\n'
        "[serve]\nport = 0\nwatch = false\n"
        '[desk]\ntrusted_addresses = ["127.0.0.1"]\ntrusted_header = "X-Remote-User"\nsecure = true\n'
    )
    environment = {"HOME": str(root), "IID_TOML": str(root / "iid.toml"), "PREFECT_API_URL": ""}
    with running(root / "serve.log", "iid.flows", "serve", "--desk", **environment) as serve:
        serve.says("meja tinjauan di ", seconds=120)
        found = re.search(r"meja tinjauan di http://127\.0\.0\.1:(\d+)/meja/", serve.said())
        assert found, serve.said()
        until(lambda: Client(int(found[1])).get("/masuk").status == 200, 60)
        yield root, int(found[1])
        assert serve.ends() == 0


Opening = Callable[..., Front]


@pytest.fixture
def front(desk: tuple[Path, int], tmp_path: Path) -> Iterator[Opening]:
    """Start nginx with the example; pairs of texts are put in place of others in it."""
    program = needed("nginx", "nginx-light")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    make = [needed("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", str(tmp_path / "meja.key"), "-out", str(tmp_path / "meja.pem")]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)
    with ExitStack() as stack:

        def start(*changes: tuple[str, str]) -> Front:
            port = s3_servers.free_port()
            here = [("443 ssl", f"127.0.0.1:{port} ssl"), ("/etc/ssl/", f"{tmp_path}/")]
            here += [("127.0.0.1:8036", f"127.0.0.1:{desk[1]}")]
            text = EXAMPLE.read_text()
            for old, new in (*here, *changes):
                assert old in text, old
                text = text.replace(old, new)
            (tmp_path / "meja.conf").write_text(text)
            (tmp_path / "nginx.conf").write_text(_around(tmp_path))
            log = tmp_path / "nginx.log"
            command = [program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(log)]
            checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
            assert checked.returncode == 0, checked.stderr
            process = stack.enter_context(subprocess.Popen(command))
            stack.callback(process.terminate)
            until(lambda: _listens(port), 30, why=log.read_text)
            return Front(port, ssl.create_default_context(cafile=str(tmp_path / "meja.pem")), log)

        yield start


def _around(folder: Path) -> str:
    """What Debian's nginx.conf has around the files of its conf.d, with every path in *folder*."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""  # the files of the test are its own
    return (
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\n"
        f"error_log {folder}/nginx.log warn;\nevents {{ worker_connections 256; }}\n"
        f"http {{\n  access_log off;\n{paths}"
        f"  include {folder}/meja.conf;\n}}\n"
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_signing_in_and_deciding_work_through_nginx_and_cookies_go_over_https_alone(front: Opening) -> None:
    ani = front().client()
    unsigned = ani.get("/meja/")
    assert (unsigned.status, unsigned.headers["location"]) == (303, "/masuk?ke=%2Fmeja%2F")
    assert unsigned.headers["strict-transport-security"]
    assert ani.sign_in("ani").status == 303
    assert set(ani.flags) == {"iid_meja", "iid_kenal"}
    for flags in ani.flags.values():
        assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(flags.strip().split("; "))
    answer = ani.decide(HEALTH, "16", "terima")
    assert answer.status == 303
    assert answer.headers["location"].startswith("/meja/")
    assert ani.post("/keluar", token=fields(ani.page("/meja/"), "/keluar")["token"]).status == 303
    assert ani.get("/meja/").status == 303


def test_a_film_is_played_by_ranges_through_nginx(front: Opening) -> None:
    ani, film = front().signed_in(), FILM.read_bytes()
    page = ani.page(address(HEALTH, "35"))
    path = next(part.split('"')[0] for part in page.split('src="') if part.split('"')[0].endswith("/film"))
    part = ani.get(path, Range="bytes=10-19")
    assert (part.status, part.body) == (206, film[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(film)}"
    assert ani.get(path).body == film
    assert ani.get(path, Range=f"bytes={len(film)}-").status == 416


def test_a_large_form_ends_at_nginx_and_nothing_is_kept(front: Opening, desk: tuple[Path, int]) -> None:
    ani = front().signed_in()
    form = fields(ani.page(address(HEALTH, "35")), "/keputusan")
    kept = set(desk[0].rglob("decisions/*.json"))
    path = f"{address(HEALTH, '35')}/keputusan"
    assert ani.post(path, keputusan="tolak", **{**form, "catatan": "x" * 100_000}).status == 413
    assert ani.post(path, keputusan="tolak", **{**form, "catatan": "é" * 4_000}).status == 303
    assert len(set(desk[0].rglob("decisions/*.json")) - kept) == 1


def test_a_visitors_own_header_and_address_are_not_believed_through_nginx(
    front: Opening, desk: tuple[Path, int]
) -> None:
    client = front().client()
    forged = {"X_Remote_User": "ani", "X_Forwarded_For": "10.1.2.3", "X_Forwarded_Proto": "http"}
    assert client.get("/meja/", **forged).status == 303
    token = fields(client.page("/masuk"))["token"]
    form = {"nama": "ani", "sandi": "salah", "token": token}
    assert client.ask("POST", "/masuk", form, **forged).status == 401
    log = next(desk[0].rglob("desk/log.jsonl")).read_text()
    assert '"address": "127.0.0.1"' in log
    assert "10.1.2.3" not in log


def test_whom_nginx_has_signed_in_is_believed_where_its_address_is_trusted(
    front: Opening, tmp_path: Path
) -> None:
    (tmp_path / "nama").write_text("ani:{PLAIN}rahasia\nlain:{PLAIN}rahasia\n")
    asks = f'auth_basic "meja"; auth_basic_user_file {tmp_path}/nama; client_max_body_size'
    named = front(('X-Remote-User ""', "X-Remote-User $remote_user"), ("client_max_body_size", asks))
    assert named.client().get("/meja/").status == 401  # nginx's own
    basic = {"ani": "YW5pOnJhaGFzaWE=", "lain": "bGFpbjpyYWhhc2lh"}
    page = named.client().get(address(HEALTH, "16"), Authorization=f"Basic {basic['ani']}")
    assert page.status == 200
    assert b"Keluar" not in page.body
    assert named.client().get("/meja/", Authorization=f"Basic {basic['lain']}").status == 303  # no account
    elsewhere = front(
        ("proxy_http_version", "proxy_bind 127.0.0.2; proxy_http_version"),
        ('X-Remote-User ""', "X-Remote-User ani"),
    )
    assert elsewhere.client().get("/meja/").status == 303  # its address is not in trusted_addresses


def test_nginx_slows_down_who_asks_for_the_sign_in_page_without_end(front: Opening) -> None:
    client = front().client()
    found = [client.get("/masuk").status for _ in range(30)]
    assert set(found) == {200, 429}
    assert found.count(200) >= 10

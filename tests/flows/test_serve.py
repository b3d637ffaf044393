"""`iid serve`: a missed night once, the watcher and the report, in one process tree that may be restarted."""

from __future__ import annotations

import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from background import Running, proof_folder, running, runs, until
from letters import web_server

Start = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def serving(share: Path, tmp_path: Path) -> Start:
    """Start `iid serve` on the share, with a private home and a settings file."""
    (tmp_path / "home").mkdir()
    (tmp_path / "iid.toml").write_text(
        f'share = "{share}"\nstore = "{tmp_path / "store"}"\ncycle = 2026\n'
        '[watch]\nquiet_period = 0.5\n[serve]\nport = 0\nat = "04:00"\n'
    )
    environment = {
        "HOME": str(tmp_path / "home"),
        "IID_TOML": str(tmp_path / "iid.toml"),
        "PREFECT_API_URL": "",
    }
    return lambda *more, log="serve.log", **also: running(
        tmp_path / log, "iid.flows", "serve", *more, **environment, **also
    )


@pytest.fixture
def two_targets(share: Path, tmp_path: Path, serving: Start) -> None:
    """Settings of two regions; the share of the second is not mounted."""
    (tmp_path / "lain").mkdir()
    (tmp_path / "iid.toml").write_text(
        f'store = "{tmp_path / "store"}"\ncycle = 2026\n[serve]\nport = 0\n'
        f'[[target]]\nname = "banjar"\nshare = "{share}"\n'
        f'[[target]]\nname = "tapin"\nshare = "{tmp_path / "lain"}"\nregion = "63.05"\n'
    )


def address(serve: Running) -> str:
    found = until(lambda: re.search(r"laporan di (http://\S+)/", serve.said()), why=serve.said)
    return str(found[1])


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 (our own loopback server)
        return str(answer.read().decode())


def test_a_missed_night_is_caught_up_once_and_a_restart_loses_nothing(
    share: Path, tmp_path: Path, serving: Start
) -> None:
    store = tmp_path / "store"
    with serving(log="first.log") as serve:
        serve.says("✓ indeks", seconds=90)
        serve.says("penilaian terjadwal berikutnya", count=2)  # due at once, then the coming night
        assert "Indeks" in page(address(serve))
        assert '"ok": true' in page(f"{address(serve)}/health")
        assert serve.ends() == 0
    assert len(runs(store)) == 1
    assert "berkas berubah" not in serve.said()

    (proof_folder(share) / "saat mati.txt").write_text("x")
    with serving() as serve:
        serve.says("✓ indeks", seconds=90)
        assert "1 berkas berubah" in serve.said()
        assert serve.ends() == 0
    assert len(runs(store)) == 2
    assert serve.said().count("penilaian terjadwal berikutnya") == 1


def test_a_wrong_store_or_roster_ends_the_service_at_once(
    share: Path, serving: Start, tmp_path: Path
) -> None:
    (tmp_path / "store").write_text("")  # a file where the store should be
    with serving() as serve:
        assert serve.process.wait(timeout=60) == 2
    assert str(tmp_path / "store") in serve.said()
    (tmp_path / "store").unlink()
    broken = share / "2026/_roster.csv"
    broken.write_text("code,name,type,parent\nA1,Dinas A,opd,\nA1,Dinas B,opd,\n")
    with serving(log="second.log") as serve:
        assert serve.process.wait(timeout=60) == 2
    assert "A1" in serve.said()


def test_a_port_that_is_taken_is_one_line(serving: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving("--port", str(port)) as serve:
            assert serve.process.wait(timeout=60) == 2
    assert f"127.0.0.1:{port}" in serve.said()
    assert len(serve.said().splitlines()) == 1


@pytest.mark.parametrize(("option", "value"), [("--at", "25:00"), ("--port", "99999")])
def test_a_wrong_setting_names_what_is_allowed(option: str, value: str, serving: Start) -> None:
    with serving(option, value) as serve:
        assert serve.process.wait(timeout=60) == 2
    assert value in serve.said()
    assert "Traceback" not in serve.said()


@pytest.mark.usefixtures("two_targets")
def test_one_regions_trouble_never_stops_another_and_all_are_shown(serving: Start) -> None:
    with web_server() as web, serving(IID_NOTIFY_URLS=web.address) as serve:
        serve.says("banjar: ✓ indeks", seconds=90)
        site = address(serve)
        assert "tapin: ✗" in serve.said()
        assert "belum terpasang" in serve.said()
        front = page(f"{site}/")
        assert front.count("<li") == 2
        assert "Indeks" in page(f"{site}/63.03/2026/report/index.html")
        with pytest.raises(urllib.error.HTTPError) as sick:
            page(f"{site}/health")
        rows = {row["target"]: row["ok"] for row in json.loads(sick.value.read())["runs"]}
        assert rows == {"banjar": True, "tapin": False}
        assert 'iid_ok{region="63.03",cycle="2026",status="provisional"} 1' in page(f"{site}/metrics")
        until(lambda: web.got, why=serve.said)
        assert "temuan kritis baru" in web.got[0]["message"]
        serve.says("banjar: ✓ pemberitahuan lewat kanal 1 (json)")
        assert serve.ends() == 0


def test_when_every_target_is_set_up_wrongly_it_ends_at_once(tmp_path: Path, serving: Start) -> None:
    (tmp_path / "iid.toml").write_text(
        f'store = "{tmp_path / "store"}"\ncycle = 2026\n[serve]\nport = 0\n'
        f'[[target]]\nname = "a"\nshare = "{tmp_path / "tidak-ada"}"\n'
        f'[[target]]\nname = "b"\nshare = "{tmp_path / "juga-tidak"}"\n'
    )
    with serving() as serve:
        assert serve.process.wait(timeout=60) == 2
    assert "tidak satu target pun dapat dilayani" in serve.said()
    assert "Traceback" not in serve.said()

"""Notifications over real SMTP and HTTP: by cause, once a day, kept over restarts, never in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from letters import Post, mail_server, web_server

from iid.expectations.findings.catalogue import catalogue
from iid.flows.cli.main import run
from iid.flows.service.notify_target import Order, notify, notify_quietly
from iid.flows.settings.load import Settings
from iid.tasks.operate.health.freshness import Place
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import FINDINGS, PUBLISHED_UNITS, frame

NOW = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)  # 10.00 WITA
DAY = timedelta(days=1)
MARKER = Marker("63.03", "Kabupaten Banjar", "Asia/Makassar")


@pytest.fixture
def web() -> Iterator[Post]:
    with web_server() as post:
        yield post


@pytest.fixture
def mail() -> Iterator[Post]:
    with mail_server() as post:
        yield post


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("IID_TOML", "IID_NOTIFY_URLS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "hasil")


def finding(unit: str, code: str, number: int) -> dict[str, str]:
    return {
        "code": code,
        "severity": "critical",
        "unit_code": unit,
        "innovation_id": f"{unit}/inovasi",
        "indicator": str(number),
        "source": f"2026/{unit}/b{number}.pdf",
        "message": f"Berkas b{number}.pdf kosong (0 byte).",
        "fix": "Salin ulang berkas aslinya.",
    }


FIRST = [finding("1.01", "evidence.empty", n) for n in range(16, 21)]


def put(
    store: FolderStore,
    run_id: str,
    findings: list[dict[str, str]],
    index: str = "50.00",
    status: str = "provisional",
) -> None:
    """Publish a run as an assessment does, with only what people are reported of."""
    view = {"index": index, "category": "Inovatif"}
    about = {"status": status, "supported": view, "verified": view}
    units = [
        {"unit_code": code, "name": f"Dinas {code}", "type": "opd", "submitted": True, "innovations": 3}
        | {"eligible": 2, "mean_supported": "1.00", "critical": 5, "warnings": 0}
        for code in ("1.01", "1.02")
    ]
    files = [
        ("index.json", json.dumps(about).encode()),
        *table_files("findings", frame(FINDINGS, findings)),
        *table_files("units", frame(PUBLISHED_UNITS, units)),
    ]
    publish(store, "63.03", 2026, run_id, iter(files), {}, published_at=NOW, status=status)


def order(store: FolderStore, post: Post | None, **more: Any) -> Order:
    shown = {"link": "https://inovasi.banjarkab.go.id", **more.pop("shown", {})}
    settings = Settings(store=store.url, cycle=2026, notify=shown)
    environment = {"IID_NOTIFY_URLS": post.address if post else "", **more.pop("environment", {})}
    more.setdefault("now", NOW)
    return Order(settings, Place(2026, store, "63.03"), MARKER, environment=environment, **more)


def test_new_critical_findings_are_one_letter_by_cause_with_the_link(store: FolderStore, web: Post) -> None:
    put(store, "r1", [*FIRST, finding("1.02", "evidence.encrypted", 16)])
    (sent,) = notify(order(store, web))
    (got,) = web.got
    assert got["title"] == "IID Kabupaten Banjar 2026: 6 temuan kritis baru dari 2 sebab" == sent.letter.title
    assert "5 temuan kritis baru: Berkas kosong" in got["message"]
    assert "1 temuan kritis baru: Berkas terkunci kata sandi" in got["message"]
    assert "… dan 2 lagi" in got["message"]
    assert got["message"].startswith("Indeks 50,00 (Inovatif), sementara.\n\n5 temuan kritis baru")
    assert "https://inovasi.banjarkab.go.id/63.03/2026/report/index.html" in got["message"]


def test_of_many_causes_the_most_frequent_have_examples_and_the_others_a_line(
    store: FolderStore, web: Post
) -> None:
    codes = [code for code, kind in catalogue().items() if kind.severity == "critical"][:12]
    put(store, "r1", [*FIRST, *(finding("1.02", code, 16) for code in codes)])
    notify(order(store, web))
    (got,) = web.got
    assert got["message"].count("Unit: ") == 8
    assert got["message"].count("\n- ") == 4 + 7 + len(codes) - 8
    assert notify(order(store, web, now=NOW + DAY)) == []


def test_a_cause_is_reported_once_a_day_and_what_came_meanwhile_the_next_day(
    store: FolderStore, web: Post
) -> None:
    put(store, "r1", FIRST)
    notify(order(store, web))
    put(store, "r2", [*FIRST, finding("1.02", "evidence.empty", 30)])
    for hours in (1, 13):  # 13 hours later it is 23.00 of the same day in Martapura
        assert notify(order(store, web, now=NOW + timedelta(hours=hours))) == []
    notify(order(store, web, now=NOW + timedelta(hours=15)))  # 01.00 of the next, the same day in UTC
    assert len(web.got) == 2
    assert "1 temuan kritis baru: Berkas kosong" in web.got[1]["message"]
    assert notify(order(store, web, now=NOW + timedelta(hours=35))) == []


def test_a_finding_that_was_fixed_and_comes_back_is_new(store: FolderStore, web: Post) -> None:
    put(store, "r1", FIRST)
    notify(order(store, web))
    put(store, "r2", FIRST[1:])
    notify(order(store, web, now=NOW + DAY))
    put(store, "r3", FIRST)
    notify(order(store, web, now=NOW + 2 * DAY))
    assert len(web.got) == 2
    assert "b16.pdf" in web.got[1]["message"]


def test_a_moved_index_and_a_closed_cycle_are_reported(store: FolderStore, web: Post) -> None:
    put(store, "r1", [], "50.00")
    assert notify(order(store, web)) == []  # the first index is no move
    put(store, "r2", [], "50.40")
    assert notify(order(store, web)) == []  # less than half a point
    put(store, "r3", [], "50.80")
    notify(order(store, web))
    assert web.got[0]["title"].endswith("Indeks naik 0,80 poin")
    assert "Dari 50,00 menjadi 50,80 (Inovatif)." in web.got[0]["message"]
    put(store, "r4", [], "50.80", "final")
    notify(order(store, web))
    assert "Siklus ditutup" in web.got[1]["title"]
    assert notify(order(store, web, now=NOW + 9 * DAY)) == []


def test_failures_are_reported_by_cause_and_a_stale_region_too(store: FolderStore, web: Post) -> None:
    put(store, "r1", [])
    notify(order(store, web, trouble=(1, "share tidak menjawab setelah 30 detik")))
    notify(order(store, web, trouble=(1, "share tidak menjawab setelah 60 detik")))  # the same cause
    notify(order(store, web, trouble=(3, "40 dari 50 berkas bukti tidak ada lagi")))
    assert ["gagal" in one["title"] for one in web.got] == [True, False]
    assert "ditahan pengaman" in web.got[1]["title"]
    assert "60 detik" not in str(web.got)
    notify(order(store, web, now=NOW + 2 * DAY))
    assert "basi" in web.got[2]["title"]


def test_only_the_wanted_events_are_reported(store: FolderStore, web: Post) -> None:
    put(store, "r1", FIRST)
    assert notify(order(store, web, shown={"events": ("failed",)})) == []
    notify(order(store, web, shown={"events": ("failed",)}, trouble=(1, "rusak")))
    assert len(web.got) == 1


def test_a_channel_that_fails_is_tried_again_now_and_at_the_next_occasion(
    store: FolderStore, web: Post, mail: Post
) -> None:
    put(store, "r1", FIRST)
    both = Post(f"{web.address} {mail.address}")
    waits: list[float] = []
    web.refuse = 2
    notify(order(store, both, wait=waits.append))
    assert (len(web.got), len(mail.got), waits) == (1, 1, [2.0, 10.0])
    put(store, "r2", [*FIRST, finding("1.02", "evidence.encrypted", 16)])
    web.refuse = 3
    said: list[str] = []
    assert not notify_quietly(order(store, both, wait=waits.append), said.append)
    assert (len(web.got), len(mail.got)) == (1, 2)
    assert any("kanal 1 (json) gagal" in line for line in said)
    assert "rahasia" not in str(said)
    assert notify_quietly(order(store, both), said.append)
    assert (len(web.got), len(mail.got)) == (2, 2)  # only the one that had failed


def test_mail_arrives_in_plain_words(store: FolderStore, mail: Post) -> None:
    put(store, "r1", FIRST)
    notify(order(store, mail))
    (got,) = mail.got
    assert got["to"] == ["bappeda@banjarkab.go.id"]
    assert got["title"] == "IID Kabupaten Banjar 2026: 5 temuan kritis baru: Berkas kosong"


def test_each_unit_hears_of_its_own_findings_only(store: FolderStore, mail: Post, tmp_path: Path) -> None:
    put(store, "r1", [*FIRST, finding("1.02", "evidence.encrypted", 35)])
    (tmp_path / "kontak.csv").write_text(
        "code,channel\n1.01,satu@b.go.id\n1.02,dua@b.go.id\n1.03,tiga@b.go.id\n"
    )
    shown = {"contacts": str(tmp_path / "kontak.csv"), "mail": "env:SURAT"}
    asked = {"shown": shown, "environment": {"SURAT": mail.address}}
    notify(order(store, None, **asked))
    assert [got["to"] for got in mail.got] == [["satu@b.go.id"], ["dua@b.go.id"]]
    first, second = mail.got
    assert first["title"] == "IID Kabupaten Banjar 2026: Dinas 1.01: 5 temuan kritis"
    assert "b35.pdf" not in first["message"]
    assert "b35.pdf" in second["message"]
    assert "Salin ulang berkas aslinya." in second["message"]
    assert notify(order(store, None, **asked, now=NOW + DAY)) == []


def test_without_a_store_or_with_a_damaged_one_nothing_is_raised(store: FolderStore, web: Post) -> None:
    put(store, "r1", FIRST)
    store.put("63.03/2026/latest.json", b"{")
    said: list[str] = []
    assert notify_quietly(order(store, web), said.append)
    assert "tidak terbaca" in web.got[0]["title"]
    away = Order(order(store, web).settings, Place(2026, None, "63.03", problem="penyimpanan tidak ada"))
    away = Order(away.settings, away.place, environment={"IID_NOTIFY_URLS": web.address}, now=NOW + DAY)
    assert notify_quietly(away, said.append)
    assert "penyimpanan tidak ada" in web.got[1]["message"]


def test_the_command_shows_tries_and_sends(
    store: FolderStore,
    web: Post,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put(store, "r1", FIRST)
    (home / "iid.toml").write_text('store = "hasil"\ncycle = 2026\nregion = "63.03"\n[serve]\nstale = 1e6\n')
    assert run(["notify"]) == 0
    assert "belum ada kanal" in capsys.readouterr().out
    assert run(["notify", "--test"]) == 2
    monkeypatch.setenv("IID_NOTIFY_URLS", web.address)
    assert run(["notify", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "→ kanal 1 (json)" in out
    assert "5 temuan kritis baru" in out
    assert "rahasia" not in out
    assert web.got == []
    assert run(["notify", "--test", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sent"][0]["problem"] == ""
    assert run(["notify", "--failed", "tugas malam tidak mulai"]) == 0
    assert [one["title"] for one in web.got][1].endswith("2 hal perlu perhatian")
    web.refuse = 9
    assert run(["notify", "--test"]) == 1
    assert "rahasia" not in "".join(capsys.readouterr())


def test_the_command_speaks_of_every_target(
    store: FolderStore,
    web: Post,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put(store, "r1", FIRST)
    (home / "iid.toml").write_text(
        'store = "hasil"\ncycle = 2026\n[serve]\nstale = 1e6\n'
        '[[target]]\nname = "banjar"\nregion = "63.03"\n[[target]]\nname = "tapin"\nregion = "63.05"\n'
    )
    monkeypatch.setenv("IID_NOTIFY_URLS", web.address)
    assert run(["notify"]) == 0
    found, missing = (one["title"] for one in web.got)
    assert "temuan kritis baru" in found
    assert "63.05 2026" in missing
    assert "63.05" not in found

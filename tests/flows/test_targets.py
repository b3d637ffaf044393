"""Several regions and cycles in one `iid.toml`."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from iid.flows.cli.main import run
from iid.flows.settings.load import build_request, check_file, each_target, load_settings
from iid.flows.settings.targets import Choice, choosing
from iid.tasks.values.errors import UsageError

TWO = """\
store = "hasil"
cycle = 2026
workers = 2
[guard]
index_fall = 5
[serve]
at = "03:00"

[[target]]
name = "banjar"
share = "/mnt/banjar"
region = "63.03"
zone = "Asia/Makassar"
at = "02:00"
guard = { vanished_files = 9 }

[[target]]
name = "tapin"
share = "/mnt/tapin"
region = "63.05"

[[target]]
name = "tapin-2027"
share = "/mnt/tapin"
region = "63.05"
cycle = 2027
store = "hasil-2027"
deadline = 2027-08-31
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("IID_TOML", "IID_TARGET", "IID_STORE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "iid.toml").write_text(TWO)
    return tmp_path


def test_a_target_says_what_is_its_own_over_the_common_keys() -> None:
    found = dict(each_target())
    assert list(found) == ["banjar", "tapin", "tapin-2027"]
    banjar, tapin, later = found.values()
    assert (banjar.share, banjar.store, banjar.cycle, banjar.serve.at) == (
        "/mnt/banjar",
        "hasil",
        2026,
        "02:00",
    )
    assert (banjar.guard.index_fall, banjar.guard.vanished_files) == (5, 9)
    assert (tapin.serve.at, tapin.guard.vanished_files, tapin.workers) == ("03:00", 5, 2)
    assert (later.cycle, later.store) == (2027, "hasil-2027")
    assert later.deadline == datetime(2027, 8, 31, 23, 59, 59)
    assert load_settings().share is None  # of several, none is taken by accident


@pytest.mark.parametrize(
    ("choice", "share", "cycle"),
    [
        (Choice("tapin"), "/mnt/tapin", 2026),
        (Choice(region="63.03"), "/mnt/banjar", 2026),
        (Choice(region="63.05", cycle="2027"), "/mnt/tapin", 2027),
        (Choice(cycle="2027"), "/mnt/tapin", 2027),
    ],
)
def test_name_region_and_cycle_choose(choice: Choice, share: str, cycle: int) -> None:
    with choosing(choice):
        request = build_request()
    assert (request.share, request.cycle) == (share, cycle)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(), "pilih satu: --target NAMA (yang ada: banjar, tapin, tapin-2027)"),
        (Choice(region="63.05"), "pilih satu"),
        (Choice("lain"), '--target "lain" tidak dikenal'),
        (Choice(region="11.01"), "tidak ada yang cocok"),
    ],
)
def test_where_one_is_needed_and_none_or_several_are_meant_the_names_are_said(
    choice: Choice, words: str
) -> None:
    with choosing(choice), pytest.raises(UsageError, match=re.escape(words)):
        build_request()


def test_options_and_environment_beat_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IID_STORE", "dari-lingkungan")
    with choosing(Choice("tapin-2027")):
        request = build_request(share="/lain")
    assert (request.share, request.store, request.cycle) == ("/lain", "dari-lingkungan", 2027)
    with choosing(Choice(share="/lain")):
        assert build_request(share="/lain").cycle == 2026
        assert [name for name, _ in each_target()] == [""]


def test_a_number_after_target_is_the_aim_of_next_steps_and_a_word_a_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["next-steps", "--target=tapin-2027", "--target", "60.01"]) == 2
    assert "wilayah 63.05 tahun 2027" in capsys.readouterr().err
    assert run(["next-steps", "--target", "60.01"]) == 2
    assert "belum ada hasil terbit tahun 2026" in capsys.readouterr().err


def test_region_and_cycle_choose_wherever_they_are_on_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--store", "hasil", "--region", "63.05", "--cycle", "2027"]) == 2
    assert "pilih satu" not in capsys.readouterr().err
    assert run(["verify", "--cycle", "2027"]) == 2
    assert "hasil-2027" in capsys.readouterr().err  # the store of the target that cycle means


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("next-steps", "indeks 0,01 s.d. 100, misalnya 60,01, atau nama target di iid.toml (tapin"),
        ("verify", "yang boleh: nama target di iid.toml (tapin"),
    ],
)
def test_a_target_that_is_neither_name_nor_index_is_one_line_with_what_is_allowed(
    here: Path, command: str, allowed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "iid.toml").write_text('[[target]]\nname = "tapin"\nshare = "s"\nstore = "t"\ncycle = 2026\n')
    assert run([command, "--target", "abc"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith('iid: --target "abc" tidak dikenal; yang boleh: ')
    assert allowed in said


def test_without_targets_the_word_of_next_steps_is_no_index(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "iid.toml").unlink()
    assert run(["next-steps", "--target", "abc", "--store", "x", "--cycle", "2026"]) == 2
    assert "yang boleh: indeks 0,01 s.d. 100" in capsys.readouterr().err


def test_every_command_that_takes_a_target_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    one = "assess close compare decisions explain export history next-steps prune recalculate scaffold"
    for name in f"{one} verify what-if withdraw deploy doctor notify serve status watch".split():
        assert run([name, "--help"]) == 0
        assert "--target" in capsys.readouterr().out, name


def test_the_environment_chooses_too_and_is_no_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IID_TARGET", "lain")
    assert run(["verify"]) == 2
    assert '--target "lain" tidak dikenal' in capsys.readouterr().err


def test_check_shows_every_target_and_names_what_is_missing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["config", "check"]) == 0
    out = capsys.readouterr().out
    assert "target tapin-2027: siklus 2027, /mnt/tapin → hasil-2027" in out
    (here / "iid.toml").write_text('[[target]]\nname = "a"\nshare = "s"\n')
    assert run(["config", "check"]) == 2
    said = capsys.readouterr().err
    assert "target a: store belum disebut" in said
    assert "target a: cycle belum disebut" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[[target]]\nname = "a"\n[[target]]\nname = "b"\ncycle = 1',
            ["target[2].cycle = 1", "paling sedikit 2000"],
        ),
        ('[[target]]\nname = "a"\n[[target]]\nname = "a"', ["dua kali: a"]),
        (
            'share = "s"\nstore = "t"\ncycle = 2026\n[[target]]\nname = "a"\n[[target]]\nname = "b"',
            ["target a dan b"],
        ),
        ('[[target]]\nname = "9"', ["target[1].name", "dimulai huruf"]),
        ('[[target]]\nshare = "x"', ["target[1].name", "harus ada"]),
        ('[[target]]\nname = "a"\nzona = "x"', ["target[1].zona", "mungkin zone"]),
        ('[[target]]\nname = "a"\nzone = "Asia/Banjar"', ["target[1].zone", "Asia/Makassar"]),
        ('[[target]]\nname = "a"\ndeadline = "besok"', ["target[1].deadline", "2026-08-31"]),
        ('[serve]\ndense = [{days = 1, every = "1m"}]', ["serve.dense[1].every", "5m"]),
        ('[serve]\ndense = [{days = 1, every = "sejam"}]', ["serve.dense[1].every", "6h"]),
        ('[notify]\nevents = ["semua"]', ["notify.events[1] = 'semua'", "'failed'"]),
        ('[notify]\nurls = ["tgram://123456789:sandiku/1"]', ["notify.urls", "IID_NOTIFY_URLS"]),
        ('log_format = "xml"', ["log_format = 'xml'", "'human' atau 'json'"]),
    ],
)
def test_a_mistake_is_reported_with_its_place(
    here: Path, text: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "iid.toml").write_text(text)
    assert run(["config", "check"]) == 2
    said = capsys.readouterr().err
    assert all(word in said for word in words), said
    assert "sandiku" not in said
    assert len(said.splitlines()) == 1


def test_a_mistake_in_one_target_stops_no_file_without_its_place(here: Path) -> None:
    (here / "iid.toml").write_text(f"{TWO}\n[[target]]\nname = 'x'\nworkers = 0\n")
    with choosing(Choice("tapin")), pytest.raises(UsageError, match=re.escape("target[4].workers = 0")):
        load_settings()


def test_a_single_region_file_works_as_before(here: Path) -> None:
    (here / "iid.toml").write_text('share = "s"\nstore = "t"\ncycle = 2026\n')
    assert [name for name, _ in each_target()] == [""]
    assert build_request().share == "s"
    assert check_file(here / "iid.toml").target == ()


def test_status_and_doctor_speak_of_every_target(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)["runs"]
    assert [(row["target"], row["cycle"], row["ok"]) for row in rows] == [
        ("banjar", 2026, False),
        ("tapin", 2026, False),
        ("tapin-2027", 2027, False),
    ]
    assert run(["status", "--target", "banjar"]) == 1
    assert capsys.readouterr().out.startswith("✗ 63.03 2026 (banjar): belum ada hasil terbit")
    assert run(["doctor", "--target", "tapin-2027"]) == 1
    out = capsys.readouterr().out
    assert "✗ Share [tapin-2027]" in out
    assert "✓ Penyimpanan [tapin-2027]" in out
    assert "✓ Peraturan [tapin-2027]" in out
    assert "[banjar]" not in out

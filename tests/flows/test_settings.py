"""`iid.toml`: read strictly, explained plainly, written once."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.flows.cli.main import run
from iid.flows.settings.load import Keys, check_file, load_settings
from iid.flows.settings.template import settings_text
from iid.tasks.values.errors import UsageError

GOOD = 'share = "share"\nstore = "hasil"\ncycle = 2026\n[serve]\nat = "03:30"\n[guard]\nindex_fall = 5\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IID_TOML", raising=False)
    return tmp_path


def test_a_good_file_is_said_to_fit(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "iid.toml").write_text(GOOD)
    assert run(["config", "check"]) == 0
    assert capsys.readouterr().out == "sesuai: iid.toml (share, store, cycle, guard, serve)\n"
    assert run(["config", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["serve"] == {"at": "03:30"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('stor = "x"', ["stor", "mungkin store"]),
        ("cycle = 1999", ["cycle = 1999", "paling sedikit 2000"]),
        ('cycle = "dua"', ["cycle = 'dua'", "bilangan bulat"]),
        ("share = 5", ["share = 5", "teks dalam tanda kutip"]),
        ('feedback = "mungkin"', ["feedback = 'mungkin'", "true atau false"]),
        ("workers = 0", ["workers = 0", "paling sedikit 1"]),
        ("[guard]\nvanished_share = 2", ["guard.vanished_share = 2", "paling banyak 1"]),
        ('[serve]\nat = "25:00"', ["serve.at = '25:00'", "04:00"]),
        ("[serve]\nprot = 80", ["serve.prot", "mungkin port"]),
        ("serve = 4", ["serve = 4", "tabel"]),
        ("[watch]\npoll = 0", ["watch.poll = 0", "lebih dari 0"]),
        ("share = ", ["bukan TOML"]),
    ],
)
def test_a_mistake_names_file_key_value_and_what_is_allowed(
    here: Path, text: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "lain.toml").write_text(text)
    assert run(["config", "check", "lain.toml"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "lain.toml" in said
    assert all(word in said for word in words), said


def test_all_mistakes_come_at_once(here: Path) -> None:
    (here / "iid.toml").write_text('cycle = 1\nstor = "x"\nworkers = -1\n')
    with pytest.raises(UsageError) as refused:
        check_file(here / "iid.toml")
    assert all(key in str(refused.value) for key in ("cycle", "stor", "workers"))


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_bytes(b"\xff=1")])
def test_a_file_that_cannot_be_read_is_one_line(here: Path, make, capsys: pytest.CaptureFixture[str]) -> None:
    make(here / "iid.toml")
    assert run(["config", "check"]) == 2
    assert "iid.toml" in capsys.readouterr().err


def test_the_environment_beats_the_file_and_is_not_blamed_on_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "iid.toml").write_text(GOOD)
    monkeypatch.setenv("IID_CYCLE", "2027")
    monkeypatch.setenv("IID_SERVE__AT", "05:00")
    assert (load_settings().cycle, load_settings().serve.at) == (2027, "05:00")
    assert check_file(here / "iid.toml").cycle == 2026
    monkeypatch.setenv("IID_CYCLE", "x")
    assert check_file(here / "iid.toml").cycle == 2026
    with pytest.raises(UsageError, match="cycle"):
        load_settings()


def test_init_writes_what_was_given_and_never_overwrites(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [
        "init",
        "--share",
        "Bagi pakai/é",
        "--store",
        "s3://iid/hasil",
        "--cycle",
        "2026",
        "--at",
        "02:15",
    ]
    assert run(given) == 0
    keys = check_file(here / "iid.toml")
    assert (keys.share, keys.store, keys.cycle, keys.serve.at) == (
        "Bagi pakai/é",
        "s3://iid/hasil",
        2026,
        "02:15",
    )
    before = (here / "iid.toml").read_bytes()
    assert run(given) == 2
    assert "sudah ada" in capsys.readouterr().err
    assert (here / "iid.toml").read_bytes() == before


def test_init_without_a_terminal_names_what_is_missing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--share", "x"]) == 2
    assert "--store" in capsys.readouterr().err
    assert not (here / "iid.toml").exists()


def test_init_asks_at_a_terminal(here: Path, iid) -> None:
    import os
    import pty
    import subprocess
    import sys

    main, side = pty.openpty()
    command = [str(Path(sys.executable).with_name("iid")), "init"]
    with subprocess.Popen(
        command, cwd=here, stdin=side, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asked:
        os.write(main, b"share\nhasil\n2026\nMagelang\nSleman\nunit.csv\n\n")
        assert asked.wait(60) == 0
    os.close(main)
    os.close(side)
    keys = check_file(here / "iid.toml")
    assert (keys.share, keys.cycle, keys.region) == ("share", 2026, "34.04")
    assert (keys.roster, keys.serve.at) == ("unit.csv", "04:00")


def test_init_takes_the_region_by_name_and_refuses_one_that_does_not_exist(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["init", "--share", "a", "--store", "b", "--cycle", "2026", "--region"]
    assert run([*given, "34.99"]) == 2
    assert "34.04 Kabupaten Sleman" in capsys.readouterr().err
    assert not (here / "iid.toml").exists()
    assert run([*given, "kab. sleman"]) == 0
    assert check_file(here / "iid.toml").region == "34.04"


def test_init_refuses_an_answer_that_is_not_allowed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--share", "a", "--store", "b", "--cycle", "1"]) == 2
    assert "cycle = 1" in capsys.readouterr().err
    assert not (here / "iid.toml").exists()


@given(share=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), cycle=st.integers(2000, 2100))
def test_every_answer_comes_back_from_the_file_as_it_was(share: str, cycle: int) -> None:
    text = settings_text({"share": share, "store": "b", "cycle": cycle, "roster": None})
    keys = Keys.model_validate(tomllib.loads(text))
    assert (keys.share, keys.cycle, keys.roster) == (share, cycle, None)

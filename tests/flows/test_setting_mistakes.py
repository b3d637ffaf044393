"""What lies between the keys of `iid.toml`, and outside of it: said at once, together with the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from iid.flows.cli.main import run, say

EVERYTHING = """\
stor = "hasil"
workers = 0
cycle = 2026
[notify]
urls = ["jsons://contoh.go.id/a", "tgram://123456789:sandiku/1"]
mail = "mailtos://orang:sandiku@surel.go.id"
contacts = "tidak-ada.csv"
[telemetry]
endpoint = "collector:4318"
[[target]]
name = "a"
share = "/mnt/a"
store = "hasil"
contacts = "buruk.csv"
[[target]]
name = "b"
share = "/mnt/a"
[[target]]
name = "c"
share = "/mnt/a"
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IID_TOML", raising=False)
    return tmp_path


def checked(here: Path, text: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says of *text*, which must be one line."""
    (here / "iid.toml").write_text(text)
    assert run(["config", "check"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    return said


def test_mistakes_in_keys_and_between_keys_come_in_one_run(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "buruk.csv").write_text("unit,nomor\n")
    said = checked(here, EVERYTHING, capsys)
    for words in (
        "kunci stor tidak dikenal; mungkin store",
        "workers = 0: yang boleh paling sedikit 1",
        "notify.urls[2]: alamat tgram://…",
        "notify.mail: alamat mailtos://…",
        "notify.contacts = 'tidak-ada.csv': yang boleh berkas CSV dengan kolom code,channel",
        f"{here}/tidak-ada.csv tidak dapat dibaca: tidak ada",
        "target[1].contacts = 'buruk.csv': yang boleh berkas CSV",
        "buruk.csv baris 1: judul kolomnya harus code,channel",
        "telemetry.endpoint = 'collector:4318': yang boleh alamat http:// atau https://",
        "target b: store belum disebut",
        "target a, b dan c: share dan siklusnya sama; cukup satu",
    ):
        assert words in said, words
    assert "sandiku" not in said
    assert "notify.urls[1]" not in said


@pytest.mark.parametrize(
    "value",
    ["ftp://x/", "http://", "https:///v1", "localhost", "http://[::1", "http://x:porta", "grpc://c:4317"],
)
def test_a_telemetry_endpoint_that_is_no_web_address_is_a_mistake(
    here: Path, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = checked(here, f'[telemetry]\nendpoint = "{value}"\n', capsys)
    assert f"telemetry.endpoint = '{value}': yang boleh alamat http:// atau https://" in said


def test_the_password_in_a_telemetry_endpoint_is_not_repeated(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = checked(here, '[telemetry]\nendpoint = "grpc://saya:sandiku@collector:4317"\n', capsys)
    assert "telemetry.endpoint = 'grpc://…@collector:4317'" in said
    assert "sandiku" not in said


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"code,channel\n\xff")])
def test_contacts_that_cannot_be_read_are_a_mistake(
    here: Path, make, capsys: pytest.CaptureFixture[str]
) -> None:
    make(here / "kontak.csv")
    said = checked(here, '[notify]\ncontacts = "kontak.csv"\n', capsys)
    assert "notify.contacts = 'kontak.csv': yang boleh berkas CSV dengan kolom code,channel" in said


def test_a_good_contacts_file_and_a_good_endpoint_fit(here: Path) -> None:
    (here / "kontak.csv").write_text("code,channel\n1.01,dinas@contoh.go.id\n")
    (here / "iid.toml").write_text(
        '[notify]\ncontacts = "kontak.csv"\n[telemetry]\nendpoint = "https://collector.go.id:4318/otel"\n'
    )
    assert run(["config", "check"]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "target = 4",
        "target = [1, 2]",
        "notify = 3",
        "telemetry = []",
        "[notify]\nurls = 3\nmail = 4\ncontacts = []",
        "[telemetry]\nendpoint = 5",
        '[[target]]\nname = []\nshare = {}\ncycle = "x"\ncontacts = 1',
    ],
)
def test_a_key_of_another_kind_is_one_line_and_no_crash(
    here: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "yang boleh" in checked(here, text, capsys)


@pytest.mark.parametrize("text", ["cycle = " + "9" * 5_000, "x = " + "[" * 3_000 + "]" * 3_000])
def test_what_the_reader_of_toml_cannot_take_is_one_line_and_no_crash(
    here: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "bukan TOML yang sah" in checked(here, text, capsys)


def test_a_mistake_that_quotes_a_name_moves_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert say("yang ada: 101/A\x1b[2J\x07\u202e\nbaris kedua", 1, []) == 1
    said = capsys.readouterr().err
    assert said.startswith("iid: ") and said.count("\n") == 2
    assert said.replace("\n", "").isprintable()

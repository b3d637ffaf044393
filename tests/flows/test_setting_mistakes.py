"""What lies between the keys of `iid.toml`, and outside of it: said at once, together with the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from iid.flows.cli.main import run, say
from iid.flows.close import CloseRequest
from iid.flows.settings.load import Keys
from iid.flows.settings.setting_messages import OTHER, allowed, sentences
from iid.tasks.assess.request import AssessRequest

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


#: Words of pydantic and Typer that no message for people may hold.
ENGLISH = re.compile(
    r"\b(should|input|valid|must|or|unable|required|argument|value|error|range)\b", re.IGNORECASE
)
WRONG = (-1, "", "x", [], [1], {"a": 1}, 10**30, 1e400, "x" * 5000, True, None, "https://a b")


def models() -> Iterator[type[BaseModel]]:
    """Every model that settings and options are read with."""
    found: list[type[BaseModel]] = [Keys, AssessRequest, CloseRequest]
    for model in found:
        yield model
        for field in model.model_fields.values():
            kinds = (field.annotation, *get_args(field.annotation))
            found += [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel) and k not in found]


def test_no_mistake_in_any_setting_is_explained_in_english() -> None:
    said = []
    for model in models():
        for name in model.model_fields:
            for wrong in WRONG:
                try:
                    model.__pydantic_validator__.validate_assignment(model.model_construct(), name, wrong)
                except ValidationError as error:
                    said += sentences(error, model)
    assert len(said) > 300
    shown = [line.rpartition(": yang boleh ")[2] for line in said if not line.startswith("kunci")]
    assert [line for line in shown if ENGLISH.search(line.replace("true atau false", ""))] == []


def options() -> Iterator[tuple[list[str], Any]]:
    """Words of every command, and each of its options that takes a value."""
    import typer

    from iid.flows.cli.main import mount

    for name, command in typer.main.get_command(mount()).commands.items():  # type: ignore[attr-defined]
        parts = getattr(command, "commands", {})
        for words, one in [([name, part], below) for part, below in parts.items()] or [([name], command)]:
            yield from ((words, param) for param in one.params if param.opts[0].startswith("--"))


def refused(param: Any) -> Iterator[list[str]]:
    """Words that no option like *param* can take."""
    option = param.opts[0]
    if param.name == "as_json":
        yield [f"{option}=1"]
    if param.name == "cycle":
        yield [option]
    kind = None if param.is_flag else param.type_descriptor.annotation
    if {int, float} & {kind, *get_args(kind)}:
        yield [option, "x"]
        limits = {"min": -1, "max": 1}
        yield from (
            [option, f"{at + step}"]
            for key, step in limits.items()
            if (at := getattr(param, key)) is not None
        )


def test_no_mistake_in_any_option_is_explained_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    tried = [[*words, *wrong] for words, param in options() for wrong in refused(param)]
    assert len(tried) > 80
    lines = []
    for words in tried:
        assert run(words) == 2, words
        lines.append(capsys.readouterr().err)
        assert lines[-1].count("\n") == 1
    assert [line for line in lines if ENGLISH.search(re.sub(r'"[^"]*"|--?[\w-]+', "", line))] == []


def test_a_kind_of_mistake_without_words_leads_to_the_page_and_a_missing_value_is_called_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(bytes).validate_python(3)
    assert allowed(caught.value) == OTHER
    assert run(["next-steps", "--cycle"]) == 2
    assert "pilihan --cycle memerlukan nilai" in capsys.readouterr().err

"""``iid rulebook``: what a person and a machine get."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from iid.expectations.rulebook.loading import available, load
from iid.expectations.rulebook.rulebook_error import RulebookError
from iid.flows.cli.rulebook_command import app

SHIPPED = Path(__file__).parents[3] / "expectations" / "rulebooks"


def said(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def refused(*arguments: str) -> str:
    with pytest.raises(RulebookError) as caught:
        typer.main.get_command(app).main(list(arguments), standalone_mode=False)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_list_shows_every_cycle_with_standing_and_inferred_values() -> None:
    lines = said("list").splitlines()
    assert [line.split()[0] for line in lines] == ["Siklus", *map(str, available())]
    assert "berlaku" in lines[1]
    assert "diumumkan" in lines[-1]


def test_list_for_machines_counts_what_was_inferred() -> None:
    rows = {row["cycle"]: row for row in json.loads(said("list", "--json"))}
    assert set(rows) == set(available())
    assert rows[2026]["inferred"] == len(list(load(2026).rulebook.inferred()))
    assert rows[2027]["values"] - rows[2027]["inferred"] == 2
    assert rows[2026]["sha256"] == load(2026).sha256


@pytest.mark.parametrize("cycle", available())
def test_show_prints_the_file_as_it_is_and_check_accepts_it(cycle: int, tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["show", str(cycle)]).stdout_bytes
    assert printed == (SHIPPED / f"{cycle}.yaml").read_bytes()
    copy = tmp_path / "aturan.yaml"
    copy.write_bytes(printed)
    assert said("check", str(copy)) == f"sesuai: siklus {cycle}, sha256 {sha256(printed).hexdigest()}\n"
    assert json.loads(said("check", str(copy), "--json"))["valid"] is True


def test_show_for_machines_keeps_decimals_exact() -> None:
    book = json.loads(said("show", "2026", "--json"))
    assert book["formula"]["count_weight"]["value"] == "0.38"
    assert [i["key"] for i in book["indicators"]] == [i.key for i in load(2026).rulebook.indicators]


@pytest.mark.parametrize("name", ["2025", "abc", "", "9" * 5000, "²"])
def test_a_rulebook_that_does_not_exist_is_one_line_with_those_that_do(name: str) -> None:
    message = refused("show", name)
    assert len(message.splitlines()) == 1
    assert "2023, 2024, 2026, 2027, 2028, 2029" in message


def test_check_reports_every_mistake_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "aturan.yaml"
    text = load(2026).text.replace("value: 12, s", "value: 0, s")
    path.write_text(text.replace("upper: 65.00", "upper: 64.00"), encoding="utf-8")
    lines = refused("check", str(path)).splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert "tidak ada" in refused("check", str(tmp_path / "lain.yaml"))

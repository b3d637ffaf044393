"""docs/scoring.md shows what the calculator really prints."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from iid.flows.cli.main import run

TEXT = (Path(__file__).parents[3] / "docs" / "scoring.md").read_text(encoding="utf-8")


def examples():
    """Each ``$ iid calculate`` of the page with the lines shown below it."""
    command, shown = None, []
    for line in [*TEXT.splitlines(), ""]:
        if line.startswith("    $ iid "):
            command, shown = shlex.split(line.removeprefix("    $ iid ")), []
        elif command and line.startswith("    "):
            shown.append(line.removeprefix("    "))
        elif command:
            yield pytest.param(command, shown, id=command[2])
            command = None


@pytest.mark.parametrize(("command", "shown"), list(examples()))
def test_every_example_prints_the_lines_of_the_page(command, shown, capsys):
    assert run(command) == 0
    printed = capsys.readouterr().out.splitlines()
    assert shown
    assert [line for line in printed if line in shown] == shown


def test_the_page_names_the_maxima_of_the_rulebook():
    from iid.expectations.rulebook.loading import load

    formula = load(2026).rulebook.formula
    words = (
        f"SPD {formula.maximum_spd.value}, skor inovasi {formula.maximum_sid_innovation.value}, "
        f"skor jumlah {formula.maximum_count.value}, jumlah {formula.maximum_total.value}, indeks 100,00"
    )
    assert words in TEXT

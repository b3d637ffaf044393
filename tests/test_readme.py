"""The README is true: its commands exist, its files exist, its first line says what and for whom."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "deployments").rglob("*.md")),
]


def commands() -> list[str]:
    from iid.flows.cli.main import mount

    app = mount()
    public = [c for c in app.registered_commands if c.callback and not c.hidden]
    names = [c.name or c.callback.__name__.replace("_", "-") for c in public if c.callback]
    return sorted({*names, *(g.name for g in app.registered_groups if g.name)})


def test_readme_names_every_command() -> None:
    missing = [name for name in commands() if f"iid {name}" not in README]
    assert missing == []


def test_readme_shows_the_two_commands_and_a_picture() -> None:
    assert "make demo" in README
    assert "make test" in README
    assert re.search(r"!\[[^\]]+\]\(docs/img/[^)]+\.png\)", README)


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_relative_link_of_the_docs_leads_somewhere(page: Path) -> None:
    for target, place in re.findall(
        r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", page.read_text(encoding="utf-8")
    ):
        other = page.parent / target if target else page
        assert other.exists(), f"{page.name} links to {target}"
        assert not place or other.suffix != ".md" or place in anchors(other), f"{page.name}: {target}#{place}"


@pytest.mark.parametrize("page", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_iid_command_in_the_docs_exists_with_its_options(page: Path) -> None:
    import typer

    from iid.flows.cli.main import mount

    group = typer.main.get_command(mount())
    for line in re.findall(
        r"^\s*(?:[\d* ]+ )?\$? ?iid ([^\n#`|]+)", page.read_text(encoding="utf-8"), flags=re.M
    ):
        words = line.split()
        command = group.commands.get(words[0])  # type: ignore[attr-defined]
        assert command is not None, f"{page.name}: iid {line}"
        if hasattr(command, "commands") and len(words) > 1:
            command = command.commands.get(words[1])
            assert command is not None, f"{page.name}: iid {line}"
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        for word in words:
            if word.startswith("--"):
                assert word.split("=")[0] in known, f"{page.name}: iid {line}"


def first_day() -> tuple[str, list[str]]:
    """The roster that the README writes, and the commands after it."""
    block = re.search(r"^```sh\n(cat > unit\.csv.*?)^```$", README, flags=re.M | re.S)
    assert block
    written, _, commands = block[1].partition("\nCSV\n")
    return written.partition("\n")[2] + "\n", commands.splitlines()


@pytest.mark.integration
def test_the_first_day_of_the_readme_works_and_each_command_names_the_next(tmp_path: Path) -> None:
    roster, commands = first_day()
    names = [line.split()[1] for line in commands]
    assert names == ["init", "doctor", "scaffold", "assess"]
    (tmp_path / "unit.csv").write_text(roster, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("IID_", "PREFECT_"))},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
    }
    for line, after in zip(commands, [*names[1:], "Laporan: "], strict=True):
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == ("doctor" in line), said  # the share is not there yet
        assert (f"iid {after}" if after in names else after) in said
    assert "Kabupaten Banjar" in said
    assert (tmp_path / "hasil/63.03/2026/latest.json").exists()

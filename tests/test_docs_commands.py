"""Every command of the administrator's pages runs as it is written, or says why it does not here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ("install.md", "backup.md")
BIN = Path(sys.executable).parent
#: Folders of a server; in the test they lie below a temporary one.
MOVED = re.compile(r"(?<![\w./])/(mnt|srv|etc|opt|var)(?=[/\s]|$)")
ROSTER = "code,name,type,parent\n1.01,Dinas Contoh,opd,\n1.02,Badan Contoh,opd,\n"


@dataclass(frozen=True)
class Block:
    """Fenced commands of a page: those that are run, and those that are not, with the reason."""

    page: str
    kind: str
    text: str

    @property
    def runs(self) -> bool:
        return self.kind == "run"

    @property
    def reason(self) -> str:
        return self.kind.partition("not-run:")[2].strip()


def blocks(page: str) -> list[Block]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(r"^```(\S*) ?(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)
    assert text.count("```") == 2 * len(found)
    assert all(language == "sh" for language, _, _ in found), page
    return [Block(page, kind, body) for _, kind, body in found]


@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_or_says_why_not(page: str) -> None:
    found = blocks(page)
    assert any(block.runs for block in found)
    for block in found:
        assert block.runs or len(block.reason.split()) >= 2, block


def test_nothing_but_what_cannot_run_here_is_left_out() -> None:
    """One line a command that is not run; a new one must be looked at by a person."""
    programs = {
        line.split()[0].rsplit("/", 1)[-1]
        for page in PAGES
        for block in blocks(page)
        if not block.runs
        for line in block.text.splitlines()
    }
    assert programs == {
        *("apt-get", "useradd", "chown", "cp", "python3", "pip"),  # network, users
        *("systemctl", "journalctl", "rm", "ssh", "wsl", "docker"),  # systemd, other machines
    }


@pytest.mark.parametrize(
    "unit", sorted((ROOT / "deployments/systemd").glob("*.service")), ids=lambda p: p.name
)
def test_pages_and_units_name_the_same_places(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert "/opt/iid/.venv/bin/" in text
    assert "IID_TOML=/etc/iid/iid.toml" in text


def test_the_pages_work_from_the_first_line_to_the_last(tmp_path: Path) -> None:
    """Both pages one after the other on one machine: installed, run, backed up, lost, restored."""
    server = tmp_path / "server"
    for folder in ("mnt/inovasi", "opt/iid/.venv/bin", "var/backups", "etc/systemd/system"):
        (server / folder).mkdir(parents=True)
    (server / "opt/iid/.venv/bin/iid").symlink_to(BIN / "iid")
    (tmp_path / "unit.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "deployments").symlink_to(ROOT / "deployments")
    lost = "rm -r /srv/iid /etc/iid\nfind /mnt/inovasi | sort > sebelum\n"
    lines = ["set -eux"]
    for block in (block for page in PAGES for block in blocks(page) if block.runs):
        lines += [lost] if block.text.startswith("tar -xzf") else []
        lines.append(block.text)
    script = MOVED.sub(lambda found: f"{server}/{found[1]}", "\n".join(lines))
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "PREFECT_API_URL": "",
        },
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓ 63.03 2026: ") == 2  # after the first run, and after the restore
    names = {path.name for path in (server / "mnt/inovasi").rglob("*")}
    assert {"iid-share.toml", "_roster.csv"} <= names
    assert not {"_tinjauan", "_umpan-balik"} & names
    runs = list((server / "srv/iid/63.03/2026/runs").iterdir())
    assert len(runs) == 1  # nothing changed before the loss nor after it

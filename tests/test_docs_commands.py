"""Every command of the administrator's pages runs as it is written, or says why it does not here."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs_blocks import BIN, ROOT, blocks, script, shell

PAGES = ("docs/install.md", "docs/backup.md")
#: Run in tests/flows/test_docs_with_a_server.py.
OTHERS = ("docs/team-server.md", "docs/operation.md", "docs/drives.md", "deployments/README.md")
ROSTER = "code,name,type,parent\n1.01,Dinas Contoh,opd,\n1.02,Badan Contoh,opd,\n"


@pytest.mark.parametrize("page", PAGES + OTHERS)
def test_every_block_runs_or_says_why_not(page: str) -> None:
    found = blocks(page)
    assert any(block.runs for block in found)
    for block in found:
        assert block.runs or len(block.reason.split()) >= 2, block


def test_nothing_but_what_cannot_run_here_is_left_out() -> None:
    """One line a command that is not run; a new one must be looked at by a person."""
    programs = {
        line.split()[0].rsplit("/", 1)[-1]
        for page in PAGES + OTHERS
        for block in blocks(page)
        if not block.runs
        for line in block.text.splitlines()
    }
    assert programs == {
        *("apt-get", "useradd", "chown", "cp", "python3", "pip", "su"),  # network, users
        *("systemctl", "journalctl", "rm", "ssh", "wsl", "docker"),  # systemd, other machines
        *("ssh-keyscan", "rclone", "aws"),  # other machines, a person
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
    lost = f"rm -r {server}/srv/iid {server}/etc/iid\nfind {server}/mnt/inovasi | sort > sebelum\n"
    words = "\n".join(script(page, server) for page in PAGES).replace("tar -xzf", f"{lost}tar -xzf", 1)
    done = shell(words, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓ 63.03 2026: ") == 2  # after the first run, and after the restore
    names = {path.name for path in (server / "mnt/inovasi").rglob("*")}
    assert {"iid-share.toml", "_roster.csv"} <= names
    assert not {"_tinjauan", "_umpan-balik"} & names
    runs = list((server / "srv/iid/63.03/2026/runs").iterdir())
    assert len(runs) == 1  # nothing changed before the loss nor after it

"""A small region that is really assessed and published, and its desk behind a real server."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from built_once import built_once
from desk_process import Bureau, open_desk, register
from reportlab.pdfgen.canvas import Canvas
from small_region import emptied, picture

from iid.tasks.desk import accounts
from iid.tasks.store.folder_store import FolderStore


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the share, and the store that one assessment published to."""
    return built_once(tmp_path_factory, "meja", _assessed)


def _assessed(root: Path) -> None:
    region = emptied(root)
    letter = (Path(__file__).parent / "files" / "sk.pdf").read_bytes()
    folder = region.innovation(
        "101", "Perahu Sehat", {"16": (3, ""), "17": (2, ""), "18": (1, ""), "20": (1, "")}
    )
    region.proof(folder, "16", "sk.pdf", letter)
    region.proof(folder, "17", "sk dua.pdf", letter + b"\n%2\n")
    region.proof(folder, "18", "foto <i>.png", picture(40))
    region.proof(folder, "20", "laporan.pdf", paper("Perahu Sehat beroperasi sejak 14 Desember 2024"))
    other = region.innovation("102", "Peta Jalan", {"19": (1, ""), "16": (1, "")})
    region.proof(other, "19", "sk lain.pdf", letter + b"\n%3\n")
    region.proof(other, "16", "sk.pdf", letter + b"\n%4\n")
    region.assess()


def paper(text: str) -> bytes:
    """A PDF of one page with *text*."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, text)
    canvas.save()
    return out.getvalue()


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords that cost next to nothing to check; one test asks for what they cost in earnest."""
    accounts._nobody.cache_clear()
    monkeypatch.setattr(
        accounts, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    yield
    accounts._nobody.cache_clear()


Opening = Callable[..., Bureau]


@pytest.fixture
def opening(published: Path, tmp_path: Path) -> Iterator[Opening]:
    """Open a desk on a private copy of share and store."""
    root = Path(shutil.copytree(published, tmp_path / "meja", symlinks=True))
    register(FolderStore(root / "hasil"))
    opened: list[Bureau] = []

    def opens(**more: Any) -> Bureau:
        opened.append(open_desk(root, **more))
        return opened[-1]

    yield opens
    for one in opened:
        one.server.stop()
        one.desk.close()


@pytest.fixture
def bureau(opening: Opening) -> Bureau:
    """A desk with the accounts ani (all units), budi (unit 102) and lihat (a reader)."""
    return opening()

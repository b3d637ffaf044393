"""Two regions at one desk: each has its queue, and an account of one sees nothing of the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_client import HEALTH, PASSWORD, address, fields
from desk_process import Bureau, open_desk, register
from small_region import emptied

from iid.tasks.desk.accounts import Account, Accounts, hashed
from iid.tasks.desk.claims import DeskPlace
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore

ELSEWHERE = "/meja/_wilayah/63.05/2026"
LETTER = Path(__file__).parent / "files" / "sk.pdf"


@pytest.fixture
def two(published: Path, tmp_path: Path) -> Iterator[Bureau]:
    """The desk of 63.03 and 63.05; wati is a steward of 63.05 alone."""
    root = Path(shutil.copytree(published, tmp_path / "satu", symlinks=True))
    other = emptied(tmp_path / "dua")
    (other.root / "iid-share.toml").write_text('region = "63.05"\nname = "Kabupaten Tapin"\n')
    folder = other.innovation("101", "Perahu Sehat", {"16": (3, "")})
    other.proof(folder, "16", "sk.pdf", LETTER.read_bytes())
    other.assess()
    stores = FolderStore(root / "hasil"), FolderStore(tmp_path / "dua/hasil")
    register(stores[0])
    Accounts(stores[0]).put(Account("wati", regions=("63.05",), password=hashed(PASSWORD)))
    places = (
        DeskPlace("63.03", 2026, stores[0], FolderDrive(root / "share")),
        DeskPlace("63.05", 2026, stores[1], FolderDrive(other.root)),
    )
    bureau = open_desk(root, stores[0], places=places)
    yield bureau
    bureau.server.stop()
    bureau.desk.close()


def kept(two: Bureau) -> list[str]:
    return [path.parts[-4] for path in two.root.parent.rglob("decisions/*.json")]


def test_who_sees_both_chooses_and_decides_in_each(two: Bureau) -> None:
    ani = two.client("ani")
    assert f'href="{ELSEWHERE}/"' in ani.page("/meja/")
    claim = f"{ELSEWHERE}{address(HEALTH, '16').removeprefix('/meja')}"
    assert "Kabupaten Tapin" in ani.page(claim)
    form = fields(ani.page(claim), "/keputusan")
    answer = ani.post(f"{claim}/keputusan", keputusan="terima", **form)
    assert answer.status == 303
    assert answer.headers["location"].startswith(f"{ELSEWHERE}/")
    assert [path.name for path in two.root.parent.rglob("63.05/2026/decisions")] == ["decisions"]
    assert list(two.root.parent.rglob("63.03/2026/decisions/*")) == []


def test_a_form_of_one_region_is_refused_in_another(two: Bureau) -> None:
    ani = two.client("ani")
    here, there = (
        f"/meja/_wilayah/{code}/2026{address(HEALTH, '16').removeprefix('/meja')}"
        for code in ("63.03", "63.05")
    )
    form = fields(ani.page(here), "/keputusan")
    assert ani.post(f"{there}/keputusan", keputusan="terima", **form).status == 403
    assert kept(two) == []


def test_an_account_of_one_region_finds_nothing_of_the_other(two: Bureau) -> None:
    wati = two.client("wati")
    assert "Kabupaten Tapin" in wati.page("/meja/")  # the only one: no choice to make
    for path in (
        "/meja/_wilayah/63.03/2026/",
        f"/meja/_wilayah/63.03/2026{address(HEALTH, '16').removeprefix('/meja')}",
    ):
        assert wati.get(path).status == 404
    assert "<title>16 Perahu Sehat · IID 2026 Kabupaten Tapin</title>" in wati.page(address(HEALTH, "16"))

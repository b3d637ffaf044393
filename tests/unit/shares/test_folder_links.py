"""Links that units lay: nothing is written through one, nothing of another unit is read by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from iid.tasks.shares import folder_drive as module
from iid.tasks.shares.drive import LinkRefusedError, OutsideShareError
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.folder_listing import own_folder

PLACE = "2026/105 Dinas/_umpan-balik"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    share = tmp_path / "share"
    for name in ("_tinjauan", "104 Lain/Karya", "105 Dinas/Curi"):
        (share / "2026" / name).mkdir(parents=True)
    (share / "2026/_tinjauan/temuan.xlsx").write_bytes(b"lama")
    (share / "2026/104 Lain/Karya/inovasi.xlsx").write_bytes(b"karya 104")
    (tmp_path / "luar").mkdir()
    (tmp_path / "luar/temuan.xlsx").write_bytes(b"lama")
    return share


@pytest.mark.parametrize("goal", ["../_tinjauan", "../104 Lain/Karya", "../../../luar", "Curi", "putus", "."])
def test_nothing_is_written_or_removed_through_a_link_wherever_it_leads(root: Path, goal: str) -> None:
    (root / "2026/105 Dinas/_umpan-balik").symlink_to(goal)
    before = {path: path.read_bytes() for path in root.parent.rglob("*") if path.is_file()}
    drive = FolderDrive(root)
    for act in (
        lambda: drive.write(f"{PLACE}/temuan.xlsx", b"baru"),
        lambda: drive.write(f"{PLACE}/dalam/temuan.xlsx", b"baru"),
        lambda: drive.remove(f"{PLACE}/temuan.xlsx"),
    ):
        with pytest.raises(LinkRefusedError, match=rf"{PLACE} adalah tautan"):
            act()
    assert {path: path.read_bytes() for path in root.parent.rglob("*") if path.is_file()} == before


def test_a_link_higher_up_is_refused_too_and_the_share_itself_may_be_one(root: Path) -> None:
    (root / "2027").symlink_to("2026")
    (root.parent / "pintu").symlink_to(root)
    drive = FolderDrive(root.parent / "pintu")
    with pytest.raises(LinkRefusedError, match="2027 adalah tautan"):
        drive.write("2027/105 Dinas/_umpan-balik/temuan.xlsx", b"x")
    drive.write(f"{PLACE}/temuan.xlsx", b"x")
    assert (root / PLACE / "temuan.xlsx").read_bytes() == b"x"
    drive.remove(f"{PLACE}/temuan.xlsx")
    assert list((root / PLACE).iterdir()) == []


def test_a_folder_swapped_for_a_link_in_the_middle_of_writing_leads_nowhere(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, aside = root / PLACE, root / "2026/105 Dinas/_samping"
    place.mkdir()
    really = module.uuid4

    def swap() -> object:  # the folders are walked, the temporary file is not yet made
        place.rename(aside)
        place.symlink_to(root.parent / "luar")
        return really()

    monkeypatch.setattr(module, "uuid4", swap)
    FolderDrive(root).write(f"{PLACE}/temuan.xlsx", b"baru")
    assert {path.name: path.read_bytes() for path in (root.parent / "luar").iterdir()} == {
        "temuan.xlsx": b"lama"
    }
    assert [path.name for path in aside.iterdir()] == ["temuan.xlsx"]  # where the folder itself went


def test_a_file_that_is_a_link_is_replaced_and_removed_itself(root: Path) -> None:
    (root / PLACE).mkdir()
    for name in ("a.csv", "b.csv"):
        (root / PLACE / name).symlink_to("../../_tinjauan/temuan.xlsx")
    FolderDrive(root).write(f"{PLACE}/a.csv", b"baru")
    FolderDrive(root).remove(f"{PLACE}/b.csv")
    assert (root / "2026/_tinjauan/temuan.xlsx").read_bytes() == b"lama"
    assert [path.name for path in (root / PLACE).iterdir()] == ["a.csv"]
    assert not (root / PLACE / "a.csv").is_symlink()


def test_a_link_into_another_unit_is_read_by_nobody_and_one_within_the_unit_is(root: Path) -> None:
    unit = root / "2026/105 Dinas"
    (unit / "Curi/inovasi.xlsx").symlink_to("../../104 Lain/Karya/inovasi.xlsx")
    (unit / "Curi/tinjauan.xlsx").symlink_to("../../_tinjauan/temuan.xlsx")
    (unit / "asli.pdf").write_bytes(b"asli")
    (unit / "Curi/sk.pdf").symlink_to("../asli.pdf")
    drive = FolderDrive(root)
    problems = {
        entry.path.rpartition("/")[2]: entry.problem for entry in drive.list("2026/105 Dinas").entries
    }
    wanted = {"asli.pdf": "", "sk.pdf": "", "inovasi.xlsx": "outside_share", "tinjauan.xlsx": "outside_share"}
    assert problems == wanted
    assert drive.read_bytes("2026/105 Dinas/Curi/sk.pdf", 99) == b"asli"
    for name in ("inovasi.xlsx", "tinjauan.xlsx"):
        path = f"2026/105 Dinas/Curi/{name}"
        with pytest.raises(PermissionError, match="luar folder unit"):
            drive.open(path)  # so that a link swapped in after the listing is refused as well
        assert drive.local(path) is None
        assert not drive.exists(path)


def test_a_cycle_folder_that_is_a_link_is_read_as_before(root: Path) -> None:
    (root / "2027").symlink_to("2026")
    (root / "2026/105 Dinas/asli.pdf").write_bytes(b"asli")
    (root / "2026/105 Dinas/sk.pdf").symlink_to("asli.pdf")
    (root / "2026/105 Dinas/lain.pdf").symlink_to("../104 Lain/Karya/inovasi.xlsx")
    drive = FolderDrive(root)
    assert drive.read_bytes("2027/105 Dinas/sk.pdf", 99) == b"asli"
    problems = {entry.path: entry.problem for entry in drive.list("2027").entries}
    assert problems["2027/105 Dinas/sk.pdf"] == ""
    assert problems["2027/105 Dinas/lain.pdf"] == "outside_share"


@pytest.mark.parametrize("real", ["/", "/share"])
def test_the_folder_a_file_must_lie_in_is_its_units_wherever_the_share_begins(real: str) -> None:
    start = real.rstrip("/")
    assert own_folder(real, ["2026", "105 Dinas", "Curi", "a.pdf"]) == f"{start}/2026/105 Dinas"
    assert own_folder(real, ["2026", "105 Dinas"]) == real
    assert own_folder(real, ["2026", "_tinjauan", "a.xlsx"]) == real
    assert own_folder(real, ["arsip", "105 Dinas", "a.pdf"]) == real


def test_a_cycle_that_leads_out_of_the_share_widens_nothing(root: Path) -> None:
    (root / "2027").symlink_to(root.parent / "luar")
    (root.parent / "luar/105 Dinas").mkdir()
    (root.parent / "luar/105 Dinas/a.pdf").write_bytes(b"luar")
    assert own_folder(str(root), ["2027", "105 Dinas", "a.pdf"]) == f"{root}/2027/105 Dinas"
    with pytest.raises(OutsideShareError, match="luar share"):
        FolderDrive(root).open("2027/105 Dinas/a.pdf")

"""Whatever became of the ledger: the results are the same, and the run goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.errors import StoreError

PREFIX = "63.03/2026"
REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"


def each(pattern: str, harm: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: [harm(path) for path in sorted(folder.glob(pattern))]


def in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "isi").write_bytes(b"x")


def going_round(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(b"x")


def saying(*names: str) -> Callable[[Path], object]:
    text = json.dumps({"format": 1, "segments": names, "paths": names[0]})
    return lambda folder: (folder / "manifest.json").write_text(text)


HARMS: dict[str, Callable[[Path], object]] = {
    "zeros": each("*", lambda path: path.write_bytes(bytes(path.stat().st_size))),
    "nothing in them": each("*", lambda path: path.write_bytes(b"")),
    "folders for tables": each("*.arrow", in_its_place),
    "a folder for the manifest": each("manifest.json", in_its_place),
    "a file for the folder": a_file,
    "links in a circle": each("*.arrow", going_round),
    "brackets": each("manifest.json", lambda path: path.write_bytes(b"[" * 200_000)),
    "names that climb": saying("..", "../../latest.json"),
    "names no store takes": saying("a\0b", "a\nb", "\ud800", "a" * 5000),
    "the manifest as a table": saying("manifest.json"),
}


@pytest.mark.parametrize("harm", sorted(HARMS))
def test_a_harmed_ledger_gives_the_same_results(share, run, store: FolderStore, harm: str) -> None:
    for number in range(2):
        share.put(f"{REGULATION}{number}.txt", b"Keputusan nomor %d\n" % number * 20)
    first = run()
    HARMS[harm](Path(store.url) / PREFIX / "_ledger")
    for _ in range(2):
        again = run()
        assert_frame_equal(again.evidence, first.evidence)
        assert_frame_equal(again.facts, first.facts)


class Away(FolderStore):
    """A store whose server has gone."""

    def get(self, key: str) -> bytes:
        raise StoreError("tidak menjawab")

    def exists(self, key: str) -> bool:
        raise StoreError("tidak menjawab")


def test_a_store_that_does_not_answer_is_no_lost_ledger(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="tidak menjawab"):
        Ledger.load(Away(tmp_path), PREFIX)

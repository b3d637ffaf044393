"""Workbooks of the example saved by LibreOffice, in three formats, say what they said before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from runs import AS_OF, published

from iid.expectations.rulebook.loading import load
from iid.tasks.ingest.submissions import Submissions, read_submissions
from iid.tasks.shares.folder_drive import FolderDrive

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

#: What a score follows from; the cell as typed may change (``3`` and ``3.0``), its value may not.
CLAIMS = ["innovation_id", "indicator", "parameter", "value", "basis", "files", "links", "problem"]
EVIDENCE = ["innovation_id", "indicator", "source", "kind", "counted", "problem"]
FIELDS = ["innovation_id", "field", "value", "problem"]


def read(share: Path) -> Submissions:
    drive = FolderDrive(share)
    return read_submissions(drive, drive.list("2026"), load(2026).rulebook, None)


def saved_as(kind: str, books: list[Path], folder: Path) -> None:
    """Replace each of *books* by what LibreOffice saves as *kind*; what it cannot open stays."""
    for number, path in enumerate(books):
        shutil.copyfile(path, folder / f"{number}.xlsx")
    order = ["soffice", f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless"]
    order += ["--convert-to", kind, "--outdir", str(folder / "keluar")]
    order += [str(folder / f"{number}.xlsx") for number in range(len(books))]
    done = subprocess.run(order, check=False, capture_output=True, text=True, timeout=840)
    assert done.returncode == 0, done.stderr
    for number, path in enumerate(books):
        made = folder / "keluar" / f"{number}.{kind}"
        if made.exists():
            shutil.copyfile(made, path)
    assert any((folder / "keluar").iterdir())


def uncalculated(submissions: Submissions) -> set[str]:
    """Innovations with a formula that nobody had calculated; LibreOffice does, and they gain by it."""
    claims = submissions.claims
    return set(claims.loc[claims["problem"] == "formula_uncalculated", "innovation_id"])


@pytest.fixture(scope="module")
def before(example: Path) -> Submissions:
    return read(example)


@pytest.fixture(scope="module")
def worth(example: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What every row of the region is worth before."""
    return scores(example, tmp_path_factory.mktemp("lama"))


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_what_counts_is_the_same_after_libreoffice_saved_it(
    kind: str, example: Path, before: Submissions, worth: pd.DataFrame, tmp_path: Path
) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed (apt-get install libreoffice-calc)")
    share = tmp_path / "share"
    shutil.copytree(example, share, symlinks=True)
    books = sorted(path for name in ("inovasi", "pemda") for path in share.glob(f"2026/**/{name}.xlsx"))
    (tmp_path / "kerja").mkdir()
    saved_as(kind, books, tmp_path / "kerja")
    after = read(share)
    for name, columns in (("claims", CLAIMS), ("evidence", EVIDENCE), ("fields", FIELDS)):
        old, new = getattr(before, name)[columns], getattr(after, name)[columns]
        same = ~old["innovation_id"].isin(uncalculated(before))
        pd.testing.assert_frame_equal(new[same], old[same])
    assert set(after.claims["problem"]) | {"formula_uncalculated"} == set(before.claims["problem"])
    same = ~worth["innovation_id"].isin(uncalculated(before))
    assert same.any()
    pd.testing.assert_frame_equal(scores(share, tmp_path / "baru")[same], worth[same])


def scores(share: Path, store: Path) -> pd.DataFrame:
    """What every row of the region is worth, of a whole run."""
    order = ["--cycle", "2026", "--as-of", AS_OF, "--direct", "--no-feedback"]
    iid = Path(sys.executable).with_name("iid")
    subprocess.run(
        [iid, "assess", "--share", share, "--store", store, *order], check=True, capture_output=True
    )
    return pd.read_parquet(published(store) / "scores.parquet")

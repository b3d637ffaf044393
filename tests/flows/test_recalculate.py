"""`iid recalculate`: some units read again, the whole region published, as a full assessment would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from example_share import build_units
from pydantic import ValidationError
from runs import AS_OF, published

from iid.flows.cli.main import run as command
from iid.flows.recalculate import MOST_UNITS, RecalculateRequest
from iid.tasks.assess.request import AssessRequest

LATER = "2026-09-01T12:00:00+00:00"
UNITS = ("101", "104", "203")  # of the example; the others add only time
TABLES = ("innovations", "scores", "evidence", "findings", "units")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some units of the example share."""
    return build_units(tmp_path_factory.mktemp("kecil") / "share", *UNITS)


@pytest.fixture
def share(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "share", symlinks=True))


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IID_TOML", str(tmp_path / "no.toml"))
    yield


def iid(name: str, share: Path, store: Path, *more: str, as_of: str = AS_OF) -> int:
    where = ("--share", str(share), "--store", str(store), "--cycle", "2026")
    return command([name, *where, "--direct", "--no-feedback", "--as-of", as_of, *more])


def replaced(share: Path) -> Path:
    """A document of unit 104 replaced by rubbish of the same size and time."""
    path = next(iter(sorted(share.glob("2026/104*/START BANJAR/bukti/19*/*"))))
    facts = path.stat()
    path.write_bytes(bytes(facts.st_size))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    return path


def test_the_report_is_what_a_full_assessment_publishes(
    share: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, other = tmp_path / "store", tmp_path / "other"
    assert iid("assess", share, store) == 0
    replaced(share)
    capsys.readouterr()
    assert iid("recalculate", share, store, "--unit", "104", as_of=LATER) == 0
    said = capsys.readouterr().out
    assert iid("assess", share, other, as_of=LATER) == 0
    for name in TABLES:
        mine, theirs = (pd.read_parquet(published(place) / f"{name}.parquet") for place in (store, other))
        pd.testing.assert_frame_equal(mine, theirs)
    index = [json.loads((published(place) / "index.json").read_text()) for place in (store, other)]
    for one in index:
        del one["run_id"]
    assert index[0] == index[1]
    assert "Yang bergeser pada unit 104" in said


def test_what_moved_in_that_unit_is_reported_with_its_cause(
    share: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    assert iid("recalculate", share, store, "--unit", "104") == 0
    assert "belum ada perhitungan sebelumnya" in capsys.readouterr().out
    replaced(share).unlink()
    gone = next(iter(sorted(share.glob("2026/203*/*/bukti/19*/*"))))
    gone.unlink()
    assert iid("recalculate", share, store, "--unit", "104", "--json", as_of=LATER) == 0
    answer = json.loads(capsys.readouterr().out)
    moved = answer["moved"]
    assert [(row["innovation_id"].split("/")[1], row["indicator"]) for row in moved["claims"]] == [
        ("START BANJAR", "19")
    ]
    assert moved["claims"][0]["supported"]["after"]["parameter"] == 0
    assert moved["claims"][0]["causes"]
    assert moved["units"] == ["104"]
    assert {row["innovation_id"].split("/")[0] for row in moved["file_changes"]} == {"104"}
    assert (
        answer["supported"]["index"]
        == json.loads((published(store) / "index.json").read_text())["supported"]["index"]
    )


def test_the_rows_of_the_region_are_a_unit_and_an_unknown_one_publishes_nothing(
    share: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert iid("recalculate", share, tmp_path / "store", "--unit", "999.9") == 2
    assert "999.9 tidak dikenal" in capsys.readouterr().err
    assert not (tmp_path / "store/63.03/2026/latest.json").exists()
    assert iid("recalculate", share, tmp_path / "store", "--unit", "pemda") == 0


def test_the_form_says_in_indonesian_what_it_wants_and_refuses_the_rest() -> None:
    schema = RecalculateRequest.model_json_schema()
    assert all(field["title"][0].isupper() for field in schema["properties"].values())
    assert schema["properties"]["units"]["title"] == "Kode unit"
    assert set(schema["required"]) == {"units", "share", "store", "cycle"}
    where = {"share": "s", "store": "t", "cycle": 2026}
    assert RecalculateRequest(**where, units=("104",)).as_assessment() == AssessRequest(
        **where, units=("104",)
    )
    for units in ((), ("",), ("1",) * (MOST_UNITS + 1)):
        with pytest.raises(ValidationError):
            RecalculateRequest(**where, units=units)
    with pytest.raises(ValidationError):
        RecalculateRequest(**where, units=("1",), accept_loss="diam-diam")


@pytest.mark.integration
def test_a_steward_sees_in_prefect_what_moved(share: Path, tmp_path: Path, prefect_server: str) -> None:
    store = tmp_path / "store"
    assert iid("assess", share, store) == 0
    replaced(share)
    text = f"""
from iid.flows.recalculate import recalculate
where = {{"share": {str(share)!r}, "store": {str(store)!r}, "cycle": 2026}}
done = recalculate(request={{**where, "units": ["104"], "feedback": False}})
print(done.value.as_json()["moved"]["claims"][0]["indicator"])
"""
    done = subprocess.run(
        [sys.executable, "-c", text],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PREFECT_API_URL": prefect_server, "PREFECT_HOME": str(tmp_path / "prefect")},
        timeout=200,
    )
    assert done.stdout.split()[-1:] == ["19"], done.stderr[-2000:]

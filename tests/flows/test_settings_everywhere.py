"""Every key of `iid.toml` that a run has reaches each way of running it, of one target among several too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iid.flows.cli.main import run
from iid.tasks.assess.request import AssessRequest

KEYS = """\
roster = "daftar.csv"
rulebook = "aturan.yaml"
feedback = false
endpoint_url = "https://s3.example.go.id"
workers = 3
engine = "dask"
scheduler = "tcp://server:8786"
check_links = true
ocr = true
wait = 7.5
guard = { vanished_share = 0.5, vanished_files = 9, index_fall = 4.0, hold = 24.0 }
inspect = { file_gib = 1.0, unit_gib = 8.0, unit_minutes = 30.0, rehash_nights = 3 }
review = { workbooks = false }
"""
ONE = f'share = "/mnt/banjar"\nstore = "hasil"\ncycle = 2026\nregion = "63.03"\n{KEYS}'
SEVERAL = (
    'cycle = 2026\nstore = "hasil"\n'
    '[[target]]\nname = "tapin"\nshare = "/mnt/tapin"\nregion = "63.05"\n'
    f'[[target]]\nname = "banjar"\nshare = "/mnt/banjar"\nregion = "63.03"\n{KEYS}'
)
WANTED = {
    "share": "/mnt/banjar",
    "store": "hasil",
    "cycle": 2026,
    "region": "63.03",
    "roster": "daftar.csv",
    "rulebook": "aturan.yaml",
    "feedback": False,
    "endpoint_url": "https://s3.example.go.id",
    "workers": 3,
    "engine": "dask",
    "scheduler": "tcp://server:8786",
    "check_links": True,
    "ocr": True,
    "wait": 7.5,
    "workbooks": False,
    "guard": {"vanished_share": 0.5, "vanished_files": 9, "index_fall": 4.0, "hold": 24.0},
    "inspect": {"file_gib": 1.0, "unit_gib": 8.0, "unit_minutes": 30.0, "rehash_nights": 3},
}
#: What a run is asked by its command line alone, and what is no setting.
NO_SETTING = {"units", "as_of", "full", "accept_loss"}


class AskedError(Exception):
    """Carries what a command would have run."""


@pytest.fixture(params=["one", "several"])
def asked(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command line in a folder with the settings, and gives the request it makes."""
    from iid.flows import assess, close, recalculate
    from iid.tasks.inspect import engines

    def catch(request: AssessRequest, *_args: object, **_named: object) -> None:
        caught.append(request)
        raise AskedError

    caught: list[AssessRequest] = []
    monkeypatch.chdir(tmp_path)
    for name in ("IID_TOML", "IID_TARGET"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "iid.toml").write_text(ONE if request.param == "one" else SEVERAL)
    for page, name in (
        (assess, "run_assessment"),
        (close, "run_closing"),
        (recalculate, "run_recalculation"),
    ):
        monkeypatch.setattr(page, name, catch)
    monkeypatch.setattr(engines, "engine_of", lambda *_: None)
    target = [] if request.param == "one" else ["--target", "banjar"]

    def of(*words: str, aimed: bool = True) -> dict[str, Any]:
        assert run([*words, *(target if aimed else [])]) == 1
        return caught.pop().model_dump(include=set(AssessRequest.model_fields) - NO_SETTING)

    return of


def test_the_list_of_settings_here_is_whole() -> None:
    assert set(WANTED) | NO_SETTING == set(AssessRequest.model_fields)


@pytest.mark.parametrize("words", [("assess",), ("close",), ("recalculate", "--unit", "1.02.01")])
def test_a_command_runs_with_every_setting(asked: Any, words: tuple[str, ...]) -> None:
    assert asked(*words, "--direct") == WANTED


def test_what_serve_and_watch_start_runs_with_every_setting(asked: Any) -> None:
    from iid.flows.service.subprocess_run import arguments

    words = arguments(AssessRequest(**WANTED), direct=True)
    assert asked(*words, aimed=False) == WANTED


def test_a_deployment_asks_with_every_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iid.flows.prefect_glue.deployment_manifest import DeployTarget, deployment_for, read
    from iid.flows.settings.load import each_target

    monkeypatch.chdir(tmp_path)
    (tmp_path / "iid.toml").write_text(SEVERAL)
    ((_, settings),) = [found for found in each_target() if found[0] == "banjar"]
    place = DeployTarget("63.03", 2026, "Asia/Makassar", None, settings, "-banjar")
    for written in read(Path(__file__).parents[2] / "deployments/prefect.yaml")["deployments"]:
        if written["name"] in {"malam", "perubahan", "tutup"}:
            request = deployment_for(place, written)["parameters"]["request"]
            found = AssessRequest(**{k: v for k, v in request.items() if k in WANTED}).model_dump()
            assert {key: found[key] for key in WANTED} == WANTED, written["name"]

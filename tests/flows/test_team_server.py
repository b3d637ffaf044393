"""A team's server on PostgreSQL: one deploy command, two workers, one of them and the server killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from postgres import postgres, programs
from team_server import Team, ask, team_server

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed"),
]


@pytest.fixture(scope="module")
def team(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Server on PostgreSQL, everything deployed, two workers for heavy work."""
    folder = tmp_path_factory.mktemp("tim")
    with postgres() as database, team_server(folder, example, database, silence=40) as team:
        team.environment["IID_TEST_DATABASE"] = database
        done = team.iid("deploy", "--file", folder / "prefect.yaml")
        assert done.returncode == 0, done.stderr
        for name in ("satu", "dua"):
            team.start_worker("iid-berat", name)
        yield team


def test_deploying_again_changes_nothing(team: Team) -> None:
    def standing() -> list[Any]:
        wanted = ("/deployments/filter", "/automations/filter", "/work_pools/filter")
        seen = [ask(team.api, path, {}) for path in wanted]
        # What a worker changes by asking for work is not what was deployed.
        return [
            sorted(
                (one["id"], one["name"], "" if path.startswith("/work") else one["updated"]) for one in found
            )
            for path, found in zip(wanted, seen, strict=True)
        ]

    before = standing()
    done = team.iid("deploy", "--file", team.folder / "prefect.yaml", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {one["what"] for one in told} == {"tidak berubah"}
    assert {one["kind"] for one in told} == {"kumpulan kerja", "deployment", "automasi"}
    assert standing() == before

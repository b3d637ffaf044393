"""The night of the deadline on a real Prefect server: all regions at once, changes arriving, a worker killed.

    python benchmarks/deadline_night.py [--regions 24] [--workers 2] [--no-kill] [--folder DIR]
        [--database postgresql+asyncpg://…] [--json]

Makes a small share a region, deploys them by `iid deploy` (one target a region), starts every region's
run at one moment on process workers that take one run each, drops files meanwhile (event -> automation ->
run), and kills a worker with all its processes in the middle of a run; another is started in its place.
Then it says what came of it: every region published, none twice at once, each by how much later than
asked. Exits 1 when that does not hold. Without --database Prefect's own SQLite keeps the runs, which is slow
on a busy machine. Only the silence after which a run counts as dead is shorter than in deployments/.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import psutil
from deadline_server import ROOT, Server, ask

CYCLE = 2026
SILENCE = 40  # seconds without a sign of life; heartbeats come every 30
LATE_FILE = "menyusul.txt"
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")


def codes(count: int) -> list[str]:
    """As many codes of regions: 11.01, 11.02, …"""
    return [f"{province}.{number:02d}" for province in range(11, 97) for number in range(1, 31)][:count]


def build(folder: Path, regions: list[str]) -> None:
    """One small share, and a copy of it for each region with its own marker."""
    from iid.expectations.rulebook.loading import load
    from iid.tasks.demo.build_share import build_share
    from iid.tasks.demo.recipe import InnovationSpec, Recipe, UnitSpec

    unit = UnitSpec(code="101", name="Dinas Kesehatan", type="opd")
    claims = {key: {"parameter": 1, "count": 1} for key in ("16", "17")}
    spec = InnovationSpec(unit="101", name="SIPANDU", claims=claims)
    pattern = folder / "pola"
    build_share(pattern, Recipe(cycle=CYCLE, units=(unit,), innovations=(spec,)), load(CYCLE).rulebook)
    targets = [f'store = "{folder / "hasil"}"\ncycle = {CYCLE}\nfeedback = false\nworkers = 1\n']
    for code in regions:
        share = Path(shutil.copytree(pattern, folder / "share" / code))
        (share / "iid-share.toml").write_text(f'region = "{code}"\nname = "Wilayah {code}"\nzone = "WIB"\n')
        targets.append(f'[[target]]\nname = "{name_of(code)}"\nshare = "{share}"\nregion = "{code}"\n')
    (folder / "iid.toml").write_text("\n".join(targets), encoding="utf-8")


def name_of(code: str) -> str:
    """The target of a region."""
    return f"w{code.replace('.', '-')}"


def proof_folder(folder: Path, code: str) -> Path:
    """A folder of evidence of a region."""
    return next(iter(sorted((folder / "share" / code).glob(f"{CYCLE}/101*/*/bukti/16*"))))


class Night:
    """The runs of one night. ``due`` is the moment at which all of them should have begun."""

    def __init__(self, server: Server, folder: Path, regions: list[str]) -> None:
        self.server, self.folder, self.regions = server, folder, regions
        self.due = datetime.now(UTC)
        self.region_of: dict[str, str] = {}  # flow run -> region
        self.killed = ""
        self.changed: list[str] = []  # regions in which a file was dropped

    def begin(self, code: str) -> None:
        """Start the region's run, as its schedule would at the deadline."""
        found = ask(self.server.api, f"/deployments/name/assess/malam-{name_of(code)}")
        key = {"idempotency_key": f"{code}-{len(self.region_of)}"}  # asked twice, it is one run
        made = ask(self.server.api, f"/deployments/{found['id']}/create_flow_run", key)
        self.region_of[made["id"]] = code

    def drop_file(self, code: str) -> None:
        """A file arrives; `iid watch --emit-only` would send this event."""
        (proof_folder(self.folder, code) / LATE_FILE).write_text(f"Laporan susulan {code}")
        self.changed.append(code)
        emit = (
            "import sys\nfrom iid.flows.prefect_glue.events import share_changed as s\n"
            "s(sys.argv[1], {}, ['101'], ['x'])"
        )
        self.server.python("-c", emit.format(CYCLE), code)

    def runs(self) -> list[dict[str, Any]]:
        """All flow runs of this night with their region; not those of the nights to come."""
        found: list[dict[str, Any]] = []
        while page := ask(self.server.api, "/flow_runs/filter", {"offset": len(found), "limit": 200}):
            found += page
        tonight = [run for run in found if not (run["auto_scheduled"] and run["state_type"] == "SCHEDULED")]
        for run in tonight:
            request = run["parameters"].get("request") or {}
            run["region"] = request.get("region") or self.region_of.get(run["id"], "")
        return tonight

    def kill_a_worker(self) -> None:
        """SIGKILL a worker and all below it while its run holds a lease, as when its machine dies."""
        self.server.until(self._killed_one, 300)
        self.server.start_worker("iid-berat", f"{self.killed}-lagi")  # as systemd does

    def _killed_one(self) -> bool:
        owners = self._publishing()
        for name, worker in sorted(self.server.workers.items()):
            family = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
            if owners & {process.pid for process in family}:
                for process in family:  # the worker first, so that it cannot tell what happened
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
                self.killed = name
                return True
        return False

    def _publishing(self) -> set[int]:
        """Processes that hold the lease of a region now."""
        found = set()
        for code in self.regions:
            for path in sorted((self.folder / "hasil").glob(f"{code}/{CYCLE}/lease/*.json"))[-1:]:
                lease = json.loads(path.read_text())
                if not lease["released"]:
                    found.add(int(lease["owner"]["pid"]))
        return found

    def wait(self, seconds: float) -> None:
        """Until every run has ended, and the changes that were refused or missed are caught up."""
        end = time.monotonic() + seconds
        for _ in range(3):
            left = max(1.0, end - time.monotonic())
            self.server.until(lambda: all(run["state_type"] in ENDED for run in self.runs()), left)
            behind = [code for code in self.regions if not self.is_up_to_date(code)]
            if not behind:
                return
            for code in behind:  # as the next run of the dense timetable would
                self.begin(code)

    def is_up_to_date(self, code: str) -> bool:
        """Whether the region's published run knows the file that was dropped there, if one was."""
        cycle = self.folder / "hasil" / code / str(CYCLE)
        try:
            run = json.loads((cycle / "latest.json").read_text())["run_id"]
            evidence = (cycle / "runs" / run / "evidence.csv").read_text(encoding="utf-8")
        except OSError:
            return False
        return code not in self.changed or LATE_FILE in evidence

    def report(self) -> dict[str, Any]:
        """What came of the night. ``late``: seconds from the deadline to the first publication."""
        runs = self.runs()
        first = {code: self._first(code) for code in self.regions}
        late = sorted(when - self.due.timestamp() for when in first.values() if when)
        states = [run["state_name"] for run in runs]
        again = [run for run in runs if run["run_count"] > 1]
        return {
            "regions": len(self.regions),
            "published": sum(when > 0 for when in first.values()),
            "unpublished": [code for code, when in first.items() if not when],
            "twice_at_once": overlaps(runs),
            "changes": len(self.changed),
            "changes_published": sum(map(self.is_up_to_date, self.changed)),
            "killed": self.killed,
            "taken_up_again": len(again),
            "runs": len(runs),
            "states": {state: states.count(state) for state in sorted(set(states))},
            "late_median_s": round(statistics.median(late), 1) if late else None,
            "late_most_s": round(late[-1], 1) if late else None,
            "late_by_region_s": {c: round(w - self.due.timestamp(), 1) for c, w in first.items() if w},
        }

    def _first(self, code: str) -> float:
        """When the region's first run of this night was published (epoch), from the store's own record."""
        records = sorted((self.folder / "hasil").glob(f"{code}/{CYCLE}/history/*.json"))
        times = (json.loads(record.read_text())["published_at"] for record in records)
        found = [datetime.fromisoformat(at).timestamp() for at in times]
        return min(found, default=0.0)


def overlaps(runs: list[dict[str, Any]]) -> list[str]:
    """Regions of which two runs that both published ran at one time."""
    done = [run for run in runs if run["state_type"] == "COMPLETED" and run["run_count"] == 1]
    pairs = combinations(sorted(done, key=lambda run: run["start_time"]), 2)
    return sorted(
        {a["region"] for a, b in pairs if a["region"] == b["region"] and b["start_time"] < a["end_time"]}
    )


@contextmanager
def night(folder: Path, count: int, workers: int, database: str = "") -> Iterator[Night]:
    """Shares, server, deployments and workers, ready."""
    regions = codes(count)
    build(folder, regions)
    with ExitStack() as stack:
        server = stack.enter_context(Server.started(folder, database))
        for name in ("prefect.yaml", "automations.yaml"):
            text = (ROOT / "deployments" / name).read_text(encoding="utf-8")
            (folder / name).write_text(text.replace("within: 90", f"within: {SILENCE}"), encoding="utf-8")
        server.python(
            "-m", "iid.flows", "deploy", "--file", str(folder / "prefect.yaml"), seconds=60 + 10 * count
        )
        for number in range(workers):
            server.start_worker("iid-berat", f"pekerja-{number}")
        yield Night(server, folder, regions)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--regions", type=int, default=24)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-kill", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--database", default="", help="of the Prefect server")
    parser.add_argument("--seconds", type=float, default=0, help="give up after; 0: 300 and 60 a region")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="iid-malam-")))
        folder.mkdir(parents=True, exist_ok=True)
        with night(folder, given.regions, given.workers, given.database) as found:
            found.due = datetime.now(UTC)
            for code in found.regions:
                found.begin(code)
            if not given.no_kill:
                found.kill_a_worker()
            for code in found.regions[:: max(1, given.regions // 3)]:
                found.drop_file(code)
            found.wait(given.seconds or 300 + 60 * given.regions)
            report = found.report()
    good = (
        not (report["unpublished"] or report["twice_at_once"])
        and report["changes"] == report["changes_published"]
    )
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        for key, value in report.items():
            print(f"{key:18} {value}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

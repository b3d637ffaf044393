"""What `iid deploy` wants on a server: ``deployments/`` and settings.

The files are examples that work as they are written; ``iid.toml`` knows the real share, store,
region, hours and deadline, and they take the place of what the file says.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from iid.tasks.values.errors import UsageError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from iid.flows.settings.setting_models import Dense, Keys

#: Keys of a request that iid.toml may say; the others are what a person fills in.
REQUESTED = (
    "share",
    "store",
    "cycle",
    "region",
    "roster",
    "rulebook",
    "feedback",
    "endpoint_url",
    "workbooks",
    "workers",
    "engine",
    "scheduler",
    "check_links",
    "ocr",
    "wait",
    "guard",
    "inspect",
    "approval",
    "approval_hours",
)
#: Of these, what a form may ask more of than the settings do.
RAISED = ("check_links", "ocr", "approval", "approval_hours")
WORKERS = ("signing_key",)  # in the environment of a worker, IID_SIGNING_KEY_FILE
EVENT = "iid.region.{region}.cycle.{cycle}"
#: Of every run: seconds between its signs of life (automations.yaml calls it dead after 90 without one), and
#: no "Finished in state Completed()" of each step between what its log says it found.
ENVIRONMENT = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING",
}


@dataclass(frozen=True, slots=True)
class DeployTarget:
    """A region and cycle to deploy; ``suffix`` sets names apart."""

    region: str
    cycle: int
    zone: str
    deadline: datetime | None  # aware
    settings: Keys
    suffix: str = ""

    @property
    def label(self) -> str:
        """The suffix as people read it, behind the name of an automation."""
        return f" ({self.suffix.removeprefix('-')})" if self.suffix else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should exist: pools, deployments, automations, as in files."""

    pools: Mapping[str, Mapping[str, Any]]
    deployments: list[dict[str, Any]] = field(default_factory=list)
    automations: list[dict[str, Any]] = field(default_factory=list)


def read(path: Path) -> dict[str, Any]:
    """Read a YAML file of one table. UsageError naming file and place."""
    from iid.tasks.shares.folder_listing import why

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} tidak dapat dibaca: {why(error)}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} bukan YAML yang sah: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path}: isinya harus tabel dengan kunci deployments atau automations")
    return found


def wanted(prefect_file: Path, automations_file: Path, places: list[DeployTarget]) -> Wanted:
    """Everything the files ask for, once for each of *places*."""
    deployments, automations = read(prefect_file), read(automations_file)
    pools = deployments.get("definitions", {}).get("work_pools", {})
    result = Wanted(pools)
    for place in places:
        for written in deployments.get("deployments") or []:
            result.deployments.append(deployment_for(place, written))
        for written in automations.get("automations") or []:
            result.automations.extend(_automation_for(place, written, first=place is places[0]))
    return result


def deployment_for(place: DeployTarget, written: Mapping[str, Any]) -> dict[str, Any]:
    """A deployment as the file writes it, for *place*."""
    found = copy.deepcopy(dict(written))
    found["name"] += place.suffix
    found["parameters"] = {"request": requested(place, written)}
    found["tags"] = [*(written.get("tags") or []), place.region, str(place.cycle)]
    # The worker that starts a run puts the value in; the server and the form show only the name.
    secrets = sorted(place.settings.server.secrets.items())
    environment = {name: f"{{{{ prefect.blocks.secret.{block} }}}}" for name, block in secrets}
    environment |= ENVIRONMENT
    found["work_pool"] = {**written["work_pool"], "job_variables": {"env": environment}}
    found["schedules"] = _schedules(place, found.get("schedules") or [])
    for trigger in found.get("triggers") or []:
        trigger["name"] += place.label
        trigger["match"] = {"prefect.resource.id": EVENT.format(region=place.region, cycle=place.cycle)}
        request = trigger.get("parameters", {}).get("request", {})
        trigger["parameters"] = {"request": {**found["parameters"]["request"], "units": request.get("units")}}
    return found


def requested(place: DeployTarget, written: Mapping[str, Any]) -> dict[str, Any]:
    """Return request defaults: the file's, under the settings' values."""
    request = dict(written.get("parameters", {}).get("request", {}))
    said = place.settings.model_dump(mode="json", exclude_unset=True)
    said |= {"cycle": place.cycle, "region": place.region}
    if "review" in said:
        said["workbooks"] = place.settings.review.workbooks
    if "approval" in said:
        rule = place.settings.approval
        said |= {"approval": rule.required, "approval_hours": rule.hours}
    known = request_of(load(written["entrypoint"])).model_fields
    return request | {key: said[key] for key in REQUESTED if key in said and key in known}


def request_of(flow: Any) -> type[BaseModel]:
    """The model of a flow's parameter ``request``."""
    from typing import get_type_hints

    model: type[BaseModel] = get_type_hints(flow.fn)["request"]
    return model


def answered(model: type[BaseModel]) -> tuple[str, ...]:
    """Fields of *model* a person answers: its own, and no settings."""
    unasked = {*REQUESTED, *WORKERS} - set(RAISED)
    return tuple(name for name in model.__annotations__ if name not in unasked)


def load(entrypoint: str) -> Any:
    """The flow at ``module.flow``. UsageError for one that is not there."""
    from importlib import import_module

    module, _, name = entrypoint.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"entrypoint {entrypoint} tidak ada dalam pemasangan ini: {error}") from error


def _schedules(place: DeployTarget, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the nightly schedule and the dense one, in region's zone."""
    nightly = [one for one in written if "cron" in one]
    if not written:
        return []
    hour, minute = map(int, place.settings.serve.at.split(":"))
    found = [{**one, "cron": f"{minute} {hour} * * *", "timezone": place.zone} for one in nightly]
    return found + [_dense(place, one) for one in place.settings.serve.dense if place.deadline]


def _dense(place: DeployTarget, rule: Dense) -> dict[str, Any]:
    """Return frequent runs before the deadline, the last exactly at it."""
    from iid.flows.settings.setting_models import span

    end = place.deadline.astimezone(ZoneInfo(place.zone)).replace(tzinfo=None)  # type: ignore[union-attr]
    start, every = end - timedelta(days=rule.days), int(span(rule.every).total_seconds() // 60)
    until = f"INTERVAL={every};UNTIL={end:%Y%m%dT%H%M%S}"
    return {
        "slug": f"menjelang-batas-{rule.days:g}".replace(".", "-"),
        "rrule": f"DTSTART:{start:%Y%m%dT%H%M%S}\nRRULE:FREQ=MINUTELY;{until}",
        "timezone": place.zone,
    }


def _automation_for(place: DeployTarget, written: Mapping[str, Any], *, first: bool) -> list[dict[str, Any]]:
    """Return *place*'s automation; one about all runs is made once."""
    found = copy.deepcopy(dict(written))
    match = found["trigger"].get("match", {})
    if not str(match.get("prefect.resource.id", "")).startswith("iid.region."):
        return [found] if first else []
    found["name"] += place.label
    match["prefect.resource.id"] = EVENT.format(region=place.region, cycle=place.cycle)
    for action in found["actions"]:
        if "deployment" in action:
            action["deployment"] += place.suffix
    return [found]


def place_of(settings: Keys, suffix: str = "") -> DeployTarget:
    """Return region, zone, deadline by settings, else share, rulebook."""
    from iid.expectations.rulebook.loading import load as load_rulebook
    from iid.tasks.shares.marker import province_zone, read_marker
    from iid.tasks.shares.open_share import open_drive
    from iid.tasks.values.timetable import rulebook_deadline

    if settings.cycle is None or settings.store is None or settings.share is None:
        raise UsageError("share, store, dan cycle harus ada di iid.toml; tulis dengan iid init")
    if settings.region:
        region, zone = settings.region, settings.zone or province_zone(settings.region)
    else:
        marker = read_marker(open_drive(settings.share))
        region, zone = marker.region, settings.zone or marker.zone
    rulebook = load_rulebook(settings.cycle, Path(settings.rulebook) if settings.rulebook else None).rulebook
    known = rulebook_deadline(rulebook, zone)
    deadline = _aware(settings.deadline, zone) if settings.deadline else known.moment if known else None
    return DeployTarget(region, settings.cycle, zone, deadline, settings, suffix)


def _aware(moment: datetime, zone: str) -> datetime:
    return moment if moment.tzinfo else datetime.combine(moment.date(), moment.time(), ZoneInfo(zone))

"""A Prefect server brought to what is wanted; a repeat does nothing.

Not ``prefect deploy``: that makes every automation anew and forgets late runs each time
(PrefectHQ/prefect#17764), and 3.8 stumbles over newer fastapi half-way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

from prefect.client.orchestration import SyncPrefectClient  # noqa: E402  (after prepare)
from prefect.client.schemas.actions import (  # noqa: E402
    DeploymentScheduleCreate,
    WorkPoolCreate,
    WorkPoolUpdate,
)
from prefect.client.schemas.objects import ConcurrencyOptions  # noqa: E402
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule  # noqa: E402
from prefect.events.schemas.automations import AutomationCore  # noqa: E402
from prefect.exceptions import ObjectNotFound  # noqa: E402
from prefect.utilities.callables import parameter_schema  # noqa: E402

from iid.flows.prefect_glue.deployment_manifest import Wanted, answered, load, request_of  # noqa: E402
from iid.tasks.values.errors import FailedError, UsageError  # noqa: E402

MADE, CHANGED, SAME, REMOVED = "dibuat", "diperbarui", "tidak berubah", "dihapus"
OURS = "IID: "  # names of automations that are made here, and removed when no file asks for them
MOST = 200  # automations in one answer of the server


@dataclass(frozen=True, slots=True)
class Done:
    """What was done with one thing on the server."""

    kind: str
    name: str
    what: str


def apply(client: SyncPrefectClient, want: Wanted, notify: str | None, whole: bool) -> Iterator[Done]:
    """Make what of *want* (pools, deployments, automations) differs.

    *notify*: the notification block, ``<type>/<name>``. *whole*: *want* is everything there should
    be, so automations of ours that it does not name are removed. FailedError where the server refuses.
    """
    for name, pool in want.pools.items():
        yield Done("kumpulan kerja", name, _pool(client, name, pool))
    ids: dict[str, UUID] = {}
    triggers: list[dict[str, Any]] = []
    for deployment in want.deployments:
        ids[deployment["name"]], what = _deployment(client, deployment)
        yield Done("deployment", deployment["name"], what)
        triggers += [_from_trigger(one, deployment["name"]) for one in deployment.get("triggers") or []]
    block = _block(client, notify)
    cores = [_core(one, ids, block) for one in [*triggers, *want.automations]]
    yield from _automations(client, cores, whole)


def _pool(client: SyncPrefectClient, name: str, pool: Mapping[str, Any]) -> str:
    said = {key: pool[key] for key in ("description", "concurrency_limit") if key in pool}
    try:
        found = client.read_work_pool(name)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=name, type="process", **said))
        return MADE
    if found.type != "process":
        raise UsageError(f"kumpulan kerja {name} sudah ada dengan jenis {found.type}; yang perlu: process")
    if all(getattr(found, key) == value for key, value in said.items()):
        return SAME
    client.update_work_pool(name, WorkPoolUpdate(**said))
    return CHANGED


def _deployment(client: SyncPrefectClient, written: Mapping[str, Any]) -> tuple[UUID, str]:
    flow = load(written["entrypoint"])
    body = _body(written, flow)
    try:
        found = client.read_deployment_by_name(f"{flow.name}/{written['name']}")
    except ObjectNotFound:
        found = None
    if found and _state(found) == _plain(_wanted_state(body)):
        return found.id, SAME
    made = client.create_deployment(flow_id=client.create_flow(flow), name=written["name"], **body)
    return made, CHANGED if found else MADE


def _body(written: Mapping[str, Any], flow: Any) -> dict[str, Any]:
    """The arguments that make the deployment."""
    limit = written.get("concurrency_limit") or {}
    strategy = limit.get("collision_strategy")
    return {
        "description": written.get("description"),
        "entrypoint": written["entrypoint"],
        "tags": sorted(written.get("tags") or []),
        "work_pool_name": written["work_pool"]["name"],
        "job_variables": written["work_pool"].get("job_variables") or {},
        "parameters": _plain(written["parameters"]),
        "parameter_openapi_schema": form(flow),
        "enforce_parameter_schema": True,
        "concurrency_limit": limit.get("limit"),
        "concurrency_options": ConcurrencyOptions(collision_strategy=strategy) if strategy else None,
        "schedules": [_schedule(one) for one in written.get("schedules") or []],
    }


def form(flow: Any) -> dict[str, Any]:
    """The schema of a flow's form: what a person answers, as it is written.

    Share, store and the other settings are in the deployment's parameters, which the pages pass on as they
    are where the form does not show them. PostgreSQL keeps the keys of an object by their length; the pages
    go by ``position``.
    """
    schema = parameter_schema(flow).model_dump_for_openapi()
    request = request_of(flow)
    model = schema["definitions"][request.__name__]
    shown = {name: model["properties"][name] for name in answered(request)}
    for position, field in enumerate(shown.values()):
        field["position"] = position
    model |= {"properties": shown, "required": [name for name in model.get("required", ()) if name in shown]}
    del model["additionalProperties"]  # the settings; the flow itself refuses what it does not know
    return dict(schema)


def _schedule(written: Mapping[str, Any]) -> DeploymentScheduleCreate:
    rule = {"timezone": written["timezone"]}
    schedule = (
        CronSchedule(cron=written["cron"], **rule)
        if "cron" in written
        else RRuleSchedule(rrule=written["rrule"], **rule)
    )
    return DeploymentScheduleCreate(schedule=schedule, slug=written["slug"])


def _wanted_state(body: Mapping[str, Any]) -> dict[str, Any]:
    options = body["concurrency_options"]
    return {
        **{key: body[key] for key in _COMPARED},
        "limit": body["concurrency_limit"],
        "strategy": options.collision_strategy if options else None,
        "schedules": {one.slug: one.schedule.model_dump(mode="json") for one in body["schedules"]},
    }


_COMPARED = (
    "description",
    "entrypoint",
    "tags",
    "work_pool_name",
    "job_variables",
    "parameters",
    "parameter_openapi_schema",
    "enforce_parameter_schema",
)


def _state(found: Any) -> Any:
    """Return the server's facts of a deployment, except whether it is paused."""
    limit, options = found.global_concurrency_limit, found.concurrency_options
    return _plain(
        {
            **{key: getattr(found, key) for key in _COMPARED},
            "tags": sorted(found.tags),
            "limit": limit.limit if limit else None,
            "strategy": options.collision_strategy if options else None,
            "schedules": {one.slug: one.schedule.model_dump(mode="json") for one in found.schedules},
        }
    )


def _plain(value: Any) -> Any:
    """As JSON has it: what was sent and what comes back compare equal."""
    return json.loads(json.dumps(value, sort_keys=True, default=str))


def _from_trigger(written: Mapping[str, Any], deployment: str) -> dict[str, Any]:
    """A trigger of a deployment as an automation that runs it."""
    known = ("name", "enabled", "parameters", "description")
    action = {"type": "run-deployment", "source": "selected", "deployment": deployment}
    return {
        "name": written["name"],
        "enabled": written.get("enabled", True),
        "trigger": {key: value for key, value in written.items() if key not in known},
        "actions": [{**action, "parameters": written.get("parameters")}],
    }


def _block(client: SyncPrefectClient, notify: str | None) -> UUID | None:
    if notify is None:
        return None
    kind, _, name = notify.partition("/")
    try:
        return client.read_block_document_by_name(name=name, block_type_slug=kind).id
    except ObjectNotFound:
        raise UsageError(
            f"blok pemberitahuan {notify} tidak ada di server; buat di halaman Blocks, lalu ulangi iid deploy"
        ) from None


def _core(written: Mapping[str, Any], ids: Mapping[str, UUID], block: UUID | None) -> AutomationCore:
    """Return an automation with all fields set that a change must name."""
    actions = [_action(one, ids, block) for one in written["actions"]]
    made = AutomationCore.model_validate({**written, "actions": actions})
    return AutomationCore.model_validate(made.model_dump(mode="json", exclude={"owner_resource"}))


def _action(written: Mapping[str, Any], ids: Mapping[str, UUID], block: UUID | None) -> dict[str, Any]:
    action = dict(written)
    if "deployment" in action:
        action["deployment_id"] = str(ids[action.pop("deployment")])
    if not action.pop("notify", False):
        return action
    if block is None:
        return {"type": "do-nothing"}
    return {**action, "type": "send-notification", "block_document_id": str(block)}


def _automations(client: SyncPrefectClient, wanted: list[AutomationCore], whole: bool) -> Iterator[Done]:
    there = {one.name: one for one in client.read_automations(limit=MOST)}
    for automation in wanted:
        found = there.get(automation.name)
        if found is None:
            client.create_automation(automation)
            yield Done("automasi", automation.name, MADE)
        elif _facts(found) == _facts(automation):
            yield Done("automasi", automation.name, SAME)
        else:
            client.update_automation(found.id, automation)
            yield Done("automasi", automation.name, CHANGED)
    for name in sorted(there.keys() - {one.name for one in wanted}):
        if whole and name.startswith(OURS):
            client.delete_automation(there[name].id)
            yield Done("automasi", name, REMOVED)


def _facts(automation: Any) -> Any:
    """What an automation does; whether it is enabled is a person's matter."""
    plain = automation.model_dump(mode="json", include={"name", "description", "trigger", "actions"})
    return _plain(_without(plain))


def _without(value: Any) -> Any:
    """Without the identifiers the server gives, and with sets in one order."""
    if isinstance(value, dict):
        return {key: _without(one) for key, one in value.items() if key != "id" and one is not None}
    if isinstance(value, list):
        return sorted((_without(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def refused(error: Exception) -> FailedError:
    """What the server answered, in one line."""
    from iid.flows.prefect_glue.server_check import refusal

    return FailedError(refusal(error))

"""What stands in deployments/ is true: forms, schedules, automations, containers, units, commands."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "deployments"
PREFECT = yaml.safe_load((FOLDER / "prefect.yaml").read_text(encoding="utf-8"))
AUTOMATIONS = yaml.safe_load((FOLDER / "automations.yaml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted((FOLDER / "systemd").glob("*.service"))
TARGETS = {"banjar": "63.03", "tapin": "63.05"}
BOUNDS = {
    "AssessRequest": ("full", "ya"),
    "RecalculateRequest": ("units", []),
    "CloseRequest": ("retain_years", 0),
    "ApproveRequest": ("decision", "mungkin"),
}
NAMES = [one["name"] for one in PREFECT["deployments"]]


def place(suffix: str = "", **settings: Any) -> Any:
    from iid.flows.prefect_glue.deployment_manifest import DeployTarget
    from iid.flows.settings.setting_models import Keys

    keys = Keys.model_validate(settings)
    deadline = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)
    return DeployTarget("91.71", 2026, "Asia/Jayapura", deadline, keys, suffix)


@pytest.mark.parametrize("written", PREFECT["deployments"], ids=NAMES)
def test_every_deployment_has_a_form_with_titles_and_bounds_that_takes_its_defaults(
    written: dict[str, Any],
) -> None:
    from prefect.cli.deploy._models import DeploymentConfig
    from prefect.utilities.schema_tools.validation import ValidationError, validate

    from iid.flows.prefect_glue.deploy_server import form
    from iid.flows.prefect_glue.deployment_manifest import load, request_of

    DeploymentConfig.model_validate(written)
    flow = load(written["entrypoint"])
    schema = form(flow)
    validate(written["parameters"], schema, raise_on_error=True, preprocess=False, ignore_required=True)
    for name, field in request_of(flow).model_fields.items():
        assert field.title, f"{written['name']}: {name} has no Indonesian title"
    shown = schema["definitions"][request_of(flow).__name__]
    assert shown["description"].endswith(".")
    assert not shown["description"].startswith(("One", "The", "What"))  # a docstring is not for stewards
    order = [one["position"] for one in shown["properties"].values()]
    assert order == sorted(order)
    name, wrong = BOUNDS[request_of(flow).__name__]
    broken = {"request": {**written["parameters"]["request"], name: wrong}}
    with pytest.raises(ValidationError, match=re.escape(repr(wrong))):
        validate(broken, schema, raise_on_error=True, ignore_required=True)


#: What each form asks: what iid.toml says is no question.
FORMS = {
    "sekarang": ("units", "as_of", "full", "accept_loss", "check_links", "ocr"),
    "hitung-ulang": ("units",),
    "tutup": (
        *("early", "reason", "accept_undecided", "retain_years"),
        *("approval", "approval_hours"),
    ),
    "setujui": ("decision", "name", "reason"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_asks_no_steward_for_what_the_settings_say(name: str) -> None:
    from iid.flows.prefect_glue.deploy_server import form
    from iid.flows.prefect_glue.deployment_manifest import load, request_of

    (written,) = [one for one in PREFECT["deployments"] if one["name"] == name]
    flow = load(written["entrypoint"])
    shown = form(flow)["definitions"][request_of(flow).__name__]
    assert tuple(shown["properties"]) == FORMS[name]
    assert set(shown["required"]) <= set(FORMS[name])
    assert "additionalProperties" not in shown  # the settings pass through, whatever the form shows


def test_the_pools_are_light_and_heavy_and_every_deployment_names_one() -> None:
    pools = PREFECT["definitions"]["work_pools"]
    assert set(pools) == {"iid-ringan", "iid-berat"}
    assert {one["work_pool"]["name"] for one in PREFECT["deployments"]} == set(pools)
    assert PREFECT["pull"] == []  # else a worker elsewhere would look for this machine's folder


def test_the_settings_take_the_place_of_the_examples() -> None:
    from iid.flows.prefect_glue.deployment_manifest import wanted

    settings = {
        "share": "smb://x/y",
        "store": "s3://b/p",
        "serve": {"at": "03:30"},
        "approval": {"required": True, "hours": 6},
    }
    want = wanted(FOLDER / "prefect.yaml", FOLDER / "automations.yaml", [place("-papua", **settings)])
    found = {one["name"]: one for one in want.deployments}
    assert set(found) == {f"{name}-papua" for name in NAMES}
    night = found["malam-papua"]
    assert night["parameters"]["request"]["share"] == "smb://x/y"
    assert night["schedules"][0] == {"slug": "malam", "cron": "30 3 * * *", "timezone": "Asia/Jayapura"}
    closing = found["tutup-papua"]["parameters"]["request"]
    assert (closing["approval"], closing["approval_hours"], closing["region"]) == (True, 6, "91.71")
    (trigger,) = found["perubahan-papua"]["triggers"]
    assert trigger["match"] == {"prefect.resource.id": "iid.region.91.71.cycle.2026"}
    assert trigger["parameters"]["request"]["store"] == "s3://b/p"
    assert trigger["parameters"]["request"]["units"]["__prefect_kind"] == "json"
    (closed,) = [one for one in want.automations if one["name"].startswith("IID: siklus ditutup")]
    assert closed["name"].endswith("(papua)")
    assert {one.get("deployment") for one in closed["actions"]} >= {"malam-papua", "perubahan-papua"}


def test_of_several_targets_each_has_its_own_and_what_is_about_the_server_is_made_once() -> None:
    from iid.flows.prefect_glue.deployment_manifest import wanted

    places = [replace(place(f"-{name}"), region=region) for name, region in TARGETS.items()]
    want = wanted(FOLDER / "prefect.yaml", FOLDER / "automations.yaml", places)
    assert [one["name"] for one in want.deployments] == [f"{n}-{name}" for name in TARGETS for n in NAMES]
    for one in want.deployments:
        region = TARGETS[one["name"].rsplit("-", 1)[1]]
        assert region in one["tags"]
        asked = [one["parameters"], *(trigger["parameters"] for trigger in one.get("triggers", []))]
        assert {found["request"].get("region", region) for found in asked} == {region}
    names = [one["name"] for one in want.automations]
    assert len(names) == len(set(names))
    own = [one for one in AUTOMATIONS["automations"] if "iid.region." in str(one["trigger"]["match"])]
    assert {one["name"] for one in own} == {
        "IID: pengamatan berhenti",
        "IID: siklus ditutup",
        "IID: unit ditahan",
    }
    assert len(names) == len(AUTOMATIONS["automations"]) + len(own)
    for one in want.automations:
        if one["name"].endswith(")"):
            name = one["name"].rsplit("(", 1)[1].rstrip(")")
            assert TARGETS[name] in one["trigger"]["match"]["prefect.resource.id"]
            paused = {action["deployment"] for action in one["actions"] if "deployment" in action}
            assert paused <= {f"malam-{name}", f"perubahan-{name}"}


def test_the_server_and_iid_serve_run_the_same_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from iid.flows import assess as page
    from iid.flows.cli import assess_command
    from iid.flows.prefect_glue import page_flow
    from iid.flows.prefect_glue.deployment_manifest import load
    from iid.flows.service.subprocess_run import arguments
    from iid.tasks.assess.request import AssessRequest

    night = next(one for one in PREFECT["deployments"] if one["name"] == "malam")
    assert load(night["entrypoint"]).fn is page.assess_as_flow
    assert arguments(AssessRequest(share="s", store="t", cycle=2026), direct=False)[0] == "assess"
    began: list[str] = []

    class StopError(Exception):
        """The page was begun."""

    def begun(request: AssessRequest, do: Any) -> None:
        began.append(request.share)
        raise StopError

    monkeypatch.setattr(page, "assess_region", begun)
    monkeypatch.setattr(page_flow, "run_here", lambda made, request, _runner: page.assess_in_tasks(request))
    for direct in (True, False):
        with pytest.raises(StopError):
            assess_command.run_and_print(
                AssessRequest(share=str(direct), store="t", cycle=2026, region="63.03"),
                direct=direct,
                as_json=True,
            )
    assert began == ["True", "False"]


def test_the_last_dense_run_falls_on_the_deadline_itself() -> None:
    from prefect.client.schemas.schedules import RRuleSchedule

    from iid.flows.prefect_glue.deployment_manifest import deployment_for

    night = deployment_for(place(), PREFECT["deployments"][0])
    rules = {one["slug"]: one for one in night["schedules"] if "rrule" in one}
    assert set(rules) == {"menjelang-batas-7", "menjelang-batas-1"}
    for rule in rules.values():
        found = list(RRuleSchedule(rrule=rule["rrule"], timezone=rule["timezone"]).to_rrule())
        assert found[-1].astimezone(UTC) == place().deadline
    assert len(list(RRuleSchedule(rrule=rules["menjelang-batas-7"]["rrule"]).to_rrule())) == 29


def test_every_automation_is_one_the_server_takes_and_the_named_ones_are_there() -> None:
    from iid.flows.prefect_glue.deploy_server import OURS, _core

    ids = {name: uuid4() for name in NAMES}
    made = [_core(one, ids, uuid4()) for one in AUTOMATIONS["automations"]]
    assert all(one.name.startswith(OURS) for one in made)
    heard = {event for one in made for event in one.trigger.expect | one.trigger.after}
    assert {
        "prefect.flow-run.Failed",
        "prefect.flow-run.Late",
        "prefect.work-pool.not-ready",
        "iid.cycle.closed",
        "iid.unit.held",
    } <= heard
    kinds = {action.type for one in made for action in one.actions}
    assert kinds == {"send-notification", "change-flow-run-state", "pause-deployment"}
    silent = [_core(one, ids, None) for one in AUTOMATIONS["automations"]]
    assert "send-notification" not in {action.type for one in silent for action in one.actions}


def test_an_automation_can_be_changed_too() -> None:
    """Prefect's client sends a change without the fields that nobody set, and its server misses them."""
    from prefect.server.events.schemas.automations import AutomationUpdate

    from iid.flows.prefect_glue.deploy_server import _core, _from_trigger

    ids = {name: uuid4() for name in NAMES}
    (written,) = [one for one in PREFECT["deployments"] if one["name"] == "perubahan"]
    triggers = [_from_trigger(one, "perubahan") for one in written["triggers"]]
    for one in [*triggers, *AUTOMATIONS["automations"]]:
        made = _core(one, ids, uuid4())
        AutomationUpdate.model_validate(made.model_dump(mode="json", exclude_unset=True))


def test_a_run_that_dies_before_its_first_sign_of_life_counts_as_dead_too() -> None:
    from iid.flows.prefect_glue.deployment_manifest import deployment_for

    dead = next(one for one in AUTOMATIONS["automations"] if one["name"] == "IID: proses mati")["trigger"]
    assert set(dead["after"]) == {"prefect.flow-run.Running", "prefect.flow-run.heartbeat"}
    for written in PREFECT["deployments"]:
        environment = deployment_for(place(), written)["work_pool"]["job_variables"]["env"]
        assert int(environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) * 2 < dead["within"]


def test_a_watcher_that_is_silent_is_reported_for_each_region_and_a_living_one_never_is() -> None:
    from iid.flows.prefect_glue.deployment_manifest import wanted
    from iid.flows.service.watch_share import ALIVE_S

    want = wanted(FOLDER / "prefect.yaml", FOLDER / "automations.yaml", [place("-papua")])
    (silent,) = [one for one in want.automations if one["name"].startswith("IID: pengamatan berhenti")]
    trigger = silent["trigger"]
    assert trigger["match"]["prefect.resource.id"] == f"iid.region.{place().region}.cycle.{place().cycle}"
    assert trigger["after"] == ["iid.watch.alive"]
    assert {"iid.watch.alive", "iid.cycle.closed"} == set(trigger["expect"])
    assert trigger["within"] > 2 * ALIVE_S


def test_the_database_of_the_server_is_reported_without_its_password_in_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prefect.settings.models.root import Settings

    said = COMPOSE["services"]["server"]["environment"]
    for name, value in {**said, "PREFECT_SERVER_DATABASE_PASSWORD": "rahasia"}.items():
        monkeypatch.setenv(name, value)
    url = Settings().server.database.connection_url
    assert url is not None
    assert url.get_secret_value() == "postgresql+asyncpg://iid:rahasia@postgres:5432/iid"
    assert "PASSWORD" not in str(said)


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_service_is_confined_healthy_and_made_of_what_exists(name: str) -> None:
    service = COMPOSE["services"][name]
    assert re.fullmatch(r"[a-z]+:[\w.-]+", service["image"]), "an official name with a tag, no host"
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    if name != "postgres":  # its own image gives its rights up after it has made the folder
        assert service["user"].split(":")[0] not in {"0", "root"}
        assert service["cap_drop"] == ["ALL"]
    if name not in {"deploy", "watch", "notify"}:  # one ends, the others serve nothing; all are restarted
        assert service["healthcheck"]["test"][0] == "CMD"
    for other in service.get("depends_on", {}):
        assert other in COMPOSE["services"]
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./") and source != "./iid.toml":
            assert (FOLDER / source).exists(), source
        elif not source.startswith(("/", "./")):
            assert source in COMPOSE["volumes"]
    for value in (service.get("environment") or {}).values():
        assert not re.search(r"(?i)password|secret|key", str(value))


@pytest.mark.parametrize("name", ["watch", "notify", "worker-berat", "worker-ringan"])
def test_a_service_that_looks_for_runs_sees_the_store(name: str) -> None:
    volumes = {one.split(":")[1] for one in COMPOSE["services"][name]["volumes"]}
    assert {"/srv/iid/share", "/srv/iid/hasil"} <= volumes


@pytest.mark.parametrize("name", ["iid-berat", "iid-ringan"])
def test_both_pools_have_a_worker_in_containers_that_sends_signs_of_life(name: str) -> None:
    (worker,) = [one for one in COMPOSE["services"].values() if name in one.get("command", [])]
    unit = next(one for one in UNITS if one.name == "iid-worker@.service").read_text(encoding="utf-8")
    assert "--limit 1" in " ".join(worker["command"])  # what one run needs is the memory of the service
    assert "--pool iid-%i --name %H-%i --limit 1\n" in unit
    assert "--name" in worker["command"]  # one name after each start, so that a silent one is missed
    assert worker["environment"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == "30"


def commands() -> list[list[str]]:
    """Every iid and prefect command of the compose file and of the units."""
    found = [one["command"] for one in COMPOSE["services"].values() if "command" in one]
    found = [shlex.split(one[2].split(";")[1])[1:] if one[0] == "sh" else one for one in found]
    for unit in UNITS:
        line = re.search(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), flags=re.M)
        assert line, unit.name
        words = shlex.split(line[1])
        found.append([Path(words[0]).name, *words[1:]])
    return sorted({tuple(map(str, one)) for one in found})  # type: ignore[arg-type]


@cache
def help_of(*words: str) -> str:
    module = {"iid": "iid.flows", "prefect": "prefect"}[words[0]]
    done = subprocess.run(
        [sys.executable, "-m", module, *words[1:], "--help"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_exists_with_its_options(command: tuple[str, ...]) -> None:
    depth = 2 if command[0] == "iid" else 3
    shown = help_of(*command[:depth])
    for word in command[depth:]:
        if word.startswith("--"):
            assert re.search(rf"{word}\b", shown), f"{' '.join(command)}: {word}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    for timer in (FOLDER / "systemd").glob("*.timer"):
        assert timer.with_suffix(".service") in UNITS
        shutil.copy(timer, tmp_path)
    files = sorted(tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *files],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardened(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in ("User=iid", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n"):
        assert line in text
    assert not re.search(r"^Environment=.*(PASSWORD|AUTH|SECRET)", text, flags=re.M)

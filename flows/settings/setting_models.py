"""Every key of ``iid.toml``, what it means, its bounds and its default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, field_validator

from iid.tasks.assess.request import Cycle, GuardLimits, InspectLimits

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]  # on the region's clock
Every = Annotated[str, Field(pattern=r"^[1-9]\d{0,2}[mh]$")]
BlockName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Strict = ConfigDict(frozen=True, extra="forbid")
SHORTEST = timedelta(minutes=5)  # a denser timetable than that is what the watcher is for


def span(text: str) -> timedelta:
    """``6h`` or ``30m`` as a time span."""
    return timedelta(**{"h": {"hours": int(text[:-1])}, "m": {"minutes": int(text[:-1])}}[text[-1]])


class WatchSettings(BaseModel):
    """How a changed share is noticed. Times in seconds."""

    model_config = Strict

    quiet_period: Annotated[float, Field(ge=0, le=3600)] = 30.0  # a copy of 200 files is one change
    poll: Annotated[float, Field(gt=0, le=3600)] | None = None  # None: a fifth of it, 0.2 to 5 s


class Dense(BaseModel):
    """In the last *days* a run *every* so often, besides the nightly one."""

    model_config = Strict

    days: Annotated[float, Field(gt=0, le=90)]
    every: Every

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, value: str) -> str:
        if span(value) < SHORTEST:
            raise ValueError("paling sering setiap 5m; perubahan sudah ditangani oleh pengamatan share")
        return value


#: Four runs a day in the last week, one an hour on the last day.
DENSE = (Dense(days=7, every="6h"), Dense(days=1, every="1h"))


class ServeSettings(BaseModel):
    """What ``iid serve`` does by itself."""

    model_config = Strict

    at: Clock = "04:00"
    dense: tuple[Dense, ...] = DENSE
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8036  # 0: any free one
    watch: bool = True
    at_once: Annotated[int, Field(ge=1, le=64)] = 2  # assessments of different targets beside each other
    limit: Every = "6h"  # a run that takes longer is ended, so that it cannot keep others waiting
    stale: Annotated[float, Field(gt=0)] = 36.0  # hours


class NotifySettings(BaseModel):
    """Who is sent what; addresses with secrets are in the environment."""

    model_config = Strict

    urls: tuple[str, ...] = ()  # apprise addresses without secrets, env:NAME, block:<type>/<name>
    mail: str | None = None  # env:NAME of the mail server's address; recipients are put in
    link: str | None = None  # where people open the report, for example https://inovasi.example.go.id
    events: tuple[Literal["failed", "guard", "critical", "moved", "closed", "stale"], ...] = (
        "failed",
        "guard",
        "critical",
        "moved",
        "closed",
        "stale",
    )
    moved: Annotated[float, Field(ge=0, le=100)] = 0.5  # points the index must move to be reported
    contacts: str | None = None  # CSV code,channel
    units: bool = True  # send units their own findings, where a contact is known


class TelemetrySettings(BaseModel):
    """Traces and metrics over OTLP/HTTP; off without an endpoint."""

    model_config = Strict

    endpoint: str | None = None  # OTEL_EXPORTER_OTLP_ENDPOINT says the same and wins


class ServerSettings(BaseModel):
    """What ``iid deploy`` puts on a team's Prefect server."""

    model_config = Strict

    #: Environment of every run: variable by the name of the Secret block that holds its value.
    secrets: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], BlockName] = {}


class ReviewSettings(BaseModel):
    """Where stewards decide besides the desk."""

    model_config = Strict

    workbooks: bool = True  # false: no review workbook is written or read, the desk is the only place


class DeskSettings(BaseModel):
    """The review desk of ``iid serve --desk``."""

    model_config = Strict

    trusted_header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")] | None = None
    trusted_addresses: tuple[IPvAnyNetwork, ...] = ()  # web servers whose headers are believed
    hosts: tuple[str, ...] = ()  # names under which the desk is reached, besides this machine's own
    secure: bool = False  # cookies over https only; on where a trusted web server says https


class ApprovalRule(BaseModel):
    """Whether a steward must approve a closing, and how long that may take."""

    model_config = Strict

    required: bool = False
    hours: Annotated[int, Field(ge=1, le=720)] = 48


class Common(BaseModel):
    """What a target may set itself, or all of them at the top of the file."""

    model_config = Strict

    share: str | None = None
    store: str | None = None
    cycle: Cycle | None = None
    region: str | None = None
    zone: str | None = None
    roster: str | None = None
    rulebook: str | None = None
    feedback: bool = True
    endpoint_url: str | None = None
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    engine: Literal["local", "dask"] = "local"  # where evidence is inspected
    scheduler: str | None = None  # of Dask: tcp://server:8786
    check_links: bool = False  # ask the web addresses among the evidence; never changes a score
    ocr: bool = False  # read scans with tesseract; for warnings only
    wait: Annotated[float, Field(ge=0, le=1440)] = 0.0  # minutes to wait for another run of the region
    deadline: datetime | None = None  # for the timetable, a day is its last second; None: the rulebook's
    # Called after every run, well or not, so that a machine that is dead is missed.
    ping: Annotated[str, Field(pattern=r"^(https?://\S+|env:[A-Z][A-Z0-9_]*)$")] | None = None
    guard: GuardLimits = GuardLimits()
    inspect: InspectLimits = InspectLimits()
    approval: ApprovalRule = ApprovalRule()
    review: ReviewSettings = ReviewSettings()

    @field_validator("deadline", mode="before")
    @classmethod
    def _end_of_day(cls, value: object) -> object:
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
            found = datetime.fromisoformat(found) if isinstance(found, str) else found
        except ValueError:
            found = ""
        if not isinstance(found, date | None):
            raise ValueError("hari atau waktu, misalnya 2026-08-31 atau 2026-08-31T17:00:00")
        if isinstance(found, date) and not isinstance(found, datetime):
            return datetime.combine(found, time(23, 59, 59))
        return found

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        try:
            return ZoneInfo(value).key if value else None
        except (KeyError, ValueError, OSError):
            raise ValueError("nama zona IANA, misalnya Asia/Makassar") from None


class Target(Common):
    """A region in a cycle; the top of the file supplies what is not set."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
    at: Clock | None = None  # None: [serve] at
    contacts: str | None = None  # None: [notify] contacts


class Keys(Common):
    """Every key of ``iid.toml``."""

    watch: WatchSettings = WatchSettings()
    serve: ServeSettings = ServeSettings()
    desk: DeskSettings = DeskSettings()
    notify: NotifySettings = NotifySettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    server: ServerSettings = ServerSettings()
    log_format: Literal["human", "json"] = "human"
    target: tuple[Target, ...] = ()

    @field_validator("target")
    @classmethod
    def _distinct(cls, value: tuple[Target, ...]) -> tuple[Target, ...]:
        if twice := _twice([target.name for target in value]):
            raise ValueError(f"nama yang berbeda-beda; dua kali: {', '.join(twice)}")
        return value


def _twice(names: Sequence[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)

"""Messages on one target: gathered, sent, remembered."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from iid.flows.service.watch_share import LogLine
from iid.flows.settings.load import Settings
from iid.tasks.operate.health.freshness import Place
from iid.tasks.operate.notify.channels import ENVIRONMENT, Channel, Letter, NotSentError, channels
from iid.tasks.operate.notify.letters import Notifier, Occasion, Sent
from iid.tasks.operate.notify.occasions import Cause, Trouble, published
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.marker import province_zone
from iid.tasks.values.errors import IidError
from iid.tasks.values.region import Marker

TEST = Letter(
    "IID: percobaan pemberitahuan",
    "Kanal ini menerima pemberitahuan dari iid. Tidak ada yang perlu dilakukan.",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What may be sent; ``trouble``: exit status and line of a failure."""

    settings: Settings
    place: Place
    marker: Marker | None = None
    trouble: tuple[int, str] | None = None
    now: datetime | None = None
    wait: Callable[[float], object] = lambda _: None
    dry: bool = False
    environment: Mapping[str, str] | None = None
    drive: Drive | None = None
    server: bool = False  # also what is wrong at the Prefect server

    @property
    def zone(self) -> str:
        """Whose day it is."""
        known = self.marker.zone if self.marker else province_zone(self.place.region)
        return self.settings.zone or known


def wanted(settings: Settings, environment: Mapping[str, str] | None = None) -> bool:
    """Whether anybody is to be sent anything."""
    given = settings.notify
    here = os.environ if environment is None else environment
    return bool(given.urls or given.contacts or given.mail or here.get(ENVIRONMENT, "").strip())


def known_channels(settings: Settings, environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the channels' names, sending nothing. UsageError for a bad one."""
    here = os.environ if environment is None else environment
    return tuple(one.name for one in channels(settings.notify.urls, here, _through_block))


def notify(order: Order) -> list[Sent]:
    """Send what is due, failures in the result. Raises UsageError."""
    from iid.tasks.operate.notify.sent import Memory

    settings, place = order.settings.notify, order.place
    environment = os.environ if order.environment is None else order.environment
    now = order.now or datetime.now(UTC)
    run = problem = None
    if place.store and place.region:
        try:
            run = published(place.store, place.region, place.cycle, settings.link)
        except IidError:
            run = None  # the standing below says what is wrong with it
        problem = place.standing(now, timedelta(hours=order.settings.serve.stale)).problem
    occasion = Occasion(
        f"{order.marker.name if order.marker else place.region} {place.cycle}",
        now.astimezone(ZoneInfo(order.zone)).date(),
        run,
        Trouble(*order.trouble) if order.trouble else None,
        problem or place.problem,
        _at_server() if order.server else (),
        settings.moved,
        frozenset(settings.events),
    )
    memory = Memory(
        _state(), place.store.url if place.store else order.settings.store, place.region, place.cycle
    )
    notifier = Notifier(memory, order.wait, order.dry)
    notifier.notify(occasion, channels(settings.urls, environment, _through_block))
    if settings.units:
        notifier.inform_units(occasion, _contacts(order), _unit_channels(settings.mail, environment))
    if not order.dry:
        with suppress(OSError):  # reported once more is better than a run that fails
            memory.save()
    return notifier.sent


def _at_server() -> list[Cause]:
    """A server that does not answer, and each silent worker."""
    from iid.flows.prefect_glue import events, server_check

    if not events.configured():
        return []
    try:
        silent = server_check.silent_workers()
    except Exception as error:  # noqa: BLE001  (whatever the guest's client raises, nobody answers)
        return [Cause("stale", "server", "Server Prefect tidak menjawab", (server_check.refusal(error),))]
    return [
        Cause(
            "stale",
            f"worker:{one.pool}:{one.name}",
            f"Pekerja {one.name} di {one.pool} diam; yang lain bekerja terus",
            (f"Tanda hidup terakhir {one.since:%Y-%m-%d %H:%M} UTC.", server_check.ABOUT_WORKERS),
        )
        for one in silent
    ]


def notify_quietly(order: Order, log_line: LogLine) -> bool:
    """Run :func:`notify`, log failures; return whether all went well."""
    try:
        sent = notify(order)
    except Exception as error:  # noqa: BLE001  (a notification must never end a service)
        known = isinstance(error, IidError)
        log_line(f"! pemberitahuan tidak dikirim: {error if known else type(error).__name__}")
        return False
    for one in sent:
        log_line(line(one))
    return not any(one.problem for one in sent)


def try_channels(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Sent]:
    """Send a harmless letter through every channel, once."""
    here = os.environ if environment is None else environment
    sent = []
    for channel in channels(settings.notify.urls, here, _through_block):
        try:
            channel.post(TEST)
        except NotSentError as error:
            sent.append(Sent(channel.name, TEST, str(error)))
        else:
            sent.append(Sent(channel.name, TEST))
    return sent


def line(sent: Sent) -> str:
    """One line about a letter, without an address."""
    if sent.problem:
        return (
            f"! pemberitahuan lewat {sent.to} gagal: {sent.problem}; dicoba lagi pada kesempatan berikutnya"
        )
    return f"✓ pemberitahuan lewat {sent.to}: {sent.letter.title}"


def _state() -> Path:
    from platformdirs import user_state_path

    return user_state_path("iid") / "notify"


def _contacts(order: Order) -> dict[str, str]:
    """Return units' contacts: of the CSV, else of the roster."""
    from iid.tasks.assess.reading_steps import ROSTER_COPY, ROSTER_LIMIT
    from iid.tasks.operate.notify.contacts import contacts_file, read_contacts

    settings, drive = order.settings, order.drive
    if settings.notify.contacts:
        return contacts_file(settings.notify.contacts)
    if settings.roster:
        with suppress(OSError):  # the run itself says what is wrong with the roster
            return read_contacts(Path(settings.roster).read_bytes(), settings.roster, needed=False)
        return {}
    copy = f"{order.place.cycle}/{ROSTER_COPY}"
    with suppress(OSError, IidError):
        if drive is not None and drive.exists(copy):
            return read_contacts(drive.read_bytes(copy, ROSTER_LIMIT), copy, needed=False)
    return {}


def _unit_channels(mail: str | None, environment: Mapping[str, str]) -> Callable[[str, str], Channel]:
    from iid.tasks.operate.notify.contacts import contact_channel

    return lambda value, unit: contact_channel(value, unit, mail, environment)


def _through_block(slug: str, letter: Letter) -> None:
    """Send through a Prefect notification block (``slack-webhook/nama``)."""
    from iid.flows.prefect_glue import quiet_prefect

    quiet_prefect.prepare()
    from prefect.blocks.core import Block

    try:
        block: Any = Block.load(slug, _sync=True)  # type: ignore[call-arg]
        block.notify(letter.body, letter.title, _sync=True)
    except Exception as error:  # noqa: BLE001  (whatever a guest's block raises, it is not sent)
        raise NotSentError(f"blok {slug}: {type(error).__name__}") from None

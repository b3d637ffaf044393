"""One letter a channel: what is due, sent once and remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from iid.tasks.operate.notify.channels import Channel, Letter, NotSentError
from iid.tasks.operate.notify.occasions import Cause, Published, Trouble, causes, remember, settle, unit_cause
from iid.tasks.operate.notify.sent import Memory, Reported
from iid.tasks.text.indonesian import points
from iid.tasks.text.labels import STATUS
from iid.tasks.values.errors import UsageError

DETAILED = 8  # causes with their examples; a message of a phone holds no more
FOOT = "Pesan ini dikirim oleh iid; setiap sebab paling banyak sekali sehari."


@dataclass(frozen=True, slots=True)
class Occasion:
    """What may be reported: a published or failed run, a stale region."""

    place: str  # region and cycle, for people
    today: date
    run: Published | None = None
    trouble: Trouble | None = None
    stale: str = ""
    others: Sequence[Cause] = ()  # of what runs the assessments
    moved: float = 0.5
    events: frozenset[str] = frozenset({"failed", "guard", "critical", "moved", "closed", "stale"})

    def causes(self, reported: Reported) -> list[Cause]:
        """Return what is due for a channel sent *reported*, pressing first."""
        found = []
        if self.trouble:
            found.append(self.trouble.cause())
        if self.stale:
            found.append(Cause("stale", "stale", "Hasil terbit basi atau tidak terbaca", (self.stale,)))
        found += self.others
        found = [cause for cause in found if reported.may(cause.key, self.today)]
        if self.run:
            found += causes(self.run, reported, self.today, self.moved)
        return [cause for cause in found if cause.kind in self.events]

    def letter(self, wanted: Sequence[Cause]) -> Letter:
        """All *wanted* causes in one message."""
        parts = ["\n".join((cause.title, *cause.lines)) for cause in wanted[:DETAILED]]
        if more := [cause.title for cause in wanted[DETAILED:]]:
            parts.append("\n".join(("Juga, rinciannya di laporan:", *(f"- {title}" for title in more))))
        return Letter(
            f"IID {self.place}: {_title(wanted)}", "\n\n".join((*self._index(), *parts, *self._link(), FOOT))
        )

    def unit_letter(self, cause: Cause) -> Letter:
        """A unit's own findings."""
        return Letter(f"IID {self.place}: {cause.title}", "\n".join((*cause.lines, "", *self._link(), FOOT)))

    def _index(self) -> tuple[str, ...]:
        if self.run is None:
            return ()
        view = self.run.headline
        return (f"Indeks {points(view['index'])} ({view['category']}), {STATUS[self.run.status].lower()}.",)

    def _link(self) -> tuple[str, ...]:
        return (f"Laporan: {self.run.report}",) if self.run else ()


def _title(wanted: Sequence[Cause]) -> str:
    if len(wanted) == 1:
        return wanted[0].title
    if all(cause.kind == "critical" for cause in wanted):
        return f"{sum(cause.count for cause in wanted)} temuan kritis baru dari {len(wanted)} sebab"
    return f"{len(wanted)} hal perlu perhatian"


@dataclass(slots=True)
class Sent:
    """One letter: sent, to be sent (dry run), or not sent (``problem``)."""

    to: str
    letter: Letter
    problem: str = ""


@dataclass(slots=True)
class Notifier:
    """Sends through *channels*; ``wait`` pauses between tries of a failed one."""

    memory: Memory
    wait: Callable[[float], object]
    dry: bool = False
    sent: list[Sent] = field(default_factory=list)

    def notify(self, occasion: Occasion, channels: Sequence[Channel]) -> None:
        """Send each channel its unsent letters; a failure is retried later."""
        for channel in channels:
            reported = self.memory.of(channel.key)
            wanted = occasion.causes(reported)
            if wanted and self._send(channel, occasion.letter(wanted)):
                for cause in wanted:
                    remember(reported, cause, occasion.today, occasion.run)
            if occasion.run:
                settle(reported, occasion.run)

    def inform_units(
        self,
        occasion: Occasion,
        contacts: Mapping[str, str],
        channel_of: Callable[[str, str], Channel],
    ) -> None:
        """Send units with a contact their findings, by *channel_of* (value, unit)."""
        if occasion.run is None:
            return
        for unit, value in sorted(contacts.items()):
            try:
                channel = channel_of(value, unit)
            except UsageError as error:
                self.sent.append(Sent(f"kontak {unit}", Letter("", ""), str(error)))
                continue
            reported = self.memory.of(channel.key)
            cause = unit_cause(occasion.run, unit, reported, occasion.today)
            if cause and self._send(channel, occasion.unit_letter(cause)):
                remember(reported, cause, occasion.today, occasion.run)
            settle(reported, occasion.run)

    def _send(self, channel: Channel, letter: Letter) -> bool:
        if self.dry:
            self.sent.append(Sent(channel.name, letter))
            return False
        try:
            channel.deliver(letter, self.wait)
        except NotSentError as error:
            self.sent.append(Sent(channel.name, letter, str(error)))
            return False
        self.sent.append(Sent(channel.name, letter))
        return True

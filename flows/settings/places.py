"""Where a target publishes, and whose share it is, as far as known now."""

from __future__ import annotations

from dataclasses import dataclass

from iid.flows.settings.load import Settings
from iid.tasks.operate.health.freshness import Place
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.marker import read_marker
from iid.tasks.shares.open_share import open_drive
from iid.tasks.store.open_store import open_store
from iid.tasks.store.published_run import pick_region
from iid.tasks.values.errors import IidError
from iid.tasks.values.region import Marker


@dataclass(frozen=True, slots=True)
class Placed:
    """A place; ``marker`` and ``drive`` are None where the share is away."""

    place: Place
    marker: Marker | None = None
    drive: Drive | None = None


def place_of(name: str, settings: Settings) -> Placed:
    """Return the place of target *name* (``""``: the only), as far as known."""
    marker, drive, problem = None, None, ""
    if settings.share:
        try:
            drive = open_drive(settings.share)
            marker = read_marker(drive)
        except IidError as error:
            drive, problem = None, str(error)
    region = settings.region or (marker.region if marker else "")
    cycle = settings.cycle or 0
    if not settings.store or not cycle:
        lacking = [key for key, value in (("--store", settings.store), ("--cycle", cycle)) if not value]
        said = f"{', '.join(lacking)} belum disebut, pada perintah atau dalam iid.toml (iid init)"
        return Placed(Place(cycle, None, region, name, problem or said), marker, drive)
    try:
        store = open_store(settings.store, settings.endpoint_url)
        region = region or pick_region(store, cycle, None)
    except IidError as error:
        return Placed(Place(cycle, None, region, name, problem or str(error)), marker, drive)
    return Placed(Place(cycle, store, region, name, ""), marker, drive)

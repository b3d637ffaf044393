"""The desk inside ``iid serve``: places, accounts, stewards' runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread

from starlette.routing import BaseRoute

from iid.flows.service import subprocess_run
from iid.flows.service.slots import TERMS
from iid.flows.service.target_service import Keeper
from iid.flows.service.watch_share import Plan
from iid.flows.settings.setting_models import DeskSettings, ServeSettings, span
from iid.tasks.desk.claims import DeskPlace
from iid.tasks.desk.desk_app import Desk as Pages
from iid.tasks.desk.gate import Gate, Journal, Trust
from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.desk.sessions import Signer
from iid.tasks.store.store import Store

LOOK_S = 60.0  # between two looks for runs that another machine published


class Desk:
    """The desk of all targets; *folder* (local): cookie key and log."""

    def __init__(
        self,
        keepers: Sequence[Keeper],
        settings: DeskSettings,
        serve: ServeSettings,
        folder: Path | None,
        stop: Event,
    ) -> None:
        self._keepers, self._stop = keepers, stop
        self._limit = span(serve.limit).total_seconds()
        self.hosts = frozenset(settings.hosts)
        trust = Trust(settings.trusted_header, settings.trusted_addresses, settings.secure)
        journal = Journal(folder / "log.jsonl" if folder else None)
        gate = Gate(self._stores, Signer(folder), trust, journal)
        self._pages = Pages(self._places, gate, Recalculations(self._assess))

    def routes(self) -> list[BaseRoute]:
        """For the application."""
        return self._pages.routes()

    def warm(self) -> None:
        """Read the published runs in the background, now and whenever one appears."""
        Thread(target=self._stay_warm, name="meja", daemon=True).start()

    def _stay_warm(self) -> None:
        """Read what is new after each run, and every LOOK_S what others publish."""
        ended, waited = None, LOOK_S
        while True:
            now = [keeper.place.attempt for keeper in self._keepers]
            if now != ended or waited >= LOOK_S:
                self._pages.warm()
                ended, waited = now, 0.0
            if self._stop.wait(1.0):
                return
            waited += 1.0

    def close(self) -> None:
        """End what runs beside."""
        self._pages.close()

    def _places(self) -> list[DeskPlace]:
        found = []
        for keeper in self._keepers:
            place, plan = keeper.place, keeper.plan
            if place.store is not None and place.region:
                found.append(DeskPlace(place.region, place.cycle, place.store, plan.drive if plan else None))
        return found

    def _stores(self) -> list[Store]:
        stores = {k.place.store.url: k.place.store for k in self._keepers if k.place.store is not None}
        return list(stores.values())

    def _assess(self, key: str, unit_code: str, say: Callable[[str], None]) -> tuple[bool, str]:
        """Assess one unit of place *key*, by the deployment or in a process."""
        keeper = next((one for one in self._keepers if _key(one) == key), None)
        plan = keeper.plan if keeper else None
        if keeper is None or plan is None:
            return False, "share sedang tidak terpasang; coba lagi setelah terlihat lagi"
        if not plan.direct and (done := self._at_server(keeper.place.region, plan, unit_code, say)):
            return done
        token = TERMS.set(keeper.terms(lambda _: None, self._limit))
        try:
            request = plan.request.model_copy(update={"units": (unit_code,)})
            ended = subprocess_run.assess(request, self._stop, direct=plan.direct, say=say)
        finally:
            TERMS.reset(token)
        return ended.well, ended.line

    def _at_server(
        self, region: str, plan: Plan, unit_code: str, say: Callable[[str], None]
    ) -> tuple[bool, str] | None:
        """Return the deployment's result; None if none is usable now."""
        from iid.flows.prefect_glue import deployed_run

        try:
            found = deployed_run.find(region, plan.request.cycle, plan.request.store)
        except Exception:  # noqa: BLE001  (whatever Prefect's client raises: the run is done here then)
            return None
        return deployed_run.run(found, unit_code, self._stop, self._limit, say) if found else None


def _key(keeper: Keeper) -> str:
    place = keeper.place
    return f"{place.store.url}\n{place.region}/{place.cycle}" if place.store else ""

"""The review desk as routes of a Starlette application (contract 9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from iid.tasks.desk.claims import DeskPlace, Key, RunClaims
from iid.tasks.desk.desk_pages import (
    NO_PAGE,
    asset,
    message,
    segments,
)
from iid.tasks.desk.evidence_routes import evidence
from iid.tasks.desk.gate import HEADERS, Gate, RefusedError, Visitor, form_of
from iid.tasks.desk.previews import NotShownError, Previews
from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.desk.run_pages import Asked, RunPages
from iid.tasks.desk.sign_in import Door, UnsignedError
from iid.tasks.desk.steward_forms import StewardForms
from iid.tasks.review.desk_records import DeskLog
from iid.tasks.store.published_run import latest, read_run
from iid.tasks.values.errors import IidError, UsageError
from iid.tasks.values.tables import REGION_ID

ELSEWHERE = "_wilayah"  # one of several regions: /meja/_wilayah/<region>/<cycle>/…
DRAWING = 12  # requests for evidence at a time; the others have threads of their own
NO_STORE = "Penyimpanan hasil sedang tidak dapat dihubungi; tidak ada yang disimpan. Coba lagi sebentar lagi."


@dataclass(slots=True)
class _Read:
    """What was read of one place and is kept."""

    log: DeskLog
    claims: RunClaims | None = None
    run_id: str = ""
    lock: Lock = field(default_factory=Lock)


class Desk:
    """All below ``/meja``, with ``/masuk`` and ``/keluar``; close it last."""

    def __init__(
        self,
        places: Callable[[], Sequence[DeskPlace]],
        gate: Gate,
        recalculations: Recalculations | None = None,
    ) -> None:
        self._places, self.gate = places, gate
        self.door = Door(gate)
        self._pages = RunPages(self.door, recalculations or Recalculations())
        self._forms = StewardForms(self.door, self._pages)
        self.previews = Previews()
        self._drawing = CapacityLimiter(DRAWING)
        self._read: dict[tuple[str, str], _Read] = {}
        self._lock = Lock()

    def close(self) -> None:
        """End the workers."""
        self.previews.close()

    def routes(self) -> list[BaseRoute]:
        """For the application."""
        both = ["GET", "POST"]
        return [
            Route("/masuk", self._guarded(self.door.sign_in), methods=both),
            Route("/masuk/aset/{name}", self._guarded(asset), methods=["GET"]),
            Route("/keluar", self._guarded(self.door.sign_out), methods=["POST"]),
            Route("/meja", self._guarded(self._desk), methods=both),
            Route("/meja/{rest:path}", self._guarded(self._desk), methods=both),
        ]

    def warm(self) -> None:
        """Read the published runs and decisions before somebody waits."""
        for place in self._places():
            try:
                run, log = self._open(place)
                run.listed(log.read(), lambda _: True)
            except (IidError, RefusedError):  # also: nothing is published yet
                continue

    def _guarded(self, answer: Callable[[Request, Mapping[str, str] | None], Response]) -> Any:
        """Return an endpoint: the form read here, the answer in a thread."""

        async def endpoint(request: Request) -> Response:
            try:
                form = await form_of(request) if request.method == "POST" else None
                slow = self._drawing if "/bukti/" in request.url.path else None
                response = await to_thread.run_sync(answer, request, form, limiter=slow)
            except RefusedError as error:
                response = message(error.words, error.status)
            except NotShownError as error:
                response = message(f"Tidak ditampilkan: {error}.", 404)
            except UsageError as error:
                response = message(str(error), 422)
            except IidError:
                response = message(NO_STORE, 503)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return endpoint

    # -- where a request leads ------------------------------------------------------------------------

    def _desk(self, request: Request, form: Mapping[str, str] | None) -> Response:
        try:
            visitor = self.door.visitor(request, form)
        except UnsignedError as error:
            return RedirectResponse(f"/masuk?{urlencode({'ke': error.target})}", 303)
        rest = segments(request)
        if rest[:1] == ("_akun",) and not rest[1:]:
            return self.door.account(visitor, request, form)
        places = [place for place in self._places() if _sees_region(visitor, place)]
        if rest[:1] == (ELSEWHERE,):
            found = [p for p in places if (p.region, str(p.cycle)) == rest[1:3]]
            rest, base = rest[3:], "/meja/" + "/".join(rest[:3])
        elif len(places) > 1 and not rest:
            return self.door.page("meja_wilayah.j2", visitor, places=places)
        else:
            found, base = (places if len(places) == 1 else []), "/meja"
        if not found:
            raise RefusedError(404, NO_PAGE)
        run, log = self._open(found[0])
        return self._answer(Asked(request, visitor, found[0], base, rest, run, log, form))

    def _answer(self, asked: Asked) -> Response:
        rest = asked.rest
        if not rest:
            return self._pages.queue(asked)
        if len(rest) == 2 and rest[1] == "_hitung":
            return self._forms.recalculate(asked, rest[0])
        owner, rest = (rest[0], rest[1:]) if rest[0] == REGION_ID else ("/".join(rest[:2]), rest[2:])
        unit = asked.run.unit_of(owner)
        if unit is None:
            raise RefusedError(404, NO_PAGE)
        if not asked.sees(unit):
            self._forms.refuse(asked, owner, "Unit ini bukan bagian Anda.")
        if rest in {(), ("_terima",)}:
            return self._forms.accept_shown(asked, owner) if rest else self._pages.innovation(asked, owner)
        return self._of_claim(asked, (owner, rest[0]), rest[1:])

    def _of_claim(self, asked: Asked, key: Key, rest: tuple[str, ...]) -> Response:
        if not asked.run.rows("claims", *key):
            raise RefusedError(404, NO_PAGE)
        if rest == ("keputusan",):
            return self._forms.decide(asked, key)
        if asked.form is None and not rest:
            return self._pages.claim(asked, key)
        if asked.form is None and rest[0] == "bukti" and rest[1:]:
            return evidence(self.previews, asked.place, asked.run, key, rest[1:], asked.request)
        raise RefusedError(404, NO_PAGE)

    def _open(self, place: DeskPlace) -> tuple[RunClaims, DeskLog]:
        """The published run of *place*, read once, and its decisions."""
        with self._lock:
            read = self._read.setdefault(
                (place.store.url, place.prefix), _Read(DeskLog(place.store, place.prefix))
            )
        with read.lock:
            pointer = latest(place.store, place.region, place.cycle)
            if pointer is None:
                raise RefusedError(503, "Belum ada hasil terbit; meja terbuka setelah perhitungan pertama.")
            if read.claims is None or read.run_id != pointer.run_id:
                read.claims = RunClaims(read_run(place.store, place.region, place.cycle, pointer.run_id))
                read.run_id = pointer.run_id
            return read.claims, read.log


def _sees_region(visitor: Visitor, place: DeskPlace) -> bool:
    regions = visitor.account.regions
    return not regions or place.region in regions

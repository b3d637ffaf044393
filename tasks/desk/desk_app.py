"""The review desk as routes of a Starlette application (contract 9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from iid.tasks.desk.claim_page import claim_context, innovation_context
from iid.tasks.desk.claim_queue import PAGE, Filters, counts, fitting, neighbours
from iid.tasks.desk.claims import REGION_NAME, DeskPlace, Key, RunClaims
from iid.tasks.desk.deciding import Bench, NotKeptError, Wish
from iid.tasks.desk.desk_pages import (
    NO_PAGE,
    asset,
    inside,
    message,
    query_of,
    saved,
    segments,
    whole,
)
from iid.tasks.desk.evidence_routes import evidence
from iid.tasks.desk.gate import HEADERS, Gate, RefusedError, Visitor, form_of
from iid.tasks.desk.previews import NotShownError, Previews
from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.desk.shown_evidence import terms_of
from iid.tasks.desk.sign_in import Door, UnsignedError
from iid.tasks.review.desk_records import WITHDRAWN, DeskLog, DeskRecord, newest
from iid.tasks.store.published_run import latest, read_run
from iid.tasks.text.labels import title
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A signed-in request on one region and cycle; ``rest``: its address."""

    request: Request
    visitor: Visitor
    place: DeskPlace
    base: str
    rest: tuple[str, ...]
    run: RunClaims
    log: DeskLog
    form: Mapping[str, str] | None = None  # of a POST

    @property
    def bench(self) -> Bench:
        """Where its decisions are made."""
        return Bench(self.place.store, self.place.prefix, self.run, self.log, self.place.drive)

    def sees(self, unit: str) -> bool:
        """Whether the person may see a unit's claims."""
        return self.visitor.account.sees(self.place.region, unit)

    def decides(self, unit: str) -> bool:
        """Whether the person may decide a unit's claims, in a cycle that is open."""
        return self.run.index["status"] != "final" and self.visitor.account.decides(self.place.region, unit)

    def url(self, *parts: str) -> str:
        """An address of this desk."""
        return "/".join([self.base, *(quote(part, safe="") for part in parts)])

    def page_of(self, innovation_id: str, *parts: str) -> str:
        """The address of an innovation, or of something below it."""
        return self.url(*innovation_id.split("/"), *parts)


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
        self.recalculations = recalculations or Recalculations()
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
            return self._queue(asked)
        if len(rest) == 2 and rest[1] == "_hitung":
            return self._recalculate(asked, rest[0])
        owner, rest = (rest[0], rest[1:]) if rest[0] == REGION_ID else ("/".join(rest[:2]), rest[2:])
        unit = asked.run.unit_of(owner)
        if unit is None:
            raise RefusedError(404, NO_PAGE)
        if not asked.sees(unit):
            self._refuse(asked, owner, "Unit ini bukan bagian Anda.")
        if rest in {(), ("_terima",)}:
            return self._batch(asked, owner) if rest else self._innovation(asked, owner)
        return self._of_claim(asked, (owner, rest[0]), rest[1:])

    def _of_claim(self, asked: Asked, key: Key, rest: tuple[str, ...]) -> Response:
        if not asked.run.rows("claims", *key):
            raise RefusedError(404, NO_PAGE)
        if rest == ("keputusan",):
            return self._decide(asked, key)
        if asked.form is None and not rest:
            return self._claim(asked, key)
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

    # -- pages ----------------------------------------------------------------------------------------

    def _of_run(self, asked: Asked, template: str, status: int = 200, **context: Any) -> Response:
        run = asked.run
        nonce = asked.visitor.session.nonce

        def recalculate(unit: str) -> str:
            """Return the token of the button to run *unit*; "" without a button."""
            if not self.recalculations.possible or not asked.decides(unit):
                return ""
            return self.gate.signer.token(nonce, f"hitung {asked.place.prefix} {unit}")

        shared = {
            "recalculate": recalculate, "recalculated": self._progress(asked),
            "run": run, "url": asked.url, "page_of": asked.page_of,
            "region": run.marker.name or run.marker.region,
            "region_id": REGION_ID, "example": run.marker.example,
            "cycle": asked.place.cycle, "cycle_status": run.index["status"],
            "zone": run.marker.zone, "as_of": run.as_of, "title_of": title, "base": asked.base,
        }  # fmt: skip
        return self.door.page(template, asked.visitor, status, **{**shared, **context})

    def _queue(self, asked: Asked) -> Response:
        if asked.form is not None:
            raise RefusedError(404, NO_PAGE)
        query = asked.request.query_params
        filters = Filters.of(query)
        claims = asked.run.listed(asked.log.read(), asked.sees)
        found = fitting(claims, filters, asked.visitor.account.name)
        last = max((len(found) - 1) // PAGE, 0)
        number = min(max(whole(query.get("hal", "1")) - 1, 0), last)
        return self._of_run(
            asked,
            "meja_antrean.j2",
            rows=found[number * PAGE : (number + 1) * PAGE],
            total=len(found),
            number=number + 1,
            pages=last + 1,
            filters=filters,
            counts=counts(claims),
            units={c: n for c, n in {REGION_ID: REGION_NAME, **asked.run.units}.items() if asked.sees(c)},
            codes=sorted({code for row in asked.run.queue for code in row.codes}),
            query=lambda **more: query_of({**filters.query, **more}),
        )

    def _innovation(self, asked: Asked, owner: str) -> Response:
        if asked.form is not None:
            raise RefusedError(404, NO_PAGE)
        unit = asked.run.unit_of(owner) or ""
        desk = newest(asked.log.read())
        context = innovation_context(asked.run, owner, desk, asked.decides(unit))
        token = self.gate.signer.token(asked.visitor.session.nonce, f"terima {asked.place.prefix} {owner}")
        return self._of_run(asked, "meja_inovasi.j2", unit=unit, token=token, **context)

    def _claim(
        self, asked: Asked, key: Key, said: str = "", status: int = 200, wish: Wish | None = None
    ) -> Response:
        unit = asked.run.unit_of(key[0]) or ""
        records = asked.log.read()
        made = tuple(one for one in records if one.key == key)
        filters = Filters.of(asked.request.query_params if asked.form is None else saved(asked.form))
        shown = fitting(asked.run.listed(records, asked.sees), filters, asked.visitor.account.name)
        before, after = neighbours(shown, asked.run, key)
        nonce = asked.visitor.session.nonce
        return self._of_run(
            asked,
            "meja_klaim.j2",
            status,
            said=said,
            note=wish.note if wish else "",
            chosen=wish.new if wish else "",
            unit=unit,
            may_decide=asked.decides(unit),
            token=self.gate.signer.token(nonce, _form_name(asked, key), len(made)),
            before=before,
            after=after,
            saved=query_of(filters.query),
            kept=asked.request.query_params.get("tersimpan", ""),
            terms=terms_of(asked.run, key[0]),
            **claim_context(asked.run, key, made),
        )

    # -- what stewards do -----------------------------------------------------------------------------

    def _decide(self, asked: Asked, key: Key) -> Response:
        form, name = asked.form, asked.visitor.account.name
        if form is None:
            return RedirectResponse(asked.page_of(key[0], key[1]), 303)
        self._may_decide(asked, key[0])
        seen = self.door.token(asked.visitor, form, _form_name(asked, key))
        wish = Wish(
            form.get("keputusan", ""),
            form.get("parameter_baru", ""),
            form.get("catatan", ""),
            form.get("sidik", ""),
            seen,
        )
        try:
            record = asked.bench.decide(key, wish, name)
        except NotKeptError as error:
            self.gate.journal.write("not_kept", name, claim=" ".join(key), why=error.words[:300])
            return self._claim(asked, key, error.words, error.status, wish)
        self._written(asked, record)
        filters = Filters.of(saved(form))
        if record.decision == WITHDRAWN:
            query = query_of({**filters.query, "tersimpan": WITHDRAWN})
            return RedirectResponse(f"{asked.page_of(*key)}?{query}", 303)
        left = fitting(asked.run.listed(asked.log.read(), asked.sees), filters, name)
        _, after = neighbours(left, asked.run, key)
        after = after or (left[0].row if left else None)
        query = query_of({**filters.query, "tersimpan": record.name.removesuffix(".json")})
        if after is None or after.key == key:
            return RedirectResponse(f"{asked.url('')}?{query}", 303)
        return RedirectResponse(f"{asked.url(*after.innovation_id.split('/'), after.indicator)}?{query}", 303)

    def _batch(self, asked: Asked, owner: str) -> Response:
        """Accept the claims shown without a finding, each checked as if alone."""
        if asked.form is None:
            raise RefusedError(404, NO_PAGE)
        unit = self._may_decide(asked, owner)
        self.door.token(asked.visitor, asked.form, f"terima {asked.place.prefix} {owner}")
        ready = innovation_context(asked.run, owner, newest(asked.log.read()), True)["ready"]
        shown = {k.removeprefix("sidik-"): v for k, v in asked.form.items() if k.startswith("sidik-")}
        kept, refused = 0, []
        for one in ready:
            if one.row.indicator not in shown or asked.form.get("setuju") != "ya":
                continue
            seen = len(asked.log.of(*one.row.key))
            wish = Wish("terima", "", "", shown[one.row.indicator], seen)
            try:
                self._written(asked, asked.bench.decide(one.row.key, wish, asked.visitor.account.name))
                kept += 1
            except NotKeptError as error:
                refused.append(f"Indikator {one.row.indicator}: {error.words}")
        context = innovation_context(asked.run, owner, newest(asked.log.read()), asked.decides(unit))
        token = self.gate.signer.token(asked.visitor.session.nonce, f"terima {asked.place.prefix} {owner}")
        said = " ".join([f"{kept} klaim diterima.", *refused])
        status = 200 if kept or not refused else 409
        return self._of_run(asked, "meja_inovasi.j2", status, unit=unit, token=token, said=said, **context)

    def _may_decide(self, asked: Asked, owner: str) -> str:
        """The unit. RefusedError (403) where this person decides nothing of it."""
        unit = asked.run.unit_of(owner) or ""
        if asked.visitor.account.decides(asked.place.region, unit):
            return unit
        self._refuse(asked, owner, "Anda tidak berhak memutus klaim ini; tidak ada yang disimpan.")

    def _refuse(self, asked: Asked, what: str, words: str) -> NoReturn:
        """Log what somebody may not do, and say so: RefusedError (403)."""
        self.gate.journal.write("refused", asked.visitor.account.name, what=what[:200])
        raise RefusedError(403, words)

    def _written(self, asked: Asked, record: DeskRecord) -> None:
        self.gate.journal.write(
            "decided",
            record.reviewer,
            region=asked.place.region,
            cycle=asked.place.cycle,
            claim=" ".join(record.key),
            decision=record.decision,
            record=record.name,
        )

    def _recalculate(self, asked: Asked, unit: str) -> Response:
        if unit not in asked.run.units and unit != REGION_ID:
            raise RefusedError(404, NO_PAGE)
        if not asked.sees(unit):
            self._refuse(asked, f"hitung {unit}", "Unit ini bukan bagian Anda.")
        if asked.form is None:
            return JSONResponse(self._progress(asked) or {"state": ""})
        if not asked.visitor.account.decides(asked.place.region, unit):
            self._refuse(asked, f"hitung {unit}", "Anda tidak berhak menghitung ulang unit ini.")
        self.door.token(asked.visitor, asked.form, f"hitung {asked.place.prefix} {unit}")
        if not self.recalculations.start(_place_key(asked.place), unit):
            raise RefusedError(409, "Perhitungan lain sedang berjalan; tunggu sampai selesai.")
        self.gate.journal.write("recalculation", asked.visitor.account.name, unit=unit)
        back = asked.form.get("kembali", "")
        return RedirectResponse(inside(back) if back else f"{asked.url('')}", 303)

    def _progress(self, asked: Asked) -> dict[str, Any] | None:
        now = self.recalculations.of(_place_key(asked.place))
        if now is None or not asked.sees(now.unit_code):
            return None
        seconds = int(time.monotonic() - now.begun)
        return {
            "unit": now.unit_code, "state": now.state, "line": now.line, "seconds": seconds,
            "index": asked.run.index["supported"]["index"], "run_id": asked.run.run.run_id,
        }  # fmt: skip


def _sees_region(visitor: Visitor, place: DeskPlace) -> bool:
    regions = visitor.account.regions
    return not regions or place.region in regions


def _place_key(place: DeskPlace) -> str:
    return f"{place.store.url}\n{place.prefix}"


def _form_name(asked: Asked, key: Key) -> str:
    return f"keputusan {asked.place.prefix} {key[0]} {key[1]}"

"""The review desk as routes of a Starlette application (contract 9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from anyio import CapacityLimiter, to_thread
from jinja2 import Environment, FunctionLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from iid.tasks.desk.claim_page import (
    PAGE,
    claim_context,
    counts,
    fitting,
    innovation_context,
    neighbours,
)
from iid.tasks.desk.claims import REGION_NAME, DeskPlace, Filters, Key, RunClaims
from iid.tasks.desk.deciding import Bench, NotKeptError, Wish
from iid.tasks.desk.evidence_routes import evidence
from iid.tasks.desk.gate import HEADERS, Gate, RefusedError, Visitor, form_of
from iid.tasks.desk.previews import NotShownError, Previews
from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.desk.shown_evidence import terms_of
from iid.tasks.report.site import environment
from iid.tasks.report.site import text_of as report_text
from iid.tasks.review.desk_records import WITHDRAWN, DeskLog, DeskRecord, newest
from iid.tasks.store.keys import content_type_of
from iid.tasks.store.published_run import latest, read_run
from iid.tasks.text.indonesian import moment
from iid.tasks.text.labels import title
from iid.tasks.values.errors import IidError, UsageError
from iid.tasks.values.tables import REGION_ID

ASSETS = {"laporan.css": report_text, "ikon.svg": report_text}
OWN = ("meja.css", "meja.js")
ELSEWHERE = "_wilayah"  # one of several regions: /meja/_wilayah/<region>/<cycle>/…
DRAWING = 12  # requests for evidence at a time; the others have threads of their own
NO_PAGE = "Halaman ini tidak ada."
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
    """A signed-in request about one region and cycle. ``rest`` is the address below its desk."""

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
    """Everything below ``/meja``, with ``/masuk`` and ``/keluar``. Close it at the end."""

    def __init__(
        self,
        places: Callable[[], Sequence[DeskPlace]],
        gate: Gate,
        recalculations: Recalculations | None = None,
    ) -> None:
        self._places, self.gate = places, gate
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
            Route("/masuk", self._guarded(self._sign_in), methods=both),
            Route("/masuk/aset/{name}", self._guarded(_asset), methods=["GET"]),
            Route("/keluar", self._guarded(self._sign_out), methods=["POST"]),
            Route("/meja", self._guarded(self._desk), methods=both),
            Route("/meja/{rest:path}", self._guarded(self._desk), methods=both),
        ]

    def warm(self) -> None:
        """Read the published runs and their decisions, where they can be read, before somebody waits."""
        for place in self._places():
            try:
                run, log = self._open(place)
                run.listed(log.read(), lambda _: True)
            except (IidError, RefusedError):  # also: nothing is published yet
                continue

    def _guarded(self, answer: Callable[[Request, Mapping[str, str] | None], Response]) -> Any:
        """An endpoint: the form read here, the answer in a thread, with our headers."""

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

    # -- signing in ---------------------------------------------------------------------------------

    def _sign_in(self, request: Request, form: Mapping[str, str] | None) -> Response:
        to = _inside((form if form is not None else request.query_params).get("ke", ""))
        if form is None:
            return self._sign_in_page(to)
        if self.gate.signer.seen(form.get("token", ""), "", "masuk") is None:
            raise RefusedError(403, "Formulir masuk ini sudah kedaluwarsa; muat ulang halamannya.")
        session = self.gate.sign_in(request, form.get("nama", ""), form.get("sandi", ""))
        if session is None:
            return self._sign_in_page(to, "Nama atau kata sandi salah.", 401)
        response = RedirectResponse(to, 303)
        self.gate.set_cookie(request, response, session)
        return response

    def _sign_in_page(self, to: str, said: str = "", status: int = 200) -> Response:
        return page("meja_masuk.j2", status, to=to, said=said, token=self.gate.signer.token("", "masuk"))

    def _sign_out(self, request: Request, form: Mapping[str, str] | None) -> Response:
        visitor = self._visitor(request, form)
        self._token(visitor, form, "keluar")
        self.gate.signer.end(visitor.session)
        self.gate.journal.write("signed_out", visitor.account.name)
        response = RedirectResponse("/masuk", 303)
        self.gate.set_cookie(request, response, None)
        return response

    def _visitor(self, request: Request, form: Mapping[str, str] | None) -> Visitor:
        visitor = self.gate.visitor(request)
        if visitor is None:
            if form is not None:
                raise RefusedError(401, "Anda belum masuk; tidak ada yang disimpan.")
            raise _Unsigned(request)
        return visitor

    def _token(self, visitor: Visitor, form: Mapping[str, str] | None, name: str) -> int:
        """What the form's token says was seen. RefusedError (403) for a token that is not of this form."""
        seen = self.gate.signer.seen((form or {}).get("token", ""), visitor.session.nonce, name)
        if seen is None:
            self.gate.journal.write("form_refused", visitor.account.name, form=name[:200])
            raise RefusedError(
                403, "Formulir ini bukan dari halaman yang Anda buka; tidak ada yang disimpan."
            )
        return seen

    def _account(self, visitor: Visitor, request: Request, form: Mapping[str, str] | None) -> Response:
        context: dict[str, Any] = {"token": self.gate.signer.token(visitor.session.nonce, "akun")}
        if form is None:
            return self._page("meja_akun.j2", visitor, **context)
        self._token(visitor, form, "akun")
        if visitor.by_header:
            raise RefusedError(403, "Kata sandi Anda dijaga oleh server web, bukan di sini.")
        if form.get("baru", "") != form.get("ulang", ""):
            return self._page(
                "meja_akun.j2", visitor, 422, said="Kedua isian kata sandi baru berbeda.", **context
            )
        if not self.gate.right_password(request, visitor.account, form.get("sandi", "")):
            return self._page("meja_akun.j2", visitor, 401, said="Kata sandi lama salah.", **context)
        try:
            changed = self.gate.change_password(visitor.account, form.get("baru", ""))
        except UsageError as error:
            return self._page("meja_akun.j2", visitor, 422, said=str(error), **context)
        self.gate.journal.write("password_changed", changed.name)
        response = RedirectResponse("/meja/", 303)
        self.gate.set_cookie(request, response, self.gate.session_of(changed))
        return response

    # -- where a request leads ------------------------------------------------------------------------

    def _desk(self, request: Request, form: Mapping[str, str] | None) -> Response:
        try:
            visitor = self._visitor(request, form)
        except _Unsigned as error:
            return RedirectResponse(f"/masuk?{urlencode({'ke': error.target})}", 303)
        rest = segments(request)
        if rest[:1] == ("_akun",) and not rest[1:]:
            return self._account(visitor, request, form)
        places = [place for place in self._places() if _sees_region(visitor, place)]
        if rest[:1] == (ELSEWHERE,):
            found = [p for p in places if (p.region, str(p.cycle)) == rest[1:3]]
            rest, base = rest[3:], "/meja/" + "/".join(rest[:3])
        elif len(places) > 1 and not rest:
            return self._page("meja_wilayah.j2", visitor, places=places)
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
            self.gate.journal.write("refused", asked.visitor.account.name, what=owner[:200])
            raise RefusedError(403, "Unit ini bukan bagian Anda.")
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
                raise RefusedError(503, "Belum ada hasil terbit; meja terbuka setelah penilaian pertama.")
            if read.claims is None or read.run_id != pointer.run_id:
                read.claims = RunClaims(read_run(place.store, place.region, place.cycle, pointer.run_id))
                read.run_id = pointer.run_id
            return read.claims, read.log

    # -- pages ----------------------------------------------------------------------------------------

    def _page(self, template: str, visitor: Visitor, status: int = 200, **context: Any) -> Response:
        context.setdefault("said", "")
        token = self.gate.signer.token(visitor.session.nonce, "keluar")
        return page(
            template, status, me=visitor.account, sign_out=token, by_header=visitor.by_header, **context
        )

    def _of_run(self, asked: Asked, template: str, status: int = 200, **context: Any) -> Response:
        run = asked.run
        nonce = asked.visitor.session.nonce

        def recalculate(unit: str) -> str:
            """The token of the button that starts a run of *unit*; "" where there is no button."""
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
        return self._page(template, asked.visitor, status, **{**shared, **context})

    def _queue(self, asked: Asked) -> Response:
        if asked.form is not None:
            raise RefusedError(404, NO_PAGE)
        query = asked.request.query_params
        filters = Filters.of(query)
        claims = asked.run.listed(asked.log.read(), asked.sees)
        found = fitting(claims, filters, asked.visitor.account.name)
        last = max((len(found) - 1) // PAGE, 0)
        number = min(max(_whole(query.get("hal", "1")) - 1, 0), last)
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
            query=lambda **more: _query({**filters.query, **more}),
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
        filters = Filters.of(asked.request.query_params if asked.form is None else _saved(asked.form))
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
            saved=_query(filters.query),
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
        seen = self._token(asked.visitor, form, _form_name(asked, key))
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
        filters = Filters.of(_saved(form))
        if record.decision == WITHDRAWN:
            query = _query({**filters.query, "tersimpan": WITHDRAWN})
            return RedirectResponse(f"{asked.page_of(*key)}?{query}", 303)
        left = fitting(asked.run.listed(asked.log.read(), asked.sees), filters, name)
        _, after = neighbours(left, asked.run, key)
        after = after or (left[0].row if left else None)
        query = _query({**filters.query, "tersimpan": record.name.removesuffix(".json")})
        if after is None or after.key == key:
            return RedirectResponse(f"{asked.url('')}?{query}", 303)
        return RedirectResponse(f"{asked.url(*after.innovation_id.split('/'), after.indicator)}?{query}", 303)

    def _batch(self, asked: Asked, owner: str) -> Response:
        """Accept the claims without a finding that were shown; each is checked as if alone."""
        if asked.form is None:
            raise RefusedError(404, NO_PAGE)
        unit = self._may_decide(asked, owner)
        self._token(asked.visitor, asked.form, f"terima {asked.place.prefix} {owner}")
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
        self.gate.journal.write("refused", asked.visitor.account.name, what=owner[:200])
        raise RefusedError(403, "Anda tidak berhak memutus klaim ini; tidak ada yang disimpan.")

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
        known = unit in asked.run.units or unit == REGION_ID
        if not known or not asked.sees(unit):
            raise RefusedError(404 if not known else 403, "Unit ini bukan bagian Anda." if known else NO_PAGE)
        if asked.form is None:
            return JSONResponse(self._progress(asked) or {"state": ""})
        if not asked.visitor.account.decides(asked.place.region, unit):
            raise RefusedError(403, "Anda tidak berhak menghitung ulang unit ini.")
        self._token(asked.visitor, asked.form, f"hitung {asked.place.prefix} {unit}")
        if not self.recalculations.start(_place_key(asked.place), unit):
            raise RefusedError(409, "Perhitungan lain sedang berjalan; tunggu sampai selesai.")
        self.gate.journal.write("recalculation", asked.visitor.account.name, unit=unit)
        back = asked.form.get("kembali", "")
        return RedirectResponse(_inside(back) if back else f"{asked.url('')}", 303)

    def _progress(self, asked: Asked) -> dict[str, Any] | None:
        now = self.recalculations.of(_place_key(asked.place))
        if now is None or not asked.sees(now.unit_code):
            return None
        seconds = int(time.monotonic() - now.begun)
        return {
            "unit": now.unit_code, "state": now.state, "line": now.line, "seconds": seconds,
            "index": asked.run.index["supported"]["index"], "run_id": asked.run.run.run_id,
        }  # fmt: skip


class _Unsigned(Exception):  # noqa: N818  (no error: it leads to the sign-in page)
    """Nobody is signed in; ``target`` is where the person wanted to go."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        query = f"?{request.url.query}" if request.url.query else ""
        self.target = request.url.path + query


def segments(request: Request) -> tuple[str, ...]:
    """The parts of the address below ``/meja``, decoded one by one. RefusedError for one that is no name."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.partition(b"?")[0].decode("ascii", "replace").removeprefix("/meja").strip("/")
    found = tuple(unquote(part) for part in path.split("/")) if path else ()
    if any(part in {"", ".", ".."} or "/" in part or "\0" in part for part in found):
        raise RefusedError(404, NO_PAGE)
    return found


def _sees_region(visitor: Visitor, place: DeskPlace) -> bool:
    regions = visitor.account.regions
    return not regions or place.region in regions


def _place_key(place: DeskPlace) -> str:
    return f"{place.store.url}\n{place.prefix}"


def _form_name(asked: Asked, key: Key) -> str:
    return f"keputusan {asked.place.prefix} {key[0]} {key[1]}"


def _inside(target: str) -> str:
    """*target* where it is a page of the desk, else the queue: nobody is led to another site."""
    plain = target.split("?", maxsplit=1)[0]
    sound = plain == "/meja" or plain.startswith("/meja/")
    return target if sound and "\\" not in target and target.isprintable() else "/meja/"


def _query(values: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _saved(form: Mapping[str, str]) -> dict[str, str]:
    """The filters that a form carries along."""
    return dict(parse_qsl(form.get("saring", "")[:1000]))


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _asset(request: Request, form: Mapping[str, str] | None) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS and name not in OWN:
        raise RefusedError(404, NO_PAGE)
    text = ASSETS[name](name) if name in ASSETS else own_text(name)
    return Response(text, media_type=content_type_of(name), headers={"Cache-Control": "no-cache"})


def own_text(name: str) -> str:
    """One of our templates or assets."""
    return (files("iid.tasks.desk.templates") / name).read_text(encoding="utf-8")


@cache
def _templates(zone: str) -> Environment:
    made = environment(zone)
    made.loader = FunctionLoader(own_text)
    made.filters["saat_teks"] = lambda text: _typed_time(text, zone)
    return made


def _typed_time(text: str, zone: str) -> str:
    """The time of a record on the region's clock; what a steward typed as it is."""
    try:
        return moment(datetime.fromisoformat(text), zone) if "T" in text else text
    except ValueError:
        return text


def page(template: str, status: int, **context: Any) -> Response:
    """A page of the desk."""
    defaults = {
        "me": None, "region": "", "cycle": "", "example": False, "url": None, "said": "",
        "base": "/meja",
    }  # fmt: skip
    html = _templates(context.get("zone", "UTC")).get_template(template).render({**defaults, **context})
    return HTMLResponse(html, status)


def message(words: str, status: int) -> Response:
    """A page of one sentence."""
    return page("meja_pesan.j2", status, words=words)

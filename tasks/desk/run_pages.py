"""Pages of a run at the desk: queue, innovation, claim (contract 9)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from iid.tasks.desk.claim_page import claim_context, innovation_context
from iid.tasks.desk.claim_queue import PAGE, Filters, counts, fitting, neighbours
from iid.tasks.desk.claims import REGION_NAME, DeskPlace, Key, RunClaims
from iid.tasks.desk.deciding import Bench, EnteredDecision
from iid.tasks.desk.desk_pages import NO_PAGE, query_of, saved, whole
from iid.tasks.desk.gate import RefusedError, Visitor
from iid.tasks.desk.recalculation import Recalculations
from iid.tasks.desk.shown_evidence import terms_of
from iid.tasks.desk.sign_in import Door
from iid.tasks.review.desk_records import DeskLog, newest
from iid.tasks.text.labels import title
from iid.tasks.values.tables import REGION_ID


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


class RunPages:
    """The pages of signed-in people; nothing is changed by them."""

    def __init__(self, door: Door, recalculations: Recalculations) -> None:
        self._door, self._signer = door, door.gate.signer
        self.recalculations = recalculations

    def of_run(self, asked: Asked, template: str, status: int = 200, **context: Any) -> Response:
        """A page of *template* with what all pages of a run show."""
        run = asked.run
        nonce = asked.visitor.session.nonce

        def recalculate(unit: str) -> str:
            """Return the token of the button to run *unit*; "" without a button."""
            if not self.recalculations.possible or not asked.decides(unit):
                return ""
            return self._signer.token(nonce, f"hitung {asked.place.prefix} {unit}")

        shared = {
            "recalculate": recalculate, "recalculated": self.progress(asked),
            "run": run, "url": asked.url, "page_of": asked.page_of,
            "region": run.marker.name or run.marker.region,
            "region_id": REGION_ID, "example": run.marker.example,
            "cycle": asked.place.cycle, "cycle_status": run.index["status"],
            "zone": run.marker.zone, "as_of": run.as_of, "title_of": title, "base": asked.base,
        }  # fmt: skip
        return self._door.page(template, asked.visitor, status, **{**shared, **context})

    def queue(self, asked: Asked) -> Response:
        """A page of the claims that fit the filters of the address."""
        if asked.form is not None:
            raise RefusedError(404, NO_PAGE)
        query = asked.request.query_params
        filters = Filters.of(query)
        claims = asked.run.listed(asked.log.read(), asked.sees)
        found = fitting(claims, filters, asked.visitor.account.name)
        last = max((len(found) - 1) // PAGE, 0)
        number = min(max(whole(query.get("hal", "1")) - 1, 0), last)
        return self.of_run(
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

    def innovation(self, asked: Asked, owner: str) -> Response:
        """All claims of an innovation."""
        if asked.form is not None:
            raise RefusedError(404, NO_PAGE)
        unit = asked.run.unit_of(owner) or ""
        desk = newest(asked.log.read())
        context = innovation_context(asked.run, owner, desk, asked.decides(unit))
        token = self._signer.token(asked.visitor.session.nonce, f"terima {asked.place.prefix} {owner}")
        return self.of_run(asked, "meja_inovasi.j2", unit=unit, token=token, **context)

    def claim(
        self, asked: Asked, key: Key, said: str = "", status: int = 200, given: EnteredDecision | None = None
    ) -> Response:
        """A claim with its evidence; *said* and *given* of a decision not kept."""
        unit = asked.run.unit_of(key[0]) or ""
        records = asked.log.read()
        made = tuple(one for one in records if one.key == key)
        filters = Filters.of(asked.request.query_params if asked.form is None else saved(asked.form))
        shown = fitting(asked.run.listed(records, asked.sees), filters, asked.visitor.account.name)
        before, after = neighbours(shown, asked.run, key)
        nonce = asked.visitor.session.nonce
        return self.of_run(
            asked,
            "meja_klaim.j2",
            status,
            said=said,
            note=given.note if given else "",
            chosen=given.new if given else "",
            unit=unit,
            may_decide=asked.decides(unit),
            token=self._signer.token(nonce, form_name(asked, key), len(made)),
            before=before,
            after=after,
            saved=query_of(filters.query),
            kept=asked.request.query_params.get("tersimpan", ""),
            terms=terms_of(asked.run, key[0]),
            **claim_context(asked.run, key, made),
        )

    def progress(self, asked: Asked) -> dict[str, Any] | None:
        """The last recalculation, where the person may see its unit."""
        now = self.recalculations.of(place_key(asked.place))
        if now is None or not asked.sees(now.unit_code):
            return None
        seconds = int(time.monotonic() - now.begun)
        return {
            "unit": now.unit_code, "state": now.state, "line": now.line, "seconds": seconds,
            "index": asked.run.index["supported"]["index"], "run_id": asked.run.run.run_id,
        }  # fmt: skip


def place_key(place: DeskPlace) -> str:
    """The name of a region and cycle among recalculations."""
    return f"{place.store.url}\n{place.prefix}"


def form_name(asked: Asked, key: Key) -> str:
    """What the token of a claim's form is for."""
    return f"keputusan {asked.place.prefix} {key[0]} {key[1]}"

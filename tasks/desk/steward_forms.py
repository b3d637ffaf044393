"""What stewards send: decisions and recalculations (contract 9)."""

from __future__ import annotations

from typing import NoReturn

from starlette.responses import JSONResponse, RedirectResponse, Response

from iid.tasks.desk.claim_page import innovation_context
from iid.tasks.desk.claim_queue import Filters, fitting, neighbours
from iid.tasks.desk.claims import Key
from iid.tasks.desk.deciding import EnteredDecision, NotKeptError
from iid.tasks.desk.desk_pages import NO_PAGE, inside, query_of, saved
from iid.tasks.desk.gate import RefusedError
from iid.tasks.desk.run_pages import Asked, RunPages, form_name, place_key
from iid.tasks.desk.sign_in import Door
from iid.tasks.review.desk_records import WITHDRAWN, DeskRecord, newest
from iid.tasks.values.tables import REGION_ID


class StewardForms:
    """Each form checked for right and token, and logged."""

    def __init__(self, door: Door, pages: RunPages) -> None:
        self._door, self._gate, self._pages = door, door.gate, pages

    def decide(self, asked: Asked, key: Key) -> Response:
        """Keep a decision, then show the next claim; else say why not."""
        form, name = asked.form, asked.visitor.account.name
        if form is None:
            return RedirectResponse(asked.page_of(key[0], key[1]), 303)
        self._may_decide(asked, key[0])
        seen = self._door.token(asked.visitor, form, form_name(asked, key))
        given = EnteredDecision(
            form.get("keputusan", ""),
            form.get("parameter_baru", ""),
            form.get("catatan", ""),
            form.get("sidik", ""),
            seen,
        )
        try:
            record = asked.bench.decide(key, given, name)
        except NotKeptError as error:
            self._gate.journal.write("not_kept", name, claim=" ".join(key), why=error.words[:300])
            return self._pages.claim(asked, key, error.words, error.status, given)
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

    def accept_shown(self, asked: Asked, owner: str) -> Response:
        """Accept the claims shown without a finding, each checked as if alone."""
        if asked.form is None:
            raise RefusedError(404, NO_PAGE)
        unit = self._may_decide(asked, owner)
        self._door.token(asked.visitor, asked.form, f"terima {asked.place.prefix} {owner}")
        ready = innovation_context(asked.run, owner, newest(asked.log.read()), True)["ready"]
        shown = {k.removeprefix("sidik-"): v for k, v in asked.form.items() if k.startswith("sidik-")}
        kept, refused = 0, []
        for one in ready:
            if one.row.indicator not in shown or asked.form.get("setuju") != "ya":
                continue
            seen = len(asked.log.of(*one.row.key))
            given = EnteredDecision("terima", "", "", shown[one.row.indicator], seen)
            try:
                self._written(asked, asked.bench.decide(one.row.key, given, asked.visitor.account.name))
                kept += 1
            except NotKeptError as error:
                refused.append(f"Indikator {one.row.indicator}: {error.words}")
        context = innovation_context(asked.run, owner, newest(asked.log.read()), asked.decides(unit))
        token = self._gate.signer.token(asked.visitor.session.nonce, f"terima {asked.place.prefix} {owner}")
        said = " ".join([f"{kept} klaim diterima.", *refused])
        status = 200 if kept or not refused else 409
        return self._pages.of_run(
            asked, "meja_inovasi.j2", status, unit=unit, token=token, said=said, **context
        )

    def _may_decide(self, asked: Asked, owner: str) -> str:
        """The unit. RefusedError (403) where this person decides nothing of it."""
        unit = asked.run.unit_of(owner) or ""
        if asked.visitor.account.decides(asked.place.region, unit):
            return unit
        self.refuse(asked, owner, "Anda tidak berhak memutus klaim ini; tidak ada yang disimpan.")

    def refuse(self, asked: Asked, what: str, words: str) -> NoReturn:
        """Log what somebody may not do, and say so: RefusedError (403)."""
        self._gate.journal.write("refused", asked.visitor.account.name, what=what[:200])
        raise RefusedError(403, words)

    def _written(self, asked: Asked, record: DeskRecord) -> None:
        self._gate.journal.write(
            "decided",
            record.reviewer,
            region=asked.place.region,
            cycle=asked.place.cycle,
            claim=" ".join(record.key),
            decision=record.decision,
            record=record.name,
        )

    def recalculate(self, asked: Asked, unit: str) -> Response:
        """Start a run of *unit*; on GET its progress."""
        if unit not in asked.run.units and unit != REGION_ID:
            raise RefusedError(404, NO_PAGE)
        if not asked.sees(unit):
            self.refuse(asked, f"hitung {unit}", "Unit ini bukan bagian Anda.")
        if asked.form is None:
            return JSONResponse(self._pages.progress(asked) or {"state": ""})
        if not asked.visitor.account.decides(asked.place.region, unit):
            self.refuse(asked, f"hitung {unit}", "Anda tidak berhak menghitung ulang unit ini.")
        self._door.token(asked.visitor, asked.form, f"hitung {asked.place.prefix} {unit}")
        if not self._pages.recalculations.start(place_key(asked.place), unit):
            raise RefusedError(409, "Perhitungan lain sedang berjalan; tunggu sampai selesai.")
        self._gate.journal.write("recalculation", asked.visitor.account.name, unit=unit)
        back = asked.form.get("kembali", "")
        return RedirectResponse(inside(back) if back else f"{asked.url('')}", 303)

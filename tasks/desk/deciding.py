"""One decision from the desk: checked with the claim as it is now.

Who may decide is not asked here: that is ``Account.decides``, which the application asks before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from iid.tasks.desk.claims import Key, RunClaims
from iid.tasks.desk.shown_evidence import changed_on_share
from iid.tasks.review.claim_keys import Claim
from iid.tasks.review.decision_rules import judge
from iid.tasks.review.decisions import entered
from iid.tasks.review.desk_records import WITHDRAWN, DeskLog, DeskRecord, keep, utc_text
from iid.tasks.review.review_cells import clean
from iid.tasks.review.review_lines import meant
from iid.tasks.shares.drive import Drive
from iid.tasks.store.store import Store
from iid.tasks.text.indonesian import comma
from iid.tasks.values.region import finding

NOTE = 4_000  # characters


class NotKeptError(Exception):
    """Nothing was kept: HTTP status and why, in Indonesian."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status, words)
        self.status, self.words = status, words


@dataclass(frozen=True, slots=True)
class EnteredDecision:
    """What a steward asks for; ``fingerprint``, ``seen``: as on screen."""

    decision: str
    new: str
    note: str
    fingerprint: str
    seen: int  # decisions on this claim


@dataclass(frozen=True, slots=True)
class Bench:
    """Where decisions of one region and cycle are made."""

    store: Store
    prefix: str
    run: RunClaims
    log: DeskLog
    drive: Drive | None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def decide(self, key: Key, given: EnteredDecision, reviewer: str) -> DeskRecord:
        """Save the decision of *reviewer*. Raises NotKeptError, StoreError."""
        claim = self.run.claim(*key)
        if claim is None:
            raise NotKeptError(404, "Klaim ini tidak ada dalam hasil yang terbit.")
        if self.run.index["status"] == "final":
            raise NotKeptError(409, "Siklus ini sudah ditutup; keputusannya tidak berubah lagi.")
        made = self.log.of(*key)
        self._unchanged(claim, key, given)
        if len(made) != given.seen:
            last = made[-1] if made else None
            raise NotKeptError(409, _overtaken(last, reviewer) if last else "Muat ulang halaman ini.")
        if given.decision == WITHDRAWN and (not made or made[-1].decision == WITHDRAWN):
            raise NotKeptError(409, "Tidak ada keputusan meja atas klaim ini yang dapat dicabut.")
        record = self._record(claim, given, reviewer, max((one.number for one in made), default=0) + 1)
        if not keep(self.store, self.prefix, record):
            other = self.log.of(*key)
            raise NotKeptError(409, _overtaken(other[-1], reviewer) if other else "Muat ulang halaman ini.")
        return record

    def _unchanged(self, claim: Claim, key: Key, given: EnteredDecision) -> None:
        if given.fingerprint.strip().lower() != claim.fingerprint:
            raise NotKeptError(
                409,
                "Bukti atau klaim berubah sejak halaman ini dibuka; keputusan tidak disimpan. "
                "Periksa lagi yang tampil sekarang, lalu putuskan.",
            )
        if given.decision == WITHDRAWN:
            return  # says nothing about the evidence
        if what := changed_on_share(self.drive, self.run.rows("evidence", *key)):
            raise NotKeptError(
                409,
                f"Bukti di folder bersama berubah sejak perhitungan terakhir: {what}. "
                "Keputusan tidak disimpan; hitung ulang unit ini, lalu putuskan.",
            )

    def _record(self, claim: Claim, given: EnteredDecision, reviewer: str, number: int) -> DeskRecord:
        note = meant(clean(given.note))
        if len(note) > NOTE:
            raise NotKeptError(422, f"Catatan lebih dari {NOTE} huruf.")
        record = DeskRecord(
            innovation_id=claim.innovation_id,
            indicator=claim.indicator,
            decision=given.decision,
            new=meant(given.new),
            note=note,
            reviewer=reviewer,
            at=utc_text(self.now()),
            fingerprint=claim.fingerprint,
            number=number,
            run_id=self.run.run.run_id,
        )
        if given.decision == WITHDRAWN:
            return replace(record, new="")
        judged = judge(entered(record)[1], claim)
        if judged.problems or not judged.in_force:
            about: dict[str, Any] = {"indicator": claim.indicator}
            said = [finding(code, **{**about, **words}).message for code, _, words in judged.problems]
            raise NotKeptError(422, " ".join(said) or "Pilih terima, turunkan, atau tolak.")
        return record


def _overtaken(last: DeskRecord, reviewer: str) -> str:
    new = f" ke {comma(last.new)}" if last.new else ""
    who = "Anda sendiri" if last.reviewer == reviewer else last.reviewer
    done = f"Klaim ini sudah diputuskan {last.decision}{new}"
    if last.decision == WITHDRAWN:
        done = "Keputusan atas klaim ini sudah dicabut"
    return (
        f"{done} oleh {who}; keputusan Anda tidak disimpan. "
        "Lihat keputusan itu di bawah, lalu putuskan lagi bila perlu."
    )

"""Why a claim or an innovation does not count, and what to do: from findings, decisions and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from iid.expectations.findings import catalogue
from iid.expectations.rulebook import Rulebook
from iid.tasks.explaining.telling import comma
from iid.tasks.explaining.tracing import records
from iid.tasks.review.keeping import new_text
from iid.tasks.scoring.grid import TOTAL
from iid.tasks.scoring.nextsteps import Step
from iid.tasks.stepping.picture import Picture, Record

DUPLICATE = "profile.duplicate"
#: What qualifying such an innovation brings is only counted for its number: its claims are unread.
UNREAD = (
    "submission.workbook_missing",
    "submission.workbook_unreadable",
    "submission.workbook_late",
    "submission.sheet_missing",
)
ASK_AGAIN = "Lengkapi bukti menurut catatan peninjau, lalu minta klaim ini ditinjau lagi."


@dataclass(frozen=True)
class Causes:
    """Looks up causes and fixes of steps in one run. Both are lists of ``{"code", "text"}`` and texts."""

    picture: Picture

    def of(self, step: Step) -> tuple[list[Record], list[str]]:
        """Causes and fixes of *step*, in this order: decision, findings, missing evidence, rules."""
        if step.kind == "qualify":
            return self._findings(step.innovation_id, "")
        if step.kind == "raise":
            return self._raising(step)
        decision = self.decisions.get((step.innovation_id, step.indicator))
        if decision and decision["decision"] in {"tolak", "turunkan"}:
            return [{"code": f"decision.{decision['decision']}", "text": _decided(decision)}], [ASK_AGAIN]
        causes, fixes = self._findings(step.innovation_id, step.indicator)
        return (causes, fixes) if causes else self._missing(step.indicator)

    def caution(self, step: Step) -> str:
        """What to keep in mind before counting on *step*; "" for most."""
        codes = {row["code"] for row in self.picture.critical.get((step.innovation_id, ""), ())}
        if step.kind == "raise" and self.picture.rulebook.by_key[step.indicator].thresholds:
            return "Parameternya mengikuti Nilai resmi; naik hanya bila Nilai itu sendiri naik."
        if step.kind != "qualify":
            return ""
        if DUPLICATE in codes:
            return "Hanya bila memang inovasi lain; tidak dipakai dalam rencana."
        if codes & set(UNREAD):
            return "Klaimnya belum terbaca; yang dihitung baru jumlah inovasinya."
        return ""

    @cached_property
    def decisions(self) -> dict[tuple[str, str], Record]:
        """Decisions in force by innovation and indicator."""
        rows = records(self.picture.table("decisions"))
        return {(row["innovation_id"], row["indicator"]): row for row in rows if row["in_force"]}

    @cached_property
    def _bases(self) -> dict[tuple[str, str], str]:
        rows = records(self.picture.table("claims")[["innovation_id", "indicator", "basis"]])
        return {(row["innovation_id"], row["indicator"]): row["basis"] for row in rows if row["basis"]}

    def _findings(self, owner: str, indicator: str) -> tuple[list[Record], list[str]]:
        rows = self.picture.critical.get((owner, indicator), [])
        causes = [{"code": row["code"], "text": row["message"]} for row in rows]
        return causes, list(dict.fromkeys(row["fix"] for row in rows if row["fix"]))

    def _missing(self, indicator: str) -> tuple[list[Record], list[str]]:
        code = "evidence.missing"
        text = "Tidak ada bukti yang dihitung untuk klaim ini."
        return [{"code": code, "text": text}], [catalogue()[code].fix.format(indicator=indicator)]

    def _raising(self, step: Step) -> tuple[list[Record], list[str]]:
        text = f"Baru diklaim parameter {step.before}." if step.before else "Belum diklaim."
        return [{"code": "", "text": text}], list(
            _demands(self.picture.rulebook, step, self._bases.get((step.innovation_id, step.indicator), ""))
        )


def _demands(rulebook: Rulebook, step: Step, basis: str) -> Iterator[str]:
    indicator = rulebook.by_key[step.indicator]
    if text := indicator.parameter_text(step.after, basis):
        yield f"Parameter {step.after}: {text}"
    if indicator.evidence.value and step.indicator != TOTAL:
        yield f"Bukti: {indicator.evidence.value}"


def _decided(decision: Record) -> str:
    words = {"tolak": "Ditolak peninjau", "turunkan": "Diturunkan peninjau"}[decision["decision"]]
    new = comma(new_text(decision)) if decision["decision"] == "turunkan" else ""
    what = "nilai" if decision["indicator"] == TOTAL else "parameter"
    to = f" ke {what} {new}" if new else ""
    return f"{words}{to}: {decision['note']}" if decision["note"] else f"{words}{to}."

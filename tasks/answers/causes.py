"""Why a claim or innovation does not count, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from iid.expectations.findings.catalogue import Effort, catalogue
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.review.carried_over import new_text
from iid.tasks.score.exact import published
from iid.tasks.score.grid import TOTAL
from iid.tasks.score.moves import Step
from iid.tasks.text.indonesian import comma
from iid.tasks.values.row_groups import records

DUPLICATE = "profile.duplicate"
#: What qualifying such an innovation brings is only counted for its number: its claims are unread.
UNREAD = (
    "submission.workbook_missing",
    "submission.workbook_unreadable",
    "submission.workbook_late",
    "submission.sheet_missing",
)
#: Only a true date or stage clears these.
DATED = {"profile.window", "profile.stage"}
SELECTING = {
    "hold": "Inovasinya sendiri tetap berjalan; hanya tidak dikirim pada siklus ini.",
    "add": "Hanya inovasi yang benar-benar ada, memenuhi syarat siklus ini, dan belum dilaporkan.",
}
MEASURED = "Parameternya mengikuti Nilai resmi; naik hanya bila Nilai itu sendiri naik."
OUTCOME = "Parameternya mengikuti keadaan yang sebenarnya; berkas saja tidak menaikkannya."
EFFORTS: tuple[Effort, ...] = ("ringan", "sedang", "berat")
ASK_AGAIN = "Lengkapi bukti menurut catatan peninjau, lalu minta klaim ini ditinjau lagi."


@dataclass(frozen=True)
class Causes:
    """Looks up causes (``{"code", "text"}``) and fixes of steps in a run."""

    picture: Picture

    def of(self, step: Step) -> tuple[list[Record], list[str]]:
        """Return causes and fixes of *step*: decision, findings, evidence, rules."""
        if step.kind == "qualify":
            return self._findings(step.innovation_id, "")
        if step.kind in {"hold", "add"}:
            return self._selecting(step)
        if step.kind == "raise":
            return self._raising(step)
        decision = self.decisions.get((step.innovation_id, step.indicator))
        if decision and decision["decision"] in {"tolak", "turunkan"}:
            return [{"code": f"decision.{decision['decision']}", "text": _decided(decision)}], [ASK_AGAIN]
        causes, fixes = self._findings(step.innovation_id, step.indicator)
        return (causes, fixes) if causes else self._missing(step.indicator)

    def effort(self, step: Step) -> Effort | None:
        """Return the heaviest effort of the findings; None where proof is missing."""
        if step.kind not in {"mend", "qualify"} or (step.innovation_id, step.indicator) in self.decisions:
            return None
        rows = self.picture.critical.get((step.innovation_id, step.indicator), [])
        known = catalogue()
        efforts = [known[row["code"]].effort if row["code"] in known else None for row in rows]
        if not efforts or None in efforts:
            return None
        return max(efforts, key=lambda effort: EFFORTS.index(effort or EFFORTS[0]))

    def caution(self, step: Step) -> str:
        """What to keep in mind before counting on *step*; "" for most."""
        codes = {row["code"] for row in self.picture.critical.get((step.innovation_id, ""), ())}
        if step.kind == "raise":
            indicator = self.picture.rulebook.by_key[step.indicator]
            return MEASURED if indicator.thresholds else OUTCOME if indicator.follows_facts else ""
        if step.kind != "qualify":
            return SELECTING.get(step.kind, "")
        if codes & DATED:
            return "Hanya bila keadaan sebenarnya memang demikian; berkas saja tidak mengubahnya."
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

    @cached_property
    def _mean(self) -> str:
        return comma(published(self.picture.states["supported"].index().sid_mean))

    def _findings(self, owner: str, indicator: str) -> tuple[list[Record], list[str]]:
        rows = self.picture.critical.get((owner, indicator), [])
        causes = [{"code": row["code"], "text": row["message"]} for row in rows]
        return causes, list(dict.fromkeys(row["fix"] for row in rows if row["fix"]))

    def _missing(self, indicator: str) -> tuple[list[Record], list[str]]:
        code = "evidence.missing"
        text = "Tidak ada bukti yang dihitung untuk klaim ini."
        return [{"code": code, "text": text}], [catalogue()[code].fix.format(indicator=indicator)]

    def _selecting(self, step: Step) -> tuple[list[Record], list[str]]:
        state = self.picture.states["supported"]
        if step.kind == "hold":
            own = state.innovations[step.innovation_id].points(state.rulebook)
            text = f"Nilainya {comma(published(own))}, sedangkan rata-rata daerah {self._mean}."
            return [{"code": "", "text": text}], [
                "Keluarkan dari yang dikirim; simpan untuk siklus berikutnya."
            ]
        if step.affair:
            text = f"Belum ada inovasi yang memenuhi syarat dengan Urusan Utama {step.affair}."
        else:
            text = "Inovasi baru yang memenuhi syarat dihitung dalam jumlah; klaimnya langkah tersendiri."
        return [{"code": "", "text": text}], ["Cari inovasi yang sudah diterapkan tetapi belum dilaporkan."]

    def _raising(self, step: Step) -> tuple[list[Record], list[str]]:
        row = self.picture.score_rows.get((step.innovation_id, step.indicator), {})
        claimed = row.get("claimed_parameter") or 0
        if claimed > step.before:
            text = f"Diklaim parameter {claimed}, belum terbukti."
        else:
            text = f"Baru diklaim parameter {claimed}." if claimed else "Belum diklaim."
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

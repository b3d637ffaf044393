"""Why a claim or innovation moved: file, claim, rule, decision, finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from iid.expectations.rulebook.model import PROFILE_KEYS, Indicator
from iid.tasks.answers.causes import Causes
from iid.tasks.answers.file_changes import Files
from iid.tasks.answers.run_view import ClaimKey, Picture, Record
from iid.tasks.review.carried_over import new_text
from iid.tasks.text.indonesian import comma, day, number
from iid.tasks.text.labels import title
from iid.tasks.values.row_groups import records

LONG = 60  # characters of a profile answer that are still quoted whole

_RULES = {
    "weight": "bobot",
    "parameters": "bunyi parameter",
    "bases": "basis pengukuran",
    "evidence": "bukti yang diminta",
    "kinds": "jenis berkas",
    "max_size_mb": "batas ukuran berkas",
    "max_minutes": "batas durasi video",
    "thresholds": "ambang nilai",
}


@dataclass(frozen=True)
class Reasons:
    """Two runs side by side; each answer is a list of ``{"kind", "text", …}``."""

    old: Picture
    new: Picture

    def of_claim(self, owner: str, key: str) -> list[Record]:
        """Return what changed for one claim, nearest first; "unknown" if nothing."""
        place = owner, key
        found = [
            *self._decision(place),
            *self._rule(key),
            *self._claim(place),
            *self.files.of_claim(place),
            *self._findings(place),
        ]
        return found or self._program() or [{"kind": "unknown", "text": "sebabnya tidak ada dalam tabel"}]

    def of_innovation(self, owner: str) -> list[Record]:
        """Return what changed for an innovation: findings, profile, rules."""
        found = [*self._findings((owner, "")), *self._profile(owner)]
        if self._rules_differ and not found:
            found = [{"kind": "rule", "text": "syarat inovasi dalam peraturan berubah"}]
        return found or self._program() or [{"kind": "unknown", "text": "sebabnya tidak ada dalam tabel"}]

    def rules(self) -> list[str]:
        """Which parts of the rulebook differ, by indicator or group."""
        if not self._rules_differ:
            return []
        old, new = self.old.rulebook, self.new.rulebook
        moved = [
            f"{key}: {', '.join(names)}"
            for key in sorted(old.by_key.keys() | new.by_key.keys())
            if (names := self._rule_parts(key))
        ]
        groups = ("formula", "predicates", "eligibility", "threshold_rule", "profile", "limits")
        moved += [name for name in groups if getattr(old, name) != getattr(new, name)]
        return moved or ["hanya sumber, catatan, atau susunannya"]

    def versions(self) -> list[str]:
        """Programs whose version differs: ``pypdfium2 5.15.1 → 5.15.2``."""
        old, new = (p.run.manifest.get("versions") or {} for p in (self.old, self.new))
        names = sorted(old.keys() | new.keys())
        return [f"{n} {old.get(n, '–')} → {new.get(n, '–')}" for n in names if old.get(n) != new.get(n)]

    @cached_property
    def files(self) -> Files:
        """What happened to the files."""
        return Files(self.old.table("evidence_all"), self.new.table("evidence_all"))

    @cached_property
    def _rules_differ(self) -> bool:
        shas = [(p.index.get("rulebook") or {}).get("sha256") for p in (self.old, self.new)]
        return shas[0] != shas[1]

    @cached_property
    def _decisions(self) -> tuple[dict[ClaimKey, Record], dict[ClaimKey, Record]]:
        return Causes(self.old).decisions, Causes(self.new).decisions

    @cached_property
    def _claims(self) -> tuple[dict[ClaimKey, Record], dict[ClaimKey, Record]]:
        columns = ["innovation_id", "indicator", "parameter", "basis", "value"]
        old, new = (
            {(r["innovation_id"], r["indicator"]): r for r in records(p.table("claims")[columns])}
            for p in (self.old, self.new)
        )
        return old, new

    @cached_property
    def _profiles(self) -> tuple[dict[str, Record], dict[str, Record]]:
        columns = ["innovation_id", "design_words", *PROFILE_KEYS]
        old, new = (
            {row["innovation_id"]: row for row in records(p.table("profiles")[columns])}
            for p in (self.old, self.new)
        )
        return old, new

    def _decision(self, place: ClaimKey) -> Iterator[Record]:
        old, new = (found.get(place) for found in self._decisions)
        before, after = (_verdict(row) if row else "" for row in (old, new))
        if before == after:
            return
        note = f" ({new['note']})" if new and new["note"] else ""
        words = f"keputusan {before} menjadi {after}" if before and after else f"keputusan baru: {after}"
        yield {
            "kind": "decision",
            "text": f"{words}{note}" if after else f"keputusan {before} tidak berlaku lagi",
            "before": before,
            "after": after,
        }

    def _rule(self, key: str) -> Iterator[Record]:
        if parts := self._rule_parts(key):
            yield {"kind": "rule", "text": f"aturan berubah: {', '.join(parts)}", "parts": parts}

    def _rule_parts(self, key: str) -> list[str]:
        if not self._rules_differ:
            return []
        old, new = self.old.rulebook.by_key.get(key), self.new.rulebook.by_key.get(key)
        if old is None or new is None:
            return ["indikator baru" if old is None else "indikator tidak ada lagi"]
        return [
            f"bobot {number(old.weight.value)} → {number(new.weight.value)}" if name == "weight" else words
            for name, words in _RULES.items()
            if _bare(old, name) != _bare(new, name)
        ]

    def _claim(self, place: ClaimKey) -> Iterator[Record]:
        old, new = (found.get(place) for found in self._claims)
        if old is None or new is None:
            return
        for name, words in (("parameter", "klaim"), ("basis", "basis"), ("value", "Nilai")):
            before, after = old[name], new[name]
            if before != after:
                shown = [
                    number(v) if name == "value" else v or ("kosong" if v != 0 else 0)
                    for v in (before, after)
                ]
                text = f"{words} diubah {shown[0]} → {shown[1]}"
                yield {"kind": "claim", "text": text, "field": name, "before": before, "after": after}

    def _findings(self, place: ClaimKey) -> Iterator[Record]:
        old, new = (_keyed(p.critical.get(place, [])) for p in (self.old, self.new))
        for key in sorted(new.keys() - old.keys()):
            yield {
                "kind": "finding",
                "text": f"temuan: {new[key]['message']}",
                "code": key[0],
                "appeared": True,
            }
        for key in sorted(old.keys() - new.keys()):
            yield {"kind": "finding", "text": f"{title(key[0])}: teratasi", "code": key[0], "appeared": False}

    def _profile(self, owner: str) -> Iterator[Record]:
        old, new = (found.get(owner) for found in self._profiles)
        if old is None or new is None:
            return
        labels = {field.key: (field.label, field.type) for field in self.new.rulebook.profile}
        for key in PROFILE_KEYS:
            if old[key] != new[key] and key in labels:
                label, kind = labels[key]
                text = f"{label} diubah{_answers(old[key], new[key], kind)}"
                yield {"kind": "profile", "text": text, "field": key, "before": old[key], "after": new[key]}

    def _program(self) -> list[Record]:
        moved = self.versions()
        return [{"kind": "program", "text": f"versi program berubah: {', '.join(moved)}"}] if moved else []


def _verdict(decision: Record) -> str:
    lowered = decision["decision"] == "turunkan"
    return f"turunkan ke {comma(new_text(decision))}" if lowered else str(decision["decision"])


def _bare(indicator: Indicator, name: str) -> Any:
    """Return a rule of an indicator without source, status and reason."""
    value = getattr(indicator, name)
    if name == "parameters":
        return [(step.value, step.text) for step in value]
    if name == "bases":
        return [(b.code, b.name, [(step.value, step.text) for step in b.parameters]) for b in value]
    if name == "thresholds":
        return None if value is None else (value.unit, value.step, value.bands)
    return None if value is None else value.value


def _keyed(rows: list[Record]) -> dict[tuple[str, str], Record]:
    return {(row["code"], row["source"]): row for row in rows}


def _answers(before: str, after: str, kind: str) -> str:
    if max(len(before), len(after)) > LONG:
        return ""
    shown = [day(text) if kind == "date" and text else text or "kosong" for text in (before, after)]
    return f" {shown[0]} → {shown[1]}"

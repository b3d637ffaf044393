"""Collects the rows of a made-up region, then scores them with the real scoring."""

from __future__ import annotations

import pandas as pd
from report_region import AS_OF, REVIEWER
from report_rows import Rows, said

from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import score
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.region import Marker, findings_table
from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FIELDS, INNOVATIONS, REGION_ID, UNITS, frame


class Builder(Rows):
    """Collects the rows of the long tables, then scores them."""

    def build(self, made, roster, decided, status, zone, example) -> Assessment:
        for number, one in enumerate(made):
            self.innovation(number, *one)
        self.region()
        units = self.units(made, roster)
        if decided:
            self.decide()
        tables = {
            "innovations": frame(INNOVATIONS, self.profiles),
            "claims": frame(CLAIMS, self.claims),
            "evidence": frame(EVIDENCE, self.evidence),
            "findings": findings_table(self.found),
            "decisions": frame(DECISIONS, self.decisions),
        }
        scored = score(**tables, rulebook=self.rulebook)
        published = units_table(units, scored.innovations, tables["findings"])
        marker = Marker("63.03", "Kabupaten Banjar", zone, example)
        run_id = f"{AS_OF:%Y%m%dT%H%M%SZ}-{self.sha256[:8]}"
        head = {
            "region": marker.region,
            "cycle": self.rulebook.cycle,
            "run_id": run_id,
            "as_of": f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}",
            "status": status,
            "rulebook": {"cycle": self.rulebook.cycle, "sha256": self.sha256},
        }
        return Assessment(
            marker=marker,
            cycle=self.rulebook.cycle,
            rulebook=self.rulebook,
            rulebook_sha256=self.sha256,
            run_id=run_id,
            as_of=AS_OF,
            status=status,
            index=head | scored.index,
            units=published,
            innovations=scored.innovations,
            profiles=tables["innovations"],
            fields=frame(FIELDS, []),
            claims=tables["claims"],
            evidence=tables["evidence"],
            scores=scored.scores,
            findings=tables["findings"],
            decisions=tables["decisions"],
            dormant=scored.dormant,
        )

    def units(self, made, roster) -> pd.DataFrame:
        reported = {one[0] for one in made}
        known = roster or tuple((code, code, "") for code in sorted(reported))
        for code, name, _ in known:
            if code not in reported:
                self.found.append(said("unit.nothing_submitted", unit_code=code, name=name))
        return frame(
            UNITS,
            (
                {"unit_code": code, "name": name, "type": kind, "known": True, "submitted": code in reported}
                for code, name, kind in known
            ),
        )

    def innovation(self, number: int, unit: str, folder: str, affair: str, strength: float, fault: str):
        identity = f"{unit}/{folder}"
        source = f"2026/{unit} Unit/{folder}/inovasi.xlsx"
        self.profiles.append(
            {
                "innovation_id": identity,
                "unit_code": unit,
                "folder": f"2026/{unit} Unit/{folder}",
                "workbook": source,
                "read": True,
                "name": folder,
                "stage": "Uji Coba" if fault == "stage" else "Penerapan",
                "initiator": "Perangkat Daerah",
                "initiator_name": "Nama Orang Rahasia",
                "classification": "Inovasi Perangkat Daerah",
                "kind": "Digital" if number % 2 else "Non Digital",
                "form": "Inovasi Pelayanan Publik",
                "main_affair": affair,
                "trial_date": "2024-02-01",
                "applied_date": "2021-05-03" if fault == "window" else "2024-06-03",
                "design_words": 180 if fault == "too_short" else 412,
                "design_distinct_words": 170,
            }
        )
        self.profile_fault(identity, unit, source, fault)
        for indicator in self.rulebook.sid:
            self.claim(number, identity, unit, folder, indicator, strength)

    def profile_fault(self, identity: str, unit: str, source: str, fault: str) -> None:
        words: dict[str, dict[str, object]] = {
            "window": {
                "applied": "3 Mei 2021",
                "from": "1 Januari 2024",
                "to": "31 Desember 2025",
                "developed": "; Waktu Pengembangan kosong",
            },
            "too_short": {"words": 180, "minimum": 300},
            "stage": {"value": "Uji Coba", "allowed": "Penerapan"},
        }
        if fault:
            self.found.append(
                said(
                    f"profile.{fault}",
                    unit_code=unit,
                    innovation_id=identity,
                    source=f"{source}#Profil!B3",
                    **words[fault],
                )
            )

    def region(self) -> None:
        for number, indicator in enumerate(self.rulebook.spd_rows):
            total = self.rulebook.spd == "total"
            parameter = (3, 2, 3, 1, 2)[number % 5]
            place = {
                "unit_code": REGION_ID,
                "innovation_id": REGION_ID,
                "indicator": indicator.key,
                "source": f"2026/00 Pemda/pemda.xlsx#Indikator!D{number + 2}",
            }
            self.claims.append(
                {
                    "innovation_id": REGION_ID,
                    "unit_code": REGION_ID,
                    "indicator": indicator.key,
                    "aspect": "SPD",
                    "raw": str(parameter),
                    "parameter": 0 if total else parameter,
                    "value": "41.25" if total else "2.35" if indicator.thresholds else "",
                    "source": place["source"],
                }
            )
            self.proof(place, "2026/00 Pemda", indicator, parameter, "missing" if number % 7 == 4 else "")

    def decide(self) -> None:
        words = ("terima", "terima", "terima", "turunkan", "tolak")
        claimed = [c for c in self.claims if c["parameter"] and c["aspect"] == "SID"]
        for number, claim in enumerate(claimed[: len(claimed) // 3]):
            word = words[number % 5]
            if word == "turunkan" and claim["parameter"] == 1:
                word = "tolak"
            self.decisions.append(
                {
                    "innovation_id": claim["innovation_id"],
                    "indicator": claim["indicator"],
                    "decision": word,
                    "new_parameter": 1 if word == "turunkan" else None,
                    "note": f"SK belum ditandatangani ({REVIEWER})" if word != "terima" else "",
                    "reviewer": REVIEWER,
                    "date": "2026-11-20",
                    "fingerprint": "x",
                    "in_force": True,
                }
            )
        lapsed = claimed[-1] if claimed else None
        if lapsed:
            self.found.append(
                said(
                    "decision.lapsed",
                    unit_code=str(lapsed["unit_code"]),
                    innovation_id=str(lapsed["innovation_id"]),
                    indicator=str(lapsed["indicator"]),
                    source="2026/_tinjauan/BPP-02.xlsx#Keputusan!G9",
                    decision="terima",
                    reviewer=REVIEWER,
                )
            )

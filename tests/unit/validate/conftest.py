"""Small regions made from a rulebook: one clean innovation, then what a test changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from iid.expectations.rulebook.loading import available, load
from iid.expectations.rulebook.model import Fact, Rulebook
from iid.expectations.suites.suites import Suite, suites
from iid.tasks.sandbox.facts import FACTS, pack
from iid.tasks.validate.case import Case, Tables
from iid.tasks.validate.documents import with_documents
from iid.tasks.validate.finding_rows import findings_of, findings_of_check
from iid.tasks.validate.run_suites import judge
from iid.tasks.validate.validation import judged_tables, validate
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import CLAIMS, EVIDENCE, FIELDS, INNOVATIONS, UNITS, frame

ONE = "2.13.01/Sapa Warga"
UNIT = "2.13.01"
BOOK = "2026/2.13.01 Dinas Kominfo/Sapa Warga/inovasi.xlsx"


@dataclass
class Region:
    """Rows of every table; :meth:`findings` validates them."""

    rulebook: Rulebook
    one: str = ONE
    marker: Marker = field(default_factory=lambda: Marker("63.03", "Kabupaten Banjar", "Asia/Makassar"))
    units: list[dict[str, Any]] = field(default_factory=list)
    innovations: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)  # further tables of the Case

    def add_innovation(self, innovation: str = ONE, name: str = "Sapa Warga", **changes: Any) -> None:
        """An innovation that meets every rule of its profile; nothing claimed but what is mandatory."""
        unit = innovation.partition("/")[0]
        rules = self.rulebook.eligibility
        answers = {
            "name": name,
            "stage": rules.stage.value,
            "trial_date": rules.applied_from.value.isoformat(),
            "applied_date": rules.applied_from.value.isoformat(),
            "design": "Rancang bangun",
        } | {key: value for key, value in changes.items() if key in INNOVATIONS}
        numbers = {"design_words": 400, "design_distinct_words": 200} | {
            key: value for key, value in changes.items() if key.startswith("design_")
        }
        row = {"innovation_id": innovation, "unit_code": unit, "workbook": BOOK, "read": True}
        self.innovations.append(row | answers | numbers)
        for place, profile in enumerate(self.rulebook.profile, start=2):
            value = str(answers.get(profile.key, profile.choices[0] if profile.choices else "isi"))
            self.fields.append(
                {
                    "innovation_id": innovation,
                    "unit_code": unit,
                    "field": profile.key,
                    "label": profile.label,
                    "raw": value,
                    "value": value,
                    "source": f"{BOOK}#Profil!B{place}",
                }
            )
        for place, indicator in enumerate(self.rulebook.sid, start=2):
            self.claims.append(
                {
                    "innovation_id": innovation,
                    "unit_code": unit,
                    "indicator": indicator.key,
                    "aspect": "SID",
                    "parameter": 0,
                    "source": f"{BOOK}#Indikator!C{place}",
                }
            )
        for indicator in self.rulebook.sid:
            if indicator.mandatory.value:
                self.claim(indicator.key, 1, innovation=innovation)

    def claim(self, indicator: str, parameter: int, innovation: str = ONE, **changes: Any) -> None:
        """Claim a parameter, with one fitting file."""
        self.set_claim(indicator, innovation, raw=str(parameter), parameter=parameter, **changes)
        beside = {kind for proof in self.rulebook.by_key[indicator].proofs for kind in proof.accompanies}
        kinds = [k for k in self.rulebook.by_key[indicator].kinds.value or ("pdf",) if k not in beside]
        word = "pdf" if "pdf" in kinds else min(kind for kind in kinds if kind != "link")
        if self.rulebook.by_key[indicator].bases and "basis" not in changes:
            self.set_claim(indicator, innovation, basis="a", basis_raw="a")
        name = f"bukti-{indicator}.{word}"
        changes = (
            {"format": word} if word == "pdf" else {"format": word, "text_sha256": "", "text_chars": None}
        )
        self.add_file(indicator, name, innovation, **changes)

    def add_file(self, indicator: str, name: str, innovation: str = ONE, **changes: Any) -> dict[str, Any]:
        """A readable PDF with text of its own, named in column Bukti; *changes* change its row."""
        folder = f"2026/2.13.01 Dinas Kominfo/{innovation.partition('/')[2]}/bukti/{indicator} bukti"
        row: dict[str, Any] = {
            "innovation_id": innovation,
            "unit_code": innovation.partition("/")[0],
            "indicator": indicator,
            "source": f"{folder}/{name}",
            "kind": "file",
            "listed": "named",
            "counted": True,
            "size": 120_000,
            "modified_at": "2026-05-01T00:00:00Z",
            "sha256": f"sha-{innovation}-{indicator}-{name}",
            "media_type": "application/pdf",
            "format": "pdf",
            "pages": 2,
            "text_sha256": f"text-{innovation}-{indicator}-{name}",
            "text_chars": 500,
            "readable": True,
        }
        self.evidence.append(row | changes)
        return self.evidence[-1]

    def add_link(self, indicator: str, url: str, innovation: str = ONE, **changes: Any) -> dict[str, Any]:
        """A link of column Tautan."""
        row: dict[str, Any] = {
            "innovation_id": innovation,
            "unit_code": innovation.partition("/")[0],
            "indicator": indicator,
            "source": url,
            "kind": "link",
            "listed": "named",
            "counted": True,
            "format": "link",
            "readable": True,
        }
        self.evidence.append(row | changes)
        return self.evidence[-1]

    def add_spd(self) -> None:
        """The region's own rows, read and not claimed."""
        for place, indicator in enumerate(self.rulebook.spd_rows, start=2):
            self.claims.append(
                {
                    "innovation_id": "pemda",
                    "unit_code": "pemda",
                    "indicator": indicator.key,
                    "aspect": "SPD",
                    "parameter": 0,
                    "source": f"2026/00 Pemda/pemda.xlsx#Indikator!C{place}",
                }
            )

    def rule(self, indicator: str, status: str = "read", **values: Any) -> None:
        """Give one indicator other rules: ``kinds=("pdf",)``, ``max_size_mb=Decimal(2)``."""
        old = self.rulebook.by_key[indicator]
        facts = {
            name: Fact[Any](value=value, source="uji", status=status, reason="uji")
            for name, value in values.items()
        }
        indicators = tuple(
            old.model_copy(update=facts) if i.key == indicator else i for i in self.rulebook.indicators
        )
        self.rulebook = self.rulebook.model_copy(update={"indicators": indicators})
        for cached in ("by_key", "sid", "spd_rows"):
            self.rulebook.__dict__.pop(cached, None)  # of the rulebook it was copied from

    def set_claim(self, indicator: str, innovation: str = ONE, **changes: Any) -> None:
        """Change one claim's row."""
        for row in self.claims:
            if (row["innovation_id"], row["indicator"]) == (innovation, indicator):
                row.update(changes)

    def set_field(self, key: str, innovation: str = ONE, **changes: Any) -> None:
        """Change one profile field's row."""
        for row in self.fields:
            if (row["innovation_id"], row["field"]) == (innovation, key):
                row.update(changes)

    def set_innovation(self, innovation: str = ONE, **changes: Any) -> None:
        """Change one innovation's row."""
        for row in self.innovations:
            if row["innovation_id"] == innovation:
                row.update(changes)

    def set_item(self, indicator: str, innovation: str = ONE, **changes: Any) -> None:
        """Change every item of one claim."""
        for row in self.items(indicator, innovation):
            row.update(changes)

    def items(self, indicator: str, innovation: str = ONE) -> list[dict[str, Any]]:
        """Rows of evidence of one claim."""
        return [
            row
            for row in self.evidence
            if (row["innovation_id"], row["indicator"]) == (innovation, indicator)
        ]

    def drop_items(self, indicator: str, innovation: str = ONE) -> None:
        """Take away the evidence of one claim."""
        kept = self.items(indicator, innovation)
        self.evidence = [row for row in self.evidence if row not in kept]

    def fact(self, row: Mapping[str, Any], text: str = "", **facts: Any) -> None:
        """What an inspector saw in the content of *row*."""
        self.facts.append({"sha256": row["sha256"], "text": pack(text), **facts})

    def scan(self, row: Mapping[str, Any], text: str, pages: int = 1, pages_read: int = 1) -> None:
        """What OCR read in the content of *row*, which has no text of its own."""
        row |= {"text_sha256": "", "text_chars": 0}
        read = (row["sha256"], pack(text), len(text), pages, pages_read)
        fresh = pd.DataFrame([read], columns=["sha256", "text", "chars", "pages", "pages_read"])
        self.more["scans"] = pd.concat([self.more.get("scans"), fresh], ignore_index=True)

    def tables(self) -> Tables:
        """The rows as the long tables."""
        return Tables(
            units=frame(UNITS, self.units),
            innovations=frame(INNOVATIONS, self.innovations),
            fields=frame(FIELDS, self.fields),
            claims=frame(CLAIMS, self.claims),
            evidence=frame(EVIDENCE, self.evidence),
        )

    def facts_table(self) -> pd.DataFrame:
        """The facts as the inspectors' table."""
        table = pd.DataFrame(self.facts, columns=list(FACTS))
        kinds = {column: kind for column, kind in FACTS.items() if kind != "binary"}
        return table.astype(kinds)

    def validate(self, **options: Any) -> pd.DataFrame:
        """The findings of this region."""
        options = {"docs_dir": None, "facts": self.facts_table()} | options
        return validate(self.tables(), self.rulebook, self.marker, **options)

    def found(self, prefix: str) -> pd.DataFrame:
        """The findings whose code begins with *prefix*; only their expectations run (GX is slow)."""
        case = with_documents(
            Case(self.tables(), self.rulebook, self.marker, self.facts_table(), **self.more)
        )
        judged = judged_tables(case)
        chosen = {
            name: [e for e in suite.expectations if e.meta["code"].startswith(prefix)]
            for name, suite in suites(self.rulebook).items()
        }
        expected = {name: Suite(name=name, expectations=kept) for name, kept in chosen.items() if kept}
        checks = [findings_of_check(j, judged, case) for j in judge(expected, judged)]
        return findings_of(checks, self.rulebook)

    def codes(self, prefix: str, indicator: str | None = None) -> list[str]:
        """Codes of the findings (of one indicator), sorted, each as often as it appears."""
        found = self.found(prefix)
        if indicator is not None:
            found = found[found["indicator"] == indicator]
        return sorted(found["code"])

    def only(self, code: str, innovation: str | None = None) -> pd.Series:
        """The one finding of *code* (of one innovation)."""
        found = self.found(code)
        if innovation is not None:
            found = found[found["innovation_id"] == innovation]
        assert len(found) == 1, found.to_string()
        return found.iloc[0]


@pytest.fixture(scope="session")
def rules_2026() -> Rulebook:
    return load(2026).rulebook


@pytest.fixture
def region(rules_2026: Rulebook) -> Region:
    """One unit, one innovation that meets every rule."""
    return clean_region(rules_2026)


@pytest.fixture(params=available())
def region_of_any_cycle(request: pytest.FixtureRequest) -> Region:
    """The same for every shipped rulebook."""
    return clean_region(load(request.param).rulebook)


def clean_region(rulebook: Rulebook) -> Region:
    """One unit, one innovation that meets every rule of *rulebook*, the region's own rows unclaimed."""
    made = Region(rulebook)
    made.units.append(
        {"unit_code": UNIT, "name": "Dinas Kominfo", "type": "opd", "known": True, "submitted": True}
    )
    made.add_innovation()
    made.add_spd()
    return made

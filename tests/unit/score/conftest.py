"""A rulebook of the real weights and a small builder for the long tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd
import pytest

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FINDINGS, INNOVATIONS, frame

SPD_WEIGHTS = {
    "1": "1", "2a": "1", "2b": "1", "3": "1", "4": "1", "5a": "0.75", "5b": "0.75", "6": "1.5",
    "7": "1.5", "8": "1.5", "9": "1", "10a": "0.75", "10b": "0.75", "11a": "0.75", "11b": "0.75",
    "12": "2", "13a": "1", "13b": "1", "14": "1", "15": "1",
}  # fmt: skip
SID_WEIGHTS = dict(
    zip(
        (str(n) for n in range(16, 36)),
        ("3", "2", "2", "2", "1", "2", "1", "1", "1", "1", "1", "1", "2", "1", "2", "3", "2", "3", "2", "4"),
        strict=True,
    )
)
SERVICES = (
    "Pendidikan",
    "Kesehatan",
    "Pekerjaan Umum dan Penataan Ruang",
    "Perumahan Rakyat dan Kawasan Permukiman",
    "Ketenteraman, Ketertiban Umum, dan Perlindungan Masyarakat",
    "Sosial",
)


def fact(value: Any) -> dict[str, Any]:
    return {"value": value, "source": "uji", "status": "read"}


def _indicator(key: str, aspect: str, weight: str, kinds: tuple[str, ...] | None) -> dict[str, Any]:
    return {
        "key": key,
        "aspect": aspect,
        "variable": "Institusi",
        "name": f"Indikator {key}",
        "weight": fact(Decimal(weight)),
        "mandatory": fact(False),
        "parameters": tuple(
            {"value": n, "text": f"Langkah {n}", "source": "uji", "status": "read"} for n in (1, 2, 3)
        ),
        "evidence": fact("Dokumen"),
        "kinds": fact(kinds),
        "max_size_mb": fact(None),
    }


def build_rulebook(
    *,
    spd: str = "rows",
    spd_weights: Mapping[str, str] | None = None,
    sid_weights: Mapping[str, str] | None = None,
    lines: tuple[str, str] = ("40", "65"),
    **formula: Any,
) -> Rulebook:
    """The 2026 formula unless changed; ``lines`` are the upper ends of the two lower categories."""
    spd_weights = {"SPD": "1"} if spd == "total" else SPD_WEIGHTS if spd_weights is None else spd_weights
    sid_weights = SID_WEIGHTS if sid_weights is None else sid_weights
    constants: dict[str, Any] = {
        "divisor_min": 12,
        "divisor_counts": "eligible",
        "count_weight": Decimal("0.38"),
        "count_cap": 200,
        "basic_services_min": 5,
        "basic_services": SERVICES,
        "maximum_spd": Decimal("63"),
        "maximum_sid_innovation": Decimal("111"),
        "maximum_count": Decimal("76"),
        "maximum_total": Decimal("250"),
        "places": 2,
    }
    low, high = (Decimal(line) for line in lines)
    step = Decimal("0.01")
    bands = [
        ("Sangat Inovatif", high + step, 100),
        ("Inovatif", low + step, high),
        ("Kurang Inovatif", step, low),
        ("Tidak Dapat Dinilai", 0, 0),
    ]
    return Rulebook.model_validate(
        {
            "cycle": 2026,
            "title": "Uji",
            "standing": "in_force",
            "legal_basis": ("uji",),
            "sources": {"uji": {"what": "uji", "trust": "uji"}},
            "spd": spd,
            "formula": {name: fact(value) for name, value in {**constants, **formula}.items()},
            "predicates": tuple(
                {
                    "name": name,
                    "lower": Decimal(lower),
                    "upper": Decimal(upper),
                    "source": "uji",
                    "status": "read",
                }
                for name, lower, upper in bands
            ),
            "eligibility": {
                "stage": fact("Penerapan"),
                "stages": fact(("Inisiatif", "Uji Coba", "Penerapan")),
                "applied_from": fact(date(2024, 1, 1)),
                "applied_to": fact(date(2025, 12, 31)),
                "developed_counts": fact(True),
                "min_words": fact(300),
            },
            "limits": {"bytes_per_mb": fact(1_000_000)},
            "timetable": {"reporting_from": fact(None), "reporting_to": fact(None)},
            "profile": (),
            "indicators": (
                *(_indicator(key, "SPD", weight, None) for key, weight in spd_weights.items()),
                *(
                    _indicator(key, "SID", weight, ("mp4", "link") if key == "35" else ("pdf",))
                    for key, weight in sid_weights.items()
                ),
            ),
        }
    )


@dataclass
class Region:
    """Long tables of one region under construction."""

    rulebook: Rulebook
    innovations: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def innovation(
        self,
        name: str,
        parameters: Mapping[str, int] | int = 0,
        *,
        affair: str = "Kearsipan",
        proven: bool = True,
    ) -> str:
        """An innovation with one readable file for every claimed indicator (unless not *proven*)."""
        unit = name.split("/", maxsplit=1)[0]
        self.innovations.append(
            {
                "innovation_id": name,
                "unit_code": unit,
                "name": name,
                "stage": "Penerapan",
                "main_affair": affair,
            }
        )
        for indicator in self.rulebook.sid:
            value = parameters if isinstance(parameters, int) else parameters.get(indicator.key, 0)
            self.claim(name, indicator.key, value, proven=proven)
        return name

    def region(self, parameters: Mapping[str, int] | int = 0, *, proven: bool = True) -> None:
        """The SPD rows."""
        for indicator in self.rulebook.spd_rows:
            value = parameters if isinstance(parameters, int) else parameters.get(indicator.key, 0)
            self.claim("pemda", indicator.key, value, proven=proven)

    def claim(self, owner: str, key: str, parameter: int, *, value: str = "", proven: bool = True) -> None:
        unit = owner.split("/", maxsplit=1)[0]
        aspect = self.rulebook.by_key[key].aspect
        self.claims.append(
            {
                "innovation_id": owner, "unit_code": unit, "indicator": key, "aspect": aspect,
                "parameter": parameter, "value": value,
            }
        )  # fmt: skip
        if proven and (parameter or value):
            self.item(owner, key)

    def item(self, owner: str, key: str, **changes: Any) -> None:
        self.evidence.append(
            {
                "innovation_id": owner, "unit_code": owner.split("/", maxsplit=1)[0], "indicator": key,
                "source": f"{owner}/bukti/{key}/{len(self.evidence)}.pdf", "kind": "file", "listed": "folder",
                "counted": True, "sha256": f"{len(self.evidence):064x}", "readable": True, "problem": "",
            }
            | changes
        )  # fmt: skip

    def fault(
        self, code: str, owner: str = "", key: str = "", severity: str = "critical", unit: str = ""
    ) -> None:
        self.findings.append(
            {
                "code": code, "severity": severity, "innovation_id": owner, "indicator": key,
                "unit_code": unit or owner.split("/", maxsplit=1)[0],
            }
        )  # fmt: skip

    def decide(self, owner: str, key: str, word: str, new: int | None = None, in_force: bool = True) -> None:
        self.decisions.append(
            {
                "innovation_id": owner, "indicator": key, "decision": word,
                "new_parameter": new, "in_force": in_force,
            }
        )  # fmt: skip

    def tables(self) -> tuple[pd.DataFrame, ...]:
        """Innovations, claims, evidence, findings, decisions: the arguments of ``score``."""
        return (
            frame(INNOVATIONS, self.innovations),
            frame(CLAIMS, self.claims),
            frame(EVIDENCE, self.evidence),
            frame(FINDINGS, self.findings),
            frame(DECISIONS, self.decisions),
        )


@pytest.fixture(scope="session")
def make_rulebook() -> Callable[..., Rulebook]:
    @cache
    def plain() -> Rulebook:
        return build_rulebook()

    return lambda **changes: build_rulebook(**changes) if changes else plain()


@pytest.fixture(scope="session")
def make_region() -> Callable[[Rulebook], Region]:
    return Region


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The weights and constants of 2026."""
    return build_rulebook()


@pytest.fixture
def region(make_region: Any, rulebook: Rulebook) -> Any:
    """A new and empty region under the real weights."""
    return make_region(rulebook)

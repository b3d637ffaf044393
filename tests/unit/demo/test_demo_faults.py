"""The assessment finds every planted fault, where it was planted."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from iid.expectations.findings.catalogue import catalogue
from iid.tasks.demo.build_share import FAULTS, Fault

CODED = [fault for fault in FAULTS if fault.code]
SHAPES = [fault for fault in FAULTS if not fault.code and fault.innovation]


def named(fault: Fault) -> str:
    return f"{fault.code or 'none'}-{fault.innovation or 'share'}-{fault.indicator}"


class Plainly:
    def run(self, title: str, work: Any) -> Any:
        return work()

    def progress(self, done: int, total: int) -> None:
        pass


@pytest.fixture(scope="module")
def assessment(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from iid.flows.assess import run_assessment
    from iid.tasks.assess.request import AssessRequest

    request = AssessRequest(
        share=str(example),
        store=str(tmp_path_factory.mktemp("store")),
        cycle=2026,
        as_of=datetime(2026, 8, 31, tzinfo=UTC),
        feedback=False,
    )
    return run_assessment(request, Plainly()).assessment


def test_every_fault_names_a_code_of_the_catalogue() -> None:
    assert {fault.code for fault in CODED} <= set(catalogue())


@pytest.mark.parametrize("fault", CODED, ids=named)
def test_a_planted_fault_is_found_in_its_place(assessment: Any, fault: Fault) -> None:
    findings = assessment.findings
    here = findings[findings["code"] == fault.code]
    if catalogue()[fault.code].scope == "unit":
        here = here[here["unit_code"] == fault.unit] if fault.unit else here
    else:
        here = here[here["innovation_id"] == fault.innovation]
    if fault.indicator:
        here = here[here["indicator"] == fault.indicator]
    if fault.code == "evidence.duplicate" and here.empty:  # one finding, at the first place, names the others
        place = f"{fault.innovation} indikator {fault.indicator}"
        shared = findings[findings["code"] == fault.code]
        here = shared[shared["message"].str.contains(place, regex=False)]
    assert len(here) > 0, fault.description


@pytest.mark.parametrize("fault", SHAPES, ids=named)
def test_a_real_life_shape_costs_nothing(assessment: Any, fault: Fault) -> None:
    findings = assessment.findings
    critical = findings[
        (findings["severity"] == "critical") & (findings["innovation_id"] == fault.innovation)
    ]
    assert len(critical[critical["indicator"] == fault.indicator]) == 0, fault.description


def test_names_that_are_ignored_are_never_mentioned(assessment: Any) -> None:
    shown = "\n".join(assessment.findings["source"] + " " + assessment.findings["message"])
    for name in ("Thumbs.db", "desktop.ini", "~$rekap.xlsx", "_petunjuk.txt", "_Contoh"):
        assert name not in shown


def test_the_region_lies_in_the_middle_of_inovatif_with_a_visible_gap(assessment: Any) -> None:
    claimed, supported = assessment.index["claimed"], assessment.index["supported"]
    assert (claimed["category"], supported["category"]) == ("Inovatif", "Inovatif")
    assert (claimed["basic_services"], supported["basic_services"]) == (6, 5)
    assert Decimal(claimed["index"]) - Decimal(supported["index"]) > 4


def test_some_units_of_several_types_report_nothing(assessment: Any) -> None:
    silent = assessment.units[~assessment.units["submitted"]]
    assert len(silent) == 9
    assert len(set(silent["type"])) >= 5

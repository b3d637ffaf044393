"""A made-up assessment and its rendered site, shared by the tests of the reports."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from report_pages import Page, pages_of

from iid.tasks.report.book import open_book
from iid.tasks.report.site import render_site
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.region import findings_table


def load_sample() -> ModuleType:
    """The builder beside this file; tests are no package, so it is loaded by its path."""
    name, path = "reports_sample", Path(__file__).with_name("sample.py")
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """The builder's module."""
    return load_sample()


@pytest.fixture(scope="session")
def assessment(made: ModuleType) -> Assessment:
    """The rich one: faults, decisions, hostile names."""
    return made.sample()


@pytest.fixture(scope="session")
def strange(made: ModuleType) -> Assessment:
    """The rich one with unit BPP-02 as a folder that the roster does not have."""
    whole = made.sample()
    unknown = made.said("submission.unit_unknown", unit_code="BPP-02", unit="BPP-02")
    units = whole.units.copy()
    units.loc[units["unit_code"] == "BPP-02", "type"] = ""
    return replace(whole, units=units, findings=pd.concat([whole.findings, findings_table([unknown])]))


@pytest.fixture(scope="session")
def site(assessment: Assessment) -> dict[str, bytes]:
    """All files of its site by path."""
    return dict(render_site(open_book(assessment)))


@pytest.fixture(scope="session")
def pages(site: dict[str, bytes]) -> dict[str, Page]:
    """Its pages, read."""
    return pages_of(site)


@pytest.fixture(scope="session")
def past(made: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[FolderStore, Assessment]:
    """A store with two earlier runs, and the rich assessment that follows them. Never changed by a test."""
    return made.with_past(tmp_path_factory.mktemp("riwayat"))


@pytest.fixture(scope="session")
def grown(past: tuple[FolderStore, Assessment]) -> dict[str, bytes]:
    """All files of the site of the assessment with a past."""
    return dict(render_site(open_book(past[1])))

"""GX starts without what no suite uses, and nobody else notices."""

from __future__ import annotations

import subprocess
import sys

from iid.expectations.suites.quiet_gx import configured_once, gxe


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_import_leaves_out_charts_distributions_databases_and_buckets() -> None:
    names = "altair", "scipy.stats", "sqlalchemy", "boto3"
    loaded = run(
        f"import sys, iid.expectations.suites.quiet_gx; print([n for n in {names} if n in sys.modules])"
    )
    assert loaded == "[]"


def test_what_was_left_out_can_be_imported_afterwards() -> None:
    code = (
        "import iid.expectations.suites.quiet_gx, scipy.stats, altair, boto3, sqlalchemy;"
        "print(scipy.stats.norm.cdf(0), altair.Chart.__name__, boto3.session.Session.__name__)"
    )
    assert run(code) == "0.5 Chart Session"


def test_gx_itself_gets_what_was_left_out_when_it_asks() -> None:
    code = (
        "import iid.expectations.suites.quiet_gx;"
        "from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as gx;"
        "print(gx.stats.norm.cdf(0), gx.alt.Chart.__name__)"
    )
    assert run(code) == "0.5 Chart"


def test_libraries_that_are_loaded_already_stay_as_they_are() -> None:
    code = (
        "import boto3, sqlalchemy, iid.expectations.suites.quiet_gx, sys;"
        "print(sys.modules['boto3'] is boto3, sys.modules['sqlalchemy'] is sqlalchemy)"
    )
    assert run(code) == "True True"


def test_in_a_block_an_expectation_is_written_out_once_and_what_is_given_can_be_changed() -> None:
    expectation = gxe.ExpectColumnValuesToNotBeNull(column="name", meta={"check": "unit.named"})
    with configured_once():
        first, second = expectation.configuration, expectation.configuration
        assert first.meta is second.meta
        first.kwargs["batch_id"] = "only here"
        assert second.kwargs == expectation.configuration.kwargs == {"column": "name"}
    expectation.column = "code"
    assert expectation.configuration.kwargs == {"column": "code"}

from dataclasses import replace
from decimal import Decimal

import pytest

from iid.tasks.report.book import open_book
from iid.tasks.report.losses import claim_losses, index_points
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.tables import REGION_ID, SCORES, frame


def row(innovation: str, indicator: str, claimed: str, supported: str, reasons: str = "") -> dict:
    return {
        "innovation_id": innovation,
        "indicator": indicator,
        "claimed_parameter": 3,
        "supported_parameter": 0,
        "claimed_score": claimed,
        "supported_score": supported,
        "reasons": reasons,
    }


def test_a_loss_is_claimed_minus_supported_exactly() -> None:
    scores = frame(SCORES, [row("a/b", "16", "9.00", "2.25", "evidence.missing;evidence.empty")])
    loss = claim_losses(scores, ())["a/b", "16"]
    assert loss.points == Decimal("6.75")
    assert loss.reasons == ("evidence.missing", "evidence.empty")


def test_what_was_kept_or_never_claimed_is_no_loss() -> None:
    scores = frame(SCORES, [row("a/b", "16", "9", "9"), row("a/b", "17", "0", "0")])
    assert claim_losses(scores, ()) == {}


def test_claims_of_an_ineligible_innovation_have_no_worth_of_their_own() -> None:
    assert claim_losses(frame(SCORES, [row("a/b", "16", "9", "0")]), {"a/b"}) == {}


def test_an_innovation_point_counts_through_the_divisor_a_region_point_directly() -> None:
    level = {"maximum": "250.00", "divisor": 20}
    assert index_points(Decimal(10), "a/b", level) == Decimal("0.2")
    assert index_points(Decimal(10), REGION_ID, level) == Decimal(4)


def test_losses_of_eligible_claims_add_up_to_the_distance_of_spd(assessment: Assessment) -> None:
    book = open_book(assessment)
    lost = sum(loss.points for loss in book.losses.values() if loss.innovation_id == REGION_ID)
    index = assessment.index
    assert lost == Decimal(index["claimed"]["spd"]) - Decimal(index["supported"]["spd"])


def test_losses_and_refused_innovations_explain_every_point_of_the_innovations(
    assessment: Assessment,
) -> None:
    book = open_book(assessment)
    lost = sum(loss.points for loss in book.losses.values() if loss.innovation_id != REGION_ID)
    refused = sum(entry.claimed for entry in book.innovations if not entry.eligible)
    claimed = sum(entry.claimed for entry in book.innovations)
    assert claimed - sum(entry.supported for entry in book.innovations) == lost + refused


def test_the_work_list_begins_with_the_most_costly_critical_finding(assessment: Assessment) -> None:
    rows = [row for page in open_book(assessment).finding_pages(50) for row in page]
    critical = [row for row in rows if row["severity"] == "critical"]
    assert rows[: len(critical)] == critical
    gains = [r["gain"] for r in critical]
    known = [gain for gain in gains if gain is not None and gain >= 0]
    unknown = gains.count(None)
    assert known and gains[: len(known)] == sorted(known, reverse=True)
    assert gains[len(known) : len(known) + unknown] == [None] * unknown
    assert all(gain < 0 for gain in gains[len(known) + unknown :])
    assert all(row["worth"] == 0 for row in rows[len(critical) :])
    assert len(rows) == len(assessment.findings)


def test_the_order_of_the_findings_table_does_not_change_the_work_list(assessment: Assessment) -> None:
    turned = replace(assessment, findings=assessment.findings.iloc[::-1].reset_index(drop=True))
    straight = [r for page in open_book(assessment).finding_pages(1000) for r in page]
    assert [r for page in open_book(turned).finding_pages(1000) for r in page] == straight


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_of_the_work_list_have_at_most_their_size(assessment: Assessment, size: int) -> None:
    pages = list(open_book(assessment).finding_pages(size))
    assert max(map(len, pages)) <= size
    assert sum(map(len, pages)) == len(assessment.findings)

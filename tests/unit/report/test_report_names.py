import re

from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.report.entries import page_name


@given(st.text())
def test_a_page_name_is_safe_on_every_system(identity: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]{12,60}\.html", page_name(identity))


@given(st.text(), st.text())
def test_two_ids_never_share_a_page(one: str, other: str) -> None:
    assert (page_name(one) == page_name(other)) == (one == other)


def test_names_that_differ_only_in_case_or_signs_have_their_own_page() -> None:
    ids = ["1.02/Pos Gizi", "1.02/pos gizi", "1.02/Pos-Gizi", "1.02/Pos  Gizi", "1.02/Pós Gizi"]
    assert len({page_name(i) for i in ids}) == len(ids)


def test_a_page_name_is_readable_and_stays_the_same() -> None:
    assert page_name("1.02/Pos Gizi Sungai") == "1-02-pos-gizi-sungai-c1cb47343d7f.html"


def test_a_name_that_is_not_unicode_still_has_a_page() -> None:
    assert page_name("1.02/\udce9").endswith(".html")

"""The site as a whole: every link, safe names, nothing from outside, small pages."""

import itertools
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jinja2 import Environment
from report_pages import Page, check_links, pages_of

from iid.tasks.report import pages as pages_module
from iid.tasks.report import site as site_module
from iid.tasks.report.book import open_book
from iid.tasks.report.site import render_site
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.memory import last_night
from iid.tasks.text.indonesian import clean
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.tables import EVIDENCE, concat, frame

VARIANTS = {
    "no innovations": {"made": (), "decided": False},
    "no roster": {"roster": ()},
    "nothing at all": {"made": (), "roster": (), "decided": False},
    "cycle with one spd total": {"cycle": 2023},
    "announced cycle": {"cycle": 2027},
    "closed": {"status": "final"},
    "no decisions, real data": {"decided": False, "example": False},
}


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest, made: ModuleType) -> dict[str, bytes]:
    return dict(render_site(open_book(made.sample(**VARIANTS[request.param]))))


def test_every_link_inside_leads_somewhere(site: dict[str, bytes], pages: dict[str, Page]) -> None:
    check_links(site, pages)


def test_every_variant_is_whole(variant: dict[str, bytes]) -> None:
    pages = pages_of(variant)
    check_links(variant, pages)
    for path, page in pages.items():
        assert "Data per 24 November 2026 16.30 WITA" in as_shown(variant, page), path


def as_shown(site: dict[str, bytes], page: Page) -> str:
    """The text of a page with what the run's own style sheet puts in place of the link to *Data*."""
    style = site["aset/perhitungan.css"].decode()
    if not any(attributes.get("href") == "../aset/perhitungan.css" for _, attributes in page.tags):
        return page.text
    when, run = re.findall(r'::after { content: "([^"\\]+)" }', style)
    return page.text.replace("Data per lihat Data", f"Data per {when}").replace("lihat Data", run)


def test_every_page_says_as_of_when_which_run_and_that_it_is_an_example(
    site: dict[str, bytes], pages: dict[str, Page]
) -> None:
    for path, page in pages.items():
        text = as_shown(site, page)
        assert "Data per 24 November 2026 16.30 WITA" in text, path
        assert "CONTOH" in text, path
        assert "20261124T083000Z-" in text, path


def test_the_page_of_an_innovation_stays_as_it_was_when_only_the_run_is_another(made: ModuleType) -> None:
    now = made.sample()
    first, second = (dict(render_site(open_book(one))) for one in (now, made.aged(now, 1)))
    changed = {path for path in first if first[path] != second[path]}
    assert {"index.html", "data.html", "aset/perhitungan.css"} <= changed
    assert {path for path in first if path.startswith("inovasi/")}.isdisjoint(changed)


def test_only_pages_made_of_something_new_are_rendered_again(
    made: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    whole = site_module._rendered

    def seen(env: Environment, template: str, context: dict[str, Any]) -> bytes:
        rendered.append(context["path"])
        return whole(env, template, context)

    def night(assessment: Assessment) -> list[str]:
        plain = dict(render_site(open_book(assessment)))
        known = last_night(FolderStore(tmp_path), "63.03/2026", "pages")
        with monkeypatch.context() as patched:
            patched.setattr(site_module, "_rendered", seen)
            rendered.clear()
            assert dict(render_site(open_book(assessment), known)) == plain
        known.save()
        return [path for path in rendered if path.startswith("inovasi/")]

    now = made.sample()
    assert len(night(now)) == len(now.innovations)
    assert night(made.aged(now, 1)) == []
    note = now.claims["note"].mask(now.claims.index == now.claims.index[0], "lihat lampiran")
    assert len(night(replace(now, claims=now.claims.assign(note=note)))) == 1


def test_a_real_region_is_not_called_an_example(made: ModuleType) -> None:
    site = dict(render_site(open_book(made.sample(example=False))))
    assert not any(b"CONTOH" in data for data in site.values())


def test_every_page_is_structured_for_a_screen_reader(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        tags = [tag for tag, _ in page.tags]
        for landmark in ("main", "header", "footer", "h1"):
            assert tags.count(landmark) == 1, (path, landmark)
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        steps = itertools.pairwise(levels)
        assert levels[0] == 1 and all(b <= a + 1 for a, b in steps), path
        assert len(page.ids) == len(set(page.ids)), path
        html = next(attributes for tag, attributes in page.tags if tag == "html")
        assert html["lang"] == "id"
        for _, attributes in page.tags:
            for reference in (attributes.get("aria-labelledby") or "").split():
                assert reference in page.ids, (path, reference)


def test_nothing_comes_from_outside_and_nothing_is_inline(
    site: dict[str, bytes], pages: dict[str, Page]
) -> None:
    for path, page in pages.items():
        for tag, attributes in page.tags:
            assert "style" not in attributes, path
            assert not any(name.startswith("on") for name in attributes), (path, tag)
            assert tag not in ("style", "iframe", "object", "embed", "form", "base", "img"), path
            if tag == "script":
                assert attributes.get("src") == "aset/laporan.js", path
        policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a)
        assert policy is not None and policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
    assert b"http" not in site["aset/laporan.js"]
    assert b"http" not in site["aset/laporan.css"] and b"@import" not in site["aset/laporan.css"]


def test_hostile_names_are_shown_and_never_run(site: dict[str, bytes], pages: dict[str, Page]) -> None:
    scripts = [a for page in pages.values() for t, a in page.tags if t == "script"]
    assert all(a == {"src": "aset/laporan.js", "defer": None} for a in scripts)
    listing = pages["inovasi.html"].text
    assert "<script>alert('nama')</script>" in listing
    assert '=HYPERLINK("http://jahat.example","klik")' in listing
    assert "{{ 7*7 }}" in listing
    assert not any(b"\x07" in data for data in site.values())
    assert not any("jahat.example" in link for page in pages.values() for _, link, _ in page.links)


def test_names_are_kept_apart_from_the_direction_of_the_page(site: dict[str, bytes]) -> None:
    assert "<bdi>\\u202egpj.\\u202c nama" in site["inovasi.html"].decode()
    assert not any("\u202e" in data.decode() for data in site.values())


def test_only_whole_web_addresses_of_evidence_become_links(assessment: Assessment) -> None:
    identity = assessment.innovations["innovation_id"].iloc[0]
    sources = [
        "javascript:alert(1)",
        "https://ok.example/a?b=1&c=2",
        'https://x.example/"onmouseover="alert(1)',
    ]
    extra = frame(
        EVIDENCE,
        (
            {"innovation_id": identity, "indicator": "16", "source": s, "kind": "link", "format": "link"}
            for s in sources
        ),
    )
    odd = replace(assessment, evidence=concat(EVIDENCE, [assessment.evidence, extra]))
    pages = pages_of(dict(render_site(open_book(odd))))
    links = {link for page in pages.values() for tag, link, _ in page.links if tag == "a" and ":" in link}
    assert {link for link in links if "example/" in link} == {"https://ok.example/a?b=1&c=2"}
    assert "javascript:alert(1)" in " ".join(page.text for page in pages.values())


def test_names_of_persons_do_not_appear(site: dict[str, bytes], made: ModuleType) -> None:
    whole = b"".join(site.values()).decode()
    assert made.REVIEWER not in whole
    assert "Rahmah" not in whole
    assert "Nama Orang Rahasia" not in whole
    assert "SK belum ditandatangani (peninjau)" in whole


def test_same_assessment_gives_the_same_bytes(made: ModuleType, site: dict[str, bytes]) -> None:
    again = list(render_site(open_book(made.sample())))
    assert dict(again) == site
    assert len(again) == len(site), "a path was yielded twice"


def test_pages_are_small(made: ModuleType) -> None:
    count = 100
    many = tuple(
        (made.ROSTER[n % 25][0], f"Inovasi {n}", "Kesehatan", (n % 17 + 3) / 20, "") for n in range(count)
    )
    site = dict(render_site(open_book(made.sample(made=many))))
    assert sum(map(len, site.values())) <= 5_000_000
    assert len(site["index.html"]) <= 300_000


def test_a_folder_with_hundreds_of_photos_does_not_swell_its_page(assessment: Assessment) -> None:
    identity = assessment.innovations["innovation_id"].iloc[0]
    photos = frame(
        EVIDENCE,
        (
            {
                "innovation_id": identity,
                "indicator": "25",
                "source": f"a/bukti/25 x/IMG_{n}.jpg",
                "kind": "file",
            }
            for n in range(900)
        ),
    )
    site = dict(
        render_site(open_book(replace(assessment, evidence=concat(EVIDENCE, [assessment.evidence, photos]))))
    )
    page = next(data for path, data in site.items() if path.startswith("inovasi/1-01"))
    assert b"IMG_0.jpg" in page and b"IMG_899.jpg" not in page
    assert b"berkas lain" in page


def test_long_lists_are_split_and_their_parts_linked(
    assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "ROWS", 10)
    monkeypatch.setattr(pages_module, "FINDINGS", 50)
    site = dict(render_site(open_book(assessment)))
    pages = pages_of(site)
    check_links(site, pages)
    parts = [f"inovasi{n}.html" for n in ("", "-2", "-3")]
    listed = [text for part in parts for text in pages[part].words]
    assert all(clean(name) in listed for name in assessment.innovations["name"])
    assert "Bagian 2 dari 3" in pages["inovasi-2.html"].text
    assert len([path for path in site if path.startswith("tinjauan")]) == 3

import itertools
import posixpath
import re
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType
from urllib.parse import unquote

import pytest

from iid.tasks.assessment import Assessment
from iid.tasks.reports import pages as pages_module
from iid.tasks.reports.formatting import clean
from iid.tasks.reports.site import render_site
from iid.tasks.tables import DECISIONS, EVIDENCE, concat, frame

VOID = {"meta", "link", "input", "img", "br", "hr", "rect", "line"}
#: What the run itself puts beside ``report/``.
NEIGHBOURS = {
    "../hasil.xlsx",
    "../index.json",
    "../manifest.json",
    "../data-docs/index.html",
    *(
        f"../{t}.{e}"
        for t in ("innovations", "scores", "evidence", "findings", "units")
        for e in ("csv", "parquet")
    ),
}


class Page(HTMLParser):
    """Links, ids, text and structure of one page; fails on tags that do not close."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.links: list[tuple[str, str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(data.decode("utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert len(named) == len(attrs), f"an attribute occurs twice in <{tag}>"
        self.tags.append((tag, named))
        self.ids += [named["id"]] if named.get("id") else []
        self.links += [(tag, named[a] or "", named) for a in ("href", "src") if a in named]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def pages_of(site: dict[str, bytes]) -> dict[str, Page]:
    return {path: Page(data) for path, data in site.items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def pages(site: dict[str, bytes]) -> dict[str, Page]:
    return pages_of(site)


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
    return dict(render_site(made.sample(**VARIANTS[request.param])))


def check_links(site: dict[str, bytes], pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        for _, link, attributes in page.links:
            if re.match(r"https?://", link, re.IGNORECASE):
                assert attributes["rel"] == "noopener noreferrer nofollow", link
                continue
            target, _, anchor = link.partition("#")
            inside = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target)))
                if target
                else path
            )
            if inside in NEIGHBOURS:
                continue
            assert inside in site, f"{path} links to {link}"
            if anchor and "=" not in anchor:
                assert anchor in pages[inside].ids, f"{path} links to {link}"


def test_every_link_inside_leads_somewhere(site: dict[str, bytes], pages: dict[str, Page]) -> None:
    check_links(site, pages)


def test_every_variant_is_whole(variant: dict[str, bytes]) -> None:
    pages = pages_of(variant)
    check_links(variant, pages)
    for path, page in pages.items():
        assert "Data per 24 November 2026 16.30 WITA" in page.text, path


def test_every_page_says_as_of_when_which_run_and_that_it_is_an_example(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert "Data per 24 November 2026 16.30 WITA" in page.text, path
        assert "CONTOH" in page.text, path
        assert "20261124T083000Z-" in page.text, path


def test_a_real_region_is_not_called_an_example(made: ModuleType) -> None:
    site = dict(render_site(made.sample(example=False)))
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
    pages = pages_of(dict(render_site(odd)))
    links = {link for page in pages.values() for tag, link, _ in page.links if tag == "a" and ":" in link}
    assert {link for link in links if "example/" in link} == {"https://ok.example/a?b=1&c=2"}
    assert "javascript:alert(1)" in " ".join(page.text for page in pages.values())


def test_names_of_persons_do_not_appear(site: dict[str, bytes], made: ModuleType) -> None:
    whole = b"".join(site.values()).decode()
    assert made.REVIEWER not in whole
    assert "Rahmah" not in whole
    assert "Nama Orang Rahasia" not in whole
    assert "SK belum ditandatangani (peninjau)" in whole


def test_numbers_have_a_decimal_comma_and_no_missing_value_leaks(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert not re.search(r"\b(None|nan|NaN|<NA>|Undefined|Decimal)\b", page.text), path
    text = pages["index.html"].text
    for shown in (
        "34,69",
        "45,76",
        "10,37",
        "kurang 5,32",
        "13,30 poin",
        "(42,25 + 44,48 + 0,00) ÷ 250 × 100",
    ):
        assert shown.lower() in text.lower()


def test_the_first_page_answers_what_leaders_ask(pages: dict[str, Page]) -> None:
    text = pages["index.html"].text
    for answer in (
        "Kurang Inovatif",
        "menuju Inovatif",
        "21 dari 24",  # eligible innovations
        "21 dari 27",  # units that reported
        "4 dari 6",  # basic services
        "58 dan 78 peringatan",
        "122 dari 386",  # claims decided
        " langkah menuju Inovatif",
        "Kekuatan dan kelemahan",
        "Ini perhitungan pertama siklus ini",
        "Belum ada perhitungan sebelumnya untuk dibandingkan",
        "Sementara",
        "disimpulkan",
    ):
        assert answer in text, answer


def test_nobody_is_listed_as_missing_on_the_first_page(pages: dict[str, Page]) -> None:
    assert "Puskesmas Paramasan" not in pages["index.html"].text
    assert "Puskesmas Paramasan" in pages["unit.html"].text


def test_a_folder_that_is_not_in_the_roster_is_shown_beside_the_units(strange: Assessment) -> None:
    pages = pages_of(dict(render_site(strange)))
    assert "20 dari 26 dan 1 folder tak dikenal" in " ".join(pages["index.html"].text.split())
    text = " ".join(pages["unit.html"].text.split())
    assert "20 dari 26 unit sudah melaporkan inovasi, dan 1 folder tak dikenal." in text
    assert "Folder tak dikenal" in text


def test_a_claimed_index_below_the_supported_one_is_explained(assessment: Assessment) -> None:
    sentence = "Diklaim dapat lebih rendah daripada didukung, karena pembaginya lain (24 dilaporkan, 21"
    for claimed, shown in (("34.00", True), ("60.00", False)):
        index = {**assessment.index, "claimed": {**assessment.index["claimed"], "index": claimed}}
        page = dict(render_site(replace(assessment, index=index)))["index.html"].decode()
        assert (sentence in page) is shown


def test_a_cycle_with_one_spd_total_says_so(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(made.sample(cycle=2023))))
    assert "SPD dimasukkan sebagai satu angka" in pages["index.html"].text
    assert "nilai SPD paling tinggi" in pages["index.html"].text
    assert "41,25 / 63" in pages["pemda.html"].text


def test_an_announced_cycle_says_that_its_rules_are_not_in_force(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(made.sample(cycle=2027))))
    assert "baru diumumkan, belum berlaku" in pages["index.html"].text
    assert "Baru diumumkan, belum berlaku" in pages["peraturan.html"].text


def test_without_a_roster_nobody_is_said_to_be_missing(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(made.sample(roster=()))))
    for path in ("index.html", "unit.html"):
        assert "yang belum melapor tidak dapat diketahui" in pages[path].text
    assert "Semua unit sudah melapor" not in pages["index.html"].text


def test_a_closed_cycle_shows_what_was_verified(made: ModuleType) -> None:
    text = pages_of(dict(render_site(made.sample(status="final"))))["index.html"].text
    assert "Indeks · terverifikasi 10,37" in text
    assert "Siklus ini sudah ditutup" in text


def test_every_inferred_value_stands_on_the_rulebook_page(
    assessment: Assessment, pages: dict[str, Page]
) -> None:
    text = pages["peraturan.html"].text
    reasons = {" ".join(reason.split()) for _, _, reason in assessment.rulebook.inferred()}
    assert [reason for reason in sorted(reasons) if reason not in text] == []
    for indicator in assessment.rulebook.indicators:
        assert all(" ".join(p.text.split()) in text for p in indicator.parameters)


def test_an_innovation_shows_rule_evidence_hash_findings_and_decision(
    assessment: Assessment, pages: dict[str, Page]
) -> None:
    text = next(page.text for path, page in pages.items() if path.startswith("inovasi/pkm-01-pos-gizi"))
    assert all(indicator.name in text for indicator in assessment.rulebook.sid)
    mine = assessment.evidence[assessment.evidence["innovation_id"] == "PKM-01/Pos Gizi Sungai"]
    assert all(sha[:10] in text for sha in mine["sha256"] if sha)
    found = assessment.findings[assessment.findings["innovation_id"] == "PKM-01/Pos Gizi Sungai"]
    assert all(" ".join(message.split()) in text for message in found["message"])
    assert "Ditolak peninjau , 20 November 2026" in text


def test_every_finding_stands_in_the_work_list(assessment: Assessment, pages: dict[str, Page]) -> None:
    text = pages["tinjauan.html"].text
    shown = [
        m
        for c, m in zip(assessment.findings["code"], assessment.findings["message"], strict=True)
        if not c.startswith("decision.")  # those name the reviewer
    ]
    assert [message for message in shown if " ".join(message.split()) not in text] == []


def test_same_assessment_gives_the_same_bytes(made: ModuleType, site: dict[str, bytes]) -> None:
    again = list(render_site(made.sample()))
    assert dict(again) == site
    assert len(again) == len(site), "a path was yielded twice"


def test_pages_are_small(made: ModuleType) -> None:
    count = 100
    many = tuple(
        (made.ROSTER[n % 25][0], f"Inovasi {n}", "Kesehatan", (n % 17 + 3) / 20, "") for n in range(count)
    )
    site = dict(render_site(made.sample(made=many)))
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
    site = dict(render_site(replace(assessment, evidence=concat(EVIDENCE, [assessment.evidence, photos]))))
    page = next(data for path, data in site.items() if path.startswith("inovasi/1-01"))
    assert b"IMG_0.jpg" in page and b"IMG_899.jpg" not in page
    assert b"berkas lain" in page


def test_long_lists_are_split_and_their_parts_linked(
    assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "ROWS", 10)
    monkeypatch.setattr(pages_module, "FINDINGS", 50)
    site = dict(render_site(assessment))
    pages = pages_of(site)
    check_links(site, pages)
    parts = [f"inovasi{n}.html" for n in ("", "-2", "-3")]
    listed = [text for part in parts for text in pages[part].words]
    assert all(clean(name) in listed for name in assessment.innovations["name"])
    assert "Bagian 2 dari 3" in pages["inovasi-2.html"].text
    assert len([path for path in site if path.startswith("tinjauan")]) == 3


def test_a_lapsed_decision_is_shown_as_not_in_force(assessment: Assessment) -> None:
    identity = "BPP-01/Kalender Tanam Lahan Rawa"
    scores = assessment.scores[assessment.scores["innovation_id"] == identity]
    indicator = scores[scores["supported_parameter"] > 0]["indicator"].iloc[0]
    lapsed = {
        "innovation_id": identity,
        "indicator": indicator,
        "decision": "tolak",
        "note": "x",
        "in_force": False,
    }
    decisions = concat(DECISIONS, [assessment.decisions, frame(DECISIONS, [lapsed])])
    pages = pages_of(dict(render_site(replace(assessment, decisions=decisions))))
    page = next(page for path, page in pages.items() if path.startswith("inovasi/bpp-01-kalender"))
    assert "Ditolak peninjau (tidak berlaku)" in page.text
    assert "✕ ditolak peninjau" not in page.text

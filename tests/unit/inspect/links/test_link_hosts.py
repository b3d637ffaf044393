"""What kind of place a link leads to."""

from __future__ import annotations

import pytest

from iid.tasks.inspect.links.hosts import CLASSES, asked_at, host_class, kind_of_host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.youtube.com/watch?v=abc", "video"),
        ("https://youtu.be/abc", "video"),
        ("https://drive.google.com/drive/folders/1AbC", "drive"),
        ("HTTPS://DOCS.GOOGLE.COM/document/d/1", "drive"),
        ("https://banjarkab-my.sharepoint.com/:f:/g/x", "drive"),
        ("https://www.instagram.com/p/abc", "social"),
        ("https://banjarkab.go.id/inovasi", "pemda"),
        ("http://sungairiam.desa.id./profil", "pemda"),
        ("https://banjarmasin.tribunnews.com/2026/01/02/a", "news"),
        ("https://www.detik.com", "news"),
        ("https://contoh.co.id/a", "other"),
        ("https://notyoutube.com/a", "other"),
        ("https://youtube.com.contoh.net/a", "other"),
        ("bukan alamat", ""),
        ("http://[oops/a", ""),
    ],
)
def test_the_host_decides_the_class(url: str, expected: str) -> None:
    assert host_class(url) == expected


def test_every_host_of_the_list_has_a_known_class() -> None:
    from iid.tasks.inspect.links import hosts

    assert {row.kind for row in hosts._kinds().values()} == CLASSES.keys()
    assert all(row.ask in ("", "none") or "{url}" in row.ask for row in hosts._kinds().values())


def test_every_row_that_names_a_thing_says_of_which_site() -> None:
    from iid.tasks.inspect.links import hosts

    for host, row in hosts._kinds().items():
        named = any("id" in pattern.groupindex for pattern, _ in row.forms)
        assert bool(row.site) == named, host
        assert {form for _, form in row.forms} <= hosts.FORMS.keys(), host


def test_a_video_is_asked_about_at_its_oembed_service() -> None:
    asked = asked_at("https://youtu.be/a?t=1&x=2")
    assert asked == (
        "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fyoutu.be%2Fa%3Ft%3D1%26x%3D2"
    )


def test_a_site_that_reports_strangers_nothing_is_not_asked() -> None:
    assert asked_at("https://www.tiktok.com/@dinas/video/1") is None


def test_the_longest_domain_that_fits_decides() -> None:
    assert kind_of_host("arsip.tvri.go.id").kind == "news"

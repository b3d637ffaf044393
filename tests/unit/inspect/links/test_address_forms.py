"""What an address is, by host and path; and how it is published."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iid.tasks.inspect.links.hosts import FORMS, address_form, address_key
from iid.tasks.text.web_addresses import cleaned_address


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://www.youtube.com/watch?v=abc12345678", "video"),
        ("https://m.youtube.com/watch?app=desktop&v=abc12345678", "video"),
        ("https://youtu.be/abc12345678?t=5", "video"),
        ("https://youtube.com/shorts/abc12345678", "shorts"),
        ("https://youtube.com/live/abc12345678", "live"),
        ("https://youtube.com/playlist?list=PL1", "folder"),
        ("https://youtube.com/@pemkabbanjar", "channel"),
        ("https://www.youtube.com/channel/UC1/videos", "channel"),
        ("https://www.youtube.com/", "home"),
        ("https://www.youtube.com/pemkabbanjar/videos", "channel"),
        ("https://www.youtube.com/watch?list=PL1", "folder"),
        ("https://www.youtube.com/embed/videoseries?list=PL1", "folder"),
        ("https://www.youtube-nocookie.com/embed/abc12345678", "video"),
        ("https://music.youtube.com/watch?v=abc12345678", "video"),
        ("https://www.youtube.com/@dinkes/live", "live"),
        ("https://www.youtube.com/hashtag/banjar", "search"),
        ("https://vimeo.com/showcase/1234567", "folder"),
        ("https://player.vimeo.com/video/76979871", "video"),
        ("https://drive.google.com/a/banjarkab.go.id/file/d/1a2b/view", "view"),
        ("https://drive.google.com/file/u/1/d/1a2b/edit", "file"),
        ("https://drive.usercontent.google.com/download?id=1a2b", "file"),
        ("https://www.instagram.com/dinkes/reels/", "channel"),
        ("https://www.instagram.com/explore/tags/banjar/", "search"),
        ("https://www.facebook.com/profile.php?id=100", "channel"),
        ("https://www.youtube.com/attribution_link?u=/watch%3Fv%3Dabc12345678", "video"),
        ("https://studio.youtube.com/video/abc12345678/edit", "video"),
        ("https://www.facebook.com/events/123", "post"),
        ("https://www.instagram.com/pkm/live/", "live"),
        ("https://instagr.am/p/ABC", "post"),
        ("https://www.tiktok.com/@pkm/playlist/x-1", "folder"),
        ("https://x.com/i/broadcasts/1abc", "live"),
        ("https://1drv.ms/w/s!Abc", "document"),
        ("https://onedrive.live.com/?id=root&cid=ABC", "folder"),
        ("https://whatsapp.com/channel/abc", "channel"),
        ("https://heyl.ink/x", "short"),
        ("https://t.co/abc", "short"),
        ("https://lynk.id/x", "short"),
        ("https://us02web.zoom.us/rec/share/x", "video"),
        ("https://us02web.zoom.us/j/1", "page"),
        ("https://www.google.com/search?q=x", "search"),
        ("https://gofile.io/d/abc", "folder"),
        ("https://we.tl/t-abc", "file"),
        ("https://www.loom.com/share/abc", "video"),
        ("https://1024terabox.com/s/1abc", "file"),
        ("https://www.scribd.com/document/1/x", "document"),
        ("https://online.fliphtml5.com/a/b", "document"),
        ("https://lh3.googleusercontent.com/d/1AbC", "file"),
        ("https://banjarkab.go.id", "home"),
        ("https://drive.google.com/file/d/1a2b/view", "view"),
        ("https://drive.google.com/uc?export=download&id=1a2b", "file"),
        ("https://drive.google.com/open?id=1a2b", "file"),
        ("https://drive.google.com/drive/folders/1a2b", "folder"),
        ("https://drive.google.com/drive/u/0/folders/1a2b", "folder"),
        ("https://docs.google.com/document/d/1a2b/edit", "document"),
        ("https://docs.google.com/forms/d/e/1a2b/viewform", "form"),
        ("https://www.instagram.com/reel/Cabc/", "video"),
        ("https://www.instagram.com/dinkes/p/Cabc/", "post"),
        ("https://www.instagram.com/dinkes_banjar/", "channel"),
        ("https://www.tiktok.com/@dinkes/video/72", "video"),
        ("https://vt.tiktok.com/ZSabc/", "video"),
        ("https://www.tiktok.com/@dinkes", "channel"),
        ("https://www.facebook.com/watch/?v=12", "video"),
        ("https://www.facebook.com/dinkes/videos/12/", "video"),
        ("https://web.facebook.com/dinkes/posts/pfbid0", "post"),
        ("https://www.facebook.com/share/p/1abc/", "post"),
        ("https://www.facebook.com/share/v/1abc/", "video"),
        ("https://fb.watch/abc/", "video"),
        ("https://x.com/dinkes/status/17", "post"),
        ("https://contoh.sharepoint.com/:v:/s/x/abc", "file"),
        ("https://1drv.ms/f/s!abc", "folder"),
        ("https://mega.nz/folder/abc#key", "folder"),
        ("https://s.id/abc", "short"),
        ("https://banjarkab.go.id/inovasi", "page"),
        ("bukan alamat", ""),
    ],
)
def test_an_address_is_what_its_host_makes_of_its_path(url: str, form: str) -> None:
    assert address_form(url) == form


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("https://youtu.be/abc12345678?si=Xy_9", "https://youtu.be/abc12345678"),
        ("https://www.youtube.com/watch?v=abc&feature=shared&t=5", "https://www.youtube.com/watch?v=abc&t=5"),
        ("https://drive.google.com/file/d/1a/view?usp=sharing", "https://drive.google.com/file/d/1a/view"),
        ("https://www.instagram.com/reel/C1/?igsh=abc==", "https://www.instagram.com/reel/C1/"),
        ("https://a.go.id/x?utm_source=wa&id=7&fbclid=1", "https://a.go.id/x?id=7"),
        ("https://a.go.id/x?b=2&a=1%20c", "https://a.go.id/x?b=2&a=1%20c"),
        ("(https://a.go.id/x).", "https://a.go.id/x"),
        (
            "https://id.wikipedia.org/wiki/Banjar_(kabupaten)",
            "https://id.wikipedia.org/wiki/Banjar_(kabupaten)",
        ),
        ("<https://A.go.id/X>,", "https://a.go.id/X"),
        ("https://a.go.id/x#bagian", "https://a.go.id/x#bagian"),
        ("https://user:pw@a.go.id/x", "https://user:pw@a.go.id/x"),
        ("https://[::1]/x", "https://[::1]/x"),
        (
            "https://www.google.com/url?sa=t&url=https%3A%2F%2Fyoutu.be%2Fabc12345678%3Fsi%3Dx&usg=A",
            "https://youtu.be/abc12345678",
        ),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.go.id%2Fx%3Ffbclid%3D1&h=AT0",
            "https://a.go.id/x",
        ),
        ("terlampir", "terlampir"),
        ("ftp://a.id/x?utm_source=1", "ftp://a.id/x?utm_source=1"),
    ],
)
def test_an_address_is_published_without_tracking_words_and_marks(written: str, published: str) -> None:
    assert cleaned_address(written) == published


SAME_FILM = (
    "https://youtu.be/aBc12345678",
    "http://youtu.be/aBc12345678/",
    "https://youtu.be/aBc12345678?si=x&t=30",
    "https://www.youtube.com/watch?v=aBc12345678",
    "https://www.youtube.com/watch?app=desktop&list=PL1&v=aBc12345678&index=2",
    "https://m.youtube.com/watch?v=aBc12345678&pp=ygU",
    "https://music.youtube.com/watch?v=aBc12345678",
    "https://youtube.com/shorts/aBc12345678?feature=share",
    "https://youtube.com/live/aBc12345678",
    "https://www.youtube.com/embed/aBc12345678?start=5",
    "https://www.youtube-nocookie.com/embed/aBc12345678",
    "https://www.youtube.com/v/aBc12345678",
    "https://YouTu.be/aBc12345678",
)


@pytest.mark.parametrize("url", SAME_FILM)
def test_all_addresses_of_one_film_have_one_key(url: str) -> None:
    assert address_key(url) == address_key(SAME_FILM[0])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://youtu.be/aBc12345678", "https://youtu.be/abc12345678", False),
        ("https://youtube.com/@dinkes", "https://youtube.com/@dinsos", False),
        ("https://drive.google.com/file/d/1aB/view", "https://drive.google.com/open?id=1aB", True),
        (
            "https://drive.google.com/uc?export=download&id=1aB",
            "https://drive.google.com/file/d/1aB/view",
            True,
        ),
        ("https://www.instagram.com/reel/C1/", "https://instagram.com/dinkes/p/C1", True),
        ("https://x.com/dinkes/status/17", "https://twitter.com/dinkes/status/17?s=20", True),
        ("https://player.vimeo.com/video/76979871", "https://vimeo.com/76979871", True),
        ("https://www.facebook.com/watch/?v=12", "https://m.facebook.com/dinkes/videos/12/", True),
        ("http://www.banjarkab.go.id/a/", "https://banjarkab.go.id/a", True),
        ("https://banjarkab.go.id/a?id=1", "https://banjarkab.go.id/a?id=2", False),
        ("https://vimeo.com/12345", "https://www.youtube.com/watch?v=12345", False),
    ],
)
def test_other_addresses_have_one_key_only_where_they_lead_to_one_thing(
    one: str, other: str, same: bool
) -> None:
    assert (address_key(one) == address_key(other)) is same


@given(st.text(max_size=80))
@example('"#')
@example('("#utm_source=x')
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = cleaned_address("https://a.id/" + text)
    assert cleaned_address(once) == once
    assert address_form(text) in {*FORMS, ""}

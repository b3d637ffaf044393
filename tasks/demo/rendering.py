"""The bytes of one planned file."""

from __future__ import annotations

import random

from iid.tasks.demo import office, papers, pictures, prose, video
from iid.tasks.demo.planning import Planned

_FRAME = (480, 360)
#: What the ministry asks a film to show; one picture each.
_SCENES = ("Latar belakang", "Penjaringan ide", "Pemilihan ide", "Manfaat", "Dampak")
_SECONDS_A_SCENE = 12
_TOO_LONG_A_SCENE = 75
_PASSWORD = "contoh"  # noqa: S105 (locks an invented paper)


def render(item: Planned) -> bytes:
    """The content of *item*; the same plan gives the same bytes on every machine."""
    rng = random.Random(item.key)  # noqa: S311 (a fixed seed is the point)
    if item.make == "empty":
        return b""
    if item.make == "text":
        return f"{prose.EXAMPLE_NOTE}\r\n".encode()
    if item.make in {"photo", "screen"}:
        return _picture(item, rng)
    if item.make in {"video", "long_video"}:
        scenes = [pictures.photo(f"{item.facts.name}: {scene}", rng, size=_FRAME) for scene in _SCENES]
        seconds = _SECONDS_A_SCENE if item.make == "video" else _TOO_LONG_A_SCENE
        return video.mp4([pictures.encode(scene, "JPEG") for scene in scenes], seconds, _FRAME)
    return _paper(item, rng)


def _picture(item: Planned, rng: random.Random) -> bytes:
    name = item.facts.name
    if item.make == "photo":
        image = pictures.photo(f"{item.paper['title']} {name}", rng)
    else:
        rows = [f"{label}: {rng.randrange(12, 900)} layanan" for label in prose.sentences()["kegiatan"]]
        image = pictures.screen(f"{name} | {item.paper['title']}", rows, rng)
    return pictures.encode(image, "PNG" if item.path.lower().endswith(".png") else "JPEG")


def _paper(item: Planned, rng: random.Random) -> bytes:
    layout = item.paper["layout"] if item.paper["layout"] in prose.LAYOUTS else "report"
    document = prose.compose(layout, item.paper, item.facts, item.when, rng)
    makers = {
        "pdf": lambda: papers.text_pdf(document),
        "retyped": lambda: papers.text_pdf(document, variant=1),
        "scan": lambda: papers.scanned_pdf(document, rng),
        "locked": lambda: papers.text_pdf(document, password=_PASSWORD),
        "cut": lambda: papers.cut_off(papers.text_pdf(document)),
        "docx": lambda: office.docx(document),
        "xlsx": lambda: office.xlsx(document),
        "pptx": lambda: office.pptx(document),
        "zip": lambda: office.archive({"dokumen.pdf": papers.text_pdf(document)}),
    }
    return makers[item.make]()

"""A file that needs too much memory is reported so at once, and is not tried again every night."""

from __future__ import annotations

from PIL import Image

REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"


def test_the_verdict_names_the_limit_and_is_remembered(share, run, spy, make) -> None:
    from iid.tasks.sandbox.limits import MIB, Limits

    bomb = share.put(REGULATION + "bom.png", b"")
    Image.new("L", (14_000, 10_000)).save(bomb, "PNG", compress_level=1)
    share.put(REGULATION + "bom.png", bomb.read_bytes())
    share.put(REGULATION + "sk.pdf", make.pdf("Keputusan"))
    rows = run(limits=Limits(memory=256 * MIB)).evidence.set_index("source")
    assert rows.loc[REGULATION + "bom.png", ["problem", "detail"]].tolist() == [
        "unreadable",
        "perlu memori lebih dari 256 MiB",
    ]
    assert rows.loc[REGULATION + "sk.pdf", "problem"] == ""
    run(limits=Limits(memory=256 * MIB))
    assert spy.answered == []

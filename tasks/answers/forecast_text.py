"""The forecast (:mod:`iid.tasks.answers.forecast`) in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import comma, number
from iid.tasks.text.terminal import wrapped


def forecast_lines(forecast: Record) -> Iterator[str]:
    """Yield what verification will take away, how sure, and on what basis."""
    kept = forecast["kept"]
    if not forecast["possible"]:
        found = number(kept["decisions"]) if kept["decisions"] else "belum satu pun"
        yield from wrapped(
            f"Belum dapat diramalkan: {found} keputusan atas klaim yang buktinya lengkap, "
            f"perlu paling sedikit {forecast['needs']}. {_open(forecast)}",
            "  ",
        )
        return
    share, taken, left = forecast["share"], forecast["taken"], forecast["index_left"]
    yield from wrapped(
        f"Dari {number(kept['decisions'])} keputusan atas klaim yang buktinya lengkap, "
        f"{number(kept['accepted'])} diterima seperti diklaim ({percent(share['expected'])}), "
        f"{number(kept['lowered'])} diturunkan, {number(kept['refused'])} ditolak. {_open(forecast)}",
        "  ",
    )
    yield from wrapped(
        f"Bila nasibnya sama, verifikasi mengambil sekitar {short(taken['expected'])} poin: indeks "
        f"{comma(left['expected'])} ({forecast['category_left']['expected']}).",
        "  ",
    )
    yield from wrapped(
        f"Ketidakpastiannya: dari {number(kept['decisions'])} keputusan saja, bagian yang diterima dapat "
        f"sesungguhnya {percent(share['worst'])} sampai {percent(share['best'])} (keyakinan 95%); indeks "
        f"lalu {comma(left['worst'])} sampai {comma(left['best'])}.",
        "  ",
    )
    yield from wrapped(
        "Anggapannya: yang belum diputuskan sama mutunya dengan yang sudah, dan klaim yang diturunkan "
        "dihitung hilang seluruhnya, jadi ramalan ini hati-hati.",
        "  ",
    )


def percent(share: str) -> str:
    """``0.8000`` → ``80,0%``."""
    return number(Decimal(share) * 100, 1) + "%"


def short(points: str) -> str:
    """Points of the index with 2 decimals."""
    return number(points, 2)


def _open(forecast: Record) -> str:
    if not forecast["open_claims"]:
        return "Tidak ada klaim terhitung yang masih menunggu keputusan."
    return (
        f"Yang sudah dihitung tetapi belum diputuskan: {number(forecast['open_claims'])} klaim senilai "
        f"{short(forecast['open_points'])} poin indeks."
    )

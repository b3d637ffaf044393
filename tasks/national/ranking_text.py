"""What is said of a ranking, on the terminal, in workbook and page."""

from __future__ import annotations

from iid.tasks.national.national_columns import VIEW
from iid.tasks.national.ranking import Nation, Ranking
from iid.tasks.text.indonesian import moment, number

ZONE = "Asia/Jakarta"


def headline(nation: Nation) -> str:
    """``Peringkat Indeks Inovasi Daerah 2026``."""
    return f"Peringkat Indeks Inovasi Daerah {nation.scheme.cycle}"


def standing(nation: Nation) -> str:
    """How many regions there are, how many are final, and of when."""
    total = len(nation.regions)
    final = sum(region.status == "final" for region in nation.regions)
    words = f"indeks {VIEW[nation.by]}; {number(total)} wilayah terbit, {number(final)} sudah final"
    if nation.problems:
        words += f"; {number(len(nation.problems))} wilayah tidak dapat diperingkat"
    if nation.as_of and nation.oldest:
        first, last = moment(nation.oldest, ZONE), moment(nation.as_of, ZONE)
        words += f". Data per {last}" if first == last else f". Data antara {first} dan {last}"
    return words


def seats_words(ranking: Ranking) -> str:
    """Why there are as many nominees as there are."""
    if ranking.unlisted and not ranking.places:
        return "anggotanya belum diketahui; beri daftar dengan --clusters"
    if ranking.seats is None:
        return "jumlah nomine tidak ditemukan dalam sumber; beri dengan --nominees"
    words = f"{number(ranking.seats)} tempat nomine"
    if ranking.tied:
        return f"{words}; seri pada tempat terakhir, jadi {number(len(ranking.nominees))} nama"
    if len(ranking.nominees) < ranking.seats:
        return f"{words}, baru {number(len(ranking.nominees))} terisi"
    return words


def notes(nation: Nation) -> tuple[str, ...]:
    """What a reader must know before he uses the ranking."""
    scheme = nation.scheme
    lines = [
        "Urutan menurut indeks sebelum pembulatan; nilai yang persis sama berbagi peringkat.",
        f"Semua wilayah dibandingkan menurut satu ukuran: indeks {VIEW[nation.by]}. "
        "Status siklus setiap wilayah ada di barisnya; ukuran lain dengan pilihan --by.",
        "Satu wilayah berdiri di setiap klasternya; sumber tidak mengatakan apakah ia boleh menjadi nomine "
        "di lebih dari satu. Wilayah dengan indeks 0 tidak menjadi nomine.",
        f"Klaster {scheme.cycle}: {scheme.source}" + (f" ({scheme.reason})" if scheme.reason else "") + ".",
    ]
    if scheme.nominees_source:
        lines.append(f"Jumlah nomine: {scheme.nominees_source}.")
    if any(region.status != "final" for region in nation.regions):
        lines.append("Ada wilayah yang masih sementara; peringkat dapat berubah sampai semua siklus ditutup.")
    if any(region.example for region in nation.regions):
        lines.append("Ada wilayah contoh (data buatan) di dalam peringkat ini.")
    return tuple(lines)

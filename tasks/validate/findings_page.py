"""docs/findings.md: each code's texts, our thresholds, what is unchecked.

``python -m iid.tasks.validate.findings_page > docs/findings.md`` writes it again; a
test keeps it in step with the catalogue.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby

from iid.expectations.findings.catalogue import FindingKind, catalogue
from iid.expectations.suites import demands
from iid.tasks.sandbox.facts import THUMBNAIL
from iid.tasks.validate import duplicates, innovation_names, near_images, texts_items

_GROUPS = {
    "evidence": "Bukti",
    "claim": "Klaim",
    "profile": "Profil inovasi",
    "submission": "Buku kerja",
    "innovation": "Folder inovasi",
    "unit": "Unit",
    "file": "Berkas lain",
    "decision": "Keputusan peninjau",
}
_SEVERITIES = {"critical": "kritis", "warning": "peringatan", "info": "keterangan"}
_SCOPES = {
    "claim": "satu klaim",
    "innovation": "satu inovasi",
    "submission": "satu buku kerja",
    "unit": "satu unit",
    "region": "seluruh daerah",
}

_HEAD = """\
# Temuan

Setiap temuan mempunyai satu kode, satu kalimat, dan satu perbaikan. Halaman ini dibuat dari
`expectations/findings/findings.yaml` dengan `python -m iid.tasks.validate.findings_page > docs/findings.md`.

- **kritis** pada klaim: baris indikator itu bernilai 0 dalam hitungan *didukung*; pada inovasi atau buku
  kerja: inovasinya tidak memenuhi syarat.
- **peringatan** dan **keterangan** tidak pernah mengubah nilai.

Kata di dalam kurung kurawal diisi dengan nilai yang ditemukan: nama berkas, isi sel, batas.
Kolom `source` temuan memuat jalur lengkapnya, misalnya `…/inovasi.xlsx#Indikator!C5`.
"""

_UNCHECKED = """\
## Yang tidak diperiksa

Pemeriksaan ini melihat apakah bukti ada, terbuka, dan sesuai bentuknya. Yang berikut tidak diperiksa, dan
tidak adanya temuan tidak berarti semuanya benar:

- **Kebenaran isi.** Apakah dokumen benar-benar membuktikan Parameter yang dipilih (jumlah SDM, persentase,
  jumlah replikasi, lima unsur video) hanya dapat dinilai peninjau.
- **Keaslian.** Tanda tangan basah maupun elektronik, cap, dan nomor surat tidak diverifikasi. Dokumen yang
  disunting tidak dikenali.
- **Keberlakuan.** Apakah peraturan masih berlaku atau sudah dicabut tidak diketahui; tanggal penetapan hanya
  dibaca bila tertulis jelas.
- **Tautan.** Hanya bentuk alamatnya yang diperiksa, kecuali bila pengelola meminta tautan diperiksa. Apa
  isi tautan itu tidak dinilai.
- **Gambar dan video.** Foto dibuka dan dibandingkan, tetapi apa yang terlihat di dalamnya tidak dinilai.
  Video diperiksa wadah dan durasinya, tidak ditonton.
- **Teks hasil pindai.** Tanpa lapisan teks, nama inovasi dan daerah tidak dapat dicari, kecuali bila
  pengelola meminta hasil pindai dibaca (OCR).
- **Kemiripan.** Yang dikenali hanya berkas, teks, atau gambar yang sama atau nyaris sama di daerah dan siklus
  ini; dokumen yang disalin lalu diubah, atau dipakai daerah lain, tidak.
- **Angka pada kolom Nilai.** Kesesuaiannya dengan data resmi tidak diketahui; yang diperiksa hanya
  kesesuaiannya dengan ambang Parameter.
- **Daerah lain.** Dikenali dari kop, penerbit, tanda tangan, dan tempat penetapan yang menyebut daerah dalam
  daftar; dokumen daerah lain tanpa semua itu, atau yang tidak berteks, tidak.
"""


def findings_page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *_codes(), *_thresholds(), _UNCHECKED])


def _codes() -> Iterator[str]:
    for prefix, kinds in groupby(catalogue().values(), key=lambda kind: kind.code.partition(".")[0]):
        yield f"## {_GROUPS[prefix]}\n"
        for kind in kinds:
            yield from _code(kind)


def _code(kind: FindingKind) -> Iterator[str]:
    yield f"### `{kind.code}`\n"
    yield f"{_SEVERITIES[kind.severity]}, tentang {_SCOPES[kind.scope]}\n"
    yield f"> {kind.sentence}\n"
    yield f"- Yang perlu dilakukan: {kind.fix}"
    yield f"- Artinya: {kind.meaning}\n"


def _thresholds() -> Iterator[str]:
    yield "## Ambang kami sendiri\n"
    yield "Angka berikut bukan bunyi pedoman, melainkan pilihan kami. Semuanya hanya menentukan peringatan.\n"
    yield (
        f"- `profile.repetitive_text`: kurang dari {demands.REPETITIVE_PERCENT} % kata yang berbeda "
        f"(dihitung dari paling banyak {demands.REPETITIVE_WORDS} kata)."
    )
    yield (
        f"- `evidence.duplicate` menurut teks: teks paling sedikit {duplicates.TEXT_CHARACTERS} huruf; "
        f"dua teks yang nyaris sama adalah satu dokumen hanya bila semua angkanya sama dan kata yang "
        f"berbeda tampak sebagai salah baca. Menurut gambar: gambar kecil {THUMBNAIL} x {THUMBNAIL} dua foto "
        f"(juga yang dipotong, dicap di tepi, diputar, atau difoto dari layar) sama bila korelasinya paling "
        f"sedikit {100 * near_images.PHOTO_ALIKE:.0f} %; layar, formulir, dan pindaian harus sama kecuali "
        f"tingkat abu-abunya, paling banyak {near_images.FLAT_APART:.0f} dari 255. Sebuah dokumen bersama "
        f"menjadi satu temuan; hanya informasi bila indikatornya memang meminta dokumen bersama "
        f"(keputusan, RKPD, anggaran) atau teksnya menyebut nama setiap inovasi itu."
    )
    yield (
        f"- `evidence.name_absent`: nama dengan {innovation_names.LONG_NAME} huruf atau lebih boleh menempel "
        f"pada kata lain; kata dari nama dengan {innovation_names.NAME_WORDS} kata atau lebih boleh terpisah "
        f"tetapi berdekatan, dan dari {innovation_names.LONG_NAME_WORDS} kata atau lebih cukup "
        f"{innovation_names.WORDS_FOUND_PERCENT} %."
    )
    yield (
        f"- `evidence.unclaimed`: {texts_items.GROUP_FROM} berkas atau lebih dalam satu folder menjadi satu "
        f"temuan.\n"
    )


if __name__ == "__main__":
    sys.stdout.write(findings_page())

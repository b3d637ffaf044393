"""The package's one exception: it ends in a finding, never outside."""


class Unreadable(Exception):  # noqa: N818 - no error of ours: it becomes a finding
    """Bytes that are no workbook; completes "tidak dapat dibaca: ..."."""


#: Why a workbook with a password is not read.
LOCKED = "terkunci kata sandi"

_SAVED = "Buka dengan Excel atau LibreOffice, lalu simpan sebagai (Save As) Excel .xlsx tanpa kata sandi"
_COPIED = "Salin ulang berkas aslinya (bila perlu dari cadangan), lalu buka sekali dari folder ini"
_OTHER = (
    "Beri nama lain pada berkas ini dulu, lalu letakkan buku kerja Excel yang benar di sini "
    "dengan nama {wanted}"
)
_ADVICE = (
    ("arsip", "Keluarkan isi arsip ini ke folder inovasinya; buku kerjanya harus bernama {wanted}"),
    ("pintasan", "Salin buku kerjanya sendiri ke folder ini dengan nama {wanted}"),
    *((words, _COPIED) for words in ("0 byte", "terpotong", "hilang saat dibaca", "tidak dikenal")),
    *((words, _OTHER) for words in ("dokumen", "presentasi", "isinya PDF", "gambar", "bukan berkas biasa")),
    (
        "lebih dari",
        "Beri nama lain pada berkas ini dulu, lalu salin isiannya ke buku kerja kosong bernama {wanted}",
    ),
    ("tautan ke luar", "Salin buku kerjanya sendiri ke folder ini dengan nama {wanted}"),
    ("hak baca", "Beri hak baca pada berkas atau folder itu; perhitungan berikutnya membacanya"),
    ("foldernya", "Beri hak baca pada berkas atau folder itu; perhitungan berikutnya membacanya"),
)


def advice_on(reason: str, wanted: str) -> str:
    """Return what to do about a workbook *wanted* that cannot be read."""
    advice = next((advice for words, advice in _ADVICE if words in reason), _SAVED)
    return advice.format(wanted=wanted)

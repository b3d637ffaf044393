"""Sheet *Petunjuk*: how to review, in plain Indonesian."""

from __future__ import annotations

from collections.abc import Iterator

from iid.tasks.review.proposals import Proposals

STEPS = (
    "Isi hanya lima kolom kuning: Keputusan, Parameter baru, Catatan, Peninjau, Tanggal.",
    "Keputusan dipilih dari daftar: terima, turunkan, atau tolak. Kosong berarti belum diputuskan.",
    "terima: klaim dinilai sebesar Parameter klaim.",
    "turunkan: isi Parameter baru yang lebih rendah daripada Parameter klaim, dan Catatan.",
    "tolak: klaim bernilai 0; Catatan wajib diisi.",
    "Tidak ada nilai tanpa bukti: terima atau turunkan tidak menambah nilai bila klaimnya tidak berbukti.",
    "Klik nomor indikator untuk membuka buktinya; bila lebih dari satu, klik itu menuju daftarnya di lembar "
    "Bukti, tempat setiap bukti dapat diklik. Berkas ini harus dibuka dari folder bersama, di _tinjauan.",
    "Klik Parameter klaim untuk melihat artinya: lembar Arti klaim memuat nama inovasi, bunyi setiap "
    "parameter, dan bukti yang diminta aturan.",
    "Kolom Sidik bukti mengikat keputusan pada bukti dan klaim yang Anda lihat. Bila salah satunya berubah, "
    "keputusan gugur: barisnya tetap tampil di bagian bawah, dan baris klaim itu menunggu keputusan baru.",
    "Untuk mencabut keputusan, kosongkan Keputusan; menghapus baris atau berkas tidak mencabutnya.",
    "Keputusan lama yang sudah diganti pindah ke lembar Riwayat.",
    "Jangan mengubah innovation_id, No, dan Sidik bukti. Baris boleh disaring; untuk mengurutkan, buka dulu "
    "proteksi lembarnya (tanpa kata sandi).",
    "Yang paling menentukan berdiri paling atas: bobot kali parameter yang diklaim, dan gawatnya temuan.",
    "Tutup berkas ini setelah selesai; selama terbuka, berkas tidak diperbarui.",
    "Isian Anda dibawa terus ke buku tinjauan berikutnya, juga yang belum lengkap.",
)


def guidance(proposals: Proposals) -> Iterator[tuple[str, ...]]:
    """The lines of the sheet, one cell a row."""
    yield (f"Buku tinjauan {proposals.name or proposals.unit_code} ({proposals.unit_code})",)
    yield (f"{proposals.region}, siklus {proposals.cycle}",)
    if proposals.example:
        yield ("CONTOH: data ini dibuat untuk peragaan, bukan data sebenarnya.",)
    yield ()
    for number, step in enumerate(STEPS, 1):
        yield (f"{number}. {step}",)

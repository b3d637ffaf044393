"""The made-up region of the report tests: its units and innovations, hostile names among them."""

from __future__ import annotations

from datetime import UTC, datetime

REVIEWER = "Hj. Siti Rahmah, S.Sos."
AS_OF = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)

ROSTER = (
    ("1.01", "Dinas Pendidikan", "opd"),
    ("1.02", "Dinas Kesehatan", "opd"),
    ("1.03", "Dinas Pekerjaan Umum, Penataan Ruang dan Pertanahan", "opd"),
    ("1.04", "Dinas Perumahan Rakyat dan Kawasan Permukiman", "opd"),
    ("1.06", "Dinas Sosial, P3AP2KB", "opd"),
    ("2.12", "Dinas Kependudukan dan Pencatatan Sipil", "opd"),
    ("2.18", "Dinas Penanaman Modal dan PTSP", "opd"),
    ("5.05", "Badan Perencanaan Pembangunan, Penelitian dan Pengembangan", "opd"),
    ("PKM-01", "Puskesmas Martapura 1", "puskesmas"),
    ("PKM-02", "Puskesmas Astambul", "puskesmas"),
    ("PKM-03", "Puskesmas Sungai Tabuk 1", "puskesmas"),
    ("PKM-04", "Puskesmas Aluh-Aluh", "puskesmas"),
    ("PKM-05", "Puskesmas Karang Intan 1", "puskesmas"),
    ("PKM-06", "Puskesmas Paramasan", "puskesmas"),
    ("SD-01", "SDN Jawa 3 Martapura", "sekolah"),
    ("SD-02", "SMPN 1 Gambut", "sekolah"),
    ("BPP-01", "BPP Kecamatan Gambut", "bpp"),
    ("BPP-02", "BPP Kecamatan Simpang Empat", "bpp"),
    ("63.03.05", "Kecamatan Martapura", "kecamatan"),
    ("63.03.02", "Kecamatan Kertak Hanyar", "kecamatan"),
    ("63.03.09", "Kecamatan Pengaron", "kecamatan"),
    ("63.03.05.1001", "Kelurahan Jawa", "kelurahan"),
    ("63.03.05.1003", "Kelurahan Keraton", "kelurahan"),
    ("63.03.05.2004", "Desa Bi'ih", "desa"),
    ("63.03.08.2026", "Desa Sungai Tabuk", "desa"),
    ("63.03.11.2003", "Desa Ati'im", "desa"),
    ("MAS-01", "Komunitas Pasar Terapung Lok Baintan", "masyarakat"),
)

#: unit, folder, affair, strength of its claims (0..1), fault of the profile
INNOVATIONS_MADE = (
    ("2.12", "Antar Sampai Rumah", "Administrasi Kependudukan dan Pencatatan Sipil", 0.97, ""),
    ("PKM-01", "Pos Gizi Sungai", "Kesehatan", 0.92, ""),
    ("1.02", "Sistem Rujukan Satu Pintu", "Kesehatan", 0.88, ""),
    ("1.01", "Kelas Perahu", "Pendidikan", 0.85, ""),
    ("2.18", "Izin Usaha Sekali Duduk", "Penanaman Modal", 0.83, ""),
    ("1.06", "Rumah Singgah Lansia Mandiri", "Sosial", 0.8, ""),
    ("1.03", "Peta Jalan Rusak Warga", "Pekerjaan Umum dan Penataan Ruang", 0.78, ""),
    ("PKM-02", "Bidan Jemput Bola", "Kesehatan", 0.74, ""),
    ("PKM-03", "Kader Digital Tensi", "Kesehatan", 0.7, ""),
    ("SD-01", "Literasi Pagi Lima Belas Menit", "Pendidikan", 0.66, ""),
    ("63.03.05", "Loket Keliling Kecamatan", "Otonomi Daerah, Pemerintahan Umum", 0.62, ""),
    ("BPP-01", "Kalender Tanam Lahan Rawa", "Pertanian", 0.6, ""),
    ("5.05", "Desk Inovasi Terjadwal", "Perencanaan", 0.57, ""),
    ("63.03.05.2004", "Bank Sampah Bi'ih", "Lingkungan Hidup", 0.52, ""),
    ("1.02", "Antrean Daring Puskesmas", "Kesehatan", 0.5, ""),
    ("63.03.05.1001", "Surat Lewat Pesan", "Otonomi Daerah, Pemerintahan Umum", 0.45, ""),
    ("MAS-01", "Pasar Terapung Tanpa Plastik", "Lingkungan Hidup", 0.42, ""),
    ("63.03.02", "Pos Pantau Banjir", "Lingkungan Hidup", 0.38, ""),
    ("2.12", "Akta Lahir di Ruang Bersalin", "Administrasi Kependudukan dan Pencatatan Sipil", 0.8, "window"),
    ("PKM-04", "Sahabat Ibu Hamil", "Kesehatan", 0.7, "too_short"),
    ("1.04", "Rumah Layak Gotong Royong", "Perumahan Rakyat dan Kawasan Permukiman", 0.64, "stage"),
)

HOSTILE_MADE = (
    ("SD-02", "<script>alert('nama')</script>", "Pendidikan", 0.5, ""),
    ("SD-02", '=HYPERLINK("http://jahat.example","klik")', '"><img src=x onerror=alert(1)>', 0.4, ""),
    ("BPP-02", "\u202egpj.\u202c nama dibalik {{ 7*7 }} & 'kutip' \x07", "Pertanian", 0.35, ""),
)

PLAIN_FAULTS = ("missing", "unreadable", "kind_not_allowed", "link_instead_of_file", "encrypted", "empty")

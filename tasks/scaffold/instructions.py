"""Sheet *Petunjuk* and the notes beside the evidence, from a rulebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iid.expectations.rulebook.model import Indicator, Parameter, Rulebook
from iid.tasks.scaffold import guidance
from iid.tasks.text.indonesian import day, number
from iid.tasks.values.folder_names import EXAMPLE_FOLDER, INNOVATION_WORKBOOK, REGION_FOLDER

Section = tuple[str, tuple[str, ...]]


def innovation_instructions(rulebook: Rulebook) -> tuple[Section, ...]:
    """Heading and numbered sentences of *Petunjuk* in ``inovasi.xlsx``."""
    return (
        ("Langkah", _steps()),
        (f"Yang dinilai pada siklus {rulebook.cycle}", _eligible(rulebook)),
        ("Bukti", _evidence(rulebook)),
        ("Lembar Indikator", _rows(rulebook)),
        ("Tentang buku kerja ini", _about(rulebook, "Lembar Profil tidak dilindungi agar mudah ditempeli. ")),
    )


def region_instructions(rulebook: Rulebook) -> tuple[Section, ...]:
    """The same for ``pemda.xlsx``."""
    if rulebook.spd == "total":
        filling: tuple[str, ...] = (
            f"Bobot aspek SPD siklus {rulebook.cycle} tidak ditemukan dalam sumber mana pun, maka cukup "
            "satu baris: "
            f"kolom Nilai berisi skor SPD (0 s.d. {number(rulebook.formula.maximum_spd.value)}).",
            "Lampirkan bukti resmi skor itu di folder bukti/SPD.",
        )
    else:
        filling = (
            "Isi Nilai pada indikator yang mempunyai ambang angka; Parameter dihitung dari Nilai itu.",
            "Bila Parameter tetap diisi dan berbeda dari Nilai, Nilai yang menentukan dan perbedaannya "
            "dilaporkan.",
            "Pada indikator lain, pilih Parameter dari daftar di sel itu.",
        )
    return (
        ("Cara mengisi", (*filling, f"Isian ini satu kali untuk seluruh daerah, di folder {REGION_FOLDER}.")),
        ("Bukti", _evidence(rulebook)),
        ("Tentang buku kerja ini", _about(rulebook)),
    )


def folder_note(indicator: Indicator) -> str:
    """The text file inside one evidence folder: what belongs there."""
    lines = [
        f"Indikator {indicator.key}: {indicator.name}",
        "",
        "Letakkan berkas bukti indikator ini di folder ini.",
        f"Jenis berkas: {guidance.kinds(indicator)}",
    ]
    if guidance.limits(indicator):
        lines.append(f"Batas: {guidance.limits(indicator)}")
    lines += ["", f"Bukti yang diminta: {guidance.demanded(indicator)}", ""]
    if len(indicator.bases) > 1:
        lines.append("Pilih satu basis; parameter dan buktinya mengikuti basis itu.")
        for basis in indicator.bases:
            lines += ["", f"Basis {basis.code} = {basis.name}{guidance.mark(basis)}"]
            lines += [f"    Bukti: {basis.evidence}"] if basis.evidence else []
            lines += _choices(basis.parameters)
    else:
        lines += _choices(indicator.parameters)
    lines += ["", "Berkas petunjuk ini tidak dinilai (namanya diawali garis bawah)."]
    return "\r\n".join(lines) + "\r\n"


def _choices(parameters: Iterable[Parameter]) -> Iterator[str]:
    for parameter in parameters:
        yield guidance.choice(parameter)
        if parameter.evidence:
            yield f"    {parameter.evidence}{guidance.mark(parameter)}"


def _steps() -> tuple[str, ...]:
    return (
        f'Salin folder "{EXAMPLE_FOLDER}" di folder unit Anda, lalu ganti namanya dengan nama inovasi '
        "(jangan diawali garis bawah). Satu folder untuk satu inovasi.",
        f"Isi lembar Profil dan Indikator pada {INNOVATION_WORKBOOK} di folder itu; jangan ganti nama "
        "berkasnya.",
        "Letakkan berkas bukti di folder bukti, pada subfolder yang diawali nomor indikatornya.",
        "Simpan, tutup, selesai. Hasil pemeriksaan muncul di folder unit Anda: buka "
        "_umpan-balik/umpan-balik.html. Perbaiki yang disebut di sana, lalu simpan lagi.",
        "Folder _umpan-balik dan setiap nama yang diawali garis bawah diabaikan saat menghitung: "
        "jangan menaruh bukti di sana.",
    )


def _eligible(rulebook: Rulebook) -> tuple[str, ...]:
    rules, mark = rulebook.eligibility, guidance.mark
    window = f"{day(rules.applied_from.value)} s.d. {day(rules.applied_to.value)}"
    developed = ", atau Waktu Pengembangan jatuh pada kurun itu" if rules.developed_counts.value else ""
    required = [field.label for field in rulebook.profile if field.required.value]
    sentences = [
        f"Tahapan harus {rules.stage.value}{mark(rules.stage)}.",
        f"Waktu Penerapan jatuh pada {window}{developed}{mark(rules.applied_from)}.",
        f"Rancang Bangun paling sedikit {rules.min_words.value} kata{mark(rules.min_words)}; "
        "kata yang diulang-ulang dilaporkan.",
        f"Isian wajib: {guidance.listed(required)}.",
        "Satu inovasi dilaporkan satu kali saja di seluruh daerah.",
    ]
    if rulebook.formula.basic_services_min.value:
        count = rulebook.formula.basic_services_min
        services = guidance.listed(rulebook.formula.basic_services.value)
        sentences.append(
            f"Skor Jumlah Inovasi daerah hanya dihitung bila paling sedikit {count.value} urusan wajib "
            "pelayanan "
            f"dasar tercakup{mark(count)}: {services}."
        )
    return tuple(sentences)


def _evidence(rulebook: Rulebook) -> tuple[str, ...]:
    with_links = [i.key for i in rulebook.indicators if i.accepts_links]
    links = f"indikator {guidance.listed(with_links)}" if with_links else "tidak satu indikator pun"
    return (
        "Kolom Bukti berisi nama berkas, dipisahkan titik koma (;) atau baris baru. "
        "Kosong berarti semua berkas dalam folder bukti indikator itu.",
        "Kolom Tautan berisi alamat lengkap yang diawali https://. Tautan dinilai sebagai bukti pada: "
        f"{links}. "
        "Pada indikator lain unduh dokumennya dan letakkan berkasnya di folder bukti.",
        "Jenis berkas dilihat dari isinya, bukan dari namanya: foto yang dinamai .pdf tetap foto.",
        "Pastikan berkas dapat dibuka, tidak kosong, dan tidak terkunci kata sandi.",
        "Sebutkan nama inovasi dalam dokumennya (boleh di lampiran) dan beri tanda pada bagian itu.",
        "Dokumen daerah lain hanya wajar untuk membuktikan Replikasi.",
    )


def _rows(rulebook: Rulebook) -> tuple[str, ...]:
    mandatory = [i.key for i in rulebook.sid if i.mandatory.value]
    based = [i for i in rulebook.sid if i.bases]
    sentences = [
        "Parameter kosong atau 0 berarti tidak diklaim. Isi 1, 2, 3, atau pilih kalimatnya dari daftar "
        "di sel itu.",
        f"Indikator wajib (berwarna): {guidance.listed(mandatory)}.",
        "Jangan menghapus baris atau mengubah kolom No.",
    ]
    for indicator in based:
        letters = "; ".join(f"{basis.code} = {basis.name}" for basis in indicator.bases)
        sentences.append(f"Indikator {indicator.key}: isi Basis dengan satu huruf dahulu. {letters}.")
    return tuple(sentences)


def _about(rulebook: Rulebook, free: str = "") -> tuple[str, ...]:
    return (
        f"{free}Lembar {'lain ' if free else ''}dilindungi tanpa kata sandi agar baris tidak terhapus; "
        "sel isian "
        "(kuning) tetap dapat diisi. Bila perlu, buka di Excel: Tinjau, Jangan Proteksi Lembar.",
        f"{guidance.INFERRED} = tidak kami temukan bunyinya dalam pedoman, melainkan kami simpulkan; "
        "alasannya ada di halaman Peraturan pada laporan.",
        f"Dasar: {'; '.join(rulebook.legal_basis)}.",
    )

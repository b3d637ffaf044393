from dataclasses import replace
from types import ModuleType

from iid.tasks.report.summary import summary_lines, summary_markdown
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.region import Marker


def test_the_first_line_says_where_the_region_stands(assessment: Assessment) -> None:
    assert summary_lines(assessment)[0] == (
        "Indeks Inovasi Daerah 2026 Kabupaten Banjar (CONTOH): 34,69 Kurang Inovatif (didukung bukti), "
        "kurang 5,32 menuju Inovatif"
    )


def test_the_last_line_says_as_of_when_and_which_run(assessment: Assessment) -> None:
    assert summary_lines(assessment)[-1] == (
        f"Data per 24 November 2026 16.30 WITA; status sementara; perhitungan {assessment.run_id}"
    )


def test_every_line_is_one_line(assessment: Assessment) -> None:
    odd = replace(assessment, marker=Marker("63.03", "Kabupaten\nBanjar\x1b[31m", "Asia/Makassar"))
    assert all(line.isprintable() for line in summary_lines(odd))


def test_a_region_name_cannot_break_out_of_the_markdown(assessment: Assessment) -> None:
    name = "[klik](https://x.example) <img src=x> | `a`"
    text = summary_markdown(replace(assessment, marker=Marker("63.03", name, "Asia/Makassar")))
    assert "\\[klik\\]" in text and "<img" not in text and "\\|" in text


def test_an_empty_region_still_has_a_summary(made: ModuleType) -> None:
    lines = summary_lines(made.sample(made=(), decided=False))
    assert "Inovasi: 0 dilaporkan, 0 memenuhi syarat" in lines[2]
    assert "Terverifikasi 0,00 Tidak Dapat Dinilai" in lines[1]


def test_a_folder_that_is_not_in_the_roster_is_no_unit(assessment: Assessment, strange: Assessment) -> None:
    assert "; 21 dari 27 unit sudah melapor; " in summary_lines(assessment)[2]
    assert "; 20 dari 26 unit sudah melapor, dan 1 folder tak dikenal; " in summary_lines(strange)[2]
    assert "- 20 dari 26 unit sudah melapor, dan 1 folder tak dikenal\n" in summary_markdown(strange)


def test_a_region_name_makes_no_link_in_the_question_for_approval(assessment: Assessment) -> None:
    from iid.flows.approve import question

    marker = replace(assessment.marker, name="[Setujui](https://jahat.id) <img src=x>")
    asked = question(replace(assessment, marker=marker), 48)
    assert r"\[Setujui\](https://jahat.id)" in asked
    assert "<img" not in asked

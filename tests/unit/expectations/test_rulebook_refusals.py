"""A rulebook that breaks a rule is refused with file, key, value and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load, load_file, load_published
from iid.expectations.rulebook.rulebook_error import RulebookError

TEXT = {cycle: load(cycle).text for cycle in (2023, 2026)}
Edit = Callable[[str], tuple[str, ...]]


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Edit:
    """Problems of a rulebook text, without the file's name; () when it is accepted."""
    path = tmp_path_factory.mktemp("aturan") / "aturan.yaml"

    def found(text: str) -> tuple[str, ...]:
        path.write_text(text, encoding="utf-8")
        try:
            load_file(path)
        except RulebookError as error:
            assert all(line.startswith(f"{path}: ") for line in error.problems)
            return tuple(line.removeprefix(f"{path}: ") for line in error.problems)
        return ()

    return found


def edited(old: str, new: str, cycle: int = 2026) -> str:
    assert old in TEXT[cycle], old
    return TEXT[cycle].replace(old, new, 1)


REFUSED = [
    # what stands there, what is written instead, where it is found, what was received, what is allowed
    # --- shape
    ("divisor_min: {", "divisor_mni: {", "formula.divisor_mni", "tidak dikenal", "divisor_min"),
    ("divisor_min: {", "divisor_mni: {", "formula.divisor_min", "tidak ada", "wajib ada"),
    ("spd: rows", "spd: rows\nextends: 2024", "extends", "tidak dikenal", "cycle, title"),
    ("value: 12, s", 'value: "12", s', "formula.divisor_min.value", '"12"', "bilangan bulat"),
    ("value: 12, s", "value: true, s", "formula.divisor_min.value", "true", "bilangan bulat"),
    ("value: 12, s", "value: 12.5, s", "formula.divisor_min.value", "12.5", "bilangan bulat"),
    ("value: 12, s", "value: null, s", "formula.divisor_min.value", "null", "bilangan bulat"),
    ("value: 0.38, s", "value: 0,38, s", "formula.count_weight.38", "tidak dikenal", "value"),
    ("value: 0.38, s", 'value: "0,38", s', "formula.count_weight.value", '"0,38"', "angka"),
    ("value: 0.38, s", "value: .inf, s", "formula.count_weight.value", '".inf"', "angka"),
    ("value: 0.38, s", "value: false, s", "formula.count_weight.value", "false", "angka"),
    ("value: 2024-01-01", 'value: "2024-01-01"', "eligibility.applied_from.value", '"2024-01-01"', "tanggal"),
    ("value: 2024-01-01", "value: 2024", "eligibility.applied_from.value", "2024", "tanggal"),
    ("spd: rows", "spd: row", "spd", '"row"', "rows, total"),
    ("- value: 3\n", "- value: 4\n", "indicators[1].parameters[4].value", "4", "1, 2, 3"),
    ("- value: 3\n", "- value: true\n", "indicators[1].parameters[2].value", "true", "1, 2, 3"),
    ('"Indeks Inovasi Daerah 2026"', '" "', "title", '" "', "tidak kosong"),
    ('key: "16"', 'key: "36"', "indicators[36].key", '"36"', "berpola"),
    ("value: [1, 2, 3]", "value: [1, 2]", "indicators[18].expected_items.value[2]", "tidak ada",
     "bilangan bulat"),
    ("value: [1, 2, 3]", "value: [1, 2, 3, 4]", "indicators[18].expected_items.value", "daftar 4 butir",
     "daftar 3 butir"),
    ("step: 0.01", "step: 0", "indicators[3].thresholds.step", "0", "lebih dari 0"),
    ('    reason: "dua angka', '    # "dua angka', "formula.places.reason", "tidak ada", "wajib pada status"),
    ("status: read", "status: dibaca", "formula.divisor_min.status", '"dibaca"', "read, inferred"),
    ("legal_basis:\n", "legal_basis: UU\nx:\n", "legal_basis", '"UU"', "daftar"),
    ("limits:\n", "limits: 2\nx:\n", "limits", "2", "kelompok kunci bytes_per_mb"),
    # --- maxima and constants
    ("value: 0.75,", "value: 0.70,", "formula.maximum_spd.value", "63", "62.85 (3 × jumlah bobot 20.95"),
    ("maximum_sid_innovation: {value: 111", "maximum_sid_innovation: {value: 110",
     "formula.maximum_sid_innovation.value", "110", "111 (3 × jumlah bobot 37 dari 20 baris)"),
    ("value: 0.38,", "value: 0.39,", "formula.maximum_count.value", "76", "78 (count_weight × count_cap)"),
    ("maximum_total: {value: 250", "maximum_total: {value: 251", "formula.maximum_total.value", "251", "250"),
    ("value: 12, s", "value: 0, s", "formula.divisor_min.value", "0", "paling kecil 1"),
    ("basic_services_min: {value: 5", "basic_services_min: {value: 7",
     "formula.basic_services_min.value", "7", "0 sampai 6"),
    ("value: 1048576", "value: 0", "limits.bytes_per_mb.value", "0", "paling kecil 1"),
    ("value: 0.75,", "value: -0.75,", "indicators[5a].weight.value", "-0.75", "lebih dari 0"),
    # --- predicates and windows
    ("upper: 65.00", "upper: 64.99", "predicates[Sangat Inovatif].lower", "65.01", "65.00 (ada celah"),
    ("upper: 65.00", "upper: 65.01", "predicates[Sangat Inovatif].lower", "65.01", "65.02 (bertindih"),
    ("upper: 100.00", "upper: 99.99", "predicates", "99.99", "100"),
    ("lower: 0.00", "lower: 0.01", "predicates[Tidak Dapat Dinilai].lower", "0.01", "0 (ada celah"),
    ('"Kurang Inovatif"', '"Inovatif"', "predicates", '"Inovatif"', "satu kali"),
    ("2024-01-01", "2026-01-01", "eligibility.applied_from.value", "2026-01-01", "applied_to (2025-12-31)"),
    ('"2026-06"', '"2026-13"', "timetable.reporting_from.value", '"2026-13"', "YYYY-MM"),
    ('"2026-06"', '"2026-09"', "timetable.reporting_from.value", '"2026-09"', "reporting_to"),
    ('stage: {value: "Penerapan"', 'stage: {value: "Lanjut"',
     "eligibility.stage.value", '"Lanjut"', "Uji Coba"),
    # --- thresholds
    ("lower: 2.05, u", "lower: 2.06, u", "indicators[4].thresholds.bands[2].lower", "2.06",
     "paling besar 2.05 (ada celah sesudah 2.04)"),
    ("parameter: 1, upper: 2.04", "parameter: 1, upper: 2.045",
     "indicators[4].thresholds.bands[1].upper", "2.045", "kelipatan step (0.01)"),
    ("lower: 4, upper: 7", "lower: 5, upper: 7", "indicators[13a].thresholds.bands[2].lower", "5", "4"),
    ("lower: 4, upper: 7", "lower: 7, upper: 4", "indicators[13a].thresholds.bands[2].upper", "4", "lower"),
    ("{parameter: 2, lower: 3,", "{parameter: 1, lower: 3,",
     "indicators[2b].thresholds.bands", "1, 1, 3", "1, 2"),
    ("step: 0.01", "step: 0.005", "indicators[3].thresholds.step", "0.005", "kelipatan"),
    # --- indicators
    ('key: "16"', 'key: "15"', "indicators[15].key", '"15"', "satu kali"),
    ('key: "16"', 'key: "15"', "indicators", "tanpa 16", "16 sampai 35"),
    ('key: "16"\n    aspect: SID', 'key: "16"\n    aspect: SPD', "indicators[16].aspect", "SPD", "SID"),
    ("spd: rows", "spd: total", "indicators", "baris SPD 1, 2a", "SPD (spd: total)"),
    ("- value: 2\n", "- value: 3\n", "indicators[1].parameters", "1, 3, 3", "1, 2, 3"),
    ('"Peraturan Daerah"', '"peraturan  kepala daerah"',
     "indicators[16].parameters[3].text", "peraturan", "berbeda"),
    ("value: [pdf], s", "value: [docx], s",
     "indicators[16].kinds.value", "docx", "pdf, jpg, png, mp4, mov, link"),
    ("value: [pdf], s", "value: [pdf, pdf], s", "indicators[16].kinds.value", "pdf, pdf", "satu kali"),
    ("value: [pdf], s", "value: [], s", "indicators[16].kinds.value", "daftar kosong", "null"),
    ("max_minutes: {value: 5", "max_minutes: {value: 0",
     "indicators[35].max_minutes.value", "0", "lebih dari 0"),
    ("value: [1, 2, 3]", "value: [2, 1, 3]", "indicators[18].expected_items.value", "2, 1, 3",
     "tidak menurun"),
    ("- code: b", "- code: a", "indicators[33].bases[a].code", '"a"', "satu kali"),
    ('aliases: ["unit"]', 'aliases: ["orang"]', "indicators[33].bases[b].aliases", '"orang"', "basis a"),
    # --- sources, services, profile
    ("source: metro,", "source: metroo,", "indicators[1].evidence.source", '"metroo"', "kunci pada sources"),
    ('- "Pendidikan"\n', '- "Pendidikn"\n', "formula.basic_services.value", '"Pendidikn"', "main_affair"),
    ("key: budget", "key: biaya", "profile", "tanpa budget", "budget"),
    ("key: budget", "key: biaya", "profile[biaya].key", '"biaya"', "coordinates, budget"),
    ("key: budget", "key: name", "profile[name].key", '"name"', "satu kali"),
    ('label: "Anggaran"', 'label: "NAMA inovasi"', "profile[budget]", '"NAMA inovasi"', "isian name"),
    ("type: money", "type: choice", "profile[budget].choices", "0 pilihan", "daftar pilihan"),
    ('- "Anggota DPRD"', '- "asn"', "profile[initiator].choices[3]", '"ASN"', "berbeda"),
    ('"SKPD": "Perangkat Daerah"', '"SKPD": "Dinas"',
     "profile[initiator].choice_aliases.SKPD", '"Dinas"', "ASN"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "received", "allowed"), REFUSED)
def test_a_broken_rule_is_named_with_key_value_and_what_is_allowed(
    problems: Edit, old: str, new: str, path: str, received: str, allowed: str
) -> None:
    found = problems(edited(old, new))
    line = next((p for p in found if p.startswith(f"{path}: ")), None)
    assert line is not None, found
    assert re.fullmatch(r"\S.*: nilai yang diterima .+; yang boleh: .+", line)
    got, may = line.removeprefix(f"{path}: nilai yang diterima ").split("; yang boleh: ", 1)
    assert received in got
    assert allowed in may


def test_overlapping_bands_need_the_threshold_rule(problems: Edit) -> None:
    rule = TEXT[2026].index("threshold_rule:\n")
    end = TEXT[2026].index("\n\n", rule)
    found = problems(TEXT[2026][:rule] + TEXT[2026][end:])
    overlapping = {line.split(".")[0] for line in found}
    assert overlapping == {f"indicators[{key}]" for key in ["3", "4", "5a", "5b", "6", "7", "10b", "11a"]}
    assert all("bertindih; tidak ada threshold_rule" in line for line in found)


def test_all_problems_are_reported_at_once(problems: Edit) -> None:
    text = edited("value: 12, s", "value: 0, s").replace("upper: 65.00", "upper: 64.99")
    text = text.replace("value: [pdf], s", "value: [docx], s", 1)
    assert [line.split(":")[0] for line in problems(text)] == [
        "formula.divisor_min.value",
        "predicates[Sangat Inovatif].lower",
        "indicators[16].kinds.value",
    ]


def test_a_total_has_no_rows_beside_it(problems: Edit) -> None:
    text = edited('key: "SPD"', 'key: "1"', 2023)
    assert "indicators: nilai yang diterima baris SPD 1; yang boleh: SPD (spd: total)" in problems(text)
    assert any("baris 1 sampai 15" in p for p in problems(edited("spd: total", "spd: rows", 2023)))


def test_an_edited_rule_that_holds_is_accepted(problems: Edit) -> None:
    assert problems(edited("value: 12, s", "value: 15, s")) == ()
    assert problems(edited("2025-12-31", "2025-06-30")) == ()


@settings(max_examples=40)
@given(key=st.integers(16, 35), weight=st.decimals(0, 50, places=2))
def test_any_other_weight_misses_the_stated_maximum(problems: Edit, key: int, weight: Decimal) -> None:
    start = TEXT[2026].index(f'- key: "{key}"')
    head, tail = TEXT[2026][:start], TEXT[2026][start:]
    old = re.search(r"weight: {value: (\d+)", tail)
    assert old is not None
    found = problems(head + tail.replace(old[0], f"weight: {{value: {weight}", 1))
    missed = any(line.startswith("formula.maximum_sid_innovation.value: ") for line in found)
    assert missed == (weight != int(old[1]))


@given(line=st.integers(0, TEXT[2026].count("\n")), data=st.data())
def test_a_damaged_line_is_accepted_or_refused_but_never_breaks(
    problems: Edit, line: int, data: st.DataObject
) -> None:
    lines = TEXT[2026].split("\n")
    damage = st.sampled_from(["", "x", "- x", "  ", lines[line - 1], lines[line][2:], lines[line] + ":"])
    lines[line] = data.draw(damage)
    for problem in problems("\n".join(lines)):
        assert problem == problem.strip()
        assert problem


@given(line=st.integers(0, TEXT[2026].count("\n")))
def test_no_value_can_lose_its_source(problems: Edit, line: int) -> None:
    lines = TEXT[2026].split("\n")
    bare = re.sub(r", source: \w+", "", lines[line])
    if bare == lines[line]:
        return
    lines[line] = bare
    assert any(".source: nilai yang diterima tidak ada" in p for p in problems("\n".join(lines)))


PROOF = (
    "      - {parameters: [1, 2, 3], proves: [mp4, link], accompanies: [jpg, png], "
    "source: app2026, status: read}"
)


@pytest.mark.parametrize(
    ("new", "where"),
    [
        (
            PROOF.replace("[1, 2, 3]", "[1, 2]"),
            "indicators[35].proofs: nilai yang diterima parameter 3 tidak ada",
        ),
        (f"{PROOF}\n{PROOF}", "indicators[35].proofs: nilai yang diterima parameter 1 2 kali"),
        (PROOF.replace(", png]", "]"), "indicators[35].proofs[0]: nilai yang diterima mp4, link, jpg"),
        (PROOF.replace("[mp4, link]", "[]"), "indicators[35].proofs[0].proves"),
        (PROOF.replace("[mp4, link]", "null"), "indicators[35].proofs[0].proves"),
        (PROOF.replace("[jpg, png]", "[jpg, png, mp4]"), "indicators[35].proofs[0]: nilai"),
        (
            PROOF.replace("{param", "{bases: [a], param"),
            "indicators[35].proofs: nilai yang diterima parameter 1 basis a",
        ),
    ],
)
def test_a_hole_in_what_proves_a_parameter_is_refused(problems: Edit, new: str, where: str) -> None:
    assert any(line.startswith(where) for line in problems(edited(PROOF, new))), problems(edited(PROOF, new))


def test_a_published_rulebook_from_before_proofs_keeps_that_every_kind_proves() -> None:
    old = re.sub(r"(?m)^    proofs:.*\n(?:      .*\n)*", "", TEXT[2026])
    assert "proofs" not in old
    indicator = load_published(old.encode()).by_key["35"]
    assert [set(p.proves or ()) for p in indicator.proofs] == [{"mp4", "link", "jpg", "png"}]

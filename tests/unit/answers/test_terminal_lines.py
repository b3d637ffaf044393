"""Lines of a template for a terminal: wrapped below their first letter, safe for any name."""

from iid.tasks.text.terminal import drawn, fitted


def test_a_long_line_goes_on_below_its_first_letter(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    first, second = fitted([f"  - ¦{'kata ' * 15}"])
    assert first == "  - " + " ".join(["kata"] * 11)
    assert second == "    " + " ".join(["kata"] * 4)


def test_a_doubled_mark_sets_the_lines_after_the_first_two_further(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert list(fitted([f"  ¦¦{'kata ' * 12}"]))[1].startswith("    kata")


def test_a_mark_in_a_name_is_printed_and_splits_nothing():
    assert list(fitted(["  ¦Inovasi ¦ Satu", ""])) == ["  Inovasi ¦ Satu", ""]
    assert list(fitted(drawn(("Nama",), [("Satu ¦ Dua",)]).split("\n")))[-1] == "Satu | Dua"

"""What a row of sheet *Keputusan* means, and what prevents its force."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from iid.expectations.rulebook.words import plain
from iid.tasks.review.claim_keys import Claim
from iid.tasks.review.review_lines import ENTRIES, Line, meant
from iid.tasks.score.exact import exact_text
from iid.tasks.score.grid import TOTAL
from iid.tasks.text.cell_values import decimal_text, numbers
from iid.tasks.text.dates import parse_date
from iid.tasks.text.indonesian import comma

WORDS = ("terima", "turunkan", "tolak")
_WHOLE = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")

Problem = tuple[str, str, Mapping[str, object]]  # finding code, column of the cell, words


@dataclass(frozen=True, slots=True)
class Judged:
    """A row as far as understood; ``rivals``: words of contradicting rows."""

    word: str = ""
    new_parameter: int | None = None
    new_value: str = ""  # of an SPD total: exact decimal with a point
    problems: tuple[Problem, ...] = ()
    current: bool = False  # the fingerprint is that of today's claim and evidence
    rivals: tuple[str, ...] = ()
    remarks: tuple[Problem, ...] = ()  # reported, but the decision counts

    @property
    def speaks(self) -> bool:
        """Whether the row says something about today's claim."""
        return bool(self.word) and self.current

    @property
    def content(self) -> tuple[str, str]:
        """What is decided; notes and names may differ between two rows that agree."""
        new = self.new_value or ("" if self.new_parameter is None else str(self.new_parameter))
        return self.word, new if self.word == "turunkan" else ""

    @property
    def words(self) -> str:
        """The decision as people say it."""
        word, new = self.content
        return f"{word} ke {comma(new)}" if new else word

    @property
    def state(self) -> str:
        """``in_force``, ``lapsed`` or ``unclear`` (DECISIONS)."""
        if self.in_force:
            return "in_force"
        return "lapsed" if any(code == "decision.lapsed" for code, _, _ in self.problems) else "unclear"

    @property
    def in_force(self) -> bool:
        """Whether the decision counts."""
        return self.speaks and not self.problems and not self.rivals


def word_of(text: str) -> str:
    """Return the decision in *text*, however spelt; "" for any other word."""
    return next((word for word in WORDS if plain(text) == word), "")


def judge(line: Line, claim: Claim | None) -> Judged:
    """Understand one filled row about *claim* (None: there is no such claim)."""
    word, new = word_of(line["Keputusan"]), _new(line["Parameter baru"], claim)
    if claim is None:
        where = f" di baris {line.row}" if line.row else ""
        words = {"where": where, "innovation": line["innovation_id"] or "?", "value": line["No"] or "?"}
        problem = "decision.claim_unknown", "innovation_id", words
        return Judged(word, _step(new), problems=(problem,))
    current = meant(line["Sidik bukti"]).lower() == claim.fingerprint
    problems = [*_word(line, word), *_fit(line, word, new, claim)]
    if word and not current:
        problems.append(_lapsed(line, word))
    elif word in {"terima", "turunkan"} and not claim.proven:
        problems.append(("decision.no_evidence", "Keputusan", {"decision": word}))
    remarks = _date(line)
    if claim.indicator == TOTAL:
        value = "" if new is None else _decimal(new)
        return Judged(word, None, value, tuple(problems), current, remarks=remarks)
    return Judged(word, _step(new), problems=tuple(problems), current=current, remarks=remarks)


def _date(line: Line) -> tuple[Problem, ...]:
    """A *Tanggal* that is no day of the calendar."""
    text = meant(line["Tanggal"])
    if not text or parse_date(text):
        return ()
    serial = float(text) if re.fullmatch(r"[0-9]{5}", text) else None  # a cell that lost its date format
    if serial and parse_date(serial):
        return ()
    return (("decision.date_unreadable", "Tanggal", {"value": text}),)


def _new(text: str, claim: Claim | None) -> Fraction | None:
    """Return *Parameter baru*: whole, or an SPD total's score up to the claim."""
    if claim and claim.indicator == TOTAL:
        # "1.234" has two readings, thousands and a decimal; only one of them can be this score.
        fitting = {value for value in numbers(meant(text)) if 0 <= value <= claim.amount}
        return Fraction(fitting.pop()) if len(fitting) == 1 else None
    match = _WHOLE.fullmatch(meant(text))
    return Fraction(match[1]) if match else None


def _step(new: Fraction | None) -> int | None:
    return None if new is None else int(new)


def _decimal(value: Fraction) -> str:
    return decimal_text(Decimal(exact_text(value)))


def _word(line: Line, word: str) -> list[Problem]:
    """The word itself, and the note it needs."""
    if word in {"turunkan", "tolak"} and not meant(line["Catatan"]):
        return [("decision.note_missing", "Catatan", {"decision": word})]
    if word:
        return []
    if text := meant(line["Keputusan"]):
        return [("decision.unknown", "Keputusan", {"value": text})]
    filled = " dan ".join(column for column in ENTRIES if meant(line[column]))
    return [("decision.unclear", "Keputusan", {"what": f"{filled} terisi, tetapi Keputusan kosong"})]


def _fit(line: Line, word: str, new: Fraction | None, claim: Claim) -> list[Problem]:
    """Whether *Parameter baru* fits the word and the claim."""
    text = meant(line["Parameter baru"])
    if word == "turunkan" and (new is None or new >= claim.amount):
        what = f'"{text}" belum berlaku' if text else "belum diisi"
        words = {"what": what, "allowed": _allowed(claim)}
        return [("decision.parameter_unknown", "Parameter baru", words)]
    expected = {"terima": claim.amount, "tolak": 0}.get(word)
    if expected is not None and text and new != expected:
        what = f"Keputusan {word}, tetapi Parameter baru {text}"
        return [("decision.unclear", "Parameter baru", {"what": what})]
    return []


def _allowed(claim: Claim) -> str:
    """What may be in *Parameter baru* to lower *claim*."""
    if not claim.amount:
        return "tidak ada, klaimnya 0"
    if claim.indicator == TOTAL:
        return f"angka dari 0 sampai kurang dari {comma(_decimal(claim.amount))}, desimal boleh"
    return f"bilangan bulat 0 s.d. {math.ceil(claim.amount) - 1}"


def _lapsed(line: Line, word: str) -> Problem:
    empty = not meant(line["Sidik bukti"])
    why = "Sidik bukti kosong" if empty else "bukti atau klaim berubah sesudahnya"
    return "decision.lapsed", "Sidik bukti", {"decision": word, "why": why}

"""What one row of sheet *Keputusan* means, and what keeps it from being in force."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from iid.expectations.words import plain
from iid.tasks.review.cells import ENTRIES, Line, meant
from iid.tasks.review.claims import Claim

WORDS = ("terima", "turunkan", "tolak")
_WHOLE = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")

Problem = tuple[str, str, Mapping[str, object]]  # finding code, column of the cell, words


@dataclass(frozen=True, slots=True)
class Judged:
    """A row understood as far as possible; ``rivals`` are the words of rows that contradict it."""

    word: str = ""
    new_parameter: int | None = None
    problems: tuple[Problem, ...] = ()
    current: bool = False  # the fingerprint is that of today's claim and evidence
    rivals: tuple[str, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether the row says something about today's claim."""
        return bool(self.word) and self.current

    @property
    def content(self) -> tuple[str, int | None]:
        """What is decided; notes and names may differ between two rows that agree."""
        return self.word, self.new_parameter if self.word == "turunkan" else None

    @property
    def words(self) -> str:
        """The decision as people say it."""
        word, new = self.content
        return word if new is None else f"{word} ke {new}"

    @property
    def in_force(self) -> bool:
        """Whether the decision counts."""
        return self.speaks and not self.problems and not self.rivals


def word_of(text: str) -> str:
    """The decision *text* means, whatever its case, spaces and punctuation; "" for any other."""
    return next((word for word in WORDS if plain(text) == word), "")


def judge(line: Line, claim: Claim | None) -> Judged:
    """Understand one filled row about *claim* (None: there is no such claim)."""
    word, new = word_of(line["Keputusan"]), _whole(line["Parameter baru"])
    if claim is None:
        words = {"row": line.row, "innovation": line["innovation_id"] or "?", "value": line["No"] or "?"}
        return Judged(word, new, (("decision.claim_unknown", "innovation_id", words),))
    current = meant(line["Sidik bukti"]).lower() == claim.fingerprint
    problems = [*_word(line, word), *_fit(line, word, new, claim)]
    if word and not current:
        problems.append(_lapsed(line, word))
    elif word in {"terima", "turunkan"} and not claim.proven:
        problems.append(("decision.no_evidence", "Keputusan", {"decision": word}))
    return Judged(word, new, tuple(problems), current)


def _whole(text: str) -> int | None:
    match = _WHOLE.fullmatch(meant(text))
    return int(match[1]) if match else None


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


def _fit(line: Line, word: str, new: int | None, claim: Claim) -> list[Problem]:
    """Whether *Parameter baru* fits the word and the claim."""
    text = meant(line["Parameter baru"])
    if word == "turunkan" and (new is None or new >= claim.amount):
        maximum = max(math.ceil(claim.amount) - 1, 0)
        return [("decision.parameter_unknown", "Parameter baru", {"value": text, "maximum": maximum})]
    expected = {"terima": claim.amount, "tolak": 0}.get(word)
    if expected is not None and text and new != expected:
        what = f"Keputusan {word}, tetapi Parameter baru {text}"
        return [("decision.unclear", "Parameter baru", {"what": what})]
    return []


def _lapsed(line: Line, word: str) -> Problem:
    empty = not meant(line["Sidik bukti"])
    why = "Sidik bukti kosong" if empty else "bukti atau klaim berubah sesudahnya"
    return "decision.lapsed", "Sidik bukti", {"decision": word, "why": why}

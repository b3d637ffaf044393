"""What a rulebook demands by indicator: kinds, limits, numbers of items.

Shared by the suites (which assert it) and by the texts of the findings (which
name what is allowed). Plain dictionaries of plain values, so that they can be
inside an expectation and be written as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from iid.expectations.rulebook.model import Indicator, Proof, Rulebook, Status

_NAMES_INNOVATION = re.compile(r"\bnama(?:-nama)?\s+inovasi\b", re.IGNORECASE)
_SHARED = re.compile(
    r"\b(?:perda|perkada|(?:sk|keputusan|peraturan) kepala daerah|rkpd|apbd|dpa|dokumen anggaran)\b",
    re.IGNORECASE,
)
_REPLICATION = re.compile(r"\breplikasi\b", re.IGNORECASE)

#: Rancang Bangun with fewer different words than this share of its length (in per cent; at most
#: REPETITIVE_WORDS words count) repeats itself. Our own heuristic: plain Indonesian prose of
#: 300 words has 45 to 60 %. A warning only; it never changes a score.
REPETITIVE_PERCENT = 20
REPETITIVE_WORDS = 300

#: Kinds of file that are films; forms of web addresses that show none.
FILMS = frozenset({"mp4", "mov"})
NO_FILM = ("channel", "document", "folder", "form", "home", "search")

#: Formats that hold other files. Their contents are listed, never judged.
ARCHIVES = ("7z", "rar", "zip")
#: The same and others: all are unpacked, not put beside.
PACKED = (*ARCHIVES, "bz2", "cab", "gz", "tar", "tar.gz", "xz", "zst")


def allowed_kinds(rulebook: Rulebook) -> dict[str, list[str]]:
    """Return the kinds that prove or accompany, by indicator that limits them."""
    return {
        i.key: sorted({*i.kinds.value, *(k for proof in i.proofs for k in proof.accompanies)} - {"link"})
        for i in rulebook.indicators
        if i.kinds.value is not None
    }


def proving_kinds(rulebook: Rulebook) -> dict[str, list[str]]:
    """Return the proving kinds by ``proof_key``, unless every kind proves.

    ``proof_key`` is ``<indicator>/<parameter>/<basis>``, without a letter where there is one basis.
    """
    return {key: sorted(proof.proves) for key, proof in _proofs(rulebook) if proof.proves is not None}


def accompanying_kinds(rulebook: Rulebook) -> dict[str, list[str]]:
    """The same for kinds that only accompany a proof."""
    return {key: sorted(proof.accompanies) for key, proof in _proofs(rulebook) if proof.accompanies}


def sufficient_kinds(rulebook: Rulebook) -> dict[str, list[str]]:
    """Return kinds that make a claim count; inferred to accompany included."""
    return {key: sorted(proof.sufficient) for key, proof in _proofs(rulebook) if proof.sufficient is not None}


def _proofs(rulebook: Rulebook) -> Iterator[tuple[str, Proof]]:
    for indicator in rulebook.indicators:
        for proof in indicator.proofs:
            for basis in proof.bases or ("",):
                for parameter in proof.parameters:
                    yield f"{indicator.key}/{parameter}/{basis}", proof


def size_limits(rulebook: Rulebook, status: Status) -> dict[str, int]:
    """Return the largest bytes by indicator, of *read* or *inferred* limits."""
    per_mb = rulebook.limits.bytes_per_mb.value
    return {
        i.key: int((i.max_size_mb.value * per_mb).to_integral_value(ROUND_FLOOR))
        for i in rulebook.indicators
        if i.max_size_mb.value is not None and i.max_size_mb.status == status
    }


def length_limits(rulebook: Rulebook, status: Status) -> dict[str, int]:
    """Return the longest video in seconds by indicator, *read* or *inferred*."""
    return {
        i.key: int((i.max_minutes.value * Decimal(60)).to_integral_value(ROUND_FLOOR))
        for i in rulebook.indicators
        if i.max_minutes is not None and i.max_minutes.value is not None and i.max_minutes.status == status
    }


def expected_items(rulebook: Rulebook) -> dict[str, int]:
    """Return the usual number of documents by ``<indicator>/<parameter>``."""
    return {
        f"{i.key}/{parameter}": count
        for i in rulebook.indicators
        if i.expected_items is not None
        for parameter, count in enumerate(i.expected_items.value, start=1)
    }


def basis_letters(rulebook: Rulebook) -> dict[str, list[str]]:
    """Letters of the measuring bases, of the indicators that have several."""
    return {i.key: [b.code for b in i.bases] for i in rulebook.indicators if len(i.bases) > 1}


def mandatory(rulebook: Rulebook) -> list[str]:
    """Keys of the indicators that must be claimed."""
    return [i.key for i in rulebook.indicators if i.mandatory.value]


def accepting_links(rulebook: Rulebook) -> list[str]:
    """Keys of the indicators that a link alone can prove."""
    return [i.key for i in rulebook.indicators if i.accepts_links]


def films(rulebook: Rulebook) -> list[str]:
    """Return the ``proof_key`` of claims that a film, or its link, proves."""
    return [key for key, kinds in proving_kinds(rulebook).items() if "link" in kinds and FILMS & set(kinds)]


def naming_innovation(rulebook: Rulebook) -> list[str]:
    """Return the indicators whose text demands the name in the evidence."""
    return [i.key for i in rulebook.sid if _NAMES_INNOVATION.search(" ".join(_evidence_texts(i)))]


def shared_documents(rulebook: Rulebook) -> list[str]:
    """Return indicators that one decree, plan or budget may prove for many."""
    return [i.key for i in rulebook.sid if _SHARED.search(" ".join(_evidence_texts(i)))]


def replication(rulebook: Rulebook) -> list[str]:
    """Keys of the indicators that other regions prove, by their name."""
    return [i.key for i in rulebook.indicators if _REPLICATION.search(i.name)]


def document_window(rulebook: Rulebook) -> tuple[date, date]:
    """Return the usual days of signing: the window's start to the year's end."""
    return rulebook.eligibility.applied_from.value, date(rulebook.cycle, 12, 31)


def choices(rulebook: Rulebook) -> Mapping[str, tuple[str, ...]]:
    """Allowed answers by profile field, of the fields that have a list."""
    return {f.key: f.choices for f in rulebook.profile if f.choices}


def _evidence_texts(indicator: Indicator) -> list[str]:
    texts = [indicator.evidence.value, *(p.evidence for p in indicator.parameters)]
    return [text for text in texts if text]

"""What becomes final, before it does: the index, and what drops out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iid.tasks.answers.forecast import open_claims
from iid.tasks.close.late import Late
from iid.tasks.score.exact import published
from iid.tasks.text.indonesian import clean, number, points
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import GuardError

NAMED = 5  # late files and silent units that a sentence names


@dataclass(frozen=True, slots=True)
class Preview:
    """What a closing makes final.

    Indices are those of ``index.json`` with their categories. ``undecided`` claims count in
    *supported*, have no decision in force and so add nothing to *verified*; ``worth`` is what they
    add to the supported index, in points of the index, with 2 places. ``late`` are paths that do
    not count, ``late_counted`` how many late ones do, ``why`` they do; ``silent`` names of units of
    the roster that reported nothing.
    """

    before: tuple[str, str]
    after: tuple[str, str]
    undecided: int
    worth: str
    late: tuple[str, ...]
    silent: tuple[str, ...]
    gone: tuple[str, ...] = ()  # sentences, one a unit: evidence that counted before and is gone
    late_counted: int = 0
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """For machines: the form in Prefect, ``--json``, ``closing.json``."""
        names = ("index", "category")
        return {
            "before": dict(zip(names, self.before, strict=True)),
            "after": dict(zip(names, self.after, strict=True)),
            "undecided": self.undecided,
            "undecided_worth": self.worth,
            "late": list(self.late),
            "late_counted": self.late_counted,
            "silent_units": list(self.silent),
            "gone": list(self.gone),
        }

    def sentences(self) -> Iterator[str]:
        """The same for people, the most important first."""
        yield (
            f"Yang menjadi final: {points(self.after[0])} {self.after[1]} (terverifikasi); "
            f"sekarang {points(self.before[0])} {self.before[1]} (didukung bukti)."
        )
        if self.undecided:
            yield (
                f"{number(self.undecided)} klaim yang terbukti belum diputuskan peninjau dan tidak dihitung "
                f"dalam hasil final; nilainya {points(self.worth)} poin indeks."
            )
        yield from self.gone
        if self.late:
            yield f"{number(len(self.late))} berkas terlambat tidak dihitung: {_named(self.late)}."
        if self.late_counted:
            yield f"{counted_late(self.late_counted, self.why)}."
        if self.silent:
            yield f"{number(len(self.silent))} unit belum melaporkan apa pun: {_named(self.silent)}."


def preview_of(assessment: Assessment, late: Iterable[Late] = ()) -> Preview:
    """Return the preview of *assessment*; *late*: as the freeze found it."""
    index, late = assessment.index, tuple(late)
    counted = [one for one in late if one.counted]
    undecided, worth = open_claims(assessment.scores, index["supported"])
    units = assessment.units
    silent = units.loc[~units["submitted"].fillna(False).astype(bool), ["unit_code", "name"]]
    return Preview(
        before=_level(index["supported"]),
        after=_level(index["verified"]),
        undecided=undecided,
        worth=published(worth),
        late=tuple(one.source for one in late if not one.counted),
        silent=tuple(clean(name or code) for code, name in silent.itertuples(index=False)),
        gone=tuple(gone_evidence(assessment)),
        late_counted=len(counted),
        why=counted[0].why if counted else "",
    )


def counted_late(number_of_files: int, why: str) -> str:
    """Say that late files count, and *why*."""
    return f"{number(number_of_files)} berkas berubah setelah batas waktu, tetapi dihitung: {why}"


def gone_evidence(a: Assessment) -> Iterator[str]:
    """Who lost evidence that counted in the last run, and which files."""
    names = dict(zip(a.units["unit_code"].tolist(), a.units["name"].tolist(), strict=True))
    found = a.findings[a.findings["code"] == "unit.evidence_gone"]
    for code, message in zip(found["unit_code"].tolist(), found["message"].tolist(), strict=True):
        yield f"{clean(names.get(code) or code)}: {clean(message)}"


def check_decided(preview: Preview, reason: str | None) -> None:
    """Raise GuardError on undecided claims not accepted with a *reason*."""
    if not preview.undecided or (reason and reason.strip()):
        return
    raise GuardError(
        f"{' '.join(preview.sentences())} Tidak ada yang diterbitkan. Putuskan klaim itu di meja tinjauan "
        'atau buku tinjauan, atau tutup dengan --accept-undecided "alasan".'
    )


def _level(level: dict[str, Any]) -> tuple[str, str]:
    return str(level["index"]), str(level["category"])


def _named(names: tuple[str, ...]) -> str:
    rest = len(names) - NAMED
    shown = ", ".join(clean(name) for name in names[:NAMED])
    return f"{shown}, dan {number(rest)} lagi" if rest > 0 else shown

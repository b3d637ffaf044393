"""What a unit has to fix, most valuable first, and what it could claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.answers.causes import Causes
from iid.tasks.feedback.gains import shown
from iid.tasks.report.losses import SEVERITY_ORDER
from iid.tasks.score.moves import Step
from iid.tasks.text.indonesian import clean, number
from iid.tasks.text.labels import title
from iid.tasks.values.row_groups import Row
from iid.tasks.values.tables import REGION_ID

#: Findings about decisions are for reviewers; of these the unit only learns that one has lapsed.
FOR_UNITS = frozenset({"decision.lapsed"})
UNCHOSEN = "claim.parameter_unknown"
TOGETHER = "bersama temuan lain pada klaim yang sama"
ALL_OF_THEM = "bila semua syarat inovasi ini dipenuhi"
NOTHING_YET = "belum menambah indeks: klaim di dalamnya belum terbukti"
CHOOSING = "nilainya menurut Parameter yang dipilih"
AFTERWARDS = "dihitung setelah syarat inovasinya dipenuhi"
UNCHANGED = "tidak mengubah nilai"
_WITHOUT = {AFTERWARDS: "setelah syarat", CHOOSING: "menurut pilihan"}
Steps = Mapping[tuple[str, str], Step]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a unit's workbook: path on the share, sheet, ``C17``."""

    path: str
    sheet: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """A thing to fix; ``worth``: index points, "" if no score changes.

    ``points`` is the same in points of the row, "" where it is about more than one row.
    """

    worth: str
    points: str
    remark: str  # what to know about the worth
    without: str  # what to say where there is no worth
    severity: str
    innovation_id: str  # "" for the unit as a whole
    innovation: str
    indicator: str
    indicator_name: str
    title: str
    why: str
    stake: str  # what it does to the score now, "" where it does nothing
    fix: str
    where: str
    code: str
    cell: Cell | None
    found: bool = True  # False: no finding, but a claim that a reviewer refused or that has no evidence


@dataclass(frozen=True, slots=True)
class Chance:
    """A claim that could be raised, and what the guideline asks for it."""

    worth: str
    innovation_id: str
    innovation: str
    indicator: str
    indicator_name: str
    before: int
    after: int
    demands: str
    caution: str


class Places:
    """Names and cells of a unit: *folders*, innovations by id, rows of CLAIMS."""

    def __init__(
        self, folders: Sequence[str], rulebook: Rulebook, names: Mapping[str, str], claims: Iterable[Row]
    ) -> None:
        self.inside = tuple(f"{folder}/" for folder in folders)
        self.rulebook, self.names = rulebook, names
        self.rank = {indicator.key: place for place, indicator in enumerate(rulebook.indicators)}
        self._claims = {(row["innovation_id"], row["indicator"]): row for row in claims}

    def name(self, innovation_id: str) -> str:
        """Name of an innovation of this unit; what else a finding may be about."""
        if innovation_id == REGION_ID:
            return "Pemerintah daerah"
        return self.names.get(innovation_id, clean(innovation_id.partition("/")[2]) or "Seluruh unit")

    def indicator(self, key: str) -> str:
        """Name of an indicator; "" for none."""
        found = self.rulebook.by_key.get(key)
        return found.name if found else ""

    def points(self, step: Step) -> str:
        """Return *step*'s weight times parameter; "" for what is no single row."""
        indicator = self.rulebook.by_key.get(step.indicator)
        if indicator is None or step.total is not None:
            return ""
        return f"+{number(indicator.weight.value * (step.after - step.before))}"

    def cell(self, row: Row) -> Cell | None:
        """Return a finding's own cell, else the claim's in Bukti or Parameter."""
        own = _cell(row["source"])
        if own and own.path.startswith(self.inside):
            return own
        claim = self._claims.get((row["innovation_id"], row["indicator"]))
        if claim is None:
            return None
        return _cell(claim["files_cell"] or claim["source"])

    def where(self, source: str) -> str:
        """The place below the unit's folder; of a place elsewhere only its name."""
        if "://" in source:
            return clean(source)
        path, _, cell = source.partition("#")
        shown_path = path.rpartition("/")[2]
        if path.startswith(self.inside):  # in a second folder, with that folder's name
            shown_path = below(path, self.inside[0])
        sheet, _, address = cell.rpartition("!")
        place = f" › {sheet}, sel {address}" if sheet else f" › {cell}" if cell else ""
        return clean(f"{shown_path}{place}")


def below(path: str, folder: str) -> str:
    """Return *path* below the unit's first *folder*, else below the cycle's."""
    return path[len(folder) :] if path.startswith(folder) else path.partition("/")[2]


def _cell(source: str) -> Cell | None:
    path, _, cell = source.rpartition("#")
    sheet, _, address = cell.rpartition("!")
    return Cell(path, sheet, address) if path and sheet and address else None


def is_for_unit(row: Row) -> bool:
    """Whether the unit itself can do something about a finding."""
    return not row["code"].startswith("decision.") or row["code"] in FOR_UNITS


def lines_of(findings: Iterable[Row], steps: Steps, causes: Causes, places: Places) -> tuple[Line, ...]:
    """Return a unit's findings and unexplained open claims, sorted by worth."""
    rows = [row for row in findings if is_for_unit(row)]
    critical = [row for row in rows if row["severity"] == "critical"]
    times: dict[tuple[str, str], int] = {}
    for row in critical:
        key = (row["innovation_id"], row["indicator"])
        times[key] = times.get(key, 0) + 1
    made: list[tuple[Fraction, Line]] = []
    for row in rows:
        step = _step(row, steps)
        barred = (row["innovation_id"], "") in steps  # making it eligible is a step of its own
        shared = times.get((row["innovation_id"], row["indicator"]), 0) > 1
        made.append((step.gain if step else Fraction(0), _line(row, step, shared, places, barred=barred)))
    made += _unexplained(steps, times, causes, places)
    return tuple(line for _, line in sorted(made, key=lambda pair: _order(pair[0], pair[1], places.rank)))


def _step(row: Row, steps: Steps) -> Step | None:
    """The step that fixes a critical finding; a *raise* fixes nothing."""
    step = steps.get((row["innovation_id"], row["indicator"])) if row["severity"] == "critical" else None
    return step if step and step.kind != "raise" else None


def _line(row: Row, step: Step | None, shared: bool, places: Places, *, barred: bool = False) -> Line:
    remark = ""
    if step and not step.gain:
        remark = NOTHING_YET
    elif step and shared:
        remark = TOGETHER if row["indicator"] else ALL_OF_THEM
    elif not step and row["severity"] == "critical" and row["indicator"]:
        remark = AFTERWARDS if barred else CHOOSING if row["code"] == UNCHOSEN else ""
    return Line(
        worth=shown(step.gain) if step else "",
        points=places.points(step) if step else "",
        remark=remark,
        without=_WITHOUT.get(remark, "belum dapat dihitung" if row["severity"] == "critical" else UNCHANGED),
        severity=row["severity"],
        innovation_id=row["innovation_id"],
        innovation=places.name(row["innovation_id"]),
        indicator=row["indicator"],
        indicator_name=places.indicator(row["indicator"]),
        title=title(row["code"]),
        why=clean(row["message"]),
        stake=_stake(step),
        fix=clean(row["fix"]),
        where=places.where(row["source"]),
        code=row["code"],
        cell=places.cell(row),
    )


def _stake(step: Step | None) -> str:
    """What the finding that *step* corrects does to the score now."""
    if step is None:
        return ""
    if not step.indicator:
        return "Karena itu inovasi ini sekarang tidak dihitung."
    if step.total is not None or step.before:
        return "Karena itu klaim ini sekarang tidak bernilai penuh."
    return "Karena itu klaim ini sekarang bernilai 0."


def _unexplained(
    steps: Steps, explained: Mapping[tuple[str, str], int], causes: Causes, places: Places
) -> Iterator[tuple[Fraction, Line]]:
    """Claims that a decision lowered, or that lack evidence without a finding."""
    for key, step in steps.items():
        if step.kind != "mend" or key in explained:
            continue
        why, fixes = causes.of(step)
        row: Row = {
            "innovation_id": key[0],
            "indicator": key[1],
            "severity": "critical",
            "code": why[0]["code"] if why else "",
            "message": "; ".join(cause["text"] for cause in why),
            "fix": " ".join(fixes),
            "source": "",
        }
        yield step.gain, replace(_line(row, step, shared=False, places=places), found=False)


def without_worth(line: Line) -> Line:
    """Return *line* for a closed cycle: corrections change no number then."""
    return replace(line, worth="", points="", remark="", without=UNCHANGED)


def _order(gain: Fraction, line: Line, rank: Mapping[str, int]) -> tuple[object, ...]:
    severity, place = SEVERITY_ORDER.get(line.severity, 9), rank.get(line.indicator, -1)
    return (-gain, severity, line.innovation_id, place, line.code, line.where, line.why)


def chances_of(steps: Steps, causes: Causes, places: Places) -> tuple[Chance, ...]:
    """What could be claimed beyond, the most valuable first."""
    found = []
    for step in steps.values():
        if step.kind == "raise":
            _, demands = causes.of(step)
            found.append(
                Chance(
                    worth=shown(step.gain),
                    innovation_id=step.innovation_id,
                    innovation=places.name(step.innovation_id),
                    indicator=step.indicator,
                    indicator_name=places.indicator(step.indicator),
                    before=step.before,
                    after=step.after,
                    demands=clean("\n".join(demands)),
                    caution=causes.caution(step),
                )
            )
    return tuple(found)

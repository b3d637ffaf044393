"""From a recipe to a list of files: where each is and what will be inside."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.expectations.rulebook.strict_yaml import shipped
from iid.tasks.demo.prose import Facts
from iid.tasks.demo.recipe import ClaimSpec, FileSpec, InnovationSpec, Make, Recipe
from iid.tasks.values.folder_names import (
    INNOVATION_LENGTH,
    REGION_FOLDER,
    evidence_folder,
    safe_name,
    unit_folder,
)

_SUFFIXES: dict[Make, str] = {
    "pdf": "pdf",
    "photo": "jpg",
    "screen": "png",
    "video": "mp4",
    "long_video": "mp4",
}
_FALLBACK: dict[Make, Make] = {"pdf": "screen", "video": "photo", "photo": "pdf", "screen": "pdf"}


@dataclass(frozen=True, slots=True)
class Planned:
    """A file to make; ``key`` seeds its contents: equal keys, equal bytes."""

    path: str  # below the cycle folder
    key: str
    make: str
    facts: Facts
    paper: Mapping[str, Any]  # title, about, layout of the document
    when: date


@dataclass(frozen=True, slots=True)
class Folder:
    """An innovation of the recipe, its place, and the facts of its documents."""

    spec: InnovationSpec
    path: str  # below the cycle folder
    facts: Facts
    applied: date
    cycle: int
    unit_type: str = ""


def papers() -> dict[str, dict[str, Any]]:
    """The kinds of documents by indicator, from ``dokumen.yaml``."""
    loaded: dict[str, dict[str, Any]] = shipped("iid.tasks.demo.data", "dokumen.yaml")
    return loaded


def folders(recipe: Recipe, rulebook: Rulebook) -> list[Folder]:
    """Every innovation of *recipe*, placed."""
    units = {unit.code: unit for unit in recipe.units}
    placed = []
    for spec in recipe.each_innovation():
        known = units.get(spec.unit)
        unit = known.name if known else spec.unit_folder or spec.unit
        parent = spec.unit_folder or unit_folder(spec.unit, unit)
        facts = _facts(spec, unit, recipe.region.name)
        path = f"{parent}/{unit_and_folder(spec)[1]}"
        placed.append(
            Folder(spec, path, facts, applied_date(spec, rulebook), recipe.cycle, known.type if known else "")
        )
    return placed


def _facts(spec: InnovationSpec, unit: str, region: str) -> Facts:
    about = (spec.affair, spec.problem, spec.target, spec.method, spec.outcome)
    return Facts(spec.name, unit, region, *about)


def unit_and_folder(spec: InnovationSpec) -> tuple[str, str]:
    """The two halves of the innovation_id."""
    return spec.unit, spec.folder or safe_name(spec.name, INNOVATION_LENGTH)


def applied_date(spec: InnovationSpec, rulebook: Rulebook) -> date:
    """Return the recipe's date of Waktu Penerapan, else one in the window."""
    written = spec.profile.get("Waktu Penerapan")
    if isinstance(written, date):
        return written
    first, last = rulebook.eligibility.applied_from.value, rulebook.eligibility.applied_to.value
    rng = random.Random(f"{spec.name}/applied")  # noqa: S311 (a fixed seed is the point)
    return first + timedelta(days=rng.randrange(60, (last - first).days - 60))


def claim_of(claims: Mapping[str, ClaimSpec], indicator: Indicator) -> ClaimSpec:
    """The recipe's row for *indicator*: its own, else ``all``, else none."""
    return claims.get(indicator.key) or claims.get("all") or ClaimSpec()


def plan(recipe: Recipe, rulebook: Rulebook) -> list[Planned]:
    """Return all evidence files; ``copy`` and ``retyped`` have their source."""
    planned = [*_region_files(recipe, rulebook)]
    for folder in folders(recipe, rulebook):
        for indicator in rulebook.sid:
            claim = claim_of(folder.spec.claims, indicator)
            planned += _claim_files(folder, indicator, claim)
        planned += _extra_files(folder.path, folder.spec.extra, folder)
    planned += _extra_files("", recipe.extra, region_folder(recipe, path=""))
    return [_resolved(item, planned) for item in planned]


def file_names(indicator: Indicator, claim: ClaimSpec, folder: Folder) -> list[str]:
    """Return the claim's own file names (or automatic ones), then ``also``."""
    return [*(name for name, _, _ in _own_files(indicator, claim, folder)), *claim.also]


def _claim_files(folder: Folder, indicator: Indicator, claim: ClaimSpec) -> Iterator[Planned]:
    own = _own_files(indicator, claim, folder)
    listed = [*own, *((name, spec, 0) for name, spec in claim.also.items())]
    for name, spec, number in listed:
        path = f"{folder.path}/{evidence_folder(indicator)}/{name}".lstrip("/")
        yield _planned(path, spec, indicator.key, number, folder)


def _own_files(indicator: Indicator, claim: ClaimSpec, folder: Folder) -> list[tuple[str, FileSpec, int]]:
    if claim.files is not None:
        return [(file, spec, 1) for file, spec in claim.files.items()]
    parameter = claim.parameter if isinstance(claim.parameter, int) else 1
    if claim.parameter in {None, 0} and claim.value is None and claim.count is None:
        return []
    paper = _paper(indicator)
    make = claim.make if claim.make != "auto" else _made_of(indicator, paper)
    position = min(max(parameter, 1), 3) - 1
    expected = indicator.expected_items.value if indicator.expected_items else paper["count"]
    total = claim.count if claim.count is not None else expected[position]
    suffix = _suffix(indicator, make, f"{folder.spec.name}/{indicator.key}")
    names = (_titled(paper["name"], number, _year(number, folder.cycle)) for number in range(1, total + 1))
    return [(f"{title}.{suffix}", FileSpec(make=make), number) for number, title in enumerate(names, 1)]


def _planned(path: str, spec: FileSpec, key: str, number: int, folder: Folder) -> Planned:
    paper = papers().get(key, papers()["SPD"])
    when = folder.applied + timedelta(days=17 * number)
    if paper.get("yearly"):
        when = date(_year(number, folder.cycle), 1, 15)
    facts = folder.facts
    if spec.innovation is not None:
        facts = replace(facts, name=spec.innovation)
    if spec.region is not None:
        facts = replace(facts, region=spec.region, unit=f"Dinas {spec.region}")
    filled = {word: _titled(paper[word], number or 1, when.year) for word in ("title", "about")}
    return Planned(
        path=path,
        key=f"{path}|{spec.of}",
        make=spec.make if spec.make != "auto" else paper["make"],
        facts=facts,
        paper={**paper, **filled},
        when=when,
    )


def _extra_files(base: str, extra: Mapping[str, FileSpec], folder: Folder) -> Iterator[Planned]:
    for path, spec in extra.items():
        yield _planned(f"{base}/{path}".lstrip("/"), spec, "22", 0, folder)


def _region_files(recipe: Recipe, rulebook: Rulebook) -> Iterator[Planned]:
    for indicator in rulebook.spd_rows:
        claim = claim_of(recipe.pemda, indicator)
        folder = region_folder(recipe, f"{indicator.key} {indicator.name}")
        yield from _claim_files(folder, indicator, claim)


def region_folder(recipe: Recipe, name: str = "Umum", path: str = REGION_FOLDER) -> Folder:
    """Make a folder for papers of the region, in place of an innovation."""
    general = InnovationSpec(unit="", name=name, affair="Perencanaan")
    facts = _facts(general, "Sekretariat Daerah", recipe.region.name)
    return Folder(general, path, facts, date(recipe.cycle - 1, 6, 1), recipe.cycle)


def _resolved(item: Planned, planned: list[Planned]) -> Planned:
    """Return the source of ``copy`` or ``retyped``, with path and making."""
    if item.make not in {"copy", "retyped"}:
        return item
    name, _, key = item.key.rsplit("|", 1)[1].rpartition("/")
    for source in planned:
        folder, _, rest = source.path.partition("/bukti/")
        if folder.endswith(f"/{safe_name(name, INNOVATION_LENGTH)}") and rest.split(" ", 1)[0] == key:
            make = source.make if item.make == "copy" else "retyped"
            return replace(source, path=item.path, make=make)
    raise ValueError(f"{item.path}: there is no file of {name}/{key} to repeat")


def _paper(indicator: Indicator) -> dict[str, Any]:
    return papers().get(indicator.key, papers()["SPD"])


def _made_of(indicator: Indicator, paper: Mapping[str, Any]) -> Make:
    """Return the making of *paper*, or one that the indicator takes."""
    kinds = indicator.kinds.value
    make: Make = paper["make"]
    if kinds is None or _SUFFIXES[make] in kinds or (make == "screen" and "jpg" in kinds):
        return make
    return _FALLBACK[make]


def _suffix(indicator: Indicator, make: Make, key: str) -> str:
    """Return the file name's ending; JPEG and PNG vary if both are taken."""
    suffix = _SUFFIXES.get(make, make if make in {"docx", "xlsx", "pptx", "zip"} else "pdf")
    kinds = indicator.kinds.value or ()
    varied = zlib.crc32(key.encode()) % 5 < 2
    return "jpg" if make == "screen" and "jpg" in kinds and ("png" not in kinds or varied) else suffix


def _titled(text: str, number: int, year: int) -> str:
    return text.replace("{n}", str(number)).replace("{year}", str(year))


def _year(number: int, cycle: int) -> int:
    """Year of the first, second, third yearly document: T-1, T-2, T."""
    return cycle + (-1, -1, -2, 0)[min(number, 3)]

"""The answers an operator would have written, from a recipe."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.expectations.rulebook.words import match
from iid.tasks.demo import prose
from iid.tasks.demo.recipe import ClaimSpec
from iid.tasks.demo.share_plan import Folder, claim_of, file_names
from iid.tasks.scaffold.answers import Answers, Cell, FilledRow
from iid.tasks.text.indonesian import number

_SERVICE = "Inovasi Pelayanan Publik"
#: Who starts an innovation and what it counts as, by type of unit; other choices are drawn.
_FITTING = {
    kind: {"initiator": "Perangkat Daerah", "classification": "Inovasi Perangkat Daerah", "form": _SERVICE}
    for kind in ("opd", "puskesmas", "sekolah", "bpp", "kecamatan", "kelurahan")
} | {
    "desa": {"initiator": "Masyarakat", "classification": "Inovasi Desa", "form": _SERVICE},
    "masyarakat": {"initiator": "Masyarakat", "classification": "Inovasi Masyarakat", "form": _SERVICE},
}


def innovation_answers(folder: Folder, rulebook: Rulebook) -> Answers:
    """Profil and rows 16..35 of one innovation."""
    rows = {
        indicator.key: _row(indicator, claim_of(folder.spec.claims, indicator), folder)
        for indicator in rulebook.sid
    }
    written = {label: _written(answer) for label, answer in folder.spec.profile.items()}
    return Answers({**_profile(folder, rulebook), **written}, rows)


def region_answers(pemda: Mapping[str, ClaimSpec], folder: Folder, rulebook: Rulebook) -> Answers:
    """Return the SPD rows; with thresholds a bare parameter becomes a *Nilai*."""
    rows = {}
    for indicator in rulebook.spd_rows:
        claim = claim_of(pemda, indicator)
        row = _row(indicator, claim, folder)
        if (
            indicator.thresholds
            and claim.value is None
            and isinstance(claim.parameter, int)
            and claim.parameter
        ):
            value = float(fitting_value(indicator, claim.parameter, rulebook))
            row = FilledRow(row.parameter, None, row.files, row.links, row.note, value)
        rows[indicator.key] = row
    return Answers(rows=rows)


def fitting_value(indicator: Indicator, parameter: int, rulebook: Rulebook) -> Decimal:
    """Return a value that earns exactly *parameter*. ValueError without one."""
    if indicator.thresholds is None:
        raise ValueError(f"indicator {indicator.key} has no thresholds")
    for band in indicator.thresholds.bands:
        if band.parameter != parameter:
            continue
        edges = [edge for edge in (band.lower, band.upper) if edge is not None]
        middle = (sum(edges, Decimal(0)) / len(edges)).quantize(Decimal("0.01"))
        for value in (middle, *edges, *(edge + step for edge in edges for step in (Decimal(1), Decimal(-1)))):
            if rulebook.threshold_parameter(indicator.key, value) == parameter:
                return value
    raise ValueError(f"no value of indicator {indicator.key} gives parameter {parameter}")


def _written(answer: Cell) -> Cell:
    """An answer of the recipe; ``KATA300`` means one word 300 times over."""
    return " ".join(["kata"] * 300) if answer == "KATA300" else answer


def _row(indicator: Indicator, claim: ClaimSpec, folder: Folder) -> FilledRow:
    if claim.parameter in {None, 0} and claim.value is None:
        return FilledRow(claim.parameter, claim.basis, claim.bukti or "", claim.links, claim.note)
    basis = claim.basis
    if basis is None and indicator.bases:
        basis = indicator.bases[0].code
    return FilledRow(
        claim.parameter, basis, _evidence_cell(indicator, claim, folder), claim.links, claim.note, claim.value
    )


def _evidence_cell(indicator: Indicator, claim: ClaimSpec, folder: Folder) -> str:
    """Name the files on even indicators, none (= the folder) on odd ones."""
    if claim.bukti is not None:
        return claim.bukti
    digits = "".join(letter for letter in indicator.key if letter.isdigit()) or "1"
    if int(digits) % 2:
        return ""
    separator = "\n" if int(digits) % 4 else "; "
    return separator.join(file_names(indicator, claim, folder))


def _profile(folder: Folder, rulebook: Rulebook) -> dict[str, Cell]:
    spec, facts = folder.spec, folder.facts
    rng = random.Random(f"{spec.name}/profile")  # noqa: S311 (a fixed seed is the point)
    answers: dict[str, Cell] = {}
    by_key: dict[str, Cell] = {
        "name": spec.name,
        "stage": rulebook.eligibility.stage.value,
        "initiator_name": f"Tim Pengelola {facts.unit}",
        "main_affair": facts.affair,
        "trial_date": folder.applied - timedelta(days=rng.randrange(60, 150)),
        "applied_date": folder.applied,
        "design": prose.design(facts, rng),
        "purpose": prose.short_text("tujuan", facts, rng),
        "benefit": prose.short_text("manfaat", facts, rng),
        "result": prose.short_text("hasil", facts, rng),
        "coordinates": f"-3.{rng.randrange(2500, 4600)}, 114.{rng.randrange(6300, 9900)}",
        "budget": number(rng.randrange(8, 90) * 500_000),
    }
    for field in rulebook.profile:
        if field.key in by_key:
            answers[field.label] = by_key[field.key]
        elif field.choices and field.type == "choice":
            fitting = _FITTING.get(folder.unit_type, {}).get(field.key, "")
            answers[field.label] = match(fitting, field.choices) or rng.choice(field.choices)
        elif field.required.value:
            answers[field.label] = f"{field.label} {facts.name}"
    return answers

"""Sheets of an innovation made on the spot, and what was parsed of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iid.expectations.rulebook.loading import load
from iid.tasks.ingest.parse_workbook import parse_innovation
from iid.tasks.ingest.parsed import Claim, Parsed, ProfileAnswer

Workbook = Callable[..., bytes]
RULES = load(2026).rulebook
PROFILE = [["Isian", "Jawaban"], ["Nama Inovasi", "SIGAP"]]
HEADER = ["No", "Indikator", "Parameter", "Basis", "Bukti", "Tautan", "Keterangan"]


def rows(*lines: list[Any]) -> list[list[Any]]:
    """Sheet Indikator: *lines*, then every other indicator unclaimed."""
    given = {str(line[0]) for line in lines}
    return [HEADER, *lines, *([n] for n in range(16, 36) if str(n) not in given)]


def claim(parsed: Parsed, key: str) -> Claim:
    return next(claim for claim in parsed.claims if claim.indicator == key)


def answer(parsed: Parsed, key: str) -> ProfileAnswer:
    return next(answer for answer in parsed.answers if answer.field == key)


def remarks(parsed: Parsed) -> list[tuple[str, str, dict[str, str]]]:
    return [(remark.code, remark.address, dict(remark.words)) for remark in parsed.remarks]


def parse(
    workbook: Workbook, profile: list[list[Any]], indicators: list[list[Any]], change: Any = None
) -> Parsed:
    return parse_innovation(workbook({"Profil": profile, "Indikator": indicators}, change), RULES)

"""The words of findings about claims."""

from __future__ import annotations

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.text import sentences
from iid.tasks.text.cell_values import numbers
from iid.tasks.text.indonesian import number
from iid.tasks.validate.case import Case
from iid.tasks.validate.texts_common import (
    Tables,
    Wording,
    Words,
    allowed_kinds,
    claimed,
    constant,
    each,
    ocr_marked,
)
from iid.tasks.values.indicator_numbers import TOTAL


def _parameter_unknown(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {
        "value": each(rows, "raw"),
        "allowed": constant(rows, "0, 1, 2, 3, atau teks dari daftar sel itu"),
    }


def _basis(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    letters = demands.basis_letters(case.rulebook)
    return {
        "what": [
            f'"{sentences.quoted(raw)}" tidak dikenal' if raw else "kosong" for raw in rows["basis_raw"]
        ],
        "allowed": [sentences.alternatives(letters[key]) for key in rows["indicator"]],
    }


def _value(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    """Words of all findings about *Nilai* and *Parameter*."""
    rules = case.rulebook
    maximum = f" (0 s.d. {number(rules.formula.maximum_spd.value)})"
    units = {i.key: f" ({i.thresholds.unit})" for i in rules.indicators if i.thresholds}
    units["SPD"] = maximum
    return {
        "value": each(rows, "value_raw"),
        "what": [
            _why_no_value(key, raw) for key, raw in zip(rows["indicator"], rows["value_raw"], strict=True)
        ],
        "computed": each(rows, "parameter_taken"),
        "parameter": [
            sentences.quoted(raw or taken)
            for raw, taken in zip(rows["raw"], rows["parameter_taken"], strict=True)
        ],
        "allowed": [units.get(key, "") for key in rows["indicator"]],
    }


def _why_no_value(indicator: str, raw: str) -> str:
    """Report why a value is not taken: no number, two numbers, out of range."""
    if not numbers(raw):
        return "bukan angka yang dapat dibaca"
    return "di luar rentang yang boleh" if indicator == TOTAL else "dapat dibaca dengan dua cara"


def _mandatory(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    return {"title": [case.rulebook.by_key[key].name for key in rows["indicator"]]}


def _no_item(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    what = "tidak ada satu pun berkas atau tautan bukti"
    return {"claimed": claimed(rows), "what": constant(rows, what)}


def _link_only(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    links = [
        sentences.quoted(sentences.shortened(text.split("\n"), 1, "tautan lain")) for text in rows["links"]
    ]
    return {"name": links, "allowed": allowed_kinds(rows, case)}


def _supporting_only(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    proving = demands.proving_kinds(case.rulebook)
    beside = demands.accompanying_kinds(case.rulebook)
    shown = zip(rows["proof_key"], rows["kinds_shown"], strict=True)
    return {
        "kinds": [
            sentences.formats([k for k in kinds.split("\n") if k in beside[key]]) for key, kinds in shown
        ],
        "parameter": [_with_basis(key) for key in rows["proof_key"]],
        "allowed": [sentences.formats(proving[key]) for key in rows["proof_key"]],
    }


def _with_basis(proof_key: str) -> str:
    """``3``, or ``3 (basis c)``."""
    _, parameter, basis = proof_key.split("/")
    return parameter + (f" (basis {basis})" if basis else "")


def _fewer(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    expected = demands.expected_items(case.rulebook)
    return {
        "parameter": each(rows, "parameter_taken"),
        "expected": [str(expected[key]) for key in rows["indicator_parameter"]],
        "found": each(rows, "documents"),
    }


def _name_absent(rows: pd.DataFrame, case: Case, tables: Tables) -> Words:
    items = tables["evidence"]
    items = items[items["counts"] & (items["kind"] == "file") & items["claim"].isin(rows["claim"])]
    named = [
        ocr_marked(source, case, sha) for source, sha in zip(items["source"], items["sha256"], strict=True)
    ]
    files = pd.Series(named, index=items.index, dtype="string").groupby(items["claim"]).agg(list)
    names = [files[claim] for claim in rows["claim"]]
    return {
        "innovation": [sentences.quoted(case.names[innovation]) for innovation in rows["innovation_id"]],
        "name": [sentences.shortened(group, 3, "berkas lain") for group in names],
    }


WORDS: dict[str, Wording] = {
    "claim.parameter_unknown": _parameter_unknown,
    "claim.parameter_unknown/range": _parameter_unknown,
    "claim.value_disagrees": _value,
    "claim.value_unreadable": _value,
    "claim.value_missing": _value,
    "claim.value_ignored": _value,
    "claim.formula_uncalculated": _value,
    "claim.basis_missing": _basis,
    "claim.mandatory_missing": _mandatory,
    "evidence.missing/claim": _no_item,
    "evidence.link_instead_of_file": _link_only,
    "evidence.supporting_only": _supporting_only,
    "evidence.fewer_than_expected": _fewer,
    "evidence.name_absent": _name_absent,
}

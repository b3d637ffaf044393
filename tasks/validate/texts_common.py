"""What texts of findings share: plain columns, file names, allowed kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from iid.tasks.text import sentences
from iid.tasks.validate.case import Case
from iid.tasks.values.indicator_numbers import TOTAL

Words = dict[str, list[str]]
Tables = Mapping[str, pd.DataFrame]
#: Gets the failing rows of one judged table, the case and all judged tables; one text a row and word.
Wording = Callable[[pd.DataFrame, Case, Tables], Words]


#: How text that was read by OCR is marked wherever something is said because of it.
OCR = "hasil OCR, dapat keliru"


def constant(rows: pd.DataFrame, text: str) -> list[str]:
    """The same *text* for every row."""
    return [text] * len(rows)


def each(rows: pd.DataFrame, column: str) -> list[str]:
    """The row's own value, fit for a sentence."""
    return [sentences.quoted(value) for value in rows[column]]


def files(rows: pd.DataFrame) -> list[str]:
    """The file's name, without its folders."""
    return [sentences.file_name(source) for source in rows["source"]]


def claimed(rows: pd.DataFrame) -> list[str]:
    """Return what each row claims: its parameter, or the score of a total."""
    given = zip(rows["indicator"], rows["parameter_taken"], rows["value_raw"], strict=True)
    return [
        sentences.quoted(f"Skor {value}" if key == TOTAL else f"Parameter {step}")
        for key, step, value in given
    ]


def documents(rows: pd.DataFrame, case: Case) -> list[str]:
    """The file's name; marked where what is said of it comes from OCR."""
    return [ocr_marked(source, case, sha) for source, sha in zip(rows["source"], rows["sha256"], strict=True)]


def ocr_marked(source: str, case: Case, sha256: str) -> str:
    """The name of *source*, marked where its text comes from OCR."""
    return sentences.file_name(source) + (f" ({OCR})" if sha256 in case.by_ocr else "")


def allowed_kinds(rows: pd.DataFrame, case: Case) -> list[str]:
    """What the row's indicator takes, in words."""
    kinds = {i.key: i.kinds.value for i in case.rulebook.indicators}
    shown = {key: sentences.formats(value) if value else "berkas" for key, value in kinds.items()}
    return [shown[key] for key in rows["indicator"]]

"""The long tables of a run: names, types and meaning of each column.

Everything between reading and publishing is one of these data frames. Missing
text is ``""`` (never None), missing numbers are ``<NA>``. Lists inside a cell
are separated by ``;`` when published and by a new line while they travel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

TEXT, WHOLE, FLAG = "string", "Int64", "boolean"

Columns = Mapping[str, str]

#: One row a unit: the roster joined with the unit folders that were found.
UNITS: Columns = {
    "unit_code": TEXT,  # code of the roster; first word of the folder name
    "name": TEXT,
    "type": TEXT,  # opd, puskesmas, sekolah, bpp, kecamatan, kelurahan, desa, masyarakat, ""
    "parent": TEXT,
    "folder": TEXT,  # path inside the share, "" when there is none
    "known": FLAG,  # is in the roster (always true without a roster)
    "submitted": FLAG,  # at least one innovation folder
}

#: One row an innovation folder, read or not (an unread one has empty fields).
INNOVATIONS: Columns = {
    "innovation_id": TEXT,  # <unit code>/<innovation folder>, NFC, stripped
    "unit_code": TEXT,
    "folder": TEXT,  # path inside the share
    "workbook": TEXT,  # path of inovasi.xlsx inside the share, "" when missing
    "read": FLAG,  # the workbook could be read
    "name": TEXT,
    "stage": TEXT,
    "initiator": TEXT,
    "initiator_name": TEXT,
    "classification": TEXT,
    "kind": TEXT,  # Jenis
    "form": TEXT,  # Bentuk
    "theme": TEXT,  # Tematik
    "main_affair": TEXT,  # Urusan Utama, in the rulebook's spelling where it matches
    "other_affairs": TEXT,
    "trial_date": TEXT,  # ISO date or ""
    "applied_date": TEXT,
    "developed_date": TEXT,
    "design": TEXT,  # Rancang Bangun
    "purpose": TEXT,
    "benefit": TEXT,
    "result": TEXT,
    "coordinates": TEXT,
    "budget": TEXT,
    "design_words": WHOLE,
    "design_distinct_words": WHOLE,
}

#: One row a profile field of every innovation that was read.
FIELDS: Columns = {
    "innovation_id": TEXT,
    "unit_code": TEXT,
    "field": TEXT,  # ProfileField.key: an INNOVATIONS column, or one of EXTRA_PROFILE_KEYS
    "label": TEXT,
    "raw": TEXT,  # the cell, unchanged
    "value": TEXT,  # normalised; "" when empty, "-" or unreadable
    "source": TEXT,  # path#Sheet!cell (path#Sheet when the row is missing)
    "problem": TEXT,  # "", "date_unreadable", "choice_unknown", "formula_uncalculated"
}

#: One row (innovation, SID indicator) and one (pemda, SPD row); always all of them.
CLAIMS: Columns = {
    "innovation_id": TEXT,  # "pemda" for SPD
    "unit_code": TEXT,  # "pemda" for SPD
    "indicator": TEXT,
    "aspect": TEXT,
    "raw": TEXT,  # the Parameter cell
    "parameter": WHOLE,  # 0..3; 0 = not claimed, or unknown (see problem)
    "value_raw": TEXT,  # the Nilai cell (SPD)
    "value": TEXT,  # exact decimal with a point, or ""
    "basis_raw": TEXT,
    "basis": TEXT,  # letter of the rulebook, or ""
    "files": TEXT,  # names of column Bukti, one a line
    "links": TEXT,  # URLs of Tautan and Bukti, one a line
    "note": TEXT,
    "source": TEXT,  # path#Sheet!cell
    "basis_cell": TEXT,  # path#Sheet!cell of Basis; "" where the sheet has no such column or row
    "files_cell": TEXT,  # the same of Bukti
    "links_cell": TEXT,  # the cell of each of `links`, one a line
    "problem": TEXT,  # "", "parameter_unknown", "basis_unknown", "value_disagrees", "value_unreadable",
    #                   "value_missing", "value_ignored", "formula_uncalculated"; several one a line
}

#: One row an item of evidence: a file in a bukti folder, a named file that is missing, a link.
EVIDENCE: Columns = {
    "innovation_id": TEXT,
    "unit_code": TEXT,
    "indicator": TEXT,  # "" when the folder's number is none
    "source": TEXT,  # path inside the share, or URL
    "kind": TEXT,  # file | link
    "listed": TEXT,  # named (in Bukti/Tautan) | folder (Bukti empty) | extra (in the folder, not named)
    "counted": FLAG,  # belongs to a claim with parameter > 0 (named or folder)
    "size": WHOLE,  # bytes
    "modified_at": TEXT,  # ISO time, UTC, seconds
    "sha256": TEXT,
    "media_type": TEXT,  # by content
    "format": TEXT,  # the word the rulebook's `kinds` use: pdf, jpg, png, mp4, docx, link, ...
    "pages": WHOLE,
    "text_sha256": TEXT,  # of the normalised text; "" without text
    "text_chars": WHOLE,
    "duration_s": WHOLE,  # video
    "readable": FLAG,  # exists, opens, is not empty, not encrypted
    "problem": TEXT,  # "" or the tail of an evidence.* finding code: missing, empty, unreadable, ...
    "detail": TEXT,  # what the inspector or reader saw, for the message
}

#: One row a link of evidence: information for people; nothing of it changes a score.
LINKS: Columns = {
    "innovation_id": TEXT,
    "indicator": TEXT,
    "source": TEXT,  # the URL
    "host_class": TEXT,  # video | drive | social | pemda | news | other; "" for what is no address
    "status": TEXT,  # open | closed | gone | unknown; "" = not checked
    "checked_at": TEXT,  # ISO time, UTC, seconds; "" = not checked
    "detail": TEXT,  # why, in Indonesian
}

FINDINGS: Columns = {
    "code": TEXT,
    "severity": TEXT,
    "unit_code": TEXT,
    "innovation_id": TEXT,
    "indicator": TEXT,
    "source": TEXT,
    "message": TEXT,
    "fix": TEXT,
}

#: One row a decision line that a steward filled in.
DECISIONS: Columns = {
    "innovation_id": TEXT,
    "indicator": TEXT,
    "decision": TEXT,  # terima | turunkan | tolak
    "new_parameter": WHOLE,
    "note": TEXT,
    "reviewer": TEXT,
    "date": TEXT,
    "fingerprint": TEXT,  # as written in the workbook
    "source": TEXT,  # path#Keputusan!cell; of the desk decisions/<record>
    "in_force": FLAG,
    "new_value": TEXT,  # turunkan of an SPD total (key SPD): the new score, exact decimal; else ""
    "state": TEXT,  # in_force | lapsed (evidence or claim changed) | unclear | replaced (by the desk)
    "origin": TEXT,  # meja (the review desk) | buku (a review workbook)
}

#: One row whenever a decision began or ceased to count; every run takes over all rows of the one before.
DECISION_LOG: Columns = {
    "at": TEXT,  # as_of of the run that saw it; ISO time, UTC
    "state": TEXT,  # in_force | lapsed | unclear | replaced (by another one) | withdrawn
    "innovation_id": TEXT,
    "indicator": TEXT,
    "decision": TEXT,
    "new": TEXT,  # after turunkan: parameter, or exact SPD score
    "note": TEXT,
    "reviewer": TEXT,
    "date": TEXT,  # as typed
    "fingerprint": TEXT,
    "source": TEXT,  # path#Keputusan!cell
}

#: Published scores (contract 5). Scores are exact decimals as text.
SCORES: Columns = {
    "innovation_id": TEXT,
    "indicator": TEXT,
    "aspect": TEXT,
    "weight": TEXT,
    "claimed_parameter": WHOLE,
    "supported_parameter": WHOLE,
    "verified_parameter": WHOLE,
    "claimed_score": TEXT,
    "supported_score": TEXT,
    "verified_score": TEXT,
    "evidence_items": WHOLE,
    "decision": TEXT,
    "reasons": TEXT,  # codes of the critical findings, separated by ;
}

VIEWS = ("claimed", "supported", "verified")  # ways of counting (contract 3), in this order
REGION_ID = "pemda"  # innovation_id and unit_code of the SPD rows


def frame(columns: Columns, rows: Iterable[Mapping[str, object] | Sequence[object]]) -> pd.DataFrame:
    """Build a frame of exactly *columns* from rows; missing text is ``""``."""
    table = pd.DataFrame(list(rows), columns=list(columns))
    for name, kind in columns.items():
        if kind == TEXT:
            table[name] = table[name].astype(TEXT).fillna("")
        elif kind == FLAG:
            table[name] = table[name].astype(FLAG).fillna(False)
        else:
            table[name] = table[name].astype(kind)
    return table


def concat(columns: Columns, tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """*tables* below each other, in the given order, with a fresh row number."""
    kept = [table for table in tables if len(table)]
    if not kept:
        return frame(columns, [])
    return pd.concat(kept, ignore_index=True)[list(columns)].astype(dict(columns))


#: Published tables (contract 5), in the contract's column order.
PUBLISHED_INNOVATIONS: Columns = {
    "innovation_id": TEXT,
    "unit_code": TEXT,
    "name": TEXT,
    "stage": TEXT,
    "main_affair": TEXT,
    "eligible": FLAG,
    "ineligible_reasons": TEXT,  # codes separated by ;
    "claimed_score": TEXT,  # exact decimals as text
    "supported_score": TEXT,
    "verified_score": TEXT,
    "rank": WHOLE,  # by unrounded supported score; ties share a rank; <NA> if ineligible
}

PUBLISHED_EVIDENCE = (
    "innovation_id",
    "indicator",
    "source",
    "kind",
    "size",
    "modified_at",
    "sha256",
    "media_type",
    "pages",
    "text_sha256",
    "readable",
)

PUBLISHED_UNITS: Columns = {
    "unit_code": TEXT,
    "name": TEXT,
    "type": TEXT,
    "submitted": FLAG,
    "innovations": WHOLE,
    "eligible": WHOLE,
    "mean_supported": TEXT,  # mean supported score of its eligible innovations, 2 places; "" without one
    "critical": WHOLE,
    "warnings": WHOLE,
}

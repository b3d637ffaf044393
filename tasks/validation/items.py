"""Items of evidence as a judged table: what stands where, against what the indicator takes."""

from __future__ import annotations

import pandas as pd

from iid.expectations import demands
from iid.tasks.validation.case import Case, among, flag, in_order, looked_up, only
from iid.tasks.validation.claims import counting
from iid.tasks.validation.contents import judged_contents
from iid.tasks.validation.duplicates import TEXT_CHARACTERS, image_groups, sketch_groups, times_elsewhere


def items(case: Case, claims: pd.DataFrame) -> pd.DataFrame:
    """EVIDENCE with the columns of suite ``evidence``.

    *claims* is the judged table of claims, which gives each item its parameter. Critical
    rules look at ``counted`` items only; a file without a claim is told as unclaimed.
    """
    table = _with_claims(case, claims)
    file = table["kind"] == "file"
    present = table["problem"] != "missing"
    counts = table["counts"] & file & present
    # What was opened without recognising it has format ""; what could not be opened is told as such.
    recognised = (table["format"] != "") | (table["problem"] == "")
    table = table.assign(
        item_problem=only(table["counts"] & (file | table["accepts_links"]), table["problem"]),
        item_format=only(counts & recognised, table["format"]),
        item_size=only(counts, table["size"]),
        item_seconds=only(counts, table["duration_s"]),
        cell_source=_cells(table, claims),
        used=flag(table["read"] & present, table["counted"].fillna(False)),
        link_counts=flag(
            table["counts"] & ~file & (table["accepts_links"] | table["beside_file"]), table["accepts_links"]
        ),
    )
    asked = looked_up(table["source"], case.checked["status"])
    table = table.assign(link_status=only(table["read"] & ~file, asked))
    return table.assign(**_repeats(table, case), **judged_contents(table, case))


def _with_claims(case: Case, claims: pd.DataFrame) -> pd.DataFrame:
    """EVIDENCE, sorted, with what its claim says; ``counts`` is: belongs to a claim that was read."""
    table = in_order(case.tables.evidence, ["innovation_id", "indicator", "source", "kind", "listed"])
    by_claim = claims[["claim", "read", "claimed", "parameter_taken", "problem"]].set_index("claim")
    claim, counts = counting(table, by_claim["claimed"])
    read = looked_up(claim, by_claim["read"]).fillna(False)
    is_file = (table["kind"] == "file") & (table["problem"] != "missing")
    return table.assign(
        claim=claim,
        parameter=looked_up(claim, by_claim["parameter_taken"]).astype("Int64"),
        claim_trouble=looked_up(claim, by_claim["problem"]).fillna(""),
        read=read,
        counts=counts,
        accepts_links=table["indicator"].isin(demands.accepting_links(case.rulebook)),
        beside_file=among(claim, claim[counts & is_file]),
    )


def _cells(table: pd.DataFrame, claims: pd.DataFrame) -> pd.Series:
    """Where an operator finds each item: its own path, or the cell of a link or of a name without a file."""
    links = claims[["claim", "links", "links_cell"]].fillna("")
    cells: dict[str, str] = {}
    for claim, urls, places in links[links["links_cell"] != ""].itertuples(index=False, name=None):
        # Lengths differ only where the table was made by an older reader.
        named = zip(urls.split("\n"), places.split("\n"), strict=False)
        cells |= {f"{claim}\n{url}": place for url, place in named}
    link = table["kind"] == "link"
    of_links = (table.loc[link, "claim"] + "\n" + table.loc[link, "source"]).map(cells).reindex(table.index)
    nameless = ~link & (table["listed"] == "named") & table["size"].isna()
    nameless &= table["problem"].isin(["missing", "outside_share"])
    of_names = looked_up(table["claim"], claims.set_index("claim")["files_cell"]).where(nameless)
    found = of_links.astype("string").fillna(of_names).fillna("")
    return found.where(found != "", table["source"])


def _repeats(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """Where the same bytes (or link), text or picture stand under another claim."""
    fine = table["counts"] & (table["problem"] == "")
    file = table["kind"] == "file"
    own = table["sha256"].where(file, table["source"])
    bytes_key = only(fine & (own != "") & (file | table["accepts_links"]), own)
    long_enough = table["text_chars"].fillna(0) >= TEXT_CHARACTERS
    text_key = only(fine & (table["text_sha256"] != "") & long_enough, table["text_sha256"])
    hashes = case.content(table["sha256"], "phash").astype("string")
    image_key = image_groups(only(fine, hashes))
    claim = table["claim"]
    near_key = sketch_groups(only(fine & file, _sketches(table, case)))
    document = table["text_sha256"].where(table["text_sha256"] != "", table["sha256"])
    return {
        "near_key": near_key,
        "document": document,
        "same_near": times_elsewhere(near_key, claim, document),
        "bytes_key": bytes_key,
        "text_key": text_key,
        "image_key": image_key,
        "same_bytes": times_elsewhere(bytes_key, claim),
        "same_text": times_elsewhere(text_key, claim, table["sha256"]),
        "same_image": times_elsewhere(image_key, claim, table["sha256"]),
    }


def _sketches(table: pd.DataFrame, case: Case) -> pd.Series:
    """The sketch of each item's text, of its own or as OCR read it."""
    own = case.content(table["sha256"], "sketch").astype("string")
    if not case.by_ocr:
        return own
    return own.where(own.fillna("") != "", looked_up(table["sha256"], case.said.contents["sketch"]))

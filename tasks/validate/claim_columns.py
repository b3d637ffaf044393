"""Claims as a judged table: what was chosen, and if something supports it."""

from __future__ import annotations

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.validate.case import Case, among, looked_up, only


def claims_read(case: Case) -> pd.DataFrame:
    """Sort CLAIMS; add ``claim`` (its key), ``claimed``, ``parameter_taken``.

    Where the region's SPD is one total (key ``SPD``), a value above 0 is the claim.
    """
    order = {indicator.key: place for place, indicator in enumerate(case.rulebook.indicators)}
    table = case.tables.claims
    table = table.assign(place=table["indicator"].map(order)).sort_values(
        ["innovation_id", "place", "source"], ignore_index=True
    )
    parameter, read = _taken(case, table)
    with_bases = table["indicator"].isin(list(demands.basis_letters(case.rulebook)))
    basis = table["basis"].where(with_bases, "")
    return table.assign(
        proof_key=table["indicator"] + "/" + parameter.astype("string") + "/" + basis,
        with_bases=with_bases,
        claim=table["innovation_id"] + "\n" + table["indicator"],
        parameter_taken=parameter,
        unknown=table["problem"].str.contains("parameter_unknown", regex=False),
        read=read,
        claimed=(parameter > 0) & read,
    )


def claimed(case: Case) -> pd.Series:
    """Flag the claims (by key) with a parameter, without :func:`claims_read`."""
    table = case.tables.claims
    parameter, read = _taken(case, table)
    return ((parameter > 0) & read).set_axis(table["innovation_id"] + "\n" + table["indicator"])


def counting(evidence: pd.DataFrame, claimed: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return each item's claim, and if it counts there; *claimed* is by claim."""
    claim = evidence["innovation_id"] + "\n" + evidence["indicator"]
    counts = evidence["counted"].fillna(False) & looked_up(claim, claimed).fillna(False)
    return claim, counts.astype(bool)


def _taken(case: Case, table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The parameter of each row of CLAIMS, and whether its sheet was read."""
    by_value = (table["indicator"] == "SPD") & (table["value"].str.strip("0.") != "")
    # A claim's source names a cell (path#Sheet!cell) if its sheet was read; a lost sheet is its own finding.
    read = case.read_rows(table) & table["source"].str.contains("#", regex=False)
    return table["parameter"].fillna(0).clip(lower=by_value.astype("Int64")), read


def claims(case: Case, table: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """*table* (of :func:`claims_read`) with the columns of suite ``claims``."""
    read, claimed, parameter = table["read"], table["claimed"], table["parameter_taken"]
    demanded = read & table["indicator"].isin(demands.mandatory(case.rulebook)) & ~table["unknown"]
    by_files = ~table["indicator"].isin(demands.accepting_links(case.rulebook))
    numbers = _numbers(items).reindex(table["claim"]).fillna(0).set_index(table.index)
    present = numbers["files"] + numbers["links"] > 0
    named = looked_up(table["claim"], case.said.named)
    return table.assign(
        claim_problem=only(read, table["problem"]),
        claim_parameter=only(read, table["parameter"].fillna(0)),
        basis_source=table["basis_cell"].where(table["basis_cell"].fillna("") != "", table["source"]),
        cell_source=table["source"],
        link_source=_first_link(table),
        claim_basis=only(claimed & table["with_bases"], table["basis"]),
        mandatory_parameter=only(demanded, parameter),
        proven=among(table["claim"], items.loc[items["proves"], "claim"]),
        kinds_shown=only(claimed, looked_up(table["claim"], _kinds_shown(items, case))),
        items=only(claimed, numbers["items"].astype("Int64")),
        files_present=only(claimed & by_files & present, numbers["files"].astype("Int64")),
        indicator_parameter=table["indicator"] + "/" + parameter.astype("string"),
        documents=only(claimed & (numbers["documents"] > 0), numbers["documents"].astype("Int64")),
        names_innovation=only(claimed, named.astype("boolean")),
    )


def _first_link(table: pd.DataFrame) -> pd.Series:
    """Return the cell of each claim's first link, else the claim's own."""
    first = table["links_cell"].fillna("").str.replace(r"(?s)\n.*", "", regex=True)
    return first.where(first != "", table["source"])


def _kinds_shown(items: pd.DataFrame, case: Case) -> pd.Series:
    """By claim: the kinds of its items without a fault, one a line.

    Nothing where a faulty item may be the proof: that fault is the finding.
    """
    beside = demands.accompanying_kinds(case.rulebook)
    pairs = [f"{key}\n{word}" for key, words in beside.items() for word in words]
    faulty = (items["item_problem"].fillna("") != "") | items["refused_kind"]
    ending = items["source"].str.lower().str.replace(r"(?s).*\.", "", regex=True).replace("jpeg", "jpg")
    kind = items["item_kind"].where(~items["item_problem"].isin(["missing", "empty"]), ending)
    faulty &= ~(items["proof_key"] + "\n" + kind).isin(pairs)
    fine = items[items["fine"] & ~among(items["claim"], items.loc[faulty, "claim"])]
    kinds = fine[["claim", "item_kind"]].drop_duplicates().sort_values(["claim", "item_kind"])
    return kinds.groupby("claim", sort=False)["item_kind"].agg("\n".join).astype("string")


def _numbers(items: pd.DataFrame) -> pd.DataFrame:
    """Count by claim items, existing files, links, and readable documents."""
    counted = items[items["counts"]]
    file = counted["kind"] == "file"
    fine = (counted["problem"] == "") & (file | counted["accepts_links"])
    content = counted["own"].where(counted["own"] != "", counted["source"])
    columns = {
        "items": pd.Series(1, index=counted.index),
        "files": (file & (counted["problem"] != "missing")).astype(int),
        "links": (~file).astype(int),
        "documents": (fine & ~pd.DataFrame({"c": counted["claim"], "d": content[fine]}).duplicated()).astype(
            int
        ),
    }
    return pd.DataFrame(columns).groupby(counted["claim"], sort=False).sum()

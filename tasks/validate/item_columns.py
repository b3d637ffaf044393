"""Items of evidence as a judged table, against what the indicator takes."""

from __future__ import annotations

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.inspect.links.hosts import address_form, address_key
from iid.tasks.text import sentences
from iid.tasks.text.web_addresses import cleaned_address
from iid.tasks.validate.case import Case, among, in_order, looked_up, only
from iid.tasks.validate.claim_columns import counting
from iid.tasks.validate.duplicates import text_keys, times_elsewhere
from iid.tasks.validate.near_images import image_groups

#: Facts of a content that are judged as the inspectors give them.
_FACTS = ("damaged", "macros", "blank")


def items(case: Case, claims: pd.DataFrame) -> pd.DataFrame:
    """EVIDENCE with the columns of suite ``evidence``.

    *claims* is the judged table of claims, which gives each item its parameter. Critical
    rules look at ``counted`` items only; a file without a claim is reported as unclaimed, unless
    its claim could not be read, which is reported instead.
    """
    table = _with_claims(case, claims)
    file = table["kind"] == "file"
    present = table["problem"] != "missing"
    counts = table["counts"] & file & present
    # What was opened without recognising it has format ""; what could not be opened is reported as such.
    recognised = (table["format"] != "") | (table["problem"] == "")
    table = table.assign(**_proof(table, case), archive_beside=_archives_beside(table))
    table = table.assign(
        item_problem=only(table["counts"] & (file | table["accepts_links"]), table["problem"]),
        item_format=only(counts & recognised, table["format"]),
        refused_kind=counts & recognised & _refused_kind(table, case),
        archive_format=only(counts & ~_refused_kind(table, case), table["format"]),
        item_size=only(counts, table["size"]),
        item_seconds=only(counts, table["duration_s"]),
        cell_source=_cells(table, claims),
        used=only(
            table["read"]
            & present
            & ~_unusable_claims(table)
            & ~_offered(table)
            & ~_is_archive(table).where(table["archive_beside"] != "", False),
            table["counted"].astype("boolean").fillna(False),
        ),
        link_accepted=only(
            table["counts"] & ~file & (table["accepts_links"] | table["beside_file"]),
            table["accepts_links"].astype("boolean"),
        ),
    )
    asked = looked_up(table["source"], case.checked["status"])
    table = table.assign(link_status=only(table["read"] & ~file, asked), film_form=_film_forms(table, case))
    return table.assign(**_repeats(table, case), **_contents(table, case))


def _proof(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """Flag items without fault (``fine``) and those that prove (``proves``).

    ``proven``: an item of the same claim proves it, so that a fault of this one costs nothing.
    """
    kind = table["format"].where(table["kind"] == "file", "link")
    fine = table["counts"] & (table["problem"] == "") & ((kind != "link") | table["accepts_links"])
    fine &= _within(table["size"], table["indicator"], demands.size_limits(case.rulebook, "read"))
    fine &= _within(table["duration_s"], table["indicator"], demands.length_limits(case.rulebook, "read"))
    kinds = demands.sufficient_kinds(case.rulebook)
    pairs = [f"{key}\n{word}" for key, words in kinds.items() for word in words]
    proves = fine & ((table["proof_key"] + "\n" + kind).isin(pairs) | ~table["proof_key"].isin(list(kinds)))
    claim = table["claim"]
    return {"item_kind": kind, "fine": fine, "proves": proves, "proven": among(claim, claim[proves])}


def _refused_kind(table: pd.DataFrame, case: Case) -> pd.Series:
    """Flag files of a kind that the indicator refuses: one finding for each."""
    pairs = [
        f"{key}\n{kind}" for key, kinds in demands.allowed_kinds(case.rulebook).items() for kind in kinds
    ]
    known = table["indicator"].isin(list(demands.allowed_kinds(case.rulebook)))
    return known & ~(table["indicator"] + "\n" + table["format"]).isin(pairs)


def _is_archive(table: pd.DataFrame) -> pd.Series:
    endings = tuple(f".{word}" for word in demands.ARCHIVES)
    return (table["kind"] == "file") & table["source"].str.lower().str.endswith(endings)


def _archives_beside(table: pd.DataFrame) -> pd.Series:
    """Return the archive that is there in place of a claim's files, or ""."""
    archives = table[_is_archive(table) & (table["problem"] != "missing")]
    names = archives.drop_duplicates("claim").set_index("claim")["source"].map(sentences.file_name)
    lacking = table["counts"] & (table["problem"] == "missing")
    lacks = among(table["claim"], table.loc[lacking, "claim"])
    return looked_up(table["claim"], names.astype("string")).fillna("").where(lacks, "")


def _offered(table: pd.DataFrame) -> pd.Series:
    """Flag unused files that the finding on a missing one already names."""
    missing = table.loc[table["counts"] & (table["problem"] == "missing"), ["claim", "detail"]]
    named = missing.groupby("claim")["detail"].agg("\n".join)
    extra = table[(table["listed"] == "extra") & table["claim"].isin(named.index)]
    shown = zip(extra["claim"], extra["source"].map(sentences.file_name), strict=True)
    found = [f'"{name}"' in named[claim] for claim, name in shown]
    return (
        pd.Series(found, index=extra.index, dtype="boolean").reindex(table.index).fillna(False).astype(bool)
    )


def _film_forms(table: pd.DataFrame, case: Case) -> pd.Series:
    """Return FORMS of the links of film claims; missing where a film is shown."""
    asked = table["fine"] & table["proof_key"].isin(demands.films(case.rulebook))
    links = table.loc[asked & (table["item_kind"] == "link"), "source"]
    forms = links.map(address_form).reindex(table.index).astype("string")
    film = asked & (table["item_kind"].isin(demands.FILMS) | ~forms.fillna("").isin(["", *demands.NO_FILM]))
    return only(~among(table["claim"], table.loc[film, "claim"]), forms)


def _within(values: pd.Series, keys: pd.Series, limits: dict[str, int]) -> pd.Series:
    """Flag *values* within their key's limit; true where either is missing."""
    return (values <= keys.map(limits).astype("Int64")).fillna(True).astype(bool)


def _with_claims(case: Case, claims: pd.DataFrame) -> pd.DataFrame:
    """Sort EVIDENCE and add what its claim says; ``counts``: claim was read."""
    table = in_order(case.tables.evidence, ["innovation_id", "indicator", "source", "kind", "listed"])
    by_claim = claims[["claim", "read", "claimed", "parameter_taken", "problem", "proof_key"]]
    by_claim = by_claim.set_index("claim")
    claim, counts = counting(table, by_claim["claimed"])
    read = looked_up(claim, by_claim["read"]).fillna(False)
    is_file = (table["kind"] == "file") & (table["problem"] != "missing")
    return table.assign(
        claim=claim,
        parameter=looked_up(claim, by_claim["parameter_taken"]).astype("Int64"),
        claim_trouble=looked_up(claim, by_claim["problem"]).fillna(""),
        proof_key=looked_up(claim, by_claim["proof_key"]).fillna(""),
        read=read,
        counts=counts,
        accepts_links=table["indicator"].isin(demands.accepting_links(case.rulebook)),
        beside_file=among(claim, claim[counts & is_file]),
        own=_own_keys(table),
    )


def _unusable_claims(table: pd.DataFrame) -> pd.Series:
    """Flag items whose claim itself is reported: one cause, one finding."""
    wrong = table["claim_trouble"].str.contains("parameter_unknown|value_unreadable")
    uncalculated = table["claim_trouble"].str.contains("formula_uncalculated", regex=False)
    return wrong | (uncalculated & (table["parameter"].fillna(0) == 0))


def _own_keys(table: pd.DataFrame) -> pd.Series:
    """Return the key of each content: a file's hash, a link's film or address."""
    links = table.loc[table["kind"] == "link", "source"].map(address_key)
    return table["sha256"].where(table["kind"] == "file", links.reindex(table.index).astype("string"))


def _cells(table: pd.DataFrame, claims: pd.DataFrame) -> pd.Series:
    """Return each item's path, or the cell of a link or of a missing file."""
    links = claims[["claim", "links", "links_cell"]].fillna("")
    cells: dict[str, str] = {}
    for claim, urls, places in links[links["links_cell"] != ""].itertuples(index=False, name=None):
        # Lengths differ only where the table was made by an older reader.
        named = zip(map(cleaned_address, urls.split("\n")), places.split("\n"), strict=False)
        cells |= {f"{claim}\n{url}": place for url, place in named}
    link = table["kind"] == "link"
    of_links = (table.loc[link, "claim"] + "\n" + table.loc[link, "source"]).map(cells).reindex(table.index)
    nameless = ~link & (table["listed"] == "named") & table["size"].isna()
    nameless &= table["problem"].isin(["missing", "outside_share"])
    of_names = looked_up(table["claim"], claims.set_index("claim")["files_cell"]).where(nameless)
    found = of_links.astype("string").fillna(of_names).fillna("")
    return found.where(found != "", table["source"])


def _repeats(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """Where the same document, picture or link is under another claim.

    ``shared_key`` names it, ``how`` says in what its copies are the same, ``shared_rightly`` whether
    that is to be expected: the rule asks for a document of many innovations, or it names each.
    """
    fine = table["counts"] & (table["problem"] == "")
    file = table["kind"] == "file"
    own = only(fine & (table["own"] != "") & (file | table["accepts_links"]), table["own"])
    texts = only(fine & file, text_keys(table, case.said.near)).groupby(own, sort=False).transform("first")
    images = image_groups(
        only(fine & file, case.content(table["sha256"], "thumbnail").astype("string")), case.pictures
    )
    key = texts.fillna(images).fillna(own)
    rows = pd.DataFrame({"key": key, "own": own, "text": table["text_sha256"]})
    by = rows.groupby("key", sort=False)
    how = pd.Series("gambarnya hampir sama dengan", index=table.index, dtype="string")
    how = how.mask(texts.notna(), "isi teksnya hampir sama dengan")
    how = how.mask(
        texts.notna() & (rows["text"] != "") & (by["text"].transform("nunique") == 1),
        "isi teksnya sama dengan",
    )
    how = how.mask(by["own"].transform("nunique") == 1, "sama persis dengan")
    expected = table["indicator"].isin(demands.shared_documents(case.rulebook))
    rightly = expected | (table["innovation_id"] + "\n" + table["sha256"]).isin(list(case.said.named_owners))
    return {
        "shared_key": key,
        "how": how,
        "shared_rightly": rightly.groupby(key, sort=False).transform("all").fillna(False).astype(bool),
        "shared_elsewhere": times_elsewhere(key, table["claim"]),
    }


def _contents(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """What contents show: text, region, macros, blanks, dates. Warnings only."""
    fine = table["counts"] & (table["kind"] == "file") & (table["problem"] == "")
    pdf = fine & (table["format"] == "pdf")
    read = table["sha256"].isin(list(case.by_ocr))
    said = case.said.contents
    replication = table["indicator"].isin(demands.replication(case.rulebook))
    facts = {name: case.content(table["sha256"], name).astype("boolean") for name in _FACTS}
    return {name: only(fine, fact) for name, fact in facts.items()} | {
        "pages_without_text": only(
            pdf, _pages_without_text(table, case).mask(read | facts["blank"].fillna(False), 0)
        ),
        "text_from_ocr": only(pdf & read, read).astype("boolean"),
        "other_region": only(fine & ~replication, looked_up(table["sha256"], said["region"])).astype(
            "string"
        ),
        "signed_on": only(fine, looked_up(table["sha256"], said["signed_on"])).astype("datetime64[s]"),
    }


def _pages_without_text(table: pd.DataFrame, case: Case) -> pd.Series:
    """Count the pages that only show their text; all where there is none."""
    scanned = case.content(table["sha256"], "scan_pages").astype("Int64").fillna(0)
    return scanned.mask((table["text_sha256"] == "") & (scanned == 0), table["pages"].fillna(1).clip(lower=1))

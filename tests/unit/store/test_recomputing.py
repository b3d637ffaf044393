"""A published run gives its own numbers again; a changed table is named by row. ``iid verify`` says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from iid.expectations.rulebook.loading import load
from iid.flows.cli.verify_command import prune, verify
from iid.tasks.review.fingerprints import fingerprints
from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import score
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish, read_run
from iid.tasks.store.table_files import table_files
from iid.tasks.values.errors import IidError, StoreError, UsageError
from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FINDINGS, INNOVATIONS, UNITS, frame
from iid.tasks.verify.recompute import recompute

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
RUN = "20260831T120000Z-aaaaaaaa"
IDS = ("D.1/Antre Mudah", "P.2/Posyandu Sapa")
Change = Callable[[str, pd.DataFrame], pd.DataFrame]


def tables() -> dict[str, pd.DataFrame]:
    """Two innovations that claim parameter 2 of everything, each claim with one file."""
    rulebook = load(2026).rulebook
    claims: list[dict[str, object]] = []
    evidence: list[dict[str, object]] = []
    owners = [("pemda", rulebook.spd_rows), *((owner, rulebook.sid) for owner in IDS)]
    for owner, indicators in owners:
        for indicator in indicators:
            row = {"innovation_id": owner, "unit_code": owner.split("/")[0], "indicator": indicator.key}
            claims.append({**row, "aspect": indicator.aspect, "raw": "2", "parameter": 2})
            item = {"source": f"2026/{owner}/bukti/{indicator.key}.pdf", "kind": "file", "listed": "folder"}
            fact = {"counted": True, "size": 10, "readable": True, "format": "pdf", "sha256": "0" * 64}
            evidence.append({**row, **item, **fact})
    affairs = ("Kesehatan", "Pendidikan")
    profiles = [
        {
            "innovation_id": owner,
            "unit_code": owner.split("/")[0],
            "name": owner,
            "read": True,
            "main_affair": affair,
        }
        for owner, affair in zip(IDS, affairs, strict=True)
    ]
    all_claims, all_evidence = frame(CLAIMS, claims), frame(EVIDENCE, evidence)
    where = (all_claims["innovation_id"] == IDS[1]) & (all_claims["indicator"] == "17")
    [mark] = fingerprints(all_claims[where], all_evidence)
    return {
        "profiles": frame(INNOVATIONS, profiles),
        "claims": all_claims,
        "evidence_all": all_evidence,
        "findings": frame(FINDINGS, [("evidence.empty", "critical", "D.1", IDS[0], "16", "x", "m", "f")]),
        "decisions": frame(
            DECISIONS, [(IDS[1], "17", "terima", None, "", "", "", mark, "", True, "", "in_force", "buku")]
        ),
    }


def run_files(change: Change | None = None) -> Iterator[tuple[str, bytes]]:
    """The files of a run; *change* fixes a table after it was scored."""
    loaded, made = load(2026), tables()
    scored = score(*made.values(), loaded.rulebook)
    made |= {"scores": scored.scores, "innovations": scored.innovations}
    units = frame(UNITS, [(unit, unit, "opd", "", unit, True, True) for unit in ("D.1", "P.2", "Z.9")])
    made |= {"units": units_table(units, scored.innovations, made["findings"])}
    yield "rulebook.yaml", loaded.text.encode()
    yield "index.json", json.dumps({"run_id": RUN, "as_of": "x", **scored.index}).encode()
    for name, table in made.items():
        yield from table_files(name, change(name, table.copy()) if change else table)


def put_out(store: FolderStore, change: Change | None = None) -> None:
    publish(store, "63.03", 2026, RUN, run_files(change), {}, published_at=NOW, status="provisional")


def runner() -> tuple[CliRunner, typer.Typer]:
    app = typer.Typer()
    app.command()(verify)
    app.command()(prune)
    return CliRunner(), app


def call(*arguments: str) -> Any:
    program, app = runner()
    result = program.invoke(app, list(arguments))
    if isinstance(result.exception, IidError):
        raise result.exception
    return result


def test_an_untouched_run_gives_its_numbers_again(store: FolderStore) -> None:
    put_out(store)
    assert recompute(read_run(store, "63.03", 2026)) == []


def test_a_raised_score_is_named_with_row_and_both_values(store: FolderStore) -> None:
    def raised(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "scores":
            row = (table["innovation_id"] == IDS[1]) & (table["indicator"] == "17")
            table.loc[row, "supported_score"] = "99"
        return table

    put_out(store, raised)
    [difference] = recompute(read_run(store, "63.03", 2026))
    assert difference.path == f"scores#{IDS[1]} 17 supported_score"
    assert (difference.kind, difference.expected, difference.found) == ("row", "99", "4.00")


def test_evidence_taken_away_moves_scores_innovations_and_index(store: FolderStore) -> None:
    def without_one(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["indicator"] != "18"] if name == "evidence_all" else table

    put_out(store, without_one)
    paths = [difference.path for difference in recompute(read_run(store, "63.03", 2026))]
    assert f"scores#{IDS[0]} 18 supported_score" in paths
    assert f"innovations#{IDS[0]} supported_score" in paths
    assert "index.json#supported.index" in paths


def test_a_changed_decision_moves_verified_numbers_and_a_unit_that_was_praised_is_named(
    store: FolderStore,
) -> None:
    def otherwise(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "decisions":
            table["decision"] = "tolak"
        if name == "units":
            table.loc[table["unit_code"] == "P.2", "mean_supported"] = "99.99"
        return table

    put_out(store, otherwise)
    paths = [difference.path for difference in recompute(read_run(store, "63.03", 2026))]
    assert f"scores#{IDS[1]} 17 verified_score" in paths
    assert "units#P.2 mean_supported" in paths
    assert "index.json#verified.index" in paths


def test_a_decision_about_other_evidence_is_named(store: FolderStore) -> None:
    def other_bytes(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "evidence_all":
            table.loc[table["indicator"] == "17", "sha256"] = "1" * 64
        return table

    put_out(store, other_bytes)
    [difference] = recompute(read_run(store, "63.03", 2026))
    assert difference.path == f"decisions#{IDS[1]} 17 fingerprint"


def test_a_csv_that_says_something_else_than_its_parquet_is_named(store: FolderStore) -> None:
    files = dict(run_files())
    files["scores.csv"] = files["scores.csv"].replace(b",2,", b",3,", 1)
    publish(store, "63.03", 2026, RUN, files.items(), {}, published_at=NOW, status="provisional")
    [difference] = recompute(read_run(store, "63.03", 2026))
    assert difference.path == "scores.csv"
    assert difference.found.startswith("baris 2: ")


def test_a_row_that_should_not_be_there_is_named(store: FolderStore) -> None:
    def one_more(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "innovations":
            table = pd.concat([table, table.head(1).assign(innovation_id="X/Hantu")], ignore_index=True)
        return table

    put_out(store, one_more)
    [difference] = recompute(read_run(store, "63.03", 2026))
    assert (difference.path, difference.expected) == ("innovations#X/Hantu", "baris ada")


def test_a_run_without_its_tables_cannot_be_recomputed(store: FolderStore) -> None:
    publish(store, "63.03", 2026, RUN, [("index.json", b"{}")], {}, published_at=NOW, status="provisional")
    with pytest.raises(StoreError, match=r"tidak memuat profiles.parquet"):
        recompute(read_run(store, "63.03", 2026))


def test_verify_says_that_all_fits_and_ends_with_0(store: FolderStore) -> None:
    put_out(store)
    for more in ((), ("--recompute",), ("--region", "63.03", "--run", RUN)):
        result = call("verify", "--store", store.url, "--cycle", "2026", *more)
        assert (result.exit_code, result.stderr) == (0, "")
        assert re.match(rf"cocok: 63.03 tahun 2026, perhitungan {RUN}", result.stdout)
    result = call("verify", "--store", store.url, "--cycle", "2026", "--json")
    assert json.loads(result.stdout) == {
        "ok": True,
        "region": "63.03",
        "cycle": 2026,
        "run_id": RUN,
        "signed_by": None,
        "differences": [],
    }


def test_verify_lists_each_difference_on_a_line_and_ends_with_4(store: FolderStore) -> None:
    put_out(store)
    prefix = f"63.03/2026/runs/{RUN}/"
    store.put(prefix + "index.json", b"{}")
    store.delete(prefix + "scores.csv")
    store.put(prefix + "tamu", b"")
    result = call("verify", "--store", store.url, "--cycle", "2026")
    assert result.exit_code == 4
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "berubah",
        "hilang",
        "tidak ada di manifest",
    ]
    assert "3 perbedaan" in result.stderr
    result = call("verify", "--store", store.url, "--cycle", "2026", "--json")
    assert (result.exit_code, json.loads(result.stdout)["run_id"]) == (4, RUN)
    assert [d["path"] for d in json.loads(result.stdout)["differences"]] == [
        "index.json",
        "scores.csv",
        "tamu",
    ]


def test_verify_recompute_ends_with_4_when_a_number_comes_out_otherwise(store: FolderStore) -> None:
    put_out(store, lambda name, table: table.iloc[:-1] if name == "scores" else table)
    assert call("verify", "--store", store.url, "--cycle", "2026").exit_code == 0
    result = call("verify", "--store", store.url, "--cycle", "2026", "--recompute")
    assert result.exit_code == 4
    assert result.stdout.startswith("hitungan berbeda: scores#")


def test_a_score_raised_in_the_store_itself_is_named_by_file_and_by_row(store: FolderStore) -> None:
    put_out(store)
    prefix = f"63.03/2026/runs/{RUN}/"
    scores = read_run(store, "63.03", 2026).table("scores")
    row = (scores["innovation_id"] == IDS[1]) & (scores["indicator"] == "17")
    scores.loc[row, "supported_score"] = "99"
    for name, data in table_files("scores", scores):
        store.put(prefix + name, data)
    result = call("verify", "--store", store.url, "--cycle", "2026", "--recompute")
    assert result.exit_code == 4
    assert "berubah: scores.csv" in result.stdout
    assert (
        f"hitungan berbeda: scores#{IDS[1]} 17 supported_score (tercatat 99, ditemukan 4.00)" in result.stdout
    )
    assert len(result.stdout.splitlines()) == 3
    store.put(prefix + "scores.parquet", b"bukan parquet")
    result = call("verify", "--store", store.url, "--cycle", "2026", "--recompute")
    assert result.exit_code == 4
    assert "berubah: scores.parquet" in result.stdout


def test_a_cell_changed_in_a_csv_alone_is_named_by_its_line(store: FolderStore) -> None:
    put_out(store)
    key = f"63.03/2026/runs/{RUN}/innovations.csv"
    store.put(key, store.get(key).replace(b"Kesehatan", b"Kebudayaan", 1))
    result = call("verify", "--store", store.url, "--cycle", "2026", "--recompute")
    assert result.exit_code == 4
    assert "hitungan berbeda: innovations.csv (tercatat baris 2: " in result.stdout


def test_changed_inputs_are_named_and_nothing_is_computed_from_them(store: FolderStore) -> None:
    put_out(store)
    store.put(f"63.03/2026/runs/{RUN}/claims.parquet", b"x")
    result = call("verify", "--store", store.url, "--cycle", "2026", "--recompute")
    assert (result.exit_code, result.stdout.count("\n")) == (4, 1)
    assert "berubah: claims.parquet" in result.stdout


def test_verify_of_nothing_is_a_usage_error(store: FolderStore) -> None:
    with pytest.raises(UsageError, match="belum ada hasil terbit tahun 2026"):
        call("verify", "--store", store.url, "--cycle", "2026")
    put_out(store)
    with pytest.raises(UsageError, match="tidak ada perhitungan 2020"):
        call("verify", "--store", store.url, "--cycle", "2026", "--run", "2020")
    store.put("64.01/2026/latest.json", b"{}")
    with pytest.raises(UsageError, match=r"--region: 63.03, 64.01"):
        call("verify", "--store", store.url, "--cycle", "2026")


def test_prune_reports_what_it_removed(store: FolderStore) -> None:
    put_out(store)
    store.put("63.03/2026/runs/20250101T000000Z-00000000/index.json", b"{}")
    result = call("prune", "--store", store.url, "--cycle", "2026", "--hours", "0")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("dihapus: 1 perhitungan yang tidak pernah terbit, 0 isi")
    result = call("prune", "--store", store.url, "--cycle", "2026", "--json")
    shown = json.loads(result.stdout)
    assert (shown["runs"], shown["remains"], shown["thinned"], shown["evidence"]) == ([], 0, [], [])

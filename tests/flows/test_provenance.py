"""A run explains itself to other programs: schemas, data dictionary, one line to load, file to numbers."""

from __future__ import annotations

import hashlib
import json
import os
from fractions import Fraction
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from example_share import FEW
from runs import Done, Run, assess, published
from warm_command import WarmCommand

from iid.tasks.answers.figures import figure
from iid.tasks.score.exact import published as rounded
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import Run as PublishedRun
from iid.tasks.store.published_run import read_run

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
TYPES = {"string": "string", "integer": "Int64", "boolean": "boolean"}


@pytest.fixture(scope="module")
def store(example: Path, tmp_path_factory: pytest.TempPathFactory, warm: WarmCommand) -> Path:
    folder = tmp_path_factory.mktemp("asal")

    def iid(*arguments: object) -> Done:
        return warm.run([*map(str, arguments)], os.environ)

    done = assess(iid, example, folder / "hasil", "--no-feedback")
    assert done.returncode == 0, done.stderr
    return folder / "hasil"


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


@pytest.mark.parametrize("name", ["manifest", "index", "latest", "closing"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", ["manifest", "index", "latest"])
def test_what_is_published_follows_its_schema_and_nothing_else_would(store: Path, name: str) -> None:
    folder = store / "63.03/2026" if name == "latest" else published(store)
    content = json.loads((folder / f"{name}.json").read_text())
    validator = jsonschema.Draft202012Validator(schema(name))
    validator.validate(content)
    for key in content:
        if key != "closing":
            assert not validator.is_valid({k: v for k, v in content.items() if k != key}), key
    assert not validator.is_valid({**content, "lain": 1})


def test_the_data_package_describes_every_table_as_it_is(store: Path) -> None:
    run = published(store)
    package = json.loads((run / "datapackage.json").read_text())
    resources = {resource["path"]: resource for resource in package["resources"]}
    tables = {p.name for p in run.iterdir() if p.suffix in {".csv", ".parquet"}}
    assert resources.keys() == tables
    assert len({resource["name"] for resource in resources.values()}) == len(resources)
    for path, resource in resources.items():
        fields = resource["schema"]["fields"]
        assert all(field["description"] for field in fields)
        if path.endswith(".parquet"):
            table = pd.read_parquet(run / path)
            kinds = {
                name: str(kind).replace("str", "string", 1) if str(kind) == "str" else str(kind)
                for name, kind in table.dtypes.items()
            }
            assert kinds == {field["name"]: TYPES[field["type"]] for field in fields}, path
        else:
            table = pd.read_csv(run / path, dtype=str, keep_default_na=False)
            assert list(table.columns) == [field["name"] for field in fields]
            check_cells(table, fields)
        key = resource["schema"].get("primaryKey")
        assert not key or not table.duplicated(key).any(), path


def check_cells(table: pd.DataFrame, fields: list[dict]) -> None:
    for field in fields:
        cells = table.loc[table[field["name"]] != "", field["name"]]
        if field["type"] in {"integer", "number"}:
            assert all(Fraction(cell) >= 0 for cell in cells), field["name"]
        if field["type"] == "boolean":
            assert set(cells) <= {"true", "false"}


def block(kind: str, holding: str) -> str:
    """The block of ``docs/data.md`` in that language that holds those words."""
    blocks = (SCHEMAS.parent / "data.md").read_text().split(f"```{kind}\n")[1:]
    return next(one for part in blocks if holding in (one := part.split("```")[0]))


def test_the_lines_of_the_documentation_load_the_tables(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(published(store))
    found: dict = {}
    exec(block("python", "pandas"), found)  # noqa: S102  (the very lines a reader would copy)
    assert len(found["scores"]) == len(found["again"]) > 0
    assert found["total"] == sum(map(Fraction, found["scores"]["supported_score"]))


def test_the_lines_of_the_documentation_load_the_tables_with_duckdb(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb

    monkeypatch.chdir(published(store))
    found: dict = {}
    exec(block("python", "duckdb"), found)  # noqa: S102
    scores = pd.read_parquet("scores.parquet")
    assert found["scores"].columns == found["again"].columns == list(scores.columns)
    columns = ["innovation_id", "indicator", "supported_score", "claimed_parameter"]
    expected = [tuple(row) for row in scores[columns].astype(object).to_numpy().tolist()]
    assert found["scores"].project(", ".join(columns)).fetchall() == expected
    assert [row[:3] for row in found["again"].project(", ".join(columns)).fetchall()] == [
        row[:3] for row in expected
    ]
    rows = duckdb.sql(block("sql", "scores.parquet")).fetchall()
    sid = scores[scores.aspect == "SID"]
    wanted = {
        key: (len(part), sum(map(Fraction, part.supported_score))) for key, part in sid.groupby("indicator")
    }
    assert {key: (count, Fraction(score)) for key, count, score in rows} == wanted
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


@pytest.fixture(scope="module")
def run(store: Path) -> PublishedRun:
    return read_run(FolderStore(store), "63.03", 2026)


@pytest.mark.parametrize("view", ["claimed", "supported", "verified"])
def test_every_number_of_the_region_comes_from_the_rows_it_names(run: PublishedRun, view: str) -> None:
    numbers = run.json("index.json")[view]
    index, spd, sid, count = (figure(run, word) or {} for word in ("indeks", "SPD", "sid", "Jumlah inovasi"))
    assert [f["figure"] for f in (index, spd, sid, count)] == ["index", "spd", "sid", "count"]
    assert index["views"][view] == {key: numbers[key] for key in index["views"][view]}
    assert sum(Fraction(row[view]) for row in spd["rows"]) == Fraction(numbers["spd"])
    counting = [row for row in sid["rows"] if view in row["counts_in"]]
    total = sum((Fraction(row[view]) for row in counting), Fraction(0))
    assert rounded(total / numbers["divisor"]) == numbers["sid_mean"]
    services = {row["basic_service"] for row in count["rows"] if view in row["counts_in"]} - {""}
    assert len(services) == numbers["basic_services"]
    for found in (index, spd, sid, count):
        assert found["rules"]
        for rule in found["rules"]:
            assert rule["value"]
            assert rule["source"]["what"] or rule["source"]["reason"], rule
        assert found["code"].split()[1] == run.manifest["versions"]["code"]


def test_every_figure_of_every_unit_comes_from_the_rows_it_names(run: PublishedRun) -> None:
    units = run.table("units")
    assert len(units) == len(FEW)
    for row in units.to_dict("records"):
        found = figure(run, row["unit_code"])
        assert found is not None
        assert found["unit"]["name"] == row["name"]
        eligible = [Fraction(one["supported"]) for one in found["rows"] if one["eligible"]]
        assert (len(found["rows"]), len(eligible)) == (row["innovations"], row["eligible"])
        assert row["mean_supported"] == (rounded(sum(eligible) / len(eligible)) if eligible else "")
        for severity, column in (("critical", "critical"), ("warning", "warnings")):
            assert row[column] == sum(f["count"] for f in found["findings"] if f["severity"] == severity)


def test_from_the_index_down_to_the_bytes_of_a_file(store: Path, example: Path, iid: Run) -> None:
    order = ("--store", store, "--cycle", "2026", "--json")
    index = json.loads(iid("explain", "indeks", *order).stdout)
    assert [row["part"] for row in index["rows"]] == ["SPD", "rata-rata SID", "jumlah inovasi"]
    innovations = json.loads(iid("explain", "sid", *order).stdout)["rows"]
    best = max(innovations, key=lambda row: Fraction(row["supported"]))
    trace = json.loads(iid("explain", best["innovation_id"], "--run", index["run_id"], *order).stdout)
    assert trace["innovation"]["supported_score"] == best["supported"]
    assert trace["run_id"] == index["run_id"]
    claim = next(c for c in trace["indicators"] if c["evidence_items"] and Fraction(c["supported"]["score"]))
    assert Fraction(claim["weight"]) * claim["supported"]["parameter"] == Fraction(
        claim["supported"]["score"]
    )
    assert claim["weight_source"]["what"]
    assert claim["evidence_rule"]
    item = next(one for one in claim["evidence"] if one["sha256"])
    assert hashlib.sha256((example / item["source"]).read_bytes()).hexdigest() == item["sha256"]
    shown = iid("explain", "jumlah inovasi", "--store", store, "--cycle", "2026").stdout
    assert "urusan wajib pelayanan dasar paling sedikit" in shown
    assert "(dibaca: " in shown
    unit = best["innovation_id"].split("/")[0]
    assert f"Unit {unit} " in iid("explain", unit, "--store", store, "--cycle", "2026").stdout


def test_a_file_leads_to_every_number_it_carries(store: Path, iid: Run) -> None:
    run = published(store)
    evidence = pd.read_parquet(run / "evidence_all.parquet")
    scores = pd.read_parquet(run / "scores.parquet").set_index(["innovation_id", "indicator"])
    twice = (
        evidence[evidence.counted & (evidence.sha256 != "")].groupby("sha256").filter(lambda g: len(g) > 1)
    )
    item = twice.iloc[0]
    order = ("--store", store, "--cycle", "2026", "--json")
    by_path = json.loads(iid("explain", item.source, *order).stdout)
    by_hash = json.loads(iid("explain", item.sha256, *order).stdout)
    assert by_path == by_hash
    same = evidence[evidence.sha256 == item.sha256]
    assert by_path["sources"] == sorted(set(same.source))
    found = {(claim["innovation_id"], claim["indicator"]): claim for claim in by_path["claims"]}
    assert found.keys() == {(r.innovation_id, r.indicator) for r in same.itertuples()} & set(scores.index)
    for key, claim in found.items():
        assert claim["supported"]["score"] == scores.loc[key, "supported_score"]
    assert by_path["code"].split()[1] == json.loads((run / "manifest.json").read_text())["versions"]["code"]
    shown = iid("explain", item.source, "--store", store, "--cycle", "2026").stdout
    assert item.sha256 in shown
    assert "poin indeks" in shown


def test_a_file_is_found_by_its_bare_name_or_those_with_that_name_are_listed(store: Path, iid: Run) -> None:
    evidence = pd.read_parquet(published(store) / "evidence_all.parquet")
    names = evidence[evidence.sha256 != ""].drop_duplicates("source").source.str.rpartition("/")[2]
    counts = names.value_counts()
    order = ("--store", store, "--cycle", "2026")
    done = iid("explain", min(counts[counts == 1].index), *order)
    assert done.returncode == 0, done.stderr
    assert "poin indeks" in done.stdout
    for wanted in (min(counts[counts > 1].index), "tidak ada.pdf", "0123abcd"):
        done = iid("explain", wanted, *order)
        assert done.returncode == 2
        assert "jalur berkas yang utuh di dalam share, sha256 yang utuh, atau innovation_id" in done.stderr
        assert ("berkas yang namanya cocok: " in done.stderr) == (wanted in counts.index)


def test_history_reports_the_time_of_the_region(store: Path, iid: Run) -> None:
    order = ("history", "--store", store, "--cycle", "2026")
    assert " WITA terbit, sementara " in " ".join(iid(*order).stdout.split())
    assert json.loads(iid(*order, "--json").stdout)[0]["published_at"].endswith("Z")

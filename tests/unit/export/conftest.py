"""A small published region with its share: two innovations that count, one that does not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iid.expectations.rulebook.loading import Loaded, load
from iid.tasks.answers.run_view import Picture
from iid.tasks.export.copy_evidence import origin_of
from iid.tasks.export.export_plan import Plan, plan_of
from iid.tasks.export.preflight import Check, rehearse
from iid.tasks.export.write_export import write_export
from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import score
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import read_run
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.region import finding
from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FIELDS, FINDINGS, INNOVATIONS, UNITS, frame

REGION, RUN = "63.03", "20260801T000000Z-0123abcd"
MARKER = 'region = "63.03"\nname = "Kabupaten Contoh"\nzone = "Asia/Makassar"\n'


@dataclass
class Region:
    """Tables and files that tests change, then publish and export."""

    root: Path
    rules: Loaded
    profiles: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def share(self) -> Path:
        return self.root / "share"

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.root / "store")

    def innovation(self, owner: str, name: str = "", **profile: str) -> None:
        unit, _, folder = owner.partition("/")
        facts = {"innovation_id": owner, "unit_code": unit, "name": name or folder, "stage": "Penerapan"}
        self.profiles.append({**facts, "main_affair": "Kesehatan", "read": True, **profile})

    def claim(self, owner: str, key: str, parameter: int, *files: str, **changes: Any) -> None:
        """A claim with one file of that name and content each, on the share and in the tables."""
        unit = owner.partition("/")[0]
        row = {"innovation_id": owner, "unit_code": unit, "indicator": key}
        aspect = self.rules.rulebook.by_key[key].aspect
        self.claims.append(row | {"aspect": aspect, "parameter": parameter} | changes)
        for name in files:
            source = f"2026/{owner}/bukti/{key}/{name}"
            path = self.share / source
            path.parent.mkdir(parents=True, exist_ok=True)
            data = f"isi {name}".encode()
            path.write_bytes(data)
            self.evidence.append(
                row
                | {"source": source, "kind": "file", "listed": "folder", "counted": True, "readable": True}
                | {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "format": "pdf"}
            )

    def empty_file(self, owner: str, key: str, name: str) -> None:
        """One more file of a claim, of 0 bytes, with its finding."""
        source = f"2026/{owner}/bukti/{key}/{name}"
        (self.share / source).parent.mkdir(parents=True, exist_ok=True)
        (self.share / source).write_bytes(b"")
        row = {"innovation_id": owner, "unit_code": owner.partition("/")[0], "indicator": key}
        row |= {"source": source, "kind": "file", "listed": "folder", "counted": True, "readable": False}
        row |= {"problem": "empty", "sha256": hashlib.sha256(b"").hexdigest(), "size": 0, "format": ""}
        self.evidence.append(row)
        self.fault("evidence.empty", owner, key, source=source, name=name)

    def link(self, owner: str, key: str, url: str) -> None:
        row = {"innovation_id": owner, "unit_code": owner.partition("/")[0], "indicator": key}
        row |= {"source": url, "kind": "link", "listed": "named", "counted": True, "readable": True}
        self.evidence.append(row | {"format": "link"})

    def fault(self, code: str, owner: str, key: str = "", **words: Any) -> None:
        found = finding(code, innovation_id=owner, indicator=key, unit_code=owner.partition("/")[0], **words)
        self.findings.append({name: getattr(found, name) for name in FINDINGS})

    def decide(self, owner: str, key: str, word: str, note: str = "") -> None:
        self.decisions.append(
            {"innovation_id": owner, "indicator": key, "decision": word, "note": note, "in_force": True}
        )

    def publish(self, status: str = "provisional") -> Picture:
        profiles, findings = frame(INNOVATIONS, self.profiles), frame(FINDINGS, self.findings)
        claims, evidence = frame(CLAIMS, self.claims), frame(EVIDENCE, self.evidence)
        decisions = frame(DECISIONS, self.decisions)
        scored = score(profiles, claims, evidence, findings, decisions, self.rules.rulebook)
        codes = sorted({row["unit_code"] for row in self.profiles})
        units = frame(UNITS, [{"unit_code": c, "name": f"Unit {c}", "submitted": True} for c in codes])
        tables = {
            "profiles": profiles, "fields": frame(FIELDS, self.fields), "claims": claims,
            "evidence_all": evidence, "findings": findings,
            "decisions": decisions, "innovations": scored.innovations, "scores": scored.scores,
            "units": units_table(units, scored.innovations, findings),
        }  # fmt: skip
        as_of = datetime(2026, 8, 1, tzinfo=UTC)
        cycle = self.rules.rulebook.cycle
        index = {
            "region": REGION, "cycle": cycle, "run_id": RUN, "as_of": "2026-08-01T00:00:00Z",
            "status": status, "rulebook": {"cycle": cycle, "sha256": self.rules.sha256}, **scored.index,
        }  # fmt: skip
        files = [("index.json", json.dumps(index).encode()), ("rulebook.yaml", self.rules.text.encode())]
        files += [file for name, table in tables.items() for file in table_files(name, table)]
        publish(self.store, REGION, cycle, RUN, files, {}, published_at=as_of, status=status)
        return Picture.of(read_run(self.store, REGION, cycle))

    def export(self, out: Path | None = None, *, zipped: bool = False) -> tuple[Path, Plan, list[Check]]:
        """Publish and export to a new folder."""
        picture = self.publish()
        plan = plan_of(picture)
        out = out or self.root / "entri"
        origin = origin_of(self.store, plan, str(self.share), REGION, 2026)
        return out, plan, write_export(picture, plan, rehearse(picture, plan), out, origin, zipped=zipped)


@pytest.fixture(scope="session")
def rules_2026() -> Loaded:
    return load(2026)


@pytest.fixture
def region(tmp_path: Path, rules_2026: Loaded) -> Region:
    made = Region(tmp_path, rules_2026)
    made.share.mkdir()
    (made.share / "iid-share.toml").write_text(MARKER, encoding="utf-8")
    made.claim("pemda", "2a", 3, "APBD.pdf")
    made.innovation("101/Satu", "SIGAP (Siaga Pagi)", applied_date="2024-09-02", coordinates="-3,1")
    made.claim("101/Satu", "16", 3, "SK.pdf", "lampiran.pdf")
    made.claim("101/Satu", "35", 2)
    made.link("101/Satu", "35", "https://video.example/satu")
    made.innovation("102/Dua")
    made.claim("102/Dua", "16", 2, "perbup.pdf")
    made.claim("102/Dua", "17", 3)
    made.fault("evidence.missing", "102/Dua", "17", claimed="Parameter 3", what="tidak ada berkas")
    made.innovation("103/Tiga")
    made.claim("103/Tiga", "16", 3, "tiga.pdf")
    made.fault("profile.too_short", "103/Tiga", words=12, minimum=300)
    return made

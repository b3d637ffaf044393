"""Rows of claims, evidence and findings of the made-up region; nothing is random."""

from __future__ import annotations

import hashlib
from string import Formatter

from report_region import PLAIN_FAULTS

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.region import Finding, finding


def said(code: str, *, indicator: str = "", **words: object) -> Finding:
    """A finding whose sentence may have gained a word since: what is not given reads ``…``."""
    kind = catalogue()[code]
    asked = {name for _, name, _, _ in Formatter().parse(kind.sentence + kind.fix) if name}
    filled = dict.fromkeys(asked - {"indicator"}, "…") | words
    return finding(code, indicator=indicator, **filled)


def chance(*parts: object) -> float:
    """A number from 0 to 1 that depends on *parts* alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4]) / 2**32


class Rows:
    """Collects claims with their evidence and what is wrong with them."""

    def __init__(self, rulebook: Rulebook, sha256: str) -> None:
        self.rulebook, self.sha256 = rulebook, sha256
        self.profiles: list[dict[str, object]] = []
        self.claims: list[dict[str, object]] = []
        self.evidence: list[dict[str, object]] = []
        self.found: list = []
        self.decisions: list[dict[str, object]] = []

    def claim(self, number, identity, unit, folder, indicator, strength) -> None:
        luck = chance(number, indicator.key)
        parameter = (
            0 if luck > strength + 0.12 else 3 if luck < strength * 0.5 else 2 if luck < strength * 0.8 else 1
        )
        basis = "a" if indicator.bases and parameter else ""
        row = len(self.claims) % 20 + 2
        source = f"2026/{unit} Unit/{folder}/inovasi.xlsx#Indikator!C{row}"
        self.claims.append(
            {
                "innovation_id": identity,
                "unit_code": unit,
                "indicator": indicator.key,
                "aspect": "SID",
                "raw": str(parameter),
                "parameter": parameter,
                "basis": basis,
                "note": "lihat halaman 3" if luck < 0.1 else "",
                "source": source,
            }
        )
        place = {"unit_code": unit, "innovation_id": identity, "indicator": indicator.key, "source": source}
        if not parameter:
            if indicator.mandatory.value:
                self.found.append(said("claim.mandatory_missing", **place, title=indicator.name))
            return
        fault = PLAIN_FAULTS[int(chance("fault", number, indicator.key) * 40) % 40 :][:1]
        self.proof(place, f"2026/{unit} Unit/{folder}", indicator, parameter, fault[0] if fault else "")

    def proof(self, place, folder, indicator, parameter, fault) -> None:
        kinds = indicator.kinds.value or ("pdf",)
        kind = kinds[0] if kinds[0] != "link" else "pdf"
        items = 1 + int(chance("items", *place.values()) * 3)
        for item in range(items if fault not in ("missing", "link_instead_of_file") else 1):
            name = f"{indicator.name.split('/')[0][:40].strip()} {item + 1}.{kind}"
            self.item(place, folder, indicator, kind, name, fault if item == 0 else "", item)
        if "link" in kinds:
            self.evidence.append(
                self.base(place)
                | {"source": f"https://www.example.go.id/{item}", "kind": "link", "format": "link"}
            )
        name = f"{indicator.name[:20]}.{kind}"
        allowed = ", ".join(kinds)
        words = {
            "missing": {"parameter": parameter, "what": "folder buktinya kosong"},
            "unreadable": {"name": name, "detail": "PDF rusak di akhir berkas"},
            "kind_not_allowed": {"name": name, "format": "docx", "allowed": allowed},
            "link_instead_of_file": {"allowed": allowed},
            "encrypted": {"name": name},
            "empty": {"name": name},
        }
        if fault:
            self.found.append(said(f"evidence.{fault}", **place, **words[fault]))
        elif chance("warn", *place.values()) < 0.08:
            self.found.append(said("evidence.no_text", **place, name=name))
        elif chance("warn", *place.values()) > 0.95:
            where = "1.02/Antrean Daring Puskesmas, indikator 20"
            self.found.append(
                said("evidence.duplicate", **place, name=name, how="isi byte demi byte", where=where)
            )

    def base(self, place) -> dict[str, object]:
        return {
            "innovation_id": place["innovation_id"],
            "unit_code": place["unit_code"],
            "indicator": place["indicator"],
            "listed": "folder",
            "counted": True,
            "readable": True,
        }

    def item(self, place, folder, indicator, kind, name, fault, item) -> None:
        path = f"{folder}/bukti/{indicator.key} {indicator.name[:20].strip().replace('/', ' ')}/{name}"
        gone = fault in ("missing", "link_instead_of_file")
        self.evidence.append(
            self.base(place)
            | {
                "source": path if fault != "link_instead_of_file" else "https://drive.example.com/berkas",
                "kind": "link" if fault == "link_instead_of_file" else "file",
                "size": None if gone else 0 if fault == "empty" else 20_000 + len(path) * 31_337 * (item + 1),
                "modified_at": "" if gone else "2026-07-14T03:12:00Z",
                "sha256": "" if gone else hashlib.sha256(path.encode("utf-8", "replace")).hexdigest(),
                "media_type": "" if gone else "application/pdf",
                "format": "docx" if fault == "kind_not_allowed" else "" if gone else kind,
                "pages": 4 + item if kind == "pdf" and not gone else None,
                "readable": fault in ("", "kind_not_allowed"),
                "problem": "" if fault in ("kind_not_allowed", "link_instead_of_file") else fault,
            }
        )

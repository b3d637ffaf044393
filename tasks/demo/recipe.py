"""The strict models of recipes: ``contoh.yaml`` and every ``make.yaml``.

A recipe says what operators did; :mod:`iid.tasks.demo.build_share` makes the files.
``finds`` notes beside each planted fault which finding it must lead to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Make = Literal[
    "auto",  # what dokumen.yaml says for the indicator
    "pdf", "scan", "locked", "cut",  # text PDF, picture PDF, with password, cut off
    "photo", "screen", "video", "long_video",
    "docx", "xlsx", "pptx", "zip",
    "empty", "text",
    "copy", "retyped",  # same bytes as another file; same text in other bytes
    "link_out",  # symbolic link that leads out of the share
]  # fmt: skip
Workbook = Literal["plain", "messy", "xls", "cut", "missing"]
Cell = str | int | float | date | None


class Strict(BaseModel):
    """Frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Find(Strict):
    """A planted fault: its finding ("" when none may come), and its reason."""

    code: str = ""
    why: str


class FileSpec(Strict):
    """One file. Its name is its key; ``make`` decides what is inside."""

    make: Make = "auto"
    of: str = ""  # for copy and retyped: "<innovation name>/<indicator>"
    innovation: str | None = None  # the text names this innovation instead
    region: str | None = None  # the text comes from this region instead


def _file(value: Any) -> Any:
    return {"make": value} if isinstance(value, str) else value


File = Annotated[FileSpec, BeforeValidator(_file)]


class ClaimSpec(Strict):
    """A row of sheet *Indikator* with files; a bare number is the parameter."""

    parameter: Cell = None
    value: Cell = None  # column Nilai
    basis: str | None = None
    files: Mapping[str, File] | None = None  # None: made as dokumen.yaml and the rulebook ask
    count: int | None = None  # how many of those, instead of what the rulebook expects
    make: Make = "auto"
    also: Mapping[str, File] = Field(default_factory=dict)  # besides those
    bukti: str | None = None  # the cell; None: the names for even indicators, empty for odd ones
    links: str = ""
    note: str = ""
    finds: tuple[Find, ...] = ()


def _claim(value: Any) -> Any:
    return value if isinstance(value, Mapping | ClaimSpec) else {"parameter": value}


Claim = Annotated[ClaimSpec, BeforeValidator(_claim)]


class InnovationSpec(Strict):
    """An innovation's folder; without facts its documents are general."""

    unit: str
    name: str
    folder: str = ""  # default: the name
    unit_folder: str = ""  # other spelling of the unit's folder
    affair: str = "Kesehatan"
    problem: str = "pelayanan sering terlambat dan catatannya tercecer"
    target: str = "warga yang tinggal jauh dari pusat layanan"
    method: str = "menyederhanakan alur layanan dan mendatangi warga secara terjadwal"
    outcome: str = "waktu layanan turun dari lima hari menjadi satu hari"
    repeat: int = 1  # as many, numbered, for cases that need a crowd
    profile: Mapping[str, Cell] = Field(default_factory=dict)  # answers by label; null leaves one empty
    claims: Mapping[str, Claim] = Field(default_factory=dict)  # "all" holds for every row not named
    workbook: Workbook = "plain"
    extra: Mapping[str, File] = Field(default_factory=dict)  # by path below the innovation folder
    finds: tuple[Find, ...] = ()


class UnitSpec(Strict):
    """A line of the roster."""

    code: str
    name: str
    type: str
    parent: str = ""


class RegionSpec(Strict):
    """The marker."""

    code: str = "63.03"
    name: str = "Kabupaten Banjar"
    zone: str = "Asia/Makassar"
    example: bool = True


class Recipe(Strict):
    """A whole share of one cycle."""

    cycle: int
    region: RegionSpec = RegionSpec()
    units: tuple[UnitSpec, ...]
    pemda: Mapping[str, Claim] = Field(default_factory=dict)
    innovations: tuple[InnovationSpec, ...] = ()
    extra: Mapping[str, File] = Field(default_factory=dict)  # by path below the cycle folder
    finds: tuple[Find, ...] = ()

    def each_innovation(self) -> Iterator[InnovationSpec]:
        """The innovations with ``repeat`` unrolled."""
        for spec in self.innovations:
            if spec.repeat == 1:
                yield spec
            for number in range(1, spec.repeat + 1) if spec.repeat > 1 else ():
                yield spec.model_copy(update={"name": f"{spec.name} {number:02d}", "repeat": 1})

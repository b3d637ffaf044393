"""Next steps (:mod:`iid.tasks.answers.next_steps`) in Indonesian."""

from __future__ import annotations

from collections.abc import Iterator

from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import number
from iid.tasks.text.terminal import fitted, rendered, which_run

MEANS = {
    "decision": "cukup keputusan pengelola",
    "papers": "cukup berkas yang ada",
    "signature": "perlu dokumen baru yang disahkan",
    "fact": "hanya bila keadaannya memang demikian; tidak dengan berkas",
}
#: Why the plan to a target and the best selection (:mod:`iid.tasks.answers.selection`) can differ.
DIFFERENCE = (
    "Rencana ke sasaran dan pilihan yang dikirim dapat berbeda: rencana mencari langkah paling sedikit "
    "ke sasaran dan ikut menghitung bukti yang masih akan dilengkapi; pilihan yang dikirim mencari indeks "
    "tertinggi dengan bukti yang sekarang."
)
#: How a plan is called by whether fewer steps are proven impossible.
LEAST = {True: "paling sedikit yang mungkin", False: "paling sedikit yang ditemukan"}


def steps_lines(record: Record, when: str, limit: int) -> Iterator[str]:
    """Yield the record's lines, at most *limit* of plan and steps (0: all)."""
    lines = rendered(
        "iid.tasks.answers",
        "next_steps",
        {"falling": falling, "key": _key},
        t=record,
        run=which_run(record, when),
        limit=limit or None,
        steps=[step for step in record["steps"] if not step["gain"].startswith("-")],
        planned={_key(step) for step in (record["plan"] or {"steps": []})["steps"]},
        plans=_plans(record),
        means=MEANS,
        least=LEAST,
        difference=DIFFERENCE,
    )
    return fitted(lines)


def _plans(record: Record) -> list[tuple[str, Record | None]]:
    """The plan of papers first where there is one, then the shortest of all."""
    plan, papers, target = record["plan"], record["plan_without_raising"], record["target"]
    if target is None or target["reached"]:
        return []
    own = [("Rencana dengan berkas yang ada", papers)] if papers is not None and papers != plan else []
    return [*own, ("Rencana", plan)]


def falling(plan: Record) -> str:
    """Say at which steps of *plan* the index falls before it rises, or ""."""
    if not plan["falls"]:
        return ""
    *others, last = map(number, plan["falls"])
    places = f"{', '.join(others)} dan {last}" if others else last
    return f"Pada langkah {places} indeks turun dulu; urutan tanpa penurunan tidak ditemukan."


def _key(step: Record) -> tuple[str, str, str]:
    return step["kind"], step["innovation_id"], step["indicator"]

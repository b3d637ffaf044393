"""The flow that looks at some units again, started by a steward from the form in Prefect's UI."""

from __future__ import annotations

from typing import Any

from iid.flows import unattended
from iid.flows.assess import assess_quietly
from iid.flows.progress import Reporter
from iid.flows.recalculating import Recalculated, RecalculateRequest, recalculate_units, told
from iid.flows.request import AssessRequest

from prefect import flow  # isort: skip  (after iid.flows.assess, which prepares the settings)
from prefect.artifacts import create_markdown_artifact  # isort: skip

SHOWN = 50  # claims in the artifact


@flow(
    name="recalculate",
    flow_run_name="{request.cycle} hitung ulang",
    validate_parameters=True,
    persist_result=False,
)
def recalculate(request: RecalculateRequest) -> Any:
    """Baca ulang bukti unit yang disebut, hitung seluruh daerah, terbitkan, dan tunjukkan yang bergeser."""
    asked = request.as_assessment()

    def work() -> dict[str, Any]:
        done = recalculate_units(asked, lambda wanted: assess_quietly(wanted, Reporter(quiet=True)))
        _show(done, asked)
        return done.as_json()

    return unattended.once(asked, work)


def _show(done: Recalculated, request: AssessRequest) -> None:
    """What moved, where the steward looks after pressing the button."""
    a = done.outcome.assessment
    key = f"iid-{a.marker.region}-{a.cycle}-hitung-ulang".replace(".", "-").lower()
    text = "\n".join(told(done, request.units, SHOWN)).replace("`", "'")
    create_markdown_artifact(f"```text\n{text}\n```", key=key, description="Yang bergeser")


def recalculate_with_progress(request: AssessRequest, reporter: Reporter) -> Recalculated:
    """Run the assessment as a flow in this process, for the command line."""
    from iid.flows.assess import assess_with_progress

    return recalculate_units(request, lambda wanted: assess_with_progress(wanted, reporter))

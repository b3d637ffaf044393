"""Approval of a final run without Prefect: on the terminal, by options."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from iid.tasks.values.errors import GuardError, UsageError

if TYPE_CHECKING:
    from iid.flows.close import CloseRequest
    from iid.tasks.close.approval import Approval, Ask
    from iid.tasks.values.assessment import Assessment

SHORTEST = 3  # letters of a name and of a reason


def asking(request: CloseRequest, approved_by: str | None) -> Ask | None:
    """Who is asked; None where nobody must approve.

    UsageError for a name without a reason, GuardError where nobody could answer: both before any work.
    """
    if approved_by is not None:
        if len(approved_by.strip()) < SHORTEST or not request.reason:
            raise UsageError('--approved-by memerlukan nama lengkap dan --reason "alasan"')
        return _given(approved_by.strip(), request.reason)
    if not request.approval:
        return None
    if not sys.stdin.isatty():
        raise GuardError(
            "penutupan siklus memerlukan persetujuan ([approval] required = true): jalankan di terminal, "
            'atau sebutkan --approved-by NAMA --reason "alasan", atau tutup lewat deployment tutup di Prefect'
        )
    return _on_terminal


def _given(name: str, reason: str) -> Ask:
    from iid.tasks.close.approval import APPROVED, OPTION, Approval

    def answer(_assessment: Assessment, digest: str) -> Approval:
        return Approval(APPROVED, name, reason, _now(), OPTION, digest)

    return answer


def _on_terminal(assessment: Assessment, digest: str) -> Approval:
    """Show the summary and ask; every answer has a name and a reason."""
    from iid.tasks.close.approval import APPROVED, REJECTED, TERMINAL, Approval
    from iid.tasks.close.preview import preview_of
    from iid.tasks.report.summary import summary_lines

    typer.echo("\nHasil berikut akan terbit sebagai hasil final dan menutup siklus:", err=True)
    for line in (*summary_lines(assessment), *preview_of(assessment).sentences()):
        typer.echo(f"  {line}", err=True)
    approved = _asked("Setujui? (ya/tidak)", {"ya": True, "y": True, "tidak": False, "t": False})
    name, reason = _text("Nama Anda"), _text("Alasan")
    return Approval(APPROVED if approved else REJECTED, name, reason, _now(), TERMINAL, digest)


def _asked(question: str, answers: dict[str, bool]) -> bool:
    while True:
        word = str(typer.prompt(question, err=True)).strip().lower()
        if word in answers:
            return answers[word]
        typer.echo("  jawab dengan ya atau tidak", err=True)


def _text(question: str) -> str:
    while len(text := " ".join(str(typer.prompt(question, err=True)).split())) < SHORTEST:
        typer.echo(f"  paling sedikit {SHORTEST} huruf", err=True)
    return text


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)

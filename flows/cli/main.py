"""The command ``iid``; late imports, so that ``--help`` stays light."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import typer

from iid.flows.cli import help_text, process
from iid.flows.settings import targets
from iid.flows.telemetry import json_logs as logs

STOPPED = "dihentikan; hasil terakhir yang terbit tetap berlaku"
INTERRUPTED = 130  # what Typer makes of KeyboardInterrupt, without a word
#: What an exit status means (contract 4), for machines.
KINDS = {1: "failed", 2: "usage", 3: "guard", 4: "difference"}
#: Commands that take share, store, cycle and region from the settings through their options' defaults.
SETTLED = frozenset(
    (
        "calculate",
        "close",
        "compare",
        "decisions",
        "explain",
        "export",
        "history",
        "national",
        "next-steps",
        "prune",
        "verify",
        "what-if",
        "withdraw",
    )
)

SETTINGS = ("share", "store", "cycle", "region", "endpoint_url")

app = typer.Typer(
    name="iid",
    help="Penilaian Indeks Inovasi Daerah: dari share berkas sampai indeks yang terbit dan terjelaskan.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def mount() -> typer.Typer:
    """The app with all of its commands, once."""
    if app.registered_commands:
        return app
    from iid.flows.cli.assess_command import assess, demo
    from iid.flows.cli.close_command import close, history
    from iid.flows.cli.config_command import app as config
    from iid.flows.cli.config_command import init
    from iid.flows.cli.decisions_command import decisions
    from iid.flows.cli.deploy_command import deploy
    from iid.flows.cli.doctor_command import doctor
    from iid.flows.cli.explain_command import calculate, explain
    from iid.flows.cli.export_command import export
    from iid.flows.cli.national_command import national
    from iid.flows.cli.next_steps_command import compare, next_steps, what_if
    from iid.flows.cli.notify_command import notify
    from iid.flows.cli.recalculate_command import recalculate
    from iid.flows.cli.reviewer_command import app as reviewer
    from iid.flows.cli.rulebook_command import app as rulebook
    from iid.flows.cli.scaffold_command import scaffold
    from iid.flows.cli.serve_command import serve, standby
    from iid.flows.cli.status_command import status
    from iid.flows.cli.verify_command import prune, verify
    from iid.flows.cli.watch_command import watch
    from iid.flows.cli.withdraw_command import withdraw

    for command, short in (
        (demo, "Buat share contoh dan nilai."),
        (scaffold, "Buat pohon folder dan buku kerja setiap unit."),
        (assess, "Nilai satu wilayah dan terbitkan hasilnya."),
        (recalculate, "Baca ulang beberapa unit; hasil tetap lengkap."),
        (close, "Tutup siklus: bekukan bukti dan terbitkan hasil final."),
        (history, "Daftar semua yang pernah terbit."),
        (national, "Peringkat semua wilayah terbit menurut klaster."),
        (calculate, "Rumusnya saja, sebagai kalkulator."),
        (explain, "Telusuri skor sampai bukti dan aturannya."),
        (export, "Formulir dan bukti untuk entri kementerian."),
        (decisions, "Keputusan peninjau: siapa, kapan, mengapa, berlaku atau tidak."),
        (next_steps, "Langkah yang paling menaikkan indeks."),
        (what_if, "Indeks setelah perubahan yang diandaikan."),
        (compare, "Apa yang bergeser antara dua perhitungan."),
        (withdraw, "Tarik perhitungan yang terbit, dengan alasan."),
        (verify, "Cocokkan hasil terbit dengan manifestnya."),
        (prune, "Buang sisa perhitungan yang terputus."),
        (serve, "Nilai setiap malam, amati share, tampilkan laporan."),
        (watch, "Amati share; perubahan menjadi penilaian."),
        (notify, "Beri tahu orang yang perlu tahu."),
        (init, "Tulis iid.toml dari beberapa pertanyaan."),
        (status, "Hasil terbit terakhir setiap wilayah; basi atau tidak."),
        (deploy, "Pasang deployment dan automasi di server Prefect."),
        (doctor, "Periksa pemasangan dan katakan apa yang kurang."),
    ):
        app.command(short_help=short)(command)
    app.command(hidden=True)(standby)
    app.add_typer(config, name="config", short_help="Pengaturan: check.")
    app.add_typer(rulebook, name="rulebook", short_help="Peraturan: list, show, check.")
    app.add_typer(reviewer, name="reviewer", short_help="Akun meja tinjauan: add, list, remove.")
    return app


@app.callback(invoke_without_command=True)
def root(
    version: bool = typer.Option(False, "--version", help="Tampilkan versi."),
) -> None:
    """Penilaian Indeks Inovasi Daerah: dari share berkas sampai indeks yang terbit dan terjelaskan."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"iid {installed('iid')}")
        raise typer.Exit


def main() -> None:
    """Run the command: one clear line on standard error for a mistake."""
    process.speak_utf8()
    process.end_as_by_ctrl_c()
    process.end_with_its_service()
    process.keep_temporary_files_together()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and give its exit status (contract 4)."""
    command: Any = typer.main.get_command(mount())
    help_text.speak_indonesian(command)
    defaults = {name: {key: partial(_setting, key) for key in SETTINGS} for name in SETTLED}
    with targets.choosing(targets.Choice(os.environ.get("IID_TARGET") or None)), logs.form(None):
        try:
            result = command.main(
                args=arguments, prog_name="iid", standalone_mode=False, default_map=defaults
            )
        except Exception as error:  # noqa: BLE001  (the last place that can still speak plainly)
            return _explain(error, arguments)
        except KeyboardInterrupt:
            return say(STOPPED, 1, arguments, "stopped")
    if result == INTERRUPTED:
        return say(STOPPED, 1, arguments, "stopped")
    return result if isinstance(result, int) else 0


def _setting(key: str) -> Any:
    """Return the chosen target's setting for an option that was left out."""
    from iid.flows.settings.load import load_settings, read_file

    value = getattr(load_settings(), key)
    if value is None and key in {"cycle", "store"} and targets.choice().cycle is None:
        targets.refuse_several(read_file())
    return value


def _explain(error: Exception, arguments: list[str]) -> int:
    if type(error).__module__.startswith(("typer", "click")):
        return _typer_error(error, arguments)
    from iid.expectations.rulebook.rulebook_error import RulebookError
    from iid.tasks.values.errors import IidError

    if isinstance(error, RulebookError):
        return say(str(error), 2, arguments)
    if isinstance(error, IidError):
        return say(str(error), error.exit_code, arguments)
    return _unexpected(error, arguments)


def _typer_error(error: Any, arguments: list[str]) -> int:
    status = int(getattr(error, "exit_code", 1))
    words = getattr(error, "format_message", lambda: "")()
    name = type(error).__name__
    if name == "Abort":
        return say(STOPPED, 1, arguments, "stopped")
    if name == "NoArgsIsHelpError":
        typer.echo(words)
        return status
    if not words:
        return status
    return say(_typer_words(error, name, str(words), arguments), status, arguments)


def _typer_words(error: Any, name: str, words: str, arguments: list[str]) -> str:
    """Return Typer's English message in Indonesian, or where the help is."""
    param = getattr(error, "param", None)
    first = next(iter(getattr(param, "opts", ())), "")
    option = first if first.startswith("-") else getattr(param, "metavar", None) or first
    path = getattr(getattr(error, "ctx", None), "command_path", "iid")
    sentences: dict[str, Callable[[], str]] = {
        "NoSuchOption": lambda: f"pilihan {error.option_name} tidak dikenal; lihat {path} --help",
        "MissingParameter": lambda: f"{option} belum disebut; lihat {path} --help",
        "BadParameter": lambda: f'{option} "{_given(option, arguments)}": yang boleh {_why(error)}',
    }
    if name in sentences:
        return sentences[name]()
    if words.startswith("No such command"):
        command = words.removeprefix("No such command").strip(" .")
        return f"perintah {command} tidak dikenal; lihat iid --help"
    if words.startswith("Got unexpected extra argument"):
        return f"kata {words.rsplit('(', 1)[1].rstrip(').')} tidak dikenal; lihat {path} --help"
    if name == "BadOptionUsage":
        needs = "tidak memakai nilai" if "does not take" in words else "memerlukan nilai"
        return f"pilihan {error.option_name} {needs}; lihat {path} --help"
    return f"perintah ini tidak dapat dibaca; lihat {path} --help"


def _why(error: Any) -> str:
    from pydantic import ValidationError

    from iid.flows.settings.setting_messages import OTHER, allowed

    if isinstance(error.__cause__, ValidationError):
        return allowed(error.__cause__)
    ours = str(error.message).removeprefix("yang boleh: ")
    return ours if ours != error.message else OTHER


def _given(option: str, arguments: list[str]) -> str:
    """The value that came after *option* on the command line."""
    for position, word in enumerate(arguments):
        if word == option and position + 1 < len(arguments):
            return arguments[position + 1]
        if word.startswith(f"{option}="):
            return word.split("=", 1)[1]
    return ""


def _unexpected(error: Exception, arguments: list[str]) -> int:
    from iid.flows.prefect_glue.quiet_prefect import log_file

    path = log_file()
    try:
        with path.open("a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        return say(
            f"kesalahan yang tidak terduga: {type(error).__name__}: {error}", 1, arguments, "unexpected"
        )
    words = f"kesalahan yang tidak terduga ({type(error).__name__}); rinciannya di {path}"
    return say(words, 1, arguments, "unexpected")


def say(words: str, status: int, arguments: list[str], kind: str = "") -> int:
    """Report a failure on standard error; ``--json``: also as one line.

    That line is ``{"error", "exit", "kind", "command"}``; *kind* by default goes by the exit status.
    """
    line = " ".join(str(words).split()) if "\n" not in str(words) else str(words)
    if logs.wanted():
        logs.say(line, level="error", exit=status)
    else:
        sys.stderr.write(f"iid: {logs.visible(line)}\n")
    if "--json" in arguments:
        import json

        record = {
            "error": line,
            "exit": status,
            "kind": kind or KINDS.get(status, "failed"),
            "command": _named(arguments),
        }
        sys.stdout.write(json.dumps(record) + "\n")
    return status


def _named(arguments: list[str]) -> str:
    """Return the command in *arguments*: ``assess``, ``rulebook show``."""
    words = [word for word in arguments if not word.startswith("-")][:2]
    groups = {group.name for group in app.registered_groups}
    return " ".join(words if words and words[0] in groups else words[:1])


if os.environ.get("IID_LOAD_COMMANDS"):  # docs tools that import `app` want it complete
    mount()

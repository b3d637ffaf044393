"""A Prefect server that is away, refuses the key, or shows pages that no browser can use: one clear line."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from runs import Run

Answers = dict[str, tuple[int, object]]


@pytest.fixture
def answers() -> Answers:
    """What the server answers by path: status and JSON."""
    return {}


@pytest.fixture
def api(answers: Answers) -> Iterator[str]:
    """The address of an HTTP server that is no Prefect server."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = answers.get(self.path, (401, {"exception_message": "Unauthorized"}))
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    server.server_close()
    thread.join()


def one_line(text: str) -> str:
    """What the command itself says: one line, and no traceback."""
    (line,) = [line for line in text.splitlines() if line.startswith("iid: ")]
    assert "Traceback" not in text
    return line


def test_a_server_that_is_away_is_named_with_its_setting_before_any_work(
    share: Path, iid: Run, tmp_path: Path
) -> None:
    with socket.socket() as nobody:  # bound and not listening: nobody else gets the port
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/api"
        order = ("assess", "--share", share, "--store", tmp_path / "hasil", "--cycle", "2026")
        done = iid(*order, PREFECT_API_URL=f"{url}?kunci=RAHASIA")
    assert done.returncode == 1
    assert "RAHASIA" not in done.stderr
    line = one_line(done.stderr)
    assert f"server Prefect {url} tidak menjawab" in line
    assert "PREFECT_API_URL" in line
    assert "--direct" in line
    assert not (tmp_path / "hasil").exists()


def test_a_wrong_key_names_the_variable_that_holds_it(
    share: Path, iid: Run, tmp_path: Path, api: str
) -> None:
    order = ("assess", "--share", share, "--store", tmp_path / "hasil", "--cycle", "2026")
    done = iid(*order, PREFECT_API_URL=api, PREFECT_API_AUTH_STRING="admin:salah")
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert "menolak kunci" in line
    assert "PREFECT_API_AUTH_STRING" in line
    assert "salah" not in line


def test_a_locked_database_is_said_in_words_at_the_start_and_by_doctor(
    share: Path, iid: Run, tmp_path: Path, api: str, answers: Answers
) -> None:
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    from iid.flows.prefect_glue.server_check import check_server

    answers["/api/admin/version"] = (503, {"exception_message": "Service Unavailable"})
    order = ("assess", "--share", share, "--store", tmp_path / "hasil", "--cycle", "2026")
    done = iid(*order, PREFECT_API_URL=api, PREFECT_CLIENT_MAX_RETRIES="0")
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert f"{api} sibuk (503): basis datanya sedang terkunci" in line
    assert "--direct" in line
    with temporary_settings({PREFECT_API_URL: api, PREFECT_CLIENT_MAX_RETRIES: 0}):
        found = check_server()
    assert found.mark == "failed"
    assert "terkunci" in found.seen
    assert "PostgreSQL" in found.advice


@pytest.mark.parametrize(
    ("shown", "mark"), [("http://127.0.0.1:4200/api", "warning"), ("/api", "ok"), ("https://x.id/api", "ok")]
)
def test_doctor_says_when_browsers_are_sent_to_their_own_machine(
    api: str, answers: Answers, monkeypatch: pytest.MonkeyPatch, shown: str, mark: str
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from iid.flows.prefect_glue.server_check import check_pages

    answers["/ui-settings"] = (200, {"api_url": shown})
    with temporary_settings({PREFECT_API_URL: api}):
        found = check_pages()
    assert found is not None
    assert found.mark == mark
    assert ("PREFECT_SERVER_UI_API_URL" in found.advice) == (mark == "warning")


def test_notify_reports_a_server_that_does_not_answer(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    from iid.flows.prefect_glue.server_check import check_workers
    from iid.flows.service.notify_target import _at_server

    assert _at_server() == []
    assert check_workers() is None
    with temporary_settings({PREFECT_API_URL: api, PREFECT_CLIENT_MAX_RETRIES: 0}):
        (cause,) = _at_server()
        assert check_workers() is None  # said by another check
    assert "PREFECT_API_AUTH_STRING" in cause.lines[0]
    assert cause.kind == "stale"

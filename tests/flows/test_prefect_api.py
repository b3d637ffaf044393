"""How the tests ask a Prefect server: a busy one again, a refusal at once."""

from __future__ import annotations

import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from prefect_api import ask


@contextmanager
def server(*answers: int) -> Iterator[str]:
    """Answers with these status codes in turn."""
    left = list(answers)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0))
            self.end_headers()
            self.wfile.write(b'{"left": %d}' % len(left))

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}"
        finally:
            running.shutdown()
            thread.join()


def test_a_busy_server_is_asked_again() -> None:
    with server(503, 503, 200) as api:
        assert ask(api, "/health") == {"left": 0}


def test_a_refusal_is_reported_at_once() -> None:
    with server(404, 200) as api, pytest.raises(urllib.error.HTTPError, match="404"):
        ask(api, "/health")

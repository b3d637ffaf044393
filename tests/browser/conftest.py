"""Chromium and the report site of the made-up assessment, opened as files and from a server."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from iid.tasks.answers.compare import compared
from iid.tasks.answers.run_view import Picture
from iid.tasks.report.book import open_book
from iid.tasks.report.compare_page import comparison_page
from iid.tasks.report.site import render_site
from iid.tasks.store.published_run import read_run

SAMPLE = Path(__file__).parents[1] / "unit" / "report" / "sample.py"
# The last three keep Chromium from calling its maker's hosts while a test runs.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the whole site of a run with a past; ``banding.html`` beside it compares two runs."""
    module = loaded("reports_sample", SAMPLE)
    folder = tmp_path_factory.mktemp("situs") / "report"
    store, now = module.with_past(folder.parent / "hasil")
    for path, data in render_site(open_book(now)):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    old, new = (Picture.of(read_run(store, "63.03", 2026, point.run_id)) for point in now.earlier.points)
    (folder.parent / "banding.html").write_bytes(comparison_page(compared(old, new), old, new))
    return folder


@pytest.fixture(scope="session")
def shots() -> ModuleType:
    """The module that takes the pictures; tests are no package, so it is loaded by its path."""
    return loaded("report_shots", Path(__file__).with_name("shots.py"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module: Playwright keeps an event loop running in this thread, which others may need."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that fails the test on console errors, script errors and requests to other hosts."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    wrong: list[str] = []
    made.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("request", lambda request: wrong.append(request.url) if foreign(request.url) else None)
    made.on("requestfailed", lambda request: wrong.append(request.url) if lost(request) else None)
    yield made
    context.close()
    assert wrong == []


def loaded(name: str, path: Path) -> ModuleType:
    """The module in *path*."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def foreign(url: str) -> bool:
    """Whether a request leaves this machine."""
    return not url.startswith(("file://", "http://127.0.0.1:"))


def lost(request: Request) -> bool:
    """Whether a request failed by itself, not because the test went on to the next page."""
    return request.failure != "net::ERR_ABORTED"


@pytest.fixture(scope="session")
def server(report: Path) -> Iterator[str]:
    """The same site from a web server on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Say nothing; the tests speak."""

    handler = functools.partial(Quiet, directory=str(report.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/report"
        running.shutdown()

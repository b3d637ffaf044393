"""Log lines for machines, spans and metrics: to a real OTLP receiver on loopback, and nothing when off."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from letters import listening
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from runs import Run

from iid.flows.cli.main import run
from iid.flows.telemetry import json_logs as logs
from iid.flows.telemetry.observe import observed, pinged
from iid.tasks.assess.request import AssessRequest
from iid.tasks.store.lease import HELD
from iid.tasks.values.errors import GuardError


@dataclass
class Collector:
    """What the receiver was sent, decoded."""

    address: str = ""
    spans: list[Any] = field(default_factory=list)
    metrics: list[Any] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    def take(self, path: str, body: bytes) -> None:
        if path == "/v1/traces":
            resources = ExportTraceServiceRequest.FromString(body).resource_spans
            self.spans += [span for one in resources for scope in one.scope_spans for span in scope.spans]
        else:
            resources = ExportMetricsServiceRequest.FromString(body).resource_metrics
            self.metrics += [
                found for one in resources for scope in one.scope_metrics for found in scope.metrics
            ]
        self.services |= {attributes(one.resource)["service.name"] for one in resources}

    def points(self, name: str) -> list[Any]:
        (metric,) = [one for one in self.metrics if one.name == name]
        return list(getattr(metric, metric.WhichOneof("data")).data_points)


def assess(iid: Run, share: Path, store: Path, *more: str, **environment: str) -> Any:
    asked = ("assess", "--share", share, "--store", store, "--cycle", "2026", "--direct", *more)
    return iid(*asked, **environment)


def attributes(of: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of.attributes}


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    def take(path: str, headers: Message, body: bytes) -> bool:
        found.take(path, gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body)
        return True

    with listening(take) as where:
        found.address = f"http://{where}"
        yield found


def test_a_run_is_one_trace_of_steps_with_metrics_and_lines_for_machines(
    iid: Run, share: Path, tmp_path: Path, collector: Collector
) -> None:
    done = assess(
        iid,
        share,
        tmp_path / "store",
        "--json",
        "--no-feedback",
        IID_LOG_FORMAT="json",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
    )
    assert done.returncode == 0, done.stderr
    index = json.loads(done.stdout)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines[-1]["message"] == "Terbit"
    about = {key: lines[-1][key] for key in ("level", "region", "cycle", "run", "index")}
    supported = index["supported"]["index"]
    assert about == {
        "level": "info",
        "region": "63.03",
        "cycle": 2026,
        "run": index["run_id"],
        "index": supported,
    }
    steps = [line["step"] for line in lines[:-1]]
    assert "Memeriksa bukti" in steps

    assert collector.services == {"iid"}
    (root,) = [span for span in collector.spans if not span.parent_span_id]
    assert root.name == "assess"
    assert attributes(root)["iid.run"] == index["run_id"]
    assert attributes(root)["iid.region"] == "63.03"
    below = [span for span in collector.spans if span.parent_span_id == root.span_id]
    assert [span.name for span in sorted(below, key=lambda one: one.start_time_unix_nano)] == steps
    assert {span.trace_id for span in below} == {root.trace_id}

    by_view = {attributes(point)["iid.view"]: point.as_double for point in collector.points("iid.index")}
    assert by_view["supported"] == float(supported)
    severities = {attributes(one)["iid.severity"]: one.as_int for one in collector.points("iid.findings")}
    assert severities["critical"] > 0
    assert collector.points("iid.files")[0].as_int > 100
    assert sum(point.count for point in collector.points("iid.step.duration")) == len(steps)
    assert collector.points("iid.run.duration")[0].count == 1


def test_a_refused_run_is_a_span_with_its_words_and_still_exits_3(
    iid: Run, share: Path, tmp_path: Path, collector: Collector
) -> None:
    (share / "iid-share.toml").unlink()
    done = assess(iid, share, tmp_path / "store", OTEL_EXPORTER_OTLP_ENDPOINT=collector.address)
    assert done.returncode == 3
    assert {span.status.code for span in collector.spans} == {2}  # error
    assert all("belum terpasang" in span.status.message for span in collector.spans)
    assert not any(span.events for span in collector.spans)  # no traceback leaves this machine


def test_with_the_option_a_mistake_is_a_line_for_machines_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IID_LOG_FORMAT", raising=False)
    wrong = ["assess", "--share", "tidak-ada", "--store", "t", "--cycle", "2026", "--direct"]
    assert run([*wrong, "--log-format", "json"]) == 2
    *_, last = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (last["level"], last["exit"]) == ("error", 2)
    assert "tidak-ada" in last["message"]
    assert run(wrong) == 2
    assert capsys.readouterr().err.startswith("iid: ")


def test_a_collector_that_is_away_is_one_line_and_changes_nothing(
    iid: Run, share: Path, tmp_path: Path
) -> None:
    (share / "iid-share.toml").unlink()
    file = tmp_path / "iid.toml"
    file.write_text('[telemetry]\nendpoint = "http://127.0.0.1:9"\n')
    done = assess(iid, share, tmp_path / "store", "--json", IID_TOML=str(file))
    assert done.returncode == 3
    said = [line for line in done.stderr.splitlines() if "OTLP" in line]
    assert "jejak (trace) tidak diterima pengumpul OTLP; hasil tidak terpengaruh" in said[0]
    assert "Traceback" not in done.stderr


class Plain:
    """Only runs its steps."""

    def run(self, title: str, work: Any) -> Any:
        return work()

    def progress(self, done: int, total: int) -> None:
        """Nothing."""


def test_off_the_step_is_untouched_and_nothing_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("IID_LOG_FORMAT", "IID_TOML", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    step = Plain()
    with observed(step, AssessRequest(share="s", store="t", cycle=2026)) as found:
        assert found is step
    code = (
        "import sys\nfrom iid.flows.telemetry.observe import observed\n"
        "from iid.tasks.assess.request import AssessRequest\n"
        "with observed(None, AssessRequest(share='s', store='t', cycle=2026)): pass\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=tmp_path).returncode == 0


def test_lines_carry_what_is_known_and_the_level_of_their_sign(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.about(region="63.03", unit=None), logs.about(step="x"):
        logs.line_printer("! share lepas")
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["region"], line["step"]) == ("warning", "63.03", "x")
    assert "unit" not in line


def test_the_form_of_lines_is_an_option_and_a_wrong_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    share, store = str(tmp_path / "tidak-ada"), str(tmp_path / "hasil")
    where = ["--share", share, "--store", store, "--cycle", "2026", "--direct"]
    assert run(["assess", *where, "--log-format", "json"]) == 2
    assert all(json.loads(line)["level"] == "error" for line in capsys.readouterr().err.splitlines())
    assert run(["assess", *where]) == 2  # the choice ends with its command
    assert capsys.readouterr().err.startswith("iid: ")
    assert run(["assess", *where, "--log-format=xml"]) == 2
    assert "yang boleh human, json" in capsys.readouterr().err


def test_each_run_calls_the_ping_of_its_target_and_says_whether_it_went_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[tuple[str, str]] = []

    def take(path: str, _headers: object, body: bytes) -> bool:
        called.append((path, body.decode()))
        return True

    def asked(region: str = "63.03") -> AssessRequest:
        return AssessRequest(share="share", store="hasil", cycle=2026, region=region)

    monkeypatch.setenv("IID_TOML", str(tmp_path / "iid.toml"))
    with listening(take) as where:
        monkeypatch.setenv("PING_BANJAR", f"http://{where}/rahasia")
        (tmp_path / "iid.toml").write_text(
            'store = "hasil"\ncycle = 2026\n'
            '[[target]]\nname = "banjar"\nshare = "a"\nregion = "63.03"\nping = "env:PING_BANJAR"\n'
            '[[target]]\nname = "tapin"\nshare = "b"\nregion = "63.05"\n'
        )
        with pinged(asked()):
            pass
        with pytest.raises(GuardError), pinged(asked()):
            raise GuardError("share tampaknya belum terpasang")
        with pytest.raises(GuardError), pinged(asked()):
            raise GuardError(f"siklus {HELD} oleh proses lain")
        with pinged(asked("63.05")):
            pass
    assert called == [
        ("/rahasia", "63.03 2026"),
        ("/rahasia/fail", "share tampaknya belum terpasang"),
    ]
    with pinged(asked()):
        pass  # nobody listens any more
    said = capsys.readouterr().err
    assert "ping ke 127.0.0.1 tidak terkirim" in said
    assert "rahasia" not in said

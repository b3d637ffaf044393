"""Spans and metrics of a run over OTLP/HTTP (``iid[otel]``), only ours."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExportResult, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import Status, StatusCode

from iid.flows.telemetry import json_logs as logs
from iid.tasks.values.assessment import Assessment

PATIENCE = 3  # seconds for one delivery; a collector that is away must not hold a run up
NEVER = 2**31  # milliseconds: metrics are sent once, at the end


class Export:
    """Sends all when the run ends; ``base``: the collector, or None (by env)."""

    def __init__(self, base: str | None) -> None:
        self._problems: set[str] = set()
        where = base.rstrip("/") if base else None
        named = bool(os.environ.get("OTEL_SERVICE_NAME"))  # then Resource reads it
        resource = Resource.create({} if named else {"service.name": "iid"})
        self._spans = TracerProvider(resource=resource)
        self._spans.add_span_processor(
            BatchSpanProcessor(_Spans(self._problems, f"{where}/v1/traces" if where else None))
        )
        metrics = _Metrics(self._problems, f"{where}/v1/metrics" if where else None)
        reader = PeriodicExportingMetricReader(metrics, export_interval_millis=NEVER)
        self._metrics = MeterProvider([reader], resource=resource)
        self._tracer = self._spans.get_tracer("iid")
        meter = self._metrics.get_meter("iid")
        self._step_seconds = meter.create_histogram("iid.step.duration", "s", "Time of one step")
        self._run_seconds = meter.create_histogram("iid.run.duration", "s", "Time of a whole run")
        self._index = meter.create_gauge("iid.index", "1", "The index of a view")
        self._findings = meter.create_gauge("iid.findings", "{finding}", "Findings by severity")
        self._files = meter.create_gauge("iid.files", "{file}", "Files and links of evidence")
        self._innovations = meter.create_gauge(
            "iid.innovations", "{innovation}", "Innovations that were read"
        )

    @contextmanager
    def run(self, facts: Mapping[str, Any]) -> Iterator[None]:
        """The span of the whole run; everything is sent when it ends, well or not."""
        with _without_noise():
            try:
                with self._span("assess", facts):
                    yield
            finally:
                self._spans.shutdown()
                self._metrics.shutdown(timeout_millis=PATIENCE * 2000)
                for words in sorted(self._problems):
                    logs.warn(words)

    @contextmanager
    def step(self, title: str, facts: Mapping[str, Any]) -> Iterator[None]:
        """The span of one step, and its time."""
        started = time.monotonic()
        try:
            with self._span(title, facts):
                yield
        finally:
            self._step_seconds.record(time.monotonic() - started, {"iid.step": title, **_attributes(facts)})

    @contextmanager
    def _span(self, name: str, facts: Mapping[str, Any]) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                # The words only: a traceback would carry the content of variables to another machine.
                span.set_status(Status(StatusCode.ERROR, str(error)[:300] or type(error).__name__))
                span.set_attribute("error.type", type(error).__name__)
                raise
            finally:
                span.set_attributes(_attributes(facts))

    def result(self, assessment: Assessment, seconds: float) -> None:
        """What the run found."""
        about: dict[str, Any] = {"iid.region": assessment.marker.region, "iid.cycle": assessment.cycle}
        self._run_seconds.record(seconds, about)
        for view in ("claimed", "supported", "verified"):
            self._index.set(float(assessment.index[view]["index"]), {**about, "iid.view": view})
        counts = assessment.findings["severity"].value_counts()
        for severity in ("critical", "warning", "info"):
            self._findings.set(int(counts.get(severity, 0)), {**about, "iid.severity": severity})
        self._files.set(len(assessment.evidence), about)
        self._innovations.set(len(assessment.innovations), about)


def _attributes(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"iid.{key}": value for key, value in facts.items() if value is not None}


class _Spans(OTLPSpanExporter):
    def __init__(self, problems: set[str], endpoint: str | None) -> None:
        super().__init__(endpoint=endpoint, timeout=PATIENCE)
        self._problems = problems

    def export(self, *arguments: Any, **named: Any) -> SpanExportResult:
        found = super().export(*arguments, **named)
        if found is not SpanExportResult.SUCCESS:
            self._problems.add("jejak (trace) tidak diterima pengumpul OTLP; hasil tidak terpengaruh")
        return found


class _Metrics(OTLPMetricExporter):
    def __init__(self, problems: set[str], endpoint: str | None) -> None:
        super().__init__(endpoint=endpoint, timeout=PATIENCE)
        self._problems = problems

    def export(self, *arguments: Any, **named: Any) -> MetricExportResult:
        found = super().export(*arguments, **named)
        if found is not MetricExportResult.SUCCESS:
            self._problems.add("metrik tidak diterima pengumpul OTLP; hasil tidak terpengaruh")
        return found


@contextmanager
def _without_noise() -> Iterator[None]:
    """The exporters log tracebacks of refused connections; ours is one line."""
    logger = logging.getLogger("opentelemetry")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)

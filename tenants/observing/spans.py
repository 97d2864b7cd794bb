"""Traces, by OpenTelemetry; without an address to send them to, every function here costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from tenants.observing.correlation import place

_tracer = trace.get_tracer("warsa")


def send_to(url: str, *, service: str) -> None:
    """Spans of this process go to an OTLP/HTTP receiver, in the background and in batches."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)


@contextmanager
def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, carried: Mapping[str, Any] | None = None, **attributes: str | int
) -> Iterator[Span]:
    """One stretch of work, with region and request. `carried` are the headers by which the work came.

    A failure leaves its class and nothing of its text, which may name somebody.
    """
    context = propagate.extract({key: str(value) for key, value in carried.items()}) if carried else None
    with _tracer.start_as_current_span(
        name, context=context, kind=kind, record_exception=False, set_status_on_exception=False
    ) as one:
        describe(one, **attributes)
        try:
            yield one
        except Exception as failure:
            one.set_status(Status(StatusCode.ERROR, type(failure).__name__))
            raise


def describe(one: Span, **attributes: str | int) -> None:
    """Where the work is, and what else is known of it by now. Names are dotted: `http_route` becomes `http.route`."""
    if one.is_recording():
        one.set_attributes({f"warsa.{name}": value for name, value in place().items()})
        one.set_attributes({name.replace("_", ".", 1): value for name, value in attributes.items()})


def carry(headers: dict[str, Any]) -> None:
    """The span of this moment goes along in the headers of a message."""
    propagate.inject(headers)


def trace_id() -> str:
    """In hexadecimal, or empty."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""

"""What operators ask for is written down before they see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from shared_apps.operations.access import OperatorAudience, grant_of
from tenants.audit.services import record

ACTION = "operator.asked"
REFUSED = "operator.was_refused"


class OperatorAuditMiddleware:
    """One row for each request of an operator to an operators' page; where it cannot be written, the page is not shown.

    Stands behind AudienceMiddleware. The row says which page and of what, never what was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = getattr(request, "resolver_match", None)
        if (
            match is not None
            and isinstance(getattr(match.func, "audience", None), OperatorAudience)
            and not getattr(request, "_operator_noted", False)
            and grant_of(request) is not None
        ):
            # Sent away before the view: without the role, or without the second factor.
            _note(request, REFUSED, match.kwargs)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if not isinstance(getattr(view, "audience", None), OperatorAudience):
            return
        _note(request, ACTION, kwargs)
        request._operator_noted = True  # type: ignore[attr-defined]


def _note(request: HttpRequest, action: str, named: dict[str, Any]) -> None:
    grant = grant_of(request)
    assert grant is not None
    match = request.resolver_match
    record(
        action,
        by=grant.user.actor,
        target=_kept(request.path),
        details={
            "page": match.view_name if match else "",
            "method": request.method,
            "role": grant.role,
            **{name: _kept(str(value)) for name, value in named.items()},
        },
        request=str(getattr(request, "request_id", ""))[:40],
    )


def _kept(text: str) -> str:
    """What of an address the log keeps; the database holds no text with a NUL, which anybody may type."""
    return text.replace("\x00", "")[:160]

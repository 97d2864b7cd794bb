"""Pages of the house itself: language, health, errors, the embedded mailbox."""

from __future__ import annotations

import base64
import hashlib
import mailbox as maildir
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from shared_apps.onboarding.models import State
from shared_apps.onboarding.selectors import markets_around, open_markets
from shared_apps.regions.picker import LONGEST_TEXT
from shared_apps.regions.selectors import search_areas
from tenants.access import public_page
from tenants.kernel.money import Rupiah
from tenants.provisioning import current_version
from tenants.read_only import open_while_read_only
from warsa.readiness import readiness


@dataclass(frozen=True)
class PriceExample:
    """One kilogram on its way to the citizen, to show who keeps what. The numbers are invented."""

    market: Rupiah
    warung: Rupiah
    wholesale: Rupiah
    source: Rupiah

    @property
    def citizen_saves(self) -> int:
        return self.market - self.warung

    @property
    def warung_keeps(self) -> int:
        return self.warung - self.wholesale

    @property
    def satker_keeps(self) -> int:
        return self.wholesale - self.source


RICE = PriceExample(market=Rupiah(15_800), warung=Rupiah(15_200), wholesale=Rupiah(14_300), source=Rupiah(13_900))


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What WARSA is, in a minute; whether it is where the visitor lives; the markets that are open."""
    wanted = request.GET.get("area", "").replace("\x00", "").strip()[:LONGEST_TEXT]
    hits = search_areas(wanted, limit=6) if wanted else []
    around = markets_around(hit.area.code for hit in hits)
    context = {
        "wanted": wanted,
        "hits": [(hit, around[hit.area.code]) for hit in hits],
        "markets": open_markets(),
        "rice": RICE,
        "states": {state.value: state.label for state in State},
        "host": f"kalidoni.{settings.BASE_HOST}",
    }
    return render(request, "warsa/home.html", context)


@public_page
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who does what, from the first day to the money in the books."""
    return render(request, "warsa/about.html")


@public_page
@open_while_read_only
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to where the person was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = redirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie("language", language, max_age=31_536_000, secure=True, httponly=True, samesite="Lax")
    return response


@public_page
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public_page
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether the process can serve, and what each part says; 503 when pages cannot be served. See warsa.readiness."""
    found = readiness()
    parts = {"state": found.state, "version": current_version(), **found.parts}
    return JsonResponse(parts, status=200 if found.serves else 503)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """The page when our own code failed: touches neither database nor session."""
    page: str = get_template("static_pages/500.html").render()
    response = HttpResponse(page, status=500)
    # The page brings its own style, since nothing else may answer; the policy allows exactly that one.
    style = page[page.index("<style>") + len("<style>") : page.index("</style>")]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response.headers["Content-Security-Policy"] = f"default-src 'none'; style-src 'sha256-{allowed}'"
    return response


def _letters() -> maildir.Maildir:
    return maildir.Maildir(settings.MAILBOX_DIR, create=True)


@public_page
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail and short text that this machine's own mailbox took, newest first."""
    wanted = request.GET.get("to", "").lower()
    letters = []
    for key, letter in sorted(_letters().iteritems(), key=lambda item: item[0], reverse=True):
        to = str(letter["X-RcptTo"] or letter["To"])
        if wanted in to.lower():
            letters.append(
                {"key": key, "to": to, "subject": str(_decoded(letter["Subject"])), "date": _moment(letter["Date"])}
            )
    return render(request, "warsa/mailbox.html", {"letters": letters[:100], "wanted": wanted})


@public_page
@require_safe
def mailbox_message(request: HttpRequest, key: str) -> HttpResponse:
    """One letter as text, its links to be followed."""
    letter = _letters().get(key)
    if letter is None:
        raise Http404
    payload = letter.get_payload(decode=True)
    body = payload.decode(letter.get_content_charset() or "utf-8") if isinstance(payload, bytes) else str(payload)
    parts = [(part, part.startswith("http")) for part in re.split(r"(https?://\S+)", body)]
    context = {"to": letter["To"], "subject": _decoded(letter["Subject"]), "parts": parts}
    return render(request, "warsa/mailbox_message.html", context)


def _decoded(header: str | None) -> str:
    return str(make_header(decode_header(header or "")))


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

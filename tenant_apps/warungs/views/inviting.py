"""The page that shows the link of an invitation, once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.services.inviting import Issued
from tenant_apps.warungs.models import Warung


def show_link(request: RegionRequest, issued: Issued, *, warung: Warung, back: str) -> HttpResponse:
    """The answer to the invitation itself: the link is kept nowhere, so a later page could not show it."""
    invitation = issued.invitation
    text = _("Hello %(name)s, %(warung)s invites you as %(role)s. Open this link, it works for 14 days: %(link)s") % {
        "name": invitation.name,
        "warung": warung.name,
        "role": invitation.get_role_display(),
        "link": issued.link,
    }
    number = invitation.phone.lstrip("+")
    context = {
        "invitation": invitation,
        "warung": warung,
        "link": issued.link,
        "text": text,
        "whatsapp": f"https://wa.me/{number}?{urlencode({'text': text})}",
        "back": back,
    }
    return render(request, "warungs/invited.html", context)

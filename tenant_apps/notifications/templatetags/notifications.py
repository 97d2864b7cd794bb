from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from tenant_apps.notifications.selectors import unread_here

register = template.Library()


@register.inclusion_tag("notifications/_bell.html", takes_context=True)
def news_bell(context: Context) -> dict[str, Any]:
    """The bell of the head with the number of unread notices; nothing for a visitor."""
    request = context.get("request")
    member = getattr(request, "member", None)
    if request is None or member is None or not member.is_signed_in:
        return {"shown": False}
    # Who works here keeps a page open all day.
    return {"shown": True, "number": unread_here(request), "asks": bool(member.roles)}

"""How long a run took, in words."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def duration(seconds: float | None) -> str:
    """95 -> "1 min 35 s"; nothing for None."""
    if seconds is None:
        return ""
    if seconds < 1:
        return _("less than a second")
    whole = round(seconds)
    if whole < 60:
        return ngettext("%(number)d second", "%(number)d seconds", whole) % {"number": whole}
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": whole % 60}

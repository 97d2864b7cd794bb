"""Shares as people write them."""

from __future__ import annotations

from django import template
from django.template import Context

from tenant_apps.procurement.insight.savings import saving_of
from tenant_apps.procurement.models import CycleOrder, OrderSaving

register = template.Library()


@register.filter
def percent(thousandths: int | None) -> str:
    """976 -> "97,6 %"; a dash for None."""
    if thousandths is None:
        return "–"
    whole, rest = divmod(abs(thousandths), 10)
    sign = "-" if thousandths < 0 else ""
    return f"{sign}{whole},{rest}\u00a0%" if rest else f"{sign}{whole}\u00a0%"


@register.filter
def signed_percent(thousandths: int | None) -> str:
    """25 -> "+2,5 %"."""
    return f"+{percent(thousandths)}" if thousandths and thousandths > 0 else percent(thousandths)


@register.simple_tag(takes_context=True)
def file_link(context: Context, kind: str) -> str:
    """This list, as it is chosen and searched, as a file; all of it."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query["unduh"] = kind
    return f"?{query.urlencode()}"


@register.inclusion_tag("procurement/insight/_saved.html")
def order_saving(order: CycleOrder | None) -> dict[str, OrderSaving | None]:
    """What a warung saved with its order in a cycle, and how that is reckoned; nothing before it is known."""
    return {"saving": saving_of(order) if order is not None else None}

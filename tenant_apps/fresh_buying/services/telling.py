"""What customers and buyers are told, in their own language: inside the app, and outside of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from tenant_apps.fresh_buying.models import MarketTrip, PreOrder
from tenant_apps.notifications.services import notice
from tenants.identity.models import User
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text
from tenants.outbox.letters import letter
from tenants.outbox.services import put_all


@dataclass(frozen=True)
class News:
    """A subject, which is also the short text, and what stands below it; another body where the money came before."""

    subject: str | Promise
    body: str | Promise
    prepaid: str | Promise = ""


TO_CUSTOMER: dict[str, News] = {
    "place": News(
        gettext_lazy("Pre-order %(number)s at %(stand)s is noted."),
        gettext_lazy("It is bought at the market for %(day)s. You pay %(total)s at most in cash when you get it."),
        gettext_lazy(
            "It is bought at the market for %(day)s. It is paid: %(total)s. What costs less goes back to you."
        ),
    ),
    "cancel": News(
        gettext_lazy("Your pre-order %(number)s is cancelled."),
        gettext_lazy("%(stand)s knows about it. You pay nothing."),
        gettext_lazy("What you paid is in your WARSA balance."),
    ),
    "ready": News(
        gettext_lazy("Your pre-order %(number)s at %(stand)s is here."),
        gettext_lazy("%(short)s You pay by weight, %(total)s at most."),
    ),
    "hand_over": News(
        gettext_lazy("You have received pre-order %(number)s."),
        gettext_lazy("It came to %(total)s. Thank you for ordering from your own market."),
    ),
    "call_off": News(
        gettext_lazy("%(stand)s had to call off your pre-order %(number)s."),
        gettext_lazy("The reason: %(reason)s You pay nothing."),
        gettext_lazy("The reason: %(reason)s What you paid is in your WARSA balance."),
    ),
}


def tell_customer(preorder: PreOrder, step: str, reason: str = "") -> None:
    """The customer learns of a step of their pre-order, once."""
    news, user = TO_CUSTOMER[step], preorder.customer
    with override(user.language):
        names = {
            "number": preorder.number,
            "stand": preorder.stand.name,
            "day": date_format(preorder.for_day, "l, j F"),
            "total": rupiah_text(_total(preorder, step)),
            "reason": reason if not reason or reason[-1] in ".!?" else f"{reason}.",
            "short": _short(preorder) if step == "ready" else "",
        }
        words = (preorder.pay != "cash" and news.prepaid) or news.body
        path = reverse("fresh_buying:preorder", args=[preorder.number])
        _tell(user, str(news.subject) % names, str(words) % names, path, f"preorder.{preorder.number}.{step}.customer")


def tell_buyer(trip: MarketTrip) -> None:
    """The buyer learns that somebody sends them to the market, once."""
    user = trip.buyer
    assert user is not None
    with override(user.language):
        names = {
            "number": trip.number,
            "market": trip.market,
            "day": date_format(trip.for_day, "l, j F"),
            "advance": rupiah_text(trip.advance),
        }
        subject = _("You buy at %(market)s for %(day)s.") % names
        body = _("The list is on your phone. You have %(advance)s in cash.") % names
        path = reverse("fresh_buying:shopping", args=[trip.number])
        _tell(user, subject, body, path, f"trip.{trip.number}.start.buyer")


def _total(preorder: PreOrder, step: str) -> int:
    if step == "place":
        return preorder.total if preorder.pay != "cash" else preorder.most_total + preorder.delivery_fee
    if step == "hand_over":
        return (preorder.goods_due or 0) + preorder.delivery_fee
    if step == "ready":
        goods = sum(
            (line.price_due or 0) * (line.allocated or 0) // line.base_quantity for line in preorder.lines.all()
        )
        return goods + preorder.delivery_fee
    return preorder.total


def _short(preorder: PreOrder) -> str:
    short = [
        _("%(product)s %(share)s instead of %(ordered)s")
        % {
            "product": line.product_name,
            "share": quantity_text(line.allocated or 0, line.base_unit),
            "ordered": quantity_text(line.ordered, line.base_unit),
        }
        for line in preorder.lines.all()
        if line.is_short
    ]
    return _("Less came: %(names)s.") % {"names": "; ".join(short)} if short else _("Everything came.")


def _tell(user: User, subject: str, body: str, path: str, dedupe: str) -> None:
    inside = notice(user=user, subject=subject, body=body, path=path, dedupe=dedupe)
    outside = letter(email=user.email, phone=user.proven_phone, subject=subject, body=body, path=path, dedupe=dedupe)
    put_all([inside, *outside])

"""What owner and customer are told, in their own language: by mail, or by a short text to a number that is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from tenant_apps.notifications.services import notice
from tenant_apps.orders.models import Order, Return
from tenants.identity.models import User
from tenants.kernel.money import rupiah_text
from tenants.outbox.letters import letter
from tenants.outbox.services import Message, put_all


@dataclass(frozen=True)
class News:
    """A subject, which is also the short text, and what the mail says below it; another body where the money came before."""

    subject: str | Promise
    body: str | Promise
    prepaid: str | Promise = ""


TO_CUSTOMER: dict[str, News] = {
    "place": News(
        gettext_lazy("Order %(number)s is with %(warung)s."),
        gettext_lazy("The warung looks at it now. Pay %(total)s in cash when you get your goods."),
        gettext_lazy("The warung looks at it now. It is paid: %(total)s."),
    ),
    "accept": News(
        gettext_lazy("%(warung)s prepares your order %(number)s."),
        gettext_lazy("You hear from us when it is ready."),
    ),
    "pack": News(
        gettext_lazy("Your order %(number)s at %(warung)s is ready."),
        gettext_lazy("Have %(total)s in cash at hand."),
        gettext_lazy("It comes to %(total)s, and what differs from what you paid is settled when you get your goods."),
    ),
    "hand_over": News(
        gettext_lazy("You have received order %(number)s."),
        gettext_lazy("You paid %(total)s to %(warung)s. Thank you for shopping in your neighbourhood."),
    ),
    "reject": News(
        gettext_lazy("%(warung)s cannot fill your order %(number)s."),
        gettext_lazy("The reason: %(reason)s You pay nothing."),
        gettext_lazy("The reason: %(reason)s What you paid is in your WARSA balance."),
    ),
    "cancel": News(
        gettext_lazy("Your order %(number)s is cancelled."),
        gettext_lazy("%(warung)s knows about it. You pay nothing."),
        gettext_lazy("What you paid is in your WARSA balance."),
    ),
    "expire": News(
        gettext_lazy("Order %(number)s at %(warung)s was not paid in time."),
        gettext_lazy("Its goods are free for others again. Order once more if you still want them."),
    ),
    "call_off": News(
        gettext_lazy("%(warung)s had to call off your order %(number)s."),
        gettext_lazy("The reason: %(reason)s You pay nothing."),
        gettext_lazy("The reason: %(reason)s What you paid is in your WARSA balance."),
    ),
}
TO_OWNER: dict[str, News] = {
    "place": News(
        gettext_lazy("New order %(number)s at %(warung)s: %(total)s."),
        gettext_lazy("%(customer)s waits for your answer. Accept the order or say why you cannot fill it."),
    ),
    "cancel": News(
        gettext_lazy("Order %(number)s at %(warung)s was cancelled."),
        gettext_lazy("%(customer)s no longer wants it. Its goods are free for others."),
    ),
    "return": News(
        gettext_lazy("%(customer)s wants to bring back something of order %(number)s."),
        gettext_lazy("The reason: %(reason)s Look at the goods and decide."),
    ),
}
RETURN_DECIDED: dict[str, News] = {
    "accepted": News(
        gettext_lazy("%(warung)s takes back what you asked for of order %(number)s."),
        gettext_lazy("%(total)s go to your WARSA balance."),
    ),
    "refused": News(
        gettext_lazy("%(warung)s does not take back what you asked for of order %(number)s."),
        gettext_lazy("The reason: %(reason)s"),
    ),
}


def tell_placed(orders: Sequence[Order]) -> None:
    """Owners and customers learn of new orders, once; all of it is put in at once."""
    put_all([one for order in orders for one in (*_owner_news(order, "place"), *_customer_news(order, "place"))])


def tell_customer(order: Order, step: str, reason: str = "") -> None:
    """The customer learns of a step of their order, once."""
    put_all(_customer_news(order, step, reason))


def tell_owner(order: Order, step: str) -> None:
    """The owner learns that an order is cancelled, once."""
    put_all(_owner_news(order, step))


def _customer_news(order: Order, step: str, reason: str = "") -> list[Message]:
    path = reverse("orders:order", args=[order.number])
    return _news(order.customer, order, TO_CUSTOMER[step], f"order.{order.number}.{step}.customer", path, reason)


def _owner_news(order: Order, step: str) -> list[Message]:
    if order.warung.owner is None:
        return []
    path = reverse("orders:board_order", args=[order.number])
    return _news(order.warung.owner, order, TO_OWNER[step], f"order.{order.number}.{step}.owner", path)


def tell_owner_of_return(document: Return) -> None:
    """The owner learns that goods shall come back, once."""
    order = document.order
    if order.warung.owner is not None:
        dedupe = f"order.{order.number}.return.{document.number}.owner"
        path = reverse("orders:returns")
        put_all(_news(order.warung.owner, order, TO_OWNER["return"], dedupe, path, document.reason))


def tell_return_decided(document: Return) -> None:
    """The customer learns what became of it, once."""
    order, path = document.order, reverse("orders:return", args=[document.order.number])
    dedupe = f"order.{order.number}.return.{document.number}.customer"
    decided = RETURN_DECIDED[document.state]
    put_all(_news(order.customer, order, decided, dedupe, path, document.answer, document.amount))


def _news(
    user: User, order: Order, news: News, dedupe: str, path: str, reason: str = "", total: int | None = None
) -> list[Message]:
    names = {
        "number": order.number,
        "warung": order.warung.name,
        "total": rupiah_text(order.due if total is None else total),
        "customer": order.customer_name,
        "reason": reason if not reason or reason[-1] in ".!?" else f"{reason}.",
    }
    with override(user.language):
        words = (order.is_prepaid and news.prepaid) or news.body
        subject, body = str(news.subject) % names, str(words) % names
        news_of_app = notice(user=user, subject=subject, body=body, path=path, dedupe=dedupe)
        outside = letter(
            email=user.email, phone=user.proven_phone, subject=subject, body=body, path=path, dedupe=dedupe
        )
    return [news_of_app, *outside]

"""What somebody ordered: goods and money stay as bookkeeping, who and where do not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.orders.models import OPEN_STATES, Cart, Favourite, Order, OrderLine, Return, ReturnState
from tenants.personal.people import GONE, Holder, Person, holder
from tenants.personal.retention import kept_for, oldest

# What an order no longer needs once it is settled.
_WHERE = {"customer_phone": "", "customer_phone_index": "", "rw": None, "rt": None, "note": "", "share": None}


@holder("orders", label=gettext_lazy("Orders"), order=70)
class Orders(Holder):
    def find(self, person: Person) -> None:
        if person.user is not None:
            for number, name in Order.objects.filter(customer=person.user).values_list("number", "customer_name"):
                person.documents.add(number)
                person.also_called(name)

    def hindrances(self, person: Person) -> Iterable[str]:
        if person.user is None:
            return
        rows = Order.objects.filter(customer=person.user, state__in=OPEN_STATES)
        if numbers := sorted(rows.values_list("number", flat=True)):
            yield _("Orders are on their way: %(numbers)s. Fetch them or call them off.") % {
                "numbers": ", ".join(numbers)
            }
        returns = Return.objects.filter(order__customer=person.user, state=ReturnState.ASKED)
        if numbers := sorted(returns.values_list("number", flat=True)):
            yield _("Goods that you bring back are not decided yet: %(numbers)s.") % {"numbers": ", ".join(numbers)}

    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        orders = Order.objects.filter(customer=person.user)
        fields = (
            "number", "warung__name", "state", "method", "customer_name", "customer_phone", "village_name", "rw", "rt",
            "address", "note", "pay", "total", "placed_at",
        )  # fmt: skip
        lines = OrderLine.objects.filter(order__in=orders).order_by("pk")
        return {
            "orders": list(orders.order_by("pk").values(*fields)),
            "lines": list(lines.values("order__number", "product_name", "pack_label", "quantity", "price", "note")),
            "returns": list(Return.objects.filter(order__in=orders).values("number", "state", "reason")),
            "favourites": list(Favourite.objects.filter(user=person.user).values("warung__name", "product__name")),
        }

    def erase(self, person: Person) -> None:
        if person.user is None:
            return
        orders = Order.objects.filter(customer=person.user)
        orders.exclude(address="").update(address=GONE)
        orders.update(customer_name=person.pseudonym, **_WHERE)
        Return.objects.filter(order__customer=person.user).update(reason=GONE)
        Favourite.objects.filter(user=person.user).delete()
        Cart.objects.filter(key=person.user.public_id).delete()

    def wipes(self, person: Person) -> Iterable[tuple[str, str, list[int]]]:
        if person.user is not None:
            lines = OrderLine.objects.filter(order__customer=person.user).exclude(note="").exclude(note=GONE)
            yield OrderLine._meta.db_table, "note", list(lines.values_list("pk", flat=True))


@kept_for("order_places", label=gettext_lazy("Telephone, address and note of an order"), keep=timedelta(days=730))
def forget_places(before: datetime) -> int:
    old = Order.objects.filter(moved_at__lt=before).exclude(state__in=OPEN_STATES)
    old = old.exclude(Q(customer_phone="", note="") & (Q(address="") | Q(address=GONE)))
    some = oldest(old)
    some.exclude(address="").update(address=GONE)
    return some.update(**_WHERE)

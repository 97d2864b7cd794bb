"""What somebody ordered ahead at the Fresh Food stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.fresh_buying.models import PreOrder, PreOrderLine
from tenant_apps.fresh_buying.models.preorders import WAITING, PreOrderState
from tenants.personal.people import GONE, Holder, Person, holder


@holder("fresh_buying", label=gettext_lazy("Pre-orders"), order=80)
class FreshBuying(Holder):
    def find(self, person: Person) -> None:
        if person.user is not None:
            rows = PreOrder.objects.filter(customer=person.user)
            for number, name in rows.values_list("number", "customer_name"):
                person.documents.add(number)
                person.also_called(name)

    def hindrances(self, person: Person) -> Iterable[str]:
        if person.user is None:
            return
        rows = PreOrder.objects.filter(customer=person.user, state__in=[PreOrderState.PLACED, *WAITING])
        if numbers := sorted(rows.values_list("number", flat=True)):
            yield _("Pre-orders are being bought: %(numbers)s. Fetch them or call them off.") % {
                "numbers": ", ".join(numbers)
            }

    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        rows = PreOrder.objects.filter(customer=person.user)
        fields = (
            "number", "state", "for_day", "method", "customer_name", "customer_phone", "village_name", "rw", "rt",
            "address", "note", "pay", "goods_total", "goods_due", "placed_at",
        )  # fmt: skip
        lines = PreOrderLine.objects.filter(preorder__in=rows).order_by("pk")
        return {
            "preorders": list(rows.order_by("pk").values(*fields)),
            "lines": list(lines.values("preorder__number", "product_name", "pack_label")),
        }

    def erase(self, person: Person) -> None:
        if person.user is None:
            return
        rows = PreOrder.objects.filter(customer=person.user)
        rows.exclude(address="").update(address=GONE)
        rows.update(
            customer_name=person.pseudonym, customer_phone="", customer_phone_index="", rw=None, rt=None, note=""
        )

"""What somebody owes at a counter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.ledger.selectors import amounts_of
from tenant_apps.pos.models import BonCustomer, CounterSale
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.personal.people import Holder, Person, holder
from tenants.personal.sealing import indexes_of


@holder("pos", label=gettext_lazy("Bon"), order=90)
class Pos(Holder):
    own_names = ("pos_boncustomer.name",)

    def find(self, person: Person) -> None:
        theirs = Q(user=person.user) if person.user is not None else Q()
        for number in person.numbers:
            theirs |= Q(user=None, phone_index__in=indexes_of(number))
        # A bon of that name which nothing else tells apart; a namesake's has a number or an account of its own.
        for name in person.names:
            theirs |= Q(user=None, phone="", name__istartswith=name)
        for bon in BonCustomer.objects.filter(theirs) if theirs else ():
            person.add(bon)
            if bon.user_id is not None:
                person.called(name=bon.name, number=bon.phone)

    def hindrances(self, person: Person) -> Iterable[str]:
        for bon in BonCustomer.objects.filter(pk__in=person.of(BonCustomer)).select_related("warung"):
            code = f"warung:{bon.warung_id}:{bon.book}"
            if owed := amounts_of([code])[code]:
                yield _("%(warung)s has %(amount)s written down for you: pay it.") % {
                    "warung": bon.warung.name,
                    "amount": rupiah_text(owed),
                }

    def copy(self, person: Person) -> dict[str, Any]:
        ids = person.of(BonCustomer)
        return {
            "bons": list(BonCustomer.objects.filter(pk__in=ids).values("warung__name", "name", "phone", "limit")),
            "sales": list(CounterSale.objects.filter(customer__in=ids).values("number", "at", "total", "bon")),
        }

    def erase(self, person: Person) -> None:
        rows = BonCustomer.objects.filter(pk__in=person.of(BonCustomer))
        rows.filter(closed_at=None).update(closed_at=clock.now())
        rows.update(name=person.pseudonym, phone="", phone_index="")

"""What somebody owes at a counter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.ledger.selectors import amounts_of
from tenant_apps.pos.locks import lock_bon
from tenant_apps.pos.models import BonCustomer, CounterSale
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.personal.people import Holder, Person, holder
from tenants.personal.sealing import indexes_of


@holder("pos", label=gettext_lazy("Bon"), order=90)
class Pos(Holder):
    def find(self, person: Person) -> None:
        theirs = Q(user=person.user) if person.user is not None else Q()
        # Written down by a warung under a number that was shown to be theirs; a name alone may be anybody's.
        for number in person.proven:
            theirs |= Q(user=None, phone_index__in=indexes_of(number))
        for bon in BonCustomer.objects.filter(theirs) if theirs else ():
            person.add(bon)
            person.also_called(bon.name)

    def shut(self, person: Person) -> None:
        for bon in BonCustomer.objects.filter(pk__in=person.of(BonCustomer)).order_by("pk"):
            lock_bon(bon)
            BonCustomer.objects.filter(pk=bon.pk, closed_at=None).update(closed_at=clock.now())

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
        rows.update(name=person.pseudonym, phone="", phone_index="")

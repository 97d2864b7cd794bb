"""Money of a person: their accounts stay, under the pseudonym; nobody is forgotten to whom something is owed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.ledger.models import Account, JournalLine
from tenants.kernel.money import rupiah_text
from tenants.personal.people import Holder, Person, holder


@holder("ledger", label=gettext_lazy("Balance"), order=40)
class Ledger(Holder):
    def hindrances(self, person: Person) -> Iterable[str]:
        for account in Account.objects.filter(user=person.user) if person.user else ():
            if account.balance and account.code.startswith("citizen:"):
                yield _("Your WARSA balance holds %(amount)s: spend it or have it paid out.") % {
                    "amount": rupiah_text(account.amount)
                }
            elif account.balance:
                yield _("You carry %(amount)s of the Satker's or a warung's money: hand it over.") % {
                    "amount": rupiah_text(abs(account.amount))
                }

    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        lines = JournalLine.objects.filter(account__user=person.user).order_by("pk")
        return {"movements": list(lines.values("account__code", "entry__at", "entry__text", "amount"))}

    def erase(self, person: Person) -> None:
        if person.user is not None:
            Account.objects.filter(user=person.user).update(name=person.pseudonym)

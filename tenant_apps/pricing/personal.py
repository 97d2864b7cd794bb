"""Where somebody saw it cheaper: the claim stays as bookkeeping, its photo and its words do not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.pricing.models import ClaimState, PriceClaim
from tenants.personal.people import Holder, Person, holder


@holder("pricing", label=gettext_lazy("Price claims"), order=60)
class Pricing(Holder):
    def hindrances(self, person: Person) -> Iterable[str]:
        if person.user is None:
            return
        rows = PriceClaim.objects.filter(user=person.user, state=ClaimState.SUBMITTED)
        if rows.exists():
            yield _("A price claim of yours is not decided yet: take it back or wait for it.")

    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        rows = PriceClaim.objects.filter(user=person.user).order_by("pk")
        fields = ("document", "product_name", "market", "seen_on", "price", "note", "state", "amount", "decision")
        return {"claims": list(rows.values(*fields))}

    def erase(self, person: Person) -> None:
        if person.user is None:
            return
        for claim in PriceClaim.objects.filter(user=person.user).exclude(photo=""):
            # A file does not come back with a transaction that fails: it goes once this one has succeeded.
            transaction.on_commit(partial(claim.photo.storage.delete, str(claim.photo.name)))
        PriceClaim.objects.filter(user=person.user).update(photo="", note="")

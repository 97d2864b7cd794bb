"""What a bank's agent noted of somebody: a masked number, sometimes a name; and the papers that an agent registered with."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.customers import customer_number
from tenant_apps.agent_banking.errors import BadEntry, PrivateNumber
from tenant_apps.agent_banking.models import (
    AccountReferral,
    AgentCustomer,
    AgentDocument,
    AgentTransaction,
    DocumentKind,
)
from tenants.personal.people import Holder, Person, holder


@holder("agent_banking", label=_("Agen BNI 46"), order=110)
class AgentBanking(Holder):
    """By the proven telephone number alone: account numbers are never kept, so nobody can say whose they were."""

    def find(self, person: Person) -> None:
        for customer in AgentCustomer.objects.filter(blind_index__in=_indexes(person)):
            person.add(customer)

    def indexes(self, person: Person) -> Iterable[str]:
        return _indexes(person)

    def copy(self, person: Person) -> dict[str, Any]:
        rows = AgentTransaction.objects.filter(customer__in=person.of(AgentCustomer)).order_by("pk")
        return {"transactions": list(rows.values("number", "kind__name", "amount", "fee", "customer__mask", "at"))}

    def erase(self, person: Person) -> None:
        ends = {f"****{number[-4:]}" for number in person.numbers}
        for name in {*person.names, *person.aliases}:
            rows = AccountReferral.objects.filter(name__iexact=name, phone__in=ends)
            rows.update(name=person.pseudonym, phone="", note="")
        if person.user is not None:
            # The row says that there was a card; its photo goes, once this has succeeded.
            for document in AgentDocument.objects.filter(by=person.user.actor, kind=DocumentKind.IDENTITY):
                transaction.on_commit(partial(document.file.storage.delete, str(document.file.name)))


def _indexes(person: Person) -> list[str]:
    found: list[str] = []
    for number in person.proven:
        for typed in (number, "0" + number.removeprefix("62")):
            try:
                found += customer_number(typed).indexes
            except (BadEntry, PrivateNumber):
                continue
    return found

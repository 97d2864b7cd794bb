"""Programs that work for somebody, and what they were answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenant_apps.api.models import ApiToken, IdempotencyRecord
from tenants.personal.people import Holder, Person, holder


@holder("api", label=_("Programs"), order=120)
class Programs(Holder):
    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        return {"programs": list(ApiToken.objects.filter(user=person.user).values("name", "scopes", "expires_at"))}

    def erase(self, person: Person) -> None:
        if person.user is not None:
            IdempotencyRecord.objects.filter(user=person.user).delete()
            ApiToken.objects.filter(user=person.user).delete()

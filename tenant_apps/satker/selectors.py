"""The region's work unit, its services and its own texts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise

from shared_apps.onboarding.models import Service
from tenant_apps.accounts.models import Role, RoleGrant
from tenant_apps.satker.models import RegionText, Satker, ServiceSetting


@dataclass(frozen=True)
class ServiceRow:
    """A service as people call it, and whether the region offers it."""

    code: str
    label: str | Promise
    enabled: bool


def the_satker() -> Satker:
    """The region's one Satker; building a region makes it.

    Raises:  Satker.DoesNotExist in a region that is not built.
    """
    return Satker.objects.get(only=True)


def offers_service(code: str) -> bool:
    """Whether the region offers this service of WARSA."""
    return ServiceSetting.objects.filter(code=code, enabled=True).exists()


def services_of_region() -> list[ServiceRow]:
    """Every service with its name, in the order in which the region lists them."""
    labels = dict(Service.choices)
    rows = ServiceSetting.objects.all()
    return [ServiceRow(row.code, labels.get(row.code, row.code), row.enabled) for row in rows]


def services_are_confirmed() -> bool:
    """Whether an admin has looked at every service."""
    rows = ServiceSetting.objects.all()
    return rows.exists() and not rows.filter(confirmed_at=None).exists()


def satker_is_complete() -> bool:
    """Whether people can find and call the Satker, and somebody works there."""
    complete = Satker.objects.filter(only=True).exclude(Q(address="") | Q(phone="")).exists()
    return complete and RoleGrant.objects.filter(role=Role.SATKER, user__is_active=True).exists()


def text_of(code: str) -> str:
    """What the region says there; empty while it says nothing."""
    return RegionText.objects.filter(code=code).values_list("text", flat=True).first() or ""

"""What the region offers, who its Satker is, and what its pages say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from shared_apps.onboarding.models import Service
from tenant_apps.satker.models import RegionText, Satker, ServiceSetting
from tenant_apps.satker.texts import TEXTS
from tenants.kernel import clock


def make_satker(*, name: str) -> Satker:
    """The region has its one Satker. Making it again changes nothing."""
    satker, _fresh = Satker.objects.get_or_create(only=True, defaults={"name": name.strip()[:160]})
    return satker


def save_satker(*, satker: Satker, name: str, address: str, phone: str, email: str) -> Satker:
    """The Satker's particulars, as citizens and warungs read them."""
    satker.name, satker.address, satker.phone, satker.email = name.strip(), address.strip(), phone, email.strip()
    satker.save(update_fields=["name", "address", "phone", "email"])
    return satker


def ask_for_services(*, codes: Collection[str]) -> None:
    """Every service of WARSA has a row, switched on where the registration asked for it.

    What an admin has confirmed stays as it is.
    """
    with transaction.atomic():
        ServiceSetting.objects.bulk_create(
            [ServiceSetting(code=code, enabled=False) for code in Service.values], ignore_conflicts=True
        )
        untouched = ServiceSetting.objects.filter(confirmed_at=None)
        untouched.filter(code__in=codes).update(enabled=True)
        untouched.exclude(code__in=codes).update(enabled=False)


def confirm_services(*, offered: Collection[str]) -> None:
    """The region offers exactly these of its services from now on."""
    with transaction.atomic():
        now = clock.now()
        ServiceSetting.objects.filter(code__in=offered).update(enabled=True, confirmed_at=now)
        ServiceSetting.objects.exclude(code__in=offered).update(enabled=False, confirmed_at=now)


def save_texts(*, texts: Mapping[str, str]) -> None:
    """The region's pages say this from now on."""
    with transaction.atomic():
        for code, text in texts.items():
            RegionText.objects.update_or_create(code=code, defaults={"text": text.strip()})


def known_texts() -> dict[str, str]:
    """Every text that a region's page asks for, as it is now."""
    kept = dict(RegionText.objects.values_list("code", "text"))
    return {code: kept.get(code, "") for code in TEXTS}

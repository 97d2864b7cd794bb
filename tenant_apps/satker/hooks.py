"""What building a region makes of the Satker, what others may copy, and what the admin's list asks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenant_apps.satker.models import RegionText, ServiceSetting
from tenant_apps.satker.selectors import satker_is_complete, services_are_confirmed
from tenant_apps.satker.services import ask_for_services, make_satker
from tenants.hooks import NewRegion, blueprint_section, checklist_item, provision_step


@blueprint_section("services", order=10)
class ServicesSection:
    """`[{"code", "enabled"}]`. A service that the region has already stays as it is."""

    def export(self) -> Any:
        return [{"code": row.code, "enabled": row.enabled} for row in ServiceSetting.objects.order_by("pk")]

    def apply(self, data: Any) -> None:
        ServiceSetting.objects.bulk_create(
            [ServiceSetting(code=row["code"], enabled=row["enabled"]) for row in data], ignore_conflicts=True
        )


@blueprint_section("texts", order=40)
class TextsSection:
    """`{code: words}`. A text that the region has already stays as it is, also an emptied one."""

    def export(self) -> Any:
        return dict(RegionText.objects.order_by("pk").values_list("code", "text"))

    def apply(self, data: Any) -> None:
        RegionText.objects.bulk_create(
            [RegionText(code=code, text=text) for code, text in data.items()], ignore_conflicts=True
        )


@provision_step("satker", label=_("Setting up the Satker and the services"), order=20)
def satker(new: NewRegion) -> None:
    make_satker(name=_satker_name(new))
    ask_for_services(codes=new.services)


def _satker_name(new: NewRegion) -> str:
    """The institution that applied; the region's own name where it told none."""
    return new.institution.strip() or f"Satker {new.name}"


@checklist_item(
    "services",
    title=_("Confirm the services"),
    hint=_("Which of WARSA's services does your region offer?"),
    url_name="region_setup:services",
    order=10,
)
def services_confirmed() -> bool:
    return services_are_confirmed()


@checklist_item(
    "satker",
    title=_("Complete the Satker"),
    hint=_("Its address and telephone number, and an officer who signs in."),
    url_name="region_setup:satker",
    order=30,
)
def satker_complete() -> bool:
    return satker_is_complete()

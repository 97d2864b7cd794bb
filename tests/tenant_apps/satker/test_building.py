"""What building a region makes of its Satker and services, and what stays when it is built again."""

from __future__ import annotations

from uuid import UUID

from tenant_apps.satker.hooks import ServicesSection, TextsSection, satker
from tenant_apps.satker.models import RegionText, Satker, ServiceSetting
from tenant_apps.satker.selectors import satker_is_complete, services_are_confirmed, text_of
from tenant_apps.satker.services import confirm_services, save_satker, save_texts
from tenants.context import in_region
from tenants.hooks import NewRegion
from tenants.models import Region
from tests.cast import Cast

SERVICES = [{"code": "sembako", "enabled": True}, {"code": "training", "enabled": False}]
TEXTS = {"welcome": "Selamat datang di pasar warga."}


def new_region(*services: str, institution: str = "Kecamatan Kalidoni") -> NewRegion:
    return NewRegion(
        registration_id=UUID(int=1),
        name="Kalidoni",
        slug="kalidoni",
        area_codes=("16.71.10",),
        services=services,
        admin_name="Budi",
        admin_email="budi@example.test",
        admin_phone="",
        institution=institution,
    )


def test_what_is_applied_is_exported_again(kalidoni: Region) -> None:
    with in_region(kalidoni):
        for section, data in ((ServicesSection(), SERVICES), (TextsSection(), TEXTS)):
            section.apply(data)
            assert section.export() == data
            section.apply(data)
            assert section.export() == data


def test_a_second_run_keeps_what_the_region_changed(kalidoni: Region) -> None:
    with in_region(kalidoni):
        ServicesSection().apply(SERVICES)
        TextsSection().apply(TEXTS)
        satker(new_region("sembako"))
        confirm_services(offered=["training"])
        save_texts(texts={"welcome": "Halo warga!"})
        save_satker(satker=Satker.objects.get(), name="Satker Maju", address="Jalan Satu", phone="0711 1", email="")
        ServicesSection().apply(SERVICES)
        TextsSection().apply(TEXTS)
        satker(new_region("sembako"))
        offered = ServiceSetting.objects.filter(enabled=True).values_list("code", flat=True)
        assert list(offered) == ["training"]
        assert text_of("welcome") == "Halo warga!"
        assert list(Satker.objects.values_list("name", "address")) == [("Satker Maju", "Jalan Satu")]


def test_an_emptied_text_stays_empty(kalidoni: Region) -> None:
    with in_region(kalidoni):
        save_texts(texts={"welcome": " "})
        TextsSection().apply(TEXTS)
        assert RegionText.objects.get().text == ""


def test_the_registration_says_which_services_are_on(kalidoni: Region) -> None:
    with in_region(kalidoni):
        ServicesSection().apply([{"code": "sembako", "enabled": True}, {"code": "fresh_food", "enabled": True}])
        satker(new_region("sembako", "bank_sampah", "a word that WARSA does not know"))
        assert dict(ServiceSetting.objects.values_list("code", "enabled")) == {
            "sembako": True,
            "fresh_food": False,
            "bank_sampah": True,
            "agent_banking": False,
            "urban_farming": False,
            "training": False,
        }
        assert set(ServiceSetting.objects.values_list("confirmed_at", flat=True)) == {None}
        assert not services_are_confirmed()


def test_the_satker_is_the_institution_that_applied(kalidoni: Region) -> None:
    with in_region(kalidoni):
        satker(new_region())
        assert Satker.objects.get().name == "Kecamatan Kalidoni"
        Satker.objects.all().delete()
        satker(new_region(institution="  "))
        assert Satker.objects.get().name == "Satker Kalidoni"


def test_the_satker_is_complete_with_address_telephone_and_an_officer(market: Cast) -> None:
    assert not satker_is_complete()
    save_satker(satker=market.satker, name="Satker", address="Jalan Satu", phone="0711 710711", email="")
    assert satker_is_complete()
    market.yuli.is_active = False
    market.yuli.save()
    assert not satker_is_complete()

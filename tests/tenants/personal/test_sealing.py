"""Sealed numbers: nobody reads them in the database, they are found all the same, and a new key replaces an old one."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tenants.context import in_region, on_platform
from tenants.identity.addresses import holders_of_phone, owner_of_phone
from tenants.identity.models import User
from tenants.models import Region
from tenants.personal.resealing import reseal
from tenants.personal.sealing import UNREADABLE, canonical, indexes_of, is_sealed, masked, seal, unseal

NUMBER = "+6281234567890"
OLD, NEW = "o" * 60, "n" * 60


def stored(user: User) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM identity_user WHERE id = %s", [user.pk])
        row: tuple[str, str] = cursor.fetchone()
        return row


@given(st.text(min_size=1, max_size=60))
def test_what_was_sealed_comes_back(text: str) -> None:
    with on_platform():
        one, other = seal(text), seal(text)
        assert (unseal(one), unseal(other)) == (text, text)
        assert one != other and is_sealed(one)


def test_nothing_stays_nothing() -> None:
    with on_platform():
        assert (seal(""), unseal(""), indexes_of(""), masked("")) == ("", "", [], "")


@pytest.mark.parametrize(
    "typed", ["0812 3456 7890", "0812-3456-7890", "+62 812 3456 7890", "6281234567890", "812 3456 7890"]
)
def test_one_number_is_one_however_it_is_typed(typed: str) -> None:
    assert canonical(typed) == "6281234567890"


def test_an_nik_is_no_telephone() -> None:
    assert canonical("8171 0145 0190 0001") == "8171014501900001"


@pytest.mark.parametrize(
    ("text", "shown"), [("+6281234567890", "+628••••890"), ("0711123", "••••"), ("1671014501900001", "1671••••001")]
)
def test_a_mask_keeps_the_ends_alone(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.django_db
def test_another_region_opens_nothing(kalidoni: Region, lombok: Region, caplog: pytest.LogCaptureFixture) -> None:
    with in_region(kalidoni):
        sealed, indexes = seal(NUMBER), indexes_of(NUMBER)
    with in_region(lombok), caplog.at_level(logging.ERROR):
        assert unseal(sealed) == UNREADABLE
        assert set(indexes_of(NUMBER)).isdisjoint(indexes)
    assert "opens with no key" in caplog.text and NUMBER not in caplog.text


@pytest.mark.django_db
def test_a_changed_sign_opens_nothing(kalidoni: Region) -> None:
    with in_region(kalidoni):
        sealed = seal(NUMBER)
        head, body = sealed.rsplit(".", 1)
        swapped = body[:20] + ("A" if body[20] != "A" else "B") + body[21:]
        assert unseal(f"{head}.{swapped}") == UNREADABLE


@pytest.mark.django_db
def test_the_database_holds_no_number(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = User.objects.create_user(name="Siti", phone=NUMBER, phone_verified=True)
        phone, index = stored(user)
        assert is_sealed(phone) and NUMBER[3:] not in phone and len(index) == 64
        assert User.objects.get(pk=user.pk).phone == NUMBER
        assert owner_of_phone(NUMBER) == user
        assert owner_of_phone("+6281234567891") is None


@pytest.mark.django_db
def test_nobody_looks_for_a_sealed_number_by_itself(kalidoni: Region) -> None:
    with in_region(kalidoni):
        for wanted in ({"phone": NUMBER}, {"phone__startswith": "+62"}, {"phone__in": [NUMBER]}):
            with pytest.raises(FieldError, match="blind index"):
                User.objects.filter(**wanted).exists()
        assert not User.objects.exclude(phone="").exists()


@pytest.mark.django_db
def test_saving_the_number_alone_saves_its_index(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = User.objects.create_user(name="Siti", phone=NUMBER)
        user.phone = "+6281111111111"
        user.save(update_fields=["phone"])
        assert holders_of_phone("+6281111111111") == [user]
        assert holders_of_phone(NUMBER) == []


@pytest.mark.django_db
def test_a_new_key_replaces_the_old_one(kalidoni: Region, settings: Any) -> None:
    settings.PERSONAL_KEYS = [OLD]
    with in_region(kalidoni):
        user = User.objects.create_user(name="Siti", phone=NUMBER, phone_verified=True)
        before = stored(user)
        settings.PERSONAL_KEYS = [NEW, OLD]
        assert User.objects.get(pk=user.pk).phone == NUMBER
        assert owner_of_phone(NUMBER) == user, "found under the old key while both count"
        assert sum(one.done for one in reseal()) == 1
        after = stored(user)
        assert after[0] != before[0] and after[1] != before[1]
        assert sum(one.done for one in reseal()) == 0, "a second time there is nothing to do"
        settings.PERSONAL_KEYS = [NEW]
        assert User.objects.get(pk=user.pk).phone == NUMBER
        assert owner_of_phone(NUMBER) == user


@pytest.mark.django_db
def test_numbers_of_an_earlier_release_are_found_and_then_sealed(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = User.objects.create_user(name="Siti", phone=NUMBER, phone_verified=True)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE identity_user SET phone = %s, phone_index = '' WHERE id = %s", [NUMBER, user.pk])
        assert owner_of_phone(NUMBER) == user
        assert sum(one.done for one in reseal()) == 1
        assert is_sealed(stored(user)[0])
        assert owner_of_phone(NUMBER) == user


@pytest.mark.django_db
def test_a_lost_key_is_told_and_loses_nothing(kalidoni: Region, settings: Any) -> None:
    settings.PERSONAL_KEYS = [OLD]
    with in_region(kalidoni):
        user = User.objects.create_user(name="Siti", phone=NUMBER)
        before = stored(user)
        settings.PERSONAL_KEYS = [NEW]
        assert User.objects.get(pk=user.pk).phone == UNREADABLE
        unread = User.objects.get(pk=user.pk)
        unread.save()
        assert stored(user) == before, "saved again, it is what it was"
        told = [one for one in reseal() if one.refused]
        assert [(one.column, one.refused) for one in told] == [("identity_user.phone", 1)]
        assert stored(user) == before

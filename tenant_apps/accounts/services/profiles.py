"""What a person tells about themselves."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.accounts.errors import UnknownPlace
from tenant_apps.accounts.models import Profile
from tenant_apps.accounts.selectors import villages
from tenants.identity.models import User


def save_profile(
    *, user: User, village_code: str, rw: int | None = None, rt: int | None = None, address: str = ""
) -> Profile:
    """Where the person lives; without a kelurahan, nowhere that we know.

    Raises:  UnknownPlace for a kelurahan of another region, or an RT without its RW.
    """
    if village_code and village_code not in dict(villages()):
        raise UnknownPlace(_("Choose a kelurahan of this region."), field="village_code")
    if rt is not None and rw is None:
        raise UnknownPlace(_("Tell the RW that this RT is part of."), field="rw")
    told = {"village_code": village_code, "rw": rw, "rt": rt, "address": address.strip()}
    profile, _fresh = Profile.objects.update_or_create(user=user, defaults=told)
    return profile


def save_person(*, user: User, name: str, language: str) -> User:
    """How the person is called, and the language that we write to them in."""
    with transaction.atomic():
        user.name, user.language = name.strip(), language
        user.save(update_fields=["name", "language"])
    return user

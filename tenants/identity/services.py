"""Opening an account."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.identity.addresses import owner_of_email, owner_of_phone
from tenants.identity.errors import AddressMissing, AddressTaken
from tenants.identity.models import User


def open_account(
    *,
    name: str,
    password: str,
    language: str,
    email: str = "",
    phone: str = "",
    email_proven: bool = False,
    phone_proven: bool = False,
) -> User:
    """A new person of the bound site. An address that is not proven waits until it is, and keeps nobody else from it.

    Units:   `phone` in E.164.
    Raises:  AddressMissing; AddressTaken where somebody has proven an address that is proven here too.
    """
    email = email.strip().lower()
    if not (email or phone):
        raise AddressMissing(_("Write a phone number or an e-mail address: you sign in with it."))
    user = User(name=name.strip(), language=language, phone=phone, phone_verified=bool(phone) and phone_proven)
    user.email = email if email_proven else ""
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            if email and not email_proven:
                EmailAddress.objects.create(user=user, email=email)
    except IntegrityError as taken:
        if email_proven and owner_of_email(email):
            raise AddressTaken(
                _("This e-mail address has an account already. Sign in with it."), field="email"
            ) from taken
        if phone_proven and owner_of_phone(phone):
            raise AddressTaken(
                _("This phone number has an account already. Sign in with it."), field="phone"
            ) from taken
        raise
    return user

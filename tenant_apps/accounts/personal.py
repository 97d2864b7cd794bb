"""The account itself: who somebody is, where they live, how they sign in, and who invited them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.accounts.models import Invitation, Passkey, Profile, RoleEvent, RoleGrant
from tenants.identity.addresses import with_phone
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.personal.people import Holder, Person, holder
from tenants.personal.retention import kept_for, oldest


@holder("accounts", label=gettext_lazy("Account"), order=10)
class Accounts(Holder):
    """Erased last of all: the other apps find their rows by it. An address that was only typed says nothing of whose it is."""

    def find(self, person: Person) -> None:
        user = person.user
        if user is None:
            return
        person.subjects.add(user.public_id)
        person.called(user.name)
        person.reached_at(user.proven_phone, proven=True)
        if user.email:
            person.mails.add(user.email)
        invited = Q(accepted_by=user) | (Q(email__iexact=user.email) & ~Q(email=""))
        if user.proven_phone:
            invited |= Q(phone=user.proven_phone)
        for one in Invitation.objects.filter(invited):
            person.add(one)

    def claims(self, number: str, person: Person) -> bool:
        others = with_phone(f"+{number}").filter(phone_verified=True)
        return any(other != person.user for other in others)

    def shut(self, person: Person) -> None:
        if person.user is not None:
            user = User.objects.select_for_update(no_key=True).get(pk=person.user.pk)
            User.objects.filter(pk=user.pk).update(is_active=False, session_epoch=user.session_epoch + 1)

    def hindrances(self, person: Person) -> Iterable[str]:
        if person.user is not None and RoleGrant.objects.filter(user=person.user).exists():
            yield _("You work here: ask the region's admin to take your roles away first.")

    def copy(self, person: Person) -> dict[str, Any]:
        user = person.user
        if user is None:
            return {}
        return {
            "name": user.name,
            "email": user.email,
            "phone": user.phone,
            "language": user.language,
            "joined": user.date_joined,
            "place": list(Profile.objects.filter(user=user).values("village_code", "rw", "rt", "address")),
            "addresses_not_confirmed": list(
                EmailAddress.objects.filter(user=user, verified=False).values_list("email", flat=True)
            ),
            "passkeys": list(Passkey.objects.filter(user=user).values("name", "created_at")),
            "decisions": list(RoleEvent.objects.filter(user=user).values("kind", "role", "at")),
        }

    def erase(self, person: Person) -> None:
        invited = Invitation.objects.filter(pk__in=person.of(Invitation))
        open_ones = invited.filter(accepted_at=None, withdrawn_at=None)
        open_ones.update(withdrawn_at=clock.now(), withdrawn_by=f"erasure:{person.pseudonym}"[:80])
        invited.update(name=person.pseudonym, email="", phone="")
        user = person.user
        if user is None:
            return
        Profile.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
        Passkey.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(
            name=person.pseudonym,
            email="",
            phone="",
            phone_index="",
            phone_verified=False,
            password=make_password(None),
            is_active=False,
            session_epoch=user.session_epoch + 1,
        )


@kept_for("invitations", label=gettext_lazy("Addresses of invitations, after their end"), keep=timedelta(days=90))
def forget_invited(before: datetime) -> int:
    ended = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before)
    old = Invitation.objects.filter(ended).exclude(email="", phone="")
    return oldest(old).update(email="", phone="")

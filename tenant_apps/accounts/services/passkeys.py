"""Passkeys: somebody unlocks their own device to agree to one step, instead of typing a PIN.

A challenge is for one person, one site and one step: what was about to be sent when the device was asked. It is used once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from fido2.utils import websafe_encode

from tenant_apps.accounts.errors import PasskeyRefused, TooManyPasskeys
from tenant_apps.accounts.models import Passkey, PasskeyChallenge
from tenants.identity import passkeys as webauthn
from tenants.identity.models import User
from tenants.identity.passkeys import Site
from tenants.kernel import clock
from tenants.outbox.letters import letter
from tenants.outbox.services import put_all

VALID_FOR = timedelta(minutes=5)
MOST_PASSKEYS = 10
# What a form sends besides what it says.
NOT_SAID = frozenset({"csrfmiddlewaretoken", "pin", "passkey"})
_REGISTERING = "register"


@dataclass(frozen=True)
class Confirmed:
    """This person has just agreed with a passkey; `confirm` makes it, nobody else."""

    user_id: int


def step_of(path: str, told: QueryDict) -> str:
    """A digest of everything that a form says to an address: amounts, goods, places, the key of the tap."""
    said = sorted((name, told.getlist(name)) for name in told if name not in NOT_SAID)
    return hashlib.sha256(json.dumps([path, said]).encode("utf-8", "surrogatepass")).hexdigest()


def passkeys_of(user: User, site: Site) -> QuerySet[Passkey]:
    """Theirs on this site, oldest first."""
    return Passkey.objects.filter(user=user, host=site.host).order_by("pk")


def has_passkey(user: User, site: Site) -> bool:
    return Passkey.objects.filter(user=user, host=site.host).exists()


def begin_passkey(*, user: User, site: Site) -> dict[str, Any]:
    """What the browser is asked to make. Whoever calls this knows that it is them: they typed the account's password.

    Raises:  TooManyPasskeys.
    """
    own = _kept(passkeys_of(user, site))
    if len(own) >= MOST_PASSKEYS:
        raise TooManyPasskeys(_("Delete a passkey that you no longer use first."))
    return webauthn.question_for_new(user=user, site=site, own=own, challenge=_challenge(user, site, _REGISTERING))


def save_passkey(*, user: User, site: Site, name: str, answer: str) -> Passkey:
    """What the browser made is theirs from now on.

    Raises:  PasskeyRefused for an answer that is none, of another site, too late, or sent before.
    Writes:  the passkey; outbox to the person.
    """
    try:
        made = webauthn.made_by(site=site, answer=answer)
    except webauthn.NoProof as broken:
        raise _refused() from broken
    _use(user, site, _REGISTERING, made.challenge)
    try:
        with transaction.atomic():
            row = Passkey.objects.create(
                user=user,
                host=site.host,
                name=name.strip()[:60] or _("My device"),
                credential_id=made.credential_id,
                credential=made.credential,
                count=made.count,
            )
            _tell(user, row)
    except (IntegrityError, DataError) as refused:
        # Made before, or with an id longer than any device makes one.
        raise _refused() from refused
    return row


def begin_step(*, user: User, site: Site, step: str) -> dict[str, Any]:
    """What the browser asks the device, for this step alone."""
    own = _kept(passkeys_of(user, site))
    if not own:
        raise _refused()
    return webauthn.question(site=site, own=own, challenge=_challenge(user, site, step))


def confirm(*, user: User, site: Site, step: str, answer: str) -> Confirmed:
    """The person unlocked their device for this very step. Used up whatever becomes of the caller: never inside a transaction.

    Raises:  PasskeyRefused for anything else: another step or site, too late, used before, nobody verified, a copied device.
    """
    rows = list(passkeys_of(user, site))
    try:
        used = webauthn.unlocked_by(site=site, own=_kept(rows), answer=answer)
    except webauthn.NoProof as broken:
        raise _refused() from broken
    _use(user, site, step, used.challenge)
    row, count = next(one for one in rows if one.credential_id == used.credential_id), used.count
    # Most devices do not count. One that does never counts backwards: then there are two of it.
    same = (
        Passkey.objects.filter(pk=row.pk, count=0) if count == 0 else Passkey.objects.filter(pk=row.pk, count__lt=count)
    )
    if not same.update(count=count, used_at=clock.now()):
        raise _refused()
    return Confirmed(user.pk)


def forget_passkey(*, user: User, public_id: Any) -> bool:
    """It opens nothing any more. Whether there was one of theirs."""
    return bool(Passkey.objects.filter(user=user, public_id=public_id).delete()[0])


def _challenge(user: User, site: Site, step: str) -> bytes:
    now = clock.now()
    PasskeyChallenge.objects.filter(user=user, expires_at__lt=now).delete()
    fresh = secrets.token_bytes(32)
    PasskeyChallenge.objects.create(
        user=user, host=site.host, step=step, challenge=websafe_encode(fresh), expires_at=now + VALID_FOR
    )
    return fresh


def _use(user: User, site: Site, step: str, challenge: str) -> None:
    with transaction.atomic(durable=True):
        asked = PasskeyChallenge.objects.filter(
            user=user,
            host=site.host,
            step=step,
            challenge=challenge,
            used_at=None,
            expires_at__gt=clock.now(),
        )
        if not asked.update(used_at=clock.now()):
            raise _refused()


def _kept(rows: Iterable[Passkey]) -> list[bytes]:
    return [bytes(row.credential) for row in rows]


def _refused() -> PasskeyRefused:
    return PasskeyRefused(_("The passkey did not confirm this. Try again, or use your PIN."))


def _tell(user: User, row: Passkey) -> None:
    with override(user.language):
        subject = _("A passkey was added to your account: %(name)s.") % {"name": row.name}
        body = _("If this was not you, delete it and change your password at once.")
    told = letter(
        email=user.email,
        phone=user.proven_phone,
        subject=subject,
        body=body,
        path=reverse("passkeys"),
        dedupe=f"passkey.{row.public_id}",
    )
    put_all(list(told))

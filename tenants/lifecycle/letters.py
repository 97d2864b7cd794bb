"""Mails to the admins of a region about its life, from the platform: the region itself may be shut."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from tenants.lifecycle.hooks import Admin
from tenants.outbox.services import mail, put_all


def tell_admins(
    admins: Iterable[Admin], subject: str | Promise, body: str | Promise, *, dedupe: str, **words: object
) -> None:
    """Each admin gets the mail once for this `dedupe`. On the platform, inside the transaction of the step."""
    # In the language of the house, not in that of the operator who happened to click.
    with translation.override(settings.LANGUAGE_CODE):
        put_all(
            [
                mail(
                    to=one.email,
                    subject=str(subject) % words,
                    body=str(body) % {**words, "admin": one.name},
                    dedupe=f"lifecycle.{dedupe}:{number}",
                )
                for number, one in enumerate(sorted(admins, key=lambda one: one.email))
            ]
        )

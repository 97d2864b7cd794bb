"""The two doors of the outbox that every installation has: mail, and short texts through a gateway."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import deliverer


class SmsGateway(Protocol):
    """A provider of short texts. Raises when it did not take the text."""

    def send(self, *, to: str, body: str, message_id: str) -> None: ...


class MailSmsGateway:
    """Hands short texts to the mail server as <number>@sms.invalid: the embedded mailbox shows them."""

    def send(self, *, to: str, body: str, message_id: str) -> None:
        EmailMessage(subject="SMS", body=body, to=[f"{to.lstrip('+')}@sms.invalid"]).send()


def sms_gateway() -> SmsGateway:
    """The gateway of this installation (setting SMS_GATEWAY)."""
    gateway: SmsGateway = import_string(settings.SMS_GATEWAY)()
    return gateway


@deliverer("mail")
def deliver_mail(message: OutboxMessage) -> None:
    mail = message.payload
    EmailMessage(
        subject=mail["subject"],
        body=mail["body"],
        to=[mail["to"]],
        headers={"Message-ID": f"<{message.dedupe.replace(':', '.')}@{settings.BASE_HOST}>"},
    ).send()


@deliverer("sms")
def deliver_sms(message: OutboxMessage) -> None:
    sms_gateway().send(to=message.payload["to"], body=message.payload["body"], message_id=message.dedupe)

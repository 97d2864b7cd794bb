"""Who pays and who collects: Kalidoni's subscription, an operator, a clock that is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shared_apps.billing.models import Invoice, PlanVersion, Subscription
from shared_apps.billing.plans import load_plans
from shared_apps.billing.services import quoting
from shared_apps.billing.services.subscribing import subscription_of
from tenants.kernel import clock
from tenants.models import Region

BY = "operator:test"
NPWP = "01.234.567.8-901.000"
BUYER = {
    "institution": "Kecamatan Kalidoni",
    "npwp": NPWP,
    "address": "Jalan Mayor Zen 1",
    "email": "camat@example.test",
}


def pdf(name: str = "bukti.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 bukti transfer")


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Our clock stands there."""
    with mock.patch.object(clock, "now", return_value=moment):
        yield


def plan(code: str) -> PlanVersion:
    load_plans()
    found: PlanVersion = PlanVersion.objects.get(code=code, version=1)
    return found


def subscribed(region: Region) -> Subscription:
    """In its free trial, which has a year to go."""
    return subscription_of(region)


def trial_over(subscription: Subscription, days: int = 1) -> Subscription:
    """Its trial ended so many days ago; nothing is settled yet."""
    Subscription.objects.filter(pk=subscription.pk).update(trial_until=clock.now() - timedelta(days=days))
    return fresh(subscription)


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("region", "plan", "sponsor").get(pk=subscription.pk)


def invoiced(subscription: Subscription, *, code: str = "kecamatan", interval: str = "year") -> Invoice:
    """Ordered by the government's way, and not paid."""
    asked = quoting.ask_quotation(
        subscription=subscription, plan=plan(code), interval=interval, by="user:budi", **BUYER
    )
    quoting.send_quotation(quotation=asked, by=BY)
    return quoting.order(quotation=asked, po_number="PO-7/2026", file=pdf("po.pdf"), by="user:budi")


def stripe_signature(body: bytes, secret: str, at: int) -> str:
    """As Stripe signs."""
    import hashlib
    import hmac

    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def platform_client() -> Client:
    return Client(headers={"host": "localhost"})

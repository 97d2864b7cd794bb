"""Reminders by mail, on the days of data/reminders.json before (-) and after a day on which money is due; each once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shared_apps.billing.models import Invoice, InvoiceState, Source, Subscription, SubscriptionState
from shared_apps.billing.plans import DATA
from shared_apps.billing.services.sponsoring import HERE
from shared_apps.billing.states import day_of, grace_until, start_of
from tenants.hosts import platform_url, region_url
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.outbox.services import Message, mail, put_all

LANGUAGE = "id"


@cache
def schedule() -> tuple[int, ...]:
    """Days from the due day, the first first."""
    return tuple(sorted(json.loads((DATA / "reminders.json").read_text())["days"]))


def step_on(due: date, today: date) -> int | None:
    """The step of the schedule that is the newest on this day; None before the first, and long after the last."""
    passed = (today - due).days
    reached = [days for days in schedule() if days <= passed]
    # After an outage the newest is sent, not all that were missed; an old debt is not dug out.
    return reached[-1] if reached and passed <= schedule()[-1] + 30 else None


def remind(today: date | None = None) -> int:
    """Beat: whoever is to be reminded today is, once for each step. Returns how many mails were put in."""
    day = today or day_of(clock.now())
    with translation.override(LANGUAGE), transaction.atomic():
        return put_all([*_of_invoices(day), *_of_subscriptions(day)])


def _of_invoices(today: date) -> list[Message]:
    first = timedelta(days=-schedule()[0])
    rows = Invoice.objects.filter(state=InvoiceState.OPEN, due_on__lte=today + first).exclude(source=Source.CARD)
    rows = rows.filter(Q(subscription=None) | Q(subscription__region__status__in=HERE))
    found = []
    for one in rows.exclude(buyer_email="").select_related("subscription__region"):
        step = step_on(one.due_on, today)
        if step is None or one.due == 0:
            continue
        where = (
            region_url(one.subscription.region, "/wilayah/langganan/tagihan/") if one.subscription else platform_url()
        )
        facts = {
            "number": one.number,
            "amount": rupiah_text(one.due),
            "day": date_format(one.due_on, "j F Y"),
            "address": where,
        }
        subject = _("Invoice %(number)s is due on %(day)s") if step < 0 else _("Invoice %(number)s was due on %(day)s")
        body = _(
            "%(amount)s of invoice %(number)s are due on %(day)s. If you have paid already, upload the proof here: %(address)s"
        )
        found.append(
            mail(
                to=one.buyer_email,
                subject=subject % facts,
                body=body % facts,
                dedupe=f"billing.reminder:{one.public_id}:{step:+}",
            )
        )
    return found


def _of_subscriptions(today: date) -> list[Message]:
    """Regions that nobody pays for: their trial, or what was paid, ends or has ended, and there is no open invoice."""
    S = SubscriptionState
    late = start_of(today + timedelta(days=-schedule()[0] + 1))
    rows = Subscription.objects.filter(
        Q(state__in=[S.TRIALING, S.PAST_DUE, S.READ_ONLY]) | Q(state=S.ACTIVE, card_until=None),
        trial_until__lt=late,
        terms_until=None,
        ends_at=None,
        sponsor=None,
        region__status__in=HERE,
    )
    found = []
    for one in rows.exclude(email="").select_related("region", "plan"):
        due = day_of(one.covered_until)
        step = step_on(due, today)
        if step is None:
            continue
        facts = {
            "region": one.region.name,
            "day": date_format(due, "j F Y"),
            "locked": date_format(day_of(grace_until(one)), "j F Y"),
            "address": region_url(one.region, "/wilayah/langganan/"),
        }
        subject = (
            _("The subscription of %(region)s ends on %(day)s")
            if step < 0
            else _("The subscription of %(region)s ended on %(day)s")
        )
        body = _(
            "Nothing is paid for %(region)s after %(day)s. From %(locked)s on the region can only be read until it is paid for;"
            " savings can be taken out and books exported all the same. Pay by card, or ask for a quotation: %(address)s"
        )
        found.append(
            mail(
                to=one.email,
                subject=subject % facts,
                body=body % facts,
                dedupe=f"billing.reminder:{one.public_id}:{due}:{step:+}",
            )
        )
    return found

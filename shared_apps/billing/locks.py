"""The one place that locks for billing. Order: subscription, then invoice, then series."""

from __future__ import annotations

from shared_apps.billing.models import Invoice, Series, Subscription


def lock_subscription(subscription: Subscription) -> Subscription:
    """The subscription as it is now, locked until the transaction ends."""
    return (
        Subscription.objects.select_for_update(no_key=True, of=("self",))
        .select_related("region", "plan")
        .get(pk=subscription.pk)
    )


def lock_subscriptions(ids: list[int]) -> list[Subscription]:
    """Several, in the order of their keys."""
    rows = Subscription.objects.select_for_update(no_key=True, of=("self",)).select_related("region", "plan")
    return list(rows.filter(pk__in=ids).order_by("pk"))


def lock_invoice(invoice: Invoice) -> Invoice:
    """The invoice as it is now, locked until the transaction ends."""
    return Invoice.objects.select_for_update(no_key=True, of=("self",)).get(pk=invoice.pk)


def next_number(kind: str, year: int) -> int:
    """The next of this kind in this year. Whoever asks meanwhile waits; a rollback gives it back, so that none is missing."""
    Series.objects.bulk_create([Series(kind=kind, year=year)], ignore_conflicts=True)
    row = Series.objects.select_for_update().get(kind=kind, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last

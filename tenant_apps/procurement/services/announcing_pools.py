"""What the Satker's officers learn of joint purchases. Other regions cannot write here, so each region looks for itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from shared_apps.exchange.models import MemberState, Pool, PoolMember, PoolState
from shared_apps.exchange.services.pooling import MOST_DAYS, PRICE_DAYS
from tenant_apps.accounts.models import Role
from tenant_apps.notifications.services import notice
from tenants.context import current_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.outbox.services import Message, put_all

# A pool gathers for sixty days at most; the key of a notice keeps it from coming twice.
LONGEST = timedelta(days=MOST_DAYS + PRICE_DAYS)

NEWS: dict[str, tuple[str | Promise, str | Promise]] = {
    "invite": (
        gettext_lazy("You are invited to a joint purchase at %(supplier)s: %(name)s."),
        gettext_lazy("Take part with one of your cycles until it closes. The other regions do not see your numbers."),
    ),
    "close": (
        gettext_lazy("The joint purchase %(name)s is closed."),
        gettext_lazy("Its prices stand for a week. Look at your plan and send your order."),
    ),
    "cancel": (
        gettext_lazy("The joint purchase %(name)s is cancelled."),
        gettext_lazy("Your cycle orders alone. Look at your plan again."),
    ),
}


def tell_of_pools() -> None:
    """Each officer finds a notice of what happened; a second time, nothing."""
    news = list(_news())
    if not news:
        return
    officers = list(User.objects.filter(role_grants__role=Role.SATKER, is_active=True).order_by("pk"))
    put_all([_notice(officer, pool, what) for pool, what in news for officer in officers])


def _news() -> Iterator[tuple[Pool, str]]:
    own = PoolMember.objects.filter(region=current_region(), pool__made_at__gte=clock.now() - LONGEST).select_related(
        "pool__supplier"
    )
    for member in own.order_by("pk"):
        pool = member.pool
        if member.state == MemberState.INVITED and pool.state == PoolState.GATHERING:
            yield pool, "invite"
        elif member.state == MemberState.JOINED and pool.state == PoolState.CLOSED:
            yield pool, "close"
        elif member.state == MemberState.JOINED and pool.state == PoolState.CANCELLED:
            yield pool, "cancel"


def _notice(officer: User, pool: Pool, what: str) -> Message:
    subject, body = NEWS[what]
    names = {"supplier": pool.supplier.name, "name": pool.name}
    with override(officer.language):
        return notice(
            user=officer,
            subject=str(subject) % names,
            body=str(body),
            path=reverse("procurement:pool", args=[pool.number]),
            dedupe=f"pool.{pool.number}.{what}.{officer.pk}",
        )

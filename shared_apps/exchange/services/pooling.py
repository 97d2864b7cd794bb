"""Several regions reach a supplier's tier together. Each call is one region's own step; callers work inside the region."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.errors import BadPool, NoSuchRegion, ReasonMissing
from shared_apps.exchange.locks import hold_pool, lock_pool
from shared_apps.exchange.models import MemberState, Pool, PoolEvent, PoolLine, PoolMember, PoolPledge, PoolState
from shared_apps.exchange.pool_selectors import neighbours
from shared_apps.exchange.services.steps import stale
from shared_apps.supplier_catalog.models import Offer, SupplierOrganisation
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

MOST_DAYS = 60
# So many days after closing its prices end; the database holds the same number.
PRICE_DAYS = 7
MOST_REGIONS = 100


def open_pool(
    *, supplier: SupplierOrganisation, key: UUID, name: str, closes_at: datetime, offers: Collection[UUID]
) -> Pool:
    """A joint purchase of these offers; the region that opens it hosts it and takes part. The same key finds the same pool.

    States:  nothing -> GATHERING.
    Raises:  BadPool where the supplier does not take part, for a time that cannot be, and where no offer is made to an area with
             price tiers.
    Writes:  pool, lines, member, event.
    """
    region = current_region()
    name = name.strip()[:120]
    if not name:
        raise BadPool(_("Give the joint purchase a name."))
    if not clock.now() < closes_at <= clock.now() + timedelta(days=MOST_DAYS):
        raise BadPool(_("Choose a time within %(days)s days.") % {"days": MOST_DAYS})
    with transaction.atomic():
        before = Pool.objects.filter(host=region, key=key).first()
        if before is not None:
            return before
        if not (supplier.sells and supplier.allows_pooling):
            raise BadPool(_("%(supplier)s takes no joint purchases.") % {"supplier": supplier.name})
        found = poolable(supplier, offers)
        if not found:
            raise BadPool(
                _("%(supplier)s has no price tiers for a whole area on what you buy there.")
                % {"supplier": supplier.name}
            )
        pool = save_numbered(Pool(supplier=supplier, host=region, key=key, name=name, closes_at=closes_at))
        PoolMember.objects.create(pool=pool, region=region, state=MemberState.JOINED)
        PoolLine.objects.bulk_create(
            [
                PoolLine(
                    pool=pool,
                    offer=offer,
                    sku=offer.article.sku,
                    name=offer.version.name,
                    pack_label=offer.pack.label,
                )
                for offer in found
            ]
        )
        _note(pool, "open")
    return pool


def poolable(supplier: SupplierOrganisation, offers: Collection[UUID]) -> list[Offer]:
    """Of these offers the ones made to an area, with more than one tier: whoever sees such an offer has the same terms."""
    rows = Offer.objects.filter(public_id__in=offers, organisation=supplier, region=None, tiers__packs__gt=1)
    return list(rows.select_related("article", "version", "pack").distinct().order_by("pk"))


def invite(*, pool: Pool, who: str) -> PoolMember:
    """A region is invited, by its name or its address. Inviting twice changes nothing.

    Raises:  NoSuchRegion; BadPool with too many; StaleDocument once it is closed, or by another than the host.
    Writes:  member, event.
    """
    with transaction.atomic():
        pool = lock_pool(pool)
        if pool.state != PoolState.GATHERING or pool.host_id != current_region().pk:
            raise stale()
        found = neighbours(pool.supplier, who) if who.strip() else []
        if len(found) != 1:
            raise NoSuchRegion(
                _("Write the name or address of one open region where %(supplier)s delivers.")
                % {"supplier": pool.supplier.name}
            )
        before = PoolMember.objects.filter(pool=pool, region_id=found[0].region).first()
        if before is not None:
            return before
        if PoolMember.objects.filter(pool=pool).count() >= MOST_REGIONS:
            raise BadPool(_("At most %(most)s regions order together.") % {"most": MOST_REGIONS})
        member = PoolMember.objects.create(pool=pool, region_id=found[0].region)
        _note(pool, "invite", found[0].name)
        member.refresh_from_db()
    return member


def join(*, pool: Pool) -> PoolMember:
    """This region takes part, also again after it left. Joining twice changes nothing.

    States:  INVITED, LEFT -> JOINED.
    Raises:  StaleDocument once the pool is closed or its time is up.
    Writes:  member, event.
    """
    with transaction.atomic():
        pool, member = _gathering(pool)
        if pool.closes_at <= clock.now():
            raise stale()
        if member.state != MemberState.JOINED:
            _put(member, MemberState.JOINED)
            _note(pool, "join")
    return member


def leave(*, pool: Pool) -> PoolMember:
    """This region takes no part (any more), and its pledges are withdrawn. Leaving twice changes nothing.

    States:  INVITED, JOINED -> LEFT.
    Raises:  BadPool for the host, which cancels instead; StaleDocument once the pool is closed.
    Writes:  member, event; pledges are deleted.
    """
    with transaction.atomic():
        pool, member = _gathering(pool)
        if pool.host_id == member.region_id:
            raise BadPool(_("Whoever opened a joint purchase does not leave it, but cancels it."))
        if member.state != MemberState.LEFT:
            _put(member, MemberState.LEFT)
            _note(pool, "leave")
    return member


def pledge(*, pool: Pool, packs: Mapping[UUID, int]) -> bool:
    """This is now all that this region pledges, by offer (public id); what the pool does not have is passed over.

    Returns whether it counts: a pool that is closed keeps what was pledged before.
    Writes:  pledges.
    """
    region = current_region()
    with transaction.atomic():
        # Two plans of one region come one after the other, however they were asked for.
        if _own_row(pool) is None or (held := hold_pool(pool)) is None or held.state != PoolState.GATHERING:
            return False
        PoolPledge.objects.filter(line__pool=held, region=region).delete()
        lines = held.lines.filter(offer__public_id__in=packs).values_list("pk", "offer__public_id")
        PoolPledge.objects.bulk_create(
            [PoolPledge(line_id=pk, region=region, cartons=packs[offer]) for pk, offer in lines if packs[offer] > 0]
        )
    return True


def close_pool(*, pool: Pool, by: str) -> Pool:
    """The totals are frozen, and with them the tiers. Closing twice changes nothing.

    States:  GATHERING -> CLOSED: by the host at any time, by each of its regions once its time is up.
    Raises:  StaleDocument.
    Writes:  pool, event; the database writes the totals.
    """
    with transaction.atomic():
        pool = lock_pool(pool)
        if pool.host_id != current_region().pk and pool.closes_at > clock.now():
            raise stale()
        move(pool, "close", by=by)
    pool.refresh_from_db()
    return pool


def cancel_pool(*, pool: Pool, reason: str, by: str) -> Pool:
    """Nothing comes of it; each region orders at its own tiers. Cancelling twice changes nothing.

    States:  GATHERING -> CANCELLED, by the host.
    Raises:  ReasonMissing; StaleDocument.
    Writes:  pool, event.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the other regions read it."))
    with transaction.atomic():
        pool = lock_pool(pool)
        if pool.host_id != current_region().pk:
            raise stale()
        move(pool, "cancel", by=by, reason=reason)
    return pool


def end_pool(*, pool: Pool, by: str) -> Pool:
    """Its prices hold no longer. Ending twice changes nothing.

    States:  CLOSED -> ENDED, seven days after it was closed, by any of its regions.
    Raises:  StaleDocument.
    Writes:  pool, event.
    """
    with transaction.atomic():
        pool = lock_pool(pool)
        if pool.closed_at is not None and pool.closed_at + timedelta(days=PRICE_DAYS) > clock.now():
            raise stale()
        move(pool, "end", by=by)
    return pool


def _gathering(pool: Pool) -> tuple[Pool, PoolMember]:
    """The pool, and this region's own row, locked.

    Raises:  StaleDocument.
    """
    member = _own_row(pool)
    now = Pool.objects.select_related("supplier").filter(pk=pool.pk, state=PoolState.GATHERING).first()
    if member is None or now is None:
        raise stale()
    return now, member


def _own_row(pool: Pool) -> PoolMember | None:
    """This region's own row, locked; before the pool itself."""
    rows = PoolMember.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(pool=pool, region=current_region()).first()


def _put(member: PoolMember, state: MemberState) -> None:
    member.state = state
    try:
        with transaction.atomic():
            member.save(update_fields=["state"])
    except IntegrityError as refused:
        # It was closed at the same moment; only who takes part already may hold it open.
        raise stale() from refused


def _note(pool: Pool, name: str, reason: str = "") -> None:
    PoolEvent.objects.create(pool=pool, region=current_region(), move=name, reason=reason[:240], at=clock.now())

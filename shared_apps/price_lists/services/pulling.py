"""Lists that are pulled from an address: each change becomes a list, each failure is shown and told once."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from shared_apps.price_lists.columns import Columns
from shared_apps.price_lists.errors import BadList
from shared_apps.price_lists.fetching import Fetched, fetch, refuse_address
from shared_apps.price_lists.models import ListState, PriceFeed, PriceList
from shared_apps.price_lists.places import refuse_foreign_place
from shared_apps.price_lists.services.uploading import begin_reading, drop, take_in
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierState
from shared_apps.supplier_catalog.services.standing import Place
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.locks import alone
from tenants.outbox.services import put_mail

BY = "system:price-feeds"
MOST_FEEDS = 20
_LOCK_SPACE = 0x57_50_46  # "WPF"


def add_feed(
    *, organisation: SupplierOrganisation, url: str, place: Place, every: int, is_automatic: bool, by: str
) -> PriceFeed:
    """The address is pulled from now on, first at once.

    Raises:  BadAddress, BadList.
    """
    from shared_apps.price_lists.tasks import pull_price_list

    refuse_address(url)
    refuse_foreign_place(organisation, place)
    with transaction.atomic():
        SupplierOrganisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
        if feeds_of(organisation).count() >= MOST_FEEDS:
            raise BadList(_("You have %(count)s addresses already. Remove one first.") % {"count": MOST_FEEDS})
        feed = PriceFeed.objects.create(
            organisation=organisation,
            url=url,
            area_id=place[0],
            region_id=place[1],
            every=every,
            is_automatic=is_automatic,
            by=by,
        )
        pull_price_list.on_commit(feed.pk)
    return feed


def change_feed(*, feed: PriceFeed, url: str, place: Place, every: int, is_automatic: bool) -> PriceFeed:
    """Raises: BadAddress, BadList."""
    refuse_address(url)
    refuse_foreign_place(feed.organisation, place)
    with transaction.atomic():
        locked = PriceFeed.objects.select_for_update(no_key=True).get(pk=feed.pk)
        if locked.url != url or (locked.area_id, locked.region_id) != place:
            # Another file, or for another place: what was known of the last one says nothing.
            locked.etag = locked.modified = locked.sha256 = ""
        locked.url, locked.area_id, locked.region_id = url, place[0], place[1]
        locked.every, locked.is_automatic = every, is_automatic
        locked.next_at = min(locked.next_at, clock.now() + timedelta(hours=every))
        locked.save()
    return locked


def pause_feed(*, feed: PriceFeed, is_paused: bool) -> None:
    """It rests, or goes on."""
    PriceFeed.objects.filter(pk=feed.pk).update(is_paused=is_paused)


def pull_soon(*, feed: PriceFeed) -> None:
    """A worker pulls it now; its next time stays as it is after that."""
    from shared_apps.price_lists.tasks import pull_price_list

    with transaction.atomic():
        pull_price_list.on_commit(feed.pk)


def end_feed(*, feed: PriceFeed) -> None:
    """It is never pulled again; lists that came from it stay."""
    PriceFeed.objects.filter(pk=feed.pk, ended_at=None).update(ended_at=clock.now())


def feeds_of(organisation: SupplierOrganisation) -> QuerySet[PriceFeed]:
    return PriceFeed.objects.filter(organisation=organisation, ended_at=None).select_related("area", "region")


def due() -> list[int]:
    """Addresses whose time has come; those of suppliers that may not sell rest."""
    feeds = PriceFeed.objects.filter(ended_at=None, is_paused=False, next_at__lte=clock.now()).exclude(
        organisation__state__in=[SupplierState.REFUSED, SupplierState.SUSPENDED]
    )
    return list(feeds.order_by("next_at").values_list("pk", flat=True)[:500])


def pull(feed_id: int) -> PriceList | None:
    """A changed file becomes a list that is read and waits, or is taken over by itself where the supplier chose so.

    Another worker at the same address at the same time does nothing. The next time is set before anything is asked of the
    server, so that one that breaks us is not asked without end.
    Writes:  the list; a mail at the first of several failures.
    """
    with alone(_LOCK_SPACE, feed_id) as mine, translation.override(settings.LANGUAGE_CODE):
        feed = PriceFeed.objects.select_related("organisation").filter(pk=feed_id, ended_at=None).first()
        if not mine or feed is None:
            return None
        moment = clock.now()
        PriceFeed.objects.filter(pk=feed.pk).update(next_at=moment + timedelta(hours=feed.every), pulled_at=moment)
        try:
            fetched = fetch(feed.url, etag=feed.etag, modified=feed.modified)
            return _taken_in(feed, fetched)
        except DomainError as refused:
            _failed(feed, str(refused))
        return None


def _taken_in(feed: PriceFeed, fetched: Fetched) -> PriceList | None:
    found: PriceList | None = None
    with transaction.atomic():
        if fetched.data is not None:
            digest = hashlib.sha256(fetched.data).hexdigest()
            if digest != feed.sha256:
                for earlier in feed.lists.filter(state__in=[ListState.UPLOADED, ListState.READY]):
                    drop(price_list=earlier, by=BY, reason=_("A newer list came."))
                found = take_in(
                    organisation=feed.organisation,
                    data=fetched.data,
                    name=urlsplit(feed.url).path.rpartition("/")[2],
                    place=(feed.area_id, feed.region_id),
                    by=BY,
                    feed=feed,
                )
                feed.sha256 = digest
        feed.etag, feed.modified, feed.failures, feed.failure = fetched.etag, fetched.modified, 0, ""
        feed.save(update_fields=["sha256", "etag", "modified", "failures", "failure"])
        if found is not None and not Columns(tuple(found.columns), tuple(found.headings)).faults:
            begin_reading(price_list=found, columns=found.columns, by=BY)
    return found


def _failed(feed: PriceFeed, reason: str) -> None:
    with transaction.atomic():
        feed = PriceFeed.objects.select_for_update(no_key=True).select_related("organisation").get(pk=feed.pk)
        first = not feed.failures
        feed.failures, feed.failure = feed.failures + 1, reason[:300]
        feed.save(update_fields=["failures", "failure"])
        if first:
            put_mail(
                to=feed.organisation.email,
                subject=_("Your price list could not be fetched"),
                body=_(
                    "We could not fetch your price list from %(url)s:\n\n%(reason)s\n\n"
                    "Your present prices stay as they are. We go on trying, and write again only after it has worked in between."
                )
                % {"url": feed.url, "reason": reason},
                dedupe=f"price_lists.failed:{feed.public_id}:{clock.now().isoformat()}",
            )

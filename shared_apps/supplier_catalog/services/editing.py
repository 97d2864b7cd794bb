"""One article, and one offer, as somebody writes it on a page. What is written goes through `publishing`, as lists do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.errors import PackInUse, SkuTaken
from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import Article, Offer, SupplierOrganisation
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft, tidy
from shared_apps.supplier_catalog.services.publishing import Published, publish
from shared_apps.supplier_catalog.services.standing import OpenOffer, Standing, standing_of
from shared_apps.supplier_catalog.services.withdrawing import end
from shared_apps.supplier_catalog.skus import keys_of
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument


def write_article(*, organisation: SupplierOrganisation, draft: ArticleDraft, by: str) -> Article:
    """A new article; offers come after it.

    Raises:  SkuTaken, BadDrafts.
    """
    with transaction.atomic():
        hold_catalogue_of(organisation)
        key = keys_of([tidy(draft.sku)])[0]
        if key in standing_of(organisation, [key]):
            raise SkuTaken(
                _("You have an article with the SKU %(sku)s already. Change that one, or take another SKU.")
                % {"sku": tidy(draft.sku)},
                field="sku",
            )
        (done,) = publish(organisation=organisation, drafts=[replace(draft, offers=())], by=by)
    return Article.objects.get(pk=done.article)


def rewrite_article(*, article: Article, draft: ArticleDraft, seen: int, by: str) -> bool:
    """The article's facts are as drafted, its SKU stays, and what is offered of it goes on with the new version.

    `seen` is the number of the version that the person had before them. False when nothing is different.
    Raises:  StaleDocument when there is a newer version; PackInUse when a pack is gone that is offered; BadDrafts.
    """
    organisation = article.organisation
    with transaction.atomic():
        hold_catalogue_of(organisation)
        article.refresh_from_db()
        if article.current is None or article.current.number != seen:
            raise StaleDocument(_("Somebody changed this article in the meantime. Look at it again, then change it."))
        offers = tuple(_carried(_standing(article), clock.today()))
        labels = {tidy(pack.label).casefold() for pack in draft.packs}
        for offer in offers:
            if offer.pack.casefold() not in labels:
                raise PackInUse(
                    _("%(pack)s is offered. Keep that pack and its name, or end the offer first.")
                    % {"pack": offer.pack}
                )
        whole = replace(draft, sku=article.sku, offers=offers)
        (done,) = publish(organisation=organisation, drafts=[whole], by=by)
    article.refresh_from_db()
    return done.changed


def make_offer(*, article: Article, offer: OfferDraft, by: str, instead_of: Offer | None = None) -> Published:
    """The article is offered at these terms from the drafted day on; what was offered at the same place ends then.

    `instead_of` is the offer that the person changed: one that has not begun gives way, whatever the new one's first day.
    Raises:  BadDrafts.
    """
    with transaction.atomic():
        hold_catalogue_of(article.organisation)
        article.refresh_from_db()
        begins = max(offer.valid_from or clock.today(), clock.today())
        if instead_of and instead_of.valid_from > clock.today() and instead_of.valid_from != begins:
            end(organisation=article.organisation, offers=[instead_of.pk])
        whole = replace(draft_of(article), offers=(offer,))
        (done,) = publish(organisation=article.organisation, drafts=[whole], by=by)
    return done


def stop_selling(*, article: Article) -> None:
    """Nothing of it is offered any more, and lists of what is sold leave it out. Doing so twice changes nothing."""
    with transaction.atomic():
        hold_catalogue_of(article.organisation)
        running = article.offers.filter(ended_at=None).values_list("pk", flat=True)
        end(organisation=article.organisation, offers=list(running))
        Article.objects.filter(pk=article.pk).update(is_active=False)
    article.is_active = False


def sell_again(*, article: Article) -> None:
    """It may be offered again; the offers that ended stay so."""
    with transaction.atomic():
        hold_catalogue_of(article.organisation)
        Article.objects.filter(pk=article.pk).update(is_active=True)
    article.is_active = True


def draft_of(article: Article) -> ArticleDraft:
    """The article as it is now, without its offers.

    Raises:  LookupError for one without a version, which publishing never leaves.
    """
    version = article.current
    if version is None:
        raise LookupError(f"article {article.pk} has no version")
    return ArticleDraft(
        sku=article.sku,
        name=version.name,
        brand=version.brand,
        base_unit=version.base_unit,
        tax=version.tax,
        catch_weight=version.catch_weight,
        packs=tuple(PackDraft(pack.label, pack.base_quantity, pack.barcode) for pack in version.packs.all()),
    )


def _standing(article: Article) -> Standing:
    key = keys_of([article.sku])[0]
    return standing_of(article.organisation, [key])[key]


def _carried(standing: Standing, today: date) -> Iterator[OfferDraft]:
    """What counts today at each place, and what begins later."""
    for place in {one.place for one in standing.open}:
        now = standing.counting(place, today)
        if now is not None:
            yield _again(now, None)
    for later in standing.open:
        if later.valid_from > today:
            yield _again(later, later.valid_from)


def _again(one: OpenOffer, begins: date | None) -> OfferDraft:
    area, region = one.place
    return OfferDraft(
        pack=one.label,
        tiers=one.tiers,
        area=area,
        region=region,
        least=one.least,
        most=one.most,
        lead_days=one.lead_days,
        freight=one.freight,
        valid_from=begins,
        valid_to=one.valid_to,
    )

"""Offers end, and what was published is taken back as if it had never been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from shared_apps.supplier_catalog.locks import hold_catalogue_of
from shared_apps.supplier_catalog.models import Article, Offer, SupplierOrganisation
from shared_apps.supplier_catalog.services import writing
from shared_apps.supplier_catalog.services.publishing import CHUNK, Published
from tenants.kernel import clock


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Ids of articles: those that are as they were, and those that somebody changed since, which stay."""

    back: tuple[int, ...]
    left: tuple[int, ...]


def end(*, organisation: SupplierOrganisation, offers: Sequence[int]) -> list[Published]:
    """These offers of the supplier end now. What is no longer running, or another's, is passed over.

    Returns what `withdraw` takes back, for each article that had one.
    """
    with transaction.atomic():
        hold_catalogue_of(organisation)
        moment = clock.now()
        running = Offer.objects.filter(organisation=organisation, pk__in=offers, ended_at=None)
        found: dict[int, list[int]] = {}
        current: dict[int, int] = {}
        for pk, article, version in running.order_by("article", "pk").values_list(
            "pk", "article_id", "article__current_id"
        ):
            found.setdefault(article, []).append(pk)
            current[article] = version
        writing.end_offers([pk for ids in found.values() for pk in ids], moment)
    return [
        Published(article=article, version=current[article], before=current[article], ended=tuple(ids), at=moment)
        for article, ids in found.items()
    ]


def withdraw(*, organisation: SupplierOrganisation, published: Sequence[Published]) -> Withdrawn:
    """Offers that publishing made end, those that it ended run again, and the version before is current again.

    An article that somebody changed since is left as it is. One that publishing made is no longer sold: versions are never
    deleted. What is taken back already is among those that are left.
    Raises:  ValueError for what another supplier published: no page can get there.
    """
    back: list[int] = []
    left: list[int] = []
    with transaction.atomic():
        hold_catalogue_of(organisation)
        moment = clock.now()
        for start in range(0, len(published), CHUNK):
            chunk = [one for one in published[start : start + CHUNK] if one.changed]
            later = _changed_since(organisation, chunk)
            taken = [one for one in chunk if one.article not in later]
            writing.end_offers([pk for one in taken for pk in one.made], moment)
            writing.run_again([pk for one in taken for pk in one.ended])
            writing.move_articles(
                [
                    {
                        "id": one.article,
                        "current_id": one.version if one.before is None else one.before,
                        "is_active": False if one.made_article or one.activated else None,
                    }
                    for one in taken
                    if one.made or one.made_article or one.activated or one.version != one.before
                ]
            )
            back += [one.article for one in taken]
            left += [one.article for one in chunk if one.article in later]
    return Withdrawn(tuple(back), tuple(left))


def _changed_since(organisation: SupplierOrganisation, published: Sequence[Published]) -> set[int]:
    """Articles that are no longer as publishing left them. Three queries."""
    by_article = {one.article: one for one in published}
    articles = {
        pk: (current, is_active)
        for pk, current, is_active in Article.objects.filter(organisation=organisation, pk__in=by_article).values_list(
            "pk", "current_id", "is_active"
        )
    }
    if len(articles) != len(by_article):
        raise ValueError("published by another supplier")
    later = {
        pk
        for pk, (current, is_active) in articles.items()
        if current != by_article[pk].version or (by_article[pk].made and not is_active)
    }
    if not published:
        return later
    named = {pk for one in published for pk in (*one.made, *one.ended)}
    running = set(Offer.objects.filter(pk__in=named, ended_at=None).values_list("pk", flat=True))
    later |= {one.article for one in published if not running.issuperset(one.made) or not running.isdisjoint(one.ended)}
    newer = Offer.objects.filter(
        article__in=by_article, ended_at=None, made_at__gt=min(one.at for one in published)
    ).order_by()
    later |= {
        article for article, made_at in newer.values_list("article_id", "made_at") if made_at > by_article[article].at
    }
    return later

"""Articles and offers are published in sets, and taken back as if they had never been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from shared_apps.supplier_catalog.errors import BadDrafts
from shared_apps.supplier_catalog.models import Article, ArticleVersion, Offer, SupplierOrganisation
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft
from shared_apps.supplier_catalog.services.publishing import publish
from shared_apps.supplier_catalog.services.withdrawing import end, withdraw
from tenants.kernel import clock
from tenants.kernel.units import BaseUnit
from tests.cast import BY
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, rinjani_pangan, sinar_musi

SUGAR = ArticleDraft(
    sku="GL-20",
    name="Gula pasir 1 kg",
    packs=(PackDraft("dus 20", 20_000),),
    base_unit=BaseUnit.GRAM.value,
    offers=(OfferDraft(pack="dus 20", tiers=((1, 300_000),), area="16.71"),),
)


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


def priced(draft: ArticleDraft, price: int, **terms: Any) -> ArticleDraft:
    return replace(draft, offers=(replace(draft.offers[0], tiers=((1, price),), **terms),))


def noodles(number: int, price: int = 100_000) -> ArticleDraft:
    return ArticleDraft(
        sku=f"MI-{number}",
        name=f"Mi goreng {number}",
        packs=(PackDraft("bungkus", 1, "8998866200578"), PackDraft("dus", 40)),
        offers=(OfferDraft(pack="dus", tiers=((1, price), (10, price - 1_000)), area="16.71", least=2),),
    )


def in_force(organisation: SupplierOrganisation) -> set[tuple[object, ...]]:
    """What regions and the portal see: articles that are sold, the current version and the open offers."""
    articles = Article.objects.filter(organisation=organisation, is_active=True).values_list("pk", "current_id")
    offers = Offer.objects.filter(organisation=organisation, ended_at=None).values_list("pk", "version_id")
    return {("article", *row) for row in articles} | {("offer", *row) for row in offers}


def test_new_articles_are_there_with_their_ladder_and_offer(musi: Wholesaler) -> None:
    (done,) = publish(organisation=musi.organisation, drafts=[noodles(1)], by=BY)
    article = Article.objects.get(organisation=musi.organisation, sku="MI-1")
    assert article.is_active
    assert article.current is not None
    assert (article.current.number, article.current.name, article.current.by) == (1, "Mi goreng 1", BY)
    assert [(p.label, p.base_quantity, p.barcode) for p in article.current.packs.all()] == [
        ("bungkus", 1, "8998866200578"),
        ("dus", 40, ""),
    ]
    offer = article.offers.get()
    assert (offer.pack.label, offer.area_id, offer.least, offer.valid_from) == ("dus", "16.71", 2, clock.today())
    assert [(t.packs, t.price) for t in offer.tiers.all()] == [(1, 100_000), (10, 99_000)]
    assert done.made_article
    assert done.made == (offer.pk,)


def test_what_is_so_already_stays_untouched(musi: Wholesaler) -> None:
    before = in_force(musi.organisation)
    drafts = [SUGAR, noodles(1)]
    publish(organisation=musi.organisation, drafts=drafts, by=BY)
    once = in_force(musi.organisation)
    assert before < once
    again = publish(organisation=musi.organisation, drafts=drafts, by=BY)
    assert in_force(musi.organisation) == once
    assert [done.changed for done in again] == [False, False]
    assert again[0].kept == (musi.offers["GL-20"].pk,)


def test_another_price_is_another_offer_of_the_same_version(musi: Wholesaler) -> None:
    (done,) = publish(organisation=musi.organisation, drafts=[priced(SUGAR, 310_000)], by=BY)
    earlier = Offer.objects.get(pk=musi.offers["GL-20"].pk)
    assert earlier.ended_at is not None
    assert done.ended == (earlier.pk,)
    assert done.version == done.before == earlier.version_id
    assert Offer.objects.get(pk=done.made[0]).tiers.get().price == 310_000


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("name", {"name": "Gula kristal 1 kg"}),
        ("brand", {"brand": "Gulaku"}),
        ("unit", {"base_unit": BaseUnit.PIECE.value}),
        ("PPN", {"tax": "included"}),
        ("weighed", {"catch_weight": True}),
        ("content", {"packs": (PackDraft("dus 20", 24_000),)}),
        ("barcode", {"packs": (PackDraft("dus 20", 20_000, "8998866200578"),)}),
        ("ladder", {"packs": (PackDraft("dus 20", 20_000), PackDraft("bungkus", 1_000))}),
    ],
)
def test_a_changed_fact_is_the_next_version_and_its_offer_begins_anew(
    musi: Wholesaler, case: str, change: dict[str, Any]
) -> None:
    (done,) = publish(organisation=musi.organisation, drafts=[replace(SUGAR, **change)], by=BY)
    article = Article.objects.get(pk=done.article)
    assert article.current_id == done.version != done.before
    assert ArticleVersion.objects.get(pk=done.version).number == 2
    assert done.ended == (musi.offers["GL-20"].pk,)
    assert Offer.objects.get(pk=done.made[0]).version_id == done.version


@pytest.mark.parametrize(
    "terms", [{"least": 2}, {"most": 50}, {"lead_days": 3}, {"freight": 500}, {"valid_to": clock.today()}]
)
def test_changed_terms_are_another_offer(musi: Wholesaler, terms: dict[str, Any]) -> None:
    (done,) = publish(organisation=musi.organisation, drafts=[priced(SUGAR, 300_000, **terms)], by=BY)
    assert len(done.made) == len(done.ended) == 1
    assert done.version == done.before


def test_a_price_for_later_waits_beside_the_present_one(musi: Wholesaler) -> None:
    later = clock.today() + timedelta(days=7)
    dearer = priced(SUGAR, 320_000, valid_from=later)
    (done,) = publish(organisation=musi.organisation, drafts=[dearer], by=BY)
    assert done.ended == ()
    assert Offer.objects.get(pk=musi.offers["GL-20"].pk).ended_at is None
    assert Offer.objects.get(pk=done.made[0]).valid_from == later
    (again,) = publish(organisation=musi.organisation, drafts=[dearer], by=BY)
    assert not again.changed
    (mended,) = publish(organisation=musi.organisation, drafts=[priced(SUGAR, 330_000, valid_from=later)], by=BY)
    assert mended.ended == done.made
    # The present price is said once more: what waits goes on waiting.
    (now,) = publish(organisation=musi.organisation, drafts=[SUGAR], by=BY)
    assert not now.changed


def test_prices_for_other_places_stay(musi: Wholesaler, lombok: Any) -> None:
    for_one = replace(SUGAR, offers=(OfferDraft(pack="dus 20", tiers=((1, 290_000),), region=lombok.pk),))
    publish(organisation=musi.organisation, drafts=[for_one], by=BY)
    narrower = replace(SUGAR, offers=(replace(SUGAR.offers[0], area="16.71.10", tiers=((1, 295_000),)),))
    publish(organisation=musi.organisation, drafts=[narrower], by=BY)
    open_places = Offer.objects.filter(article__sku="GL-20", ended_at=None).values_list("area_id", "region_id")
    assert set(open_places) == {("16.71", None), ("16.71.10", None), (None, lombok.pk)}


@pytest.mark.parametrize("sku", [" gl-20 ", "Gl-20", "GL-20\u00a0", "\u200bgl-20"])
def test_skus_are_the_same_whatever_their_case_and_the_space_around(musi: Wholesaler, sku: str) -> None:
    (done,) = publish(organisation=musi.organisation, drafts=[replace(SUGAR, sku=sku)], by=BY)
    assert done.article == musi.offers["GL-20"].article_id
    assert not done.changed


@pytest.mark.parametrize("sku", ["", "   ", "\t", "\u00a0", "\u200b", "\x00"])
def test_a_blank_sku_never_matches_and_is_refused(musi: Wholesaler, sku: str) -> None:
    before = in_force(musi.organisation)
    with pytest.raises(BadDrafts) as refused:
        publish(organisation=musi.organisation, drafts=[noodles(1), replace(SUGAR, sku=sku)], by=BY)
    assert list(refused.value.by_draft) == [1]
    assert in_force(musi.organisation) == before


@pytest.mark.parametrize(
    ("case", "draft"),
    [
        ("no name", replace(SUGAR, name=" ")),
        ("no pack", replace(SUGAR, packs=())),
        ("empty pack", replace(SUGAR, packs=(PackDraft("dus 20", 0),))),
        ("a pack twice", replace(SUGAR, packs=(PackDraft("dus 20", 1), PackDraft("Dus 20", 2)))),
        ("letters for a barcode", replace(SUGAR, packs=(PackDraft("dus 20", 1, "12345abc"),))),
        ("another pack's price", priced(SUGAR, 1, pack="karung")),
        ("free", priced(SUGAR, 0)),
        ("no first tier", replace(SUGAR, offers=(replace(SUGAR.offers[0], tiers=((10, 5),)),))),
        ("most below least", priced(SUGAR, 1, least=5, most=4)),
        ("last day first", priced(SUGAR, 1, valid_from=clock.today(), valid_to=clock.today() - timedelta(days=1))),
        ("where it does not deliver", priced(SUGAR, 1, area="52.71")),
        ("an area beside its own", priced(SUGAR, 1, area="16.7")),
        ("nowhere", priced(SUGAR, 1, area=None)),
        ("no such region", priced(SUGAR, 1, area=None, region=2**40)),
        ("two prices for one place", replace(SUGAR, offers=SUGAR.offers * 2)),
        ("unknown PPN", replace(SUGAR, tax="11%")),
        ("unknown unit", replace(SUGAR, base_unit="lb")),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    musi: Wholesaler, case: str, draft: ArticleDraft
) -> None:
    before = in_force(musi.organisation)
    with pytest.raises(BadDrafts) as refused:
        publish(organisation=musi.organisation, drafts=[noodles(1), draft], by=BY)
    assert list(refused.value.by_draft) == [1]
    assert in_force(musi.organisation) == before


def test_one_sku_twice_is_refused(musi: Wholesaler) -> None:
    with pytest.raises(BadDrafts) as refused:
        publish(organisation=musi.organisation, drafts=[SUGAR, replace(SUGAR, sku="gl-20", name="Lain")], by=BY)
    assert "gl-20" in str(refused.value)


def test_the_same_sku_of_another_supplier_is_another_article(musi: Wholesaler) -> None:
    rinjani = rinjani_pangan()
    before = in_force(musi.organisation)
    there = replace(priced(SUGAR, 1_000, area="52.71"), name="Gula Lombok")
    publish(organisation=rinjani.organisation, drafts=[there], by=BY)
    assert in_force(musi.organisation) == before
    assert Article.objects.filter(sku="GL-20").count() == 2


def change_name(musi: Wholesaler) -> None:
    publish(organisation=musi.organisation, drafts=[replace(SUGAR, name="Gula tebu")], by=BY)


def change_price(musi: Wholesaler) -> None:
    publish(organisation=musi.organisation, drafts=[priced(SUGAR, 305_000)], by=BY)


def end_it(musi: Wholesaler) -> None:
    end(organisation=musi.organisation, offers=list(Offer.objects.filter(ended_at=None).values_list("pk", flat=True)))


def plan_ahead(musi: Wholesaler) -> None:
    later = priced(SUGAR, 305_000, valid_from=clock.today() + timedelta(days=3))
    publish(organisation=musi.organisation, drafts=[later], by=BY)


def test_taken_back_it_is_as_before(musi: Wholesaler) -> None:
    before = in_force(musi.organisation)
    drafts = [
        replace(priced(SUGAR, 310_000), name="Gula kristal"),
        noodles(1),
        noodles(2),
    ]
    done = publish(organisation=musi.organisation, drafts=drafts, by=BY)
    back = withdraw(organisation=musi.organisation, published=done)
    assert in_force(musi.organisation) == before
    assert len(back.back) == 3
    assert back.left == ()
    # A second time nothing is there to be taken back.
    assert withdraw(organisation=musi.organisation, published=done).back == ()
    assert in_force(musi.organisation) == before
    # And it may be published anew.
    publish(organisation=musi.organisation, drafts=drafts, by=BY)
    assert Article.objects.get(sku="MI-1").is_active
    assert ArticleVersion.objects.filter(article__sku="MI-1").count() == 1


@pytest.mark.parametrize("later", [change_name, change_price, end_it, plan_ahead])
def test_what_somebody_changed_since_is_left(musi: Wholesaler, later: Callable[[Wholesaler], None]) -> None:
    done = publish(organisation=musi.organisation, drafts=[priced(SUGAR, 310_000), noodles(1)], by=BY)
    later(musi)
    if later is not end_it:
        noodle_offer = done[1].made[0]
        assert Offer.objects.get(pk=noodle_offer).ended_at is None
    now = Article.objects.get(sku="GL-20").current_id
    running = set(Offer.objects.filter(article__sku="GL-20", ended_at=None).values_list("pk", flat=True))
    result = withdraw(organisation=musi.organisation, published=done)
    assert done[0].article in result.left
    assert Article.objects.get(sku="GL-20").current_id == now
    assert set(Offer.objects.filter(article__sku="GL-20", ended_at=None).values_list("pk", flat=True)) == running


def test_ended_offers_run_again_and_another_suppliers_are_never_touched(musi: Wholesaler) -> None:
    rinjani = rinjani_pangan()
    before, theirs = in_force(musi.organisation), in_force(rinjani.organisation)
    every = list(Offer.objects.values_list("pk", flat=True))
    done = end(organisation=musi.organisation, offers=every)
    assert not any(kind == "offer" for kind, *_ids in in_force(musi.organisation))
    assert in_force(rinjani.organisation) == theirs
    with pytest.raises(ValueError, match="another supplier"), transaction.atomic():
        withdraw(organisation=rinjani.organisation, published=done)
    withdraw(organisation=musi.organisation, published=done)
    assert in_force(musi.organisation) == before


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def test_the_statements_do_not_grow_with_the_drafts(musi: Wholesaler) -> None:
    def both(count: int, price: int) -> tuple[int, int]:
        drafts = [noodles(number, price) for number in range(count)]
        done: list[Any] = []
        first = statements(lambda: done.extend(publish(organisation=musi.organisation, drafts=drafts, by=BY)))
        return first, statements(lambda: withdraw(organisation=musi.organisation, published=done))

    both(1, 90_000)
    assert both(3, 100_000) == both(60, 110_000)

"""Whatever suppliers publish and the region answers, it buys on terms that it agreed to, and sees its own offers alone."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest

from shared_apps.supplier_catalog.models import Offer
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft
from shared_apps.supplier_catalog.services.publishing import publish
from tenant_apps.suppliers.facts import Facts, facts_of, kind_of
from tenant_apps.suppliers.models import Adoption, AdoptionChange, AdoptionState, ChangeKind, ChangeState
from tenant_apps.suppliers.selectors import WAITING, buyable, offers_here, today_here, whole
from tenant_apps.suppliers.services import (
    Answer,
    adopt,
    answer,
    apply_next_cycle_changes,
    end,
    find_changes,
    pause,
    resume,
)
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.units import BaseUnit
from tenants.models import Region
from tests.cast import BY, Cast, build_cast
from tests.shared_apps.supplier_catalog.wholesaler import MATARAM, cover
from tests.tenant_apps.procurement.depot import at_once
from tests.tenant_apps.suppliers.counter import Counter, open_counter, republish
from tests.trials import rounds, seeded

SKUS = ("BR-50", "TL-180", "GL-20")


class Trade:
    """Sinar Musi sells to Palembang, and to Lombok alone at other prices; both regions buy of it."""

    def __init__(self, counter: Counter, kalidoni: Region, lombok: Region, source: random.Random) -> None:
        self.counter, self.source = counter, source
        self.regions = {"kalidoni": kalidoni, "lombok": lombok}
        self.agreed: dict[tuple[str, int], Facts] = {}
        # Each step comes once before any comes again.
        self.deck: list[Any] = []
        with on_platform():
            cover(lombok, MATARAM)
        with in_region(lombok):
            self.casts = {"kalidoni": counter.cast, "lombok": build_cast()}
        self.steps = (
            [self.publish] * 4 + [self.find, self.answer] * 3 + [self.adopt, self.pause, self.open_cycle, self.end]
        )

    def step(self) -> str:
        if not self.deck:
            self.deck = self.source.sample(self.steps, len(self.steps))
        act = self.deck.pop()
        where = self.source.choice(list(self.regions))
        if act == self.publish:
            self.publish(where)
        else:
            with in_region(self.regions[where]):
                act(where)
        return f"{act.__name__} {where}"

    def publish(self, where: str) -> None:
        """Sinar Musi publishes one article anew for one of the two, or takes it back."""
        sku, pick = self.source.choice(SKUS), self.source.choice
        unit = BaseUnit.PIECE if sku == "TL-180" else BaseUnit.GRAM
        place: dict[str, Any] = {"area": "16.71"} if where == "kalidoni" else {"region": self.regions["lombok"].pk}
        size, price = pick([180, 360]), pick([270_000, 280_000, 300_000])
        offered = OfferDraft("dus", ((1, price),), least=pick([1, 2]), lead_days=pick([1, 3]), **place)
        draft = ArticleDraft(sku, f"{sku} {pick('AB')}", (PackDraft("dus", size),), unit, offers=(offered,))
        with on_platform():
            if self.source.random() < 0.2:
                Offer.objects.filter(article__sku=sku, ended_at=None).update(ended_at=clock.now())
            else:
                publish(organisation=self.counter.musi.organisation, drafts=[draft], by=BY)

    def adopt(self, where: str) -> None:
        offered = list(offers_here())
        if not offered:
            return
        wanted, cast = self.source.choice(offered), self.casts[where]
        if Adoption.objects.filter(article=wanted.article.public_id).exclude(state=AdoptionState.ENDED).exists():
            return
        product = cast.egg if wanted.version.base_unit == BaseUnit.PIECE else cast.rice
        self.agreed[where, adopt(offer=wanted, product=product, by=BY).pk] = facts_of(wanted)

    def find(self, where: str) -> None:
        find_changes(by=BY)
        assert find_changes(by=BY) == 0

    def answer(self, where: str) -> None:
        change = self.one(AdoptionChange.objects.filter(state__in=WAITING))
        if change is None:
            return
        said = self.source.choice(list(Answer))
        try:
            answer(change=change, answer=said, by=BY)
        except StaleDocument:
            return
        if said == Answer.ACCEPT and change.kind != ChangeKind.GONE:
            self.agreed[where, change.adoption_id] = change.after

    def pause(self, where: str) -> None:
        adoption = self.one(Adoption.objects.exclude(state=AdoptionState.ENDED))
        if adoption and adoption.state == AdoptionState.ACTIVE:
            pause(adoption=adoption, by=BY, reason="x")
        elif adoption:
            resume(adoption=adoption, by=BY)

    def open_cycle(self, where: str) -> None:
        put_off = list(AdoptionChange.objects.filter(state=ChangeState.NEXT_CYCLE))
        apply_next_cycle_changes(by=BY)
        for change in put_off:
            change.refresh_from_db()
            if change.state == ChangeState.ACCEPTED and change.kind != ChangeKind.GONE:
                self.agreed[where, change.adoption_id] = change.after

    def end(self, where: str) -> None:
        adoption = self.one(Adoption.objects.exclude(state=AdoptionState.ENDED))
        if adoption and self.source.random() < 0.3:
            end(adoption=adoption, by=BY, reason="x")

    def one(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return self.source.choice(found) if found else None

    def must_hold(self, where: str) -> None:
        region = self.regions[where]
        other = self.regions["lombok" if where == "kalidoni" else "kalidoni"]
        with in_region(region):
            assert not Offer.objects.filter(region=other).exists()
            assert where == "kalidoni" or not Offer.objects.exclude(area=None).exists()
            readable = {offer.public_id: offer for offer in whole(Offer.objects.all())}
            for adoption in Adoption.objects.all():
                offer, agreed = readable[adoption.offer], self.agreed[where, adoption.pk]
                assert adoption.version == offer.version.public_id
                assert kind_of(agreed, facts_of(offer)) is None
                assert (adoption.price, adoption.base_quantity) == (agreed["price"], agreed["base_quantity"])
                assert adoption.changes.filter(state__in=WAITING).count() <= (adoption.state != AdoptionState.ENDED)
            for change in AdoptionChange.objects.exclude(offer=None):
                assert change.offer in readable
            for one in buyable(today_here()):
                assert one.adoption.state == AdoptionState.ACTIVE
                assert one.offer.public_id == one.adoption.offer


def test_any_sequence_of_publishing_and_answering(market: Cast, kalidoni: Region, lombok: Region) -> None:
    source = seeded()
    trade = Trade(open_counter(market), kalidoni, lombok, source)
    done: list[str] = []
    for _round in range(rounds(1_200)):
        done.append(trade.step())
        for where in trade.regions:
            try:
                trade.must_hold(where)
            except AssertionError:
                print("\n".join(done[-12:]))
                raise
    assert {step.split()[0] for step in done} == {"publish", "find", "answer", "adopt", "pause", "open_cycle", "end"}


@pytest.mark.usefixtures("committed")
class TestRaces:
    def test_many_taps_are_one_adoption(self, kalidoni: Region, market: Cast) -> None:
        counter = open_counter(market)
        answers = at_once(kalidoni, [counter.rice] * 12)
        assert {answer.pk for answer in answers} == {Adoption.objects.get().pk}

    def test_accepting_rejecting_and_publishing_at_once(self, kalidoni: Region, market: Cast) -> None:
        counter = open_counter(market)
        rice, offered = counter.rice(), counter.musi.offers["BR-50"]
        for turn in range(rounds(30)):
            offered = republish(offered, prices=[(1, 610_000 + turn)])
            find_changes(by=BY)
            change = AdoptionChange.objects.get(state=ChangeState.PROPOSED)
            answers = at_once(
                kalidoni,
                [
                    partial(answer, change=change, answer=Answer.ACCEPT, by=BY),
                    partial(answer, change=change, answer=Answer.REJECT, by=BY),
                    partial(find_changes, by=BY),
                    partial(find_changes, by=BY),
                ],
            )
            rice.refresh_from_db()
            change.refresh_from_db()
            assert sorted(type(one).__name__ for one in answers[:2]) == ["AdoptionChange", "StaleDocument"]
            assert (rice.price == 610_000 + turn) is (change.state == ChangeState.ACCEPTED)
            if rice.state == AdoptionState.PAUSED:
                resume(adoption=rice, by=BY)
                answer(change=AdoptionChange.objects.get(state=ChangeState.PROPOSED), answer=Answer.ACCEPT, by=BY)
            assert not AdoptionChange.objects.filter(state__in=WAITING).exists()

"""What a supplier changes waits for the region's answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.supplier_catalog.models import SupplierState
from tenant_apps.suppliers.errors import BadContent
from tenant_apps.suppliers.models import Adoption, AdoptionChange, ChangeState
from tenant_apps.suppliers.selectors import buyable, today_here
from tenant_apps.suppliers.services import (
    Answer,
    adopt,
    answer,
    answer_all,
    apply_next_cycle_changes,
    end,
    find_changes,
    pause,
    resume,
)
from tenants.context import on_platform
from tenants.kernel.errors import StaleDocument
from tenants.kernel.units import BaseUnit
from tests.cast import BY
from tests.shared_apps.supplier_catalog.wholesaler import offer
from tests.tenant_apps.suppliers.counter import Counter, footprint, republish, suspend, withdraw


def waiting() -> list[tuple[str, str]]:
    rows = AdoptionChange.objects.filter(state__in=["proposed", "next_cycle"]).order_by("pk")
    return list(rows.values_list("kind", "state"))


def the_change() -> AdoptionChange:
    return AdoptionChange.objects.get(state__in=["proposed", "next_cycle"])


def prices_to_buy_at() -> list[int]:
    return [one.offer.tiers.all()[0].price for one in buyable(today_here())]


@pytest.mark.parametrize(
    ("case", "facts", "kind"),
    [
        ("dearer", {"prices": [(1, 640_000)]}, "price"),
        ("a tier", {"prices": [(1, 600_000), (5, 590_000)]}, "price"),
        ("freight", {"freight": 5_000}, "price"),
        ("another pack", {"pack": ("karung", 25_000), "prices": [(1, 310_000)]}, "facts"),
        ("another name", {"name": "Beras super 50 kg"}, "facts"),
        ("a larger minimum", {"least": 4}, "terms"),
        ("slower", {"lead_days": 5}, "terms"),
        ("the same again", {}, None),
    ],
)
def test_what_differs_is_put_forward(counter: Counter, case: str, facts: dict[str, object], kind: str | None) -> None:
    rice = counter.rice()
    assert find_changes(by=BY) == 0
    new = republish(counter.musi.offers["BR-50"], **facts)
    assert find_changes(by=BY) == (1 if kind else 0)
    before = footprint()
    assert find_changes(by=BY) == 0
    assert footprint() == before
    rice.refresh_from_db()
    if kind:
        assert waiting() == [(kind, "proposed")]
        assert (rice.offer, the_change().offer) == (counter.musi.offers["BR-50"].public_id, new.public_id)
        assert prices_to_buy_at() == [600_000]
    else:
        # Nothing that anybody agreed to differs: only the number is new.
        assert waiting() == []
        assert rice.offer == new.public_id
        assert [step.move for step in rice.history.all()] == ["adopt", "renew"]


def test_a_change_shows_both_sides(counter: Counter) -> None:
    counter.eggs()
    republish(counter.musi.offers["TL-180"], prices=[(1, 290_000)], least=2)
    find_changes(by=BY)
    change = the_change()
    assert change.before | {"price": 290_000, "tiers": [[1, 290_000]], "least": 2} == change.after
    assert (change.before["price"], change.before["tiers"]) == (280_000, [[1, 280_000], [10, 270_000]])


def test_a_later_change_takes_the_place_of_the_one_that_waits(counter: Counter) -> None:
    counter.rice()
    second = republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    stale = the_change()
    third = republish(second, prices=[(1, 650_000)])
    assert find_changes(by=BY) == 1
    assert the_change().after["price"] == 650_000
    stale.refresh_from_db()
    assert stale.state == ChangeState.REPLACED
    # The very same under another number is the same question.
    fourth = republish(third)
    assert find_changes(by=BY) == 0
    assert the_change().offer == fourth.public_id
    # Back where it was: nothing is left to be asked.
    republish(fourth, prices=[(1, 600_000)])
    assert find_changes(by=BY) == 0
    assert waiting() == []
    assert prices_to_buy_at() == [600_000]


def test_accepted_it_is_bought_on_the_new_terms(counter: Counter) -> None:
    rice = counter.rice()
    new = republish(counter.musi.offers["BR-50"], prices=[(1, 310_000)], pack=("karung 25", 25_000), name="Beras 25 kg")
    find_changes(by=BY)
    done = answer(change=the_change(), answer=Answer.ACCEPT, by="user:yuli")
    assert (done.state, done.answered_by) == (ChangeState.ACCEPTED, "user:yuli")
    rice.refresh_from_db()
    assert (rice.offer, rice.version) == (new.public_id, new.version.public_id)
    assert (rice.price, rice.base_quantity) == (310_000, 25_000)
    assert (rice.article_name, rice.pack_label) == ("Beras 25 kg", "karung 25")
    before = footprint()
    answer(change=done, answer=Answer.ACCEPT, by="user:yuli")
    assert footprint() == before
    with pytest.raises(StaleDocument):
        answer(change=done, answer=Answer.REJECT, by=BY)
    assert footprint() == before
    assert prices_to_buy_at() == [310_000]
    assert find_changes(by=BY) == 0


def test_rejected_it_is_not_bought_and_not_asked_again(counter: Counter) -> None:
    rice = counter.rice()
    new = republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    answer(change=the_change(), answer=Answer.REJECT, by=BY)
    rice.refresh_from_db()
    assert (rice.state, rice.price, prices_to_buy_at()) == ("paused", 600_000, [])
    assert find_changes(by=BY) == 0
    # Who wants it after all sees the new price again.
    resume(adoption=rice, by=BY)
    assert the_change().offer == new.public_id
    answer(change=the_change(), answer=Answer.REJECT, by=BY)
    republish(new, prices=[(1, 620_000)])
    assert find_changes(by=BY) == 1


def test_put_off_it_stays_until_the_next_cycle(counter: Counter) -> None:
    rice = counter.rice()
    new = republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    answer(change=the_change(), answer=Answer.NEXT_CYCLE, by=BY)
    assert find_changes(by=BY) == 0
    assert (waiting(), prices_to_buy_at()) == ([("price", "next_cycle")], [600_000])
    assert apply_next_cycle_changes(by=BY) == 1
    assert apply_next_cycle_changes(by=BY) == 0
    rice.refresh_from_db()
    assert (rice.offer, rice.price, prices_to_buy_at()) == (new.public_id, 640_000, [640_000])


def test_what_was_put_off_and_changed_again_is_asked_again(counter: Counter) -> None:
    counter.rice()
    new = republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    answer(change=the_change(), answer=Answer.NEXT_CYCLE, by=BY)
    republish(new, prices=[(1, 700_000)])
    assert apply_next_cycle_changes(by=BY) == 0
    assert (waiting(), the_change().after["price"]) == ([("price", "proposed")], 700_000)
    assert prices_to_buy_at() == [600_000]


def test_an_answer_is_to_what_is_offered_now(counter: Counter) -> None:
    rice = counter.rice()
    new = republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    find_changes(by=BY)
    seen = the_change()
    republish(new, prices=[(1, 900_000)])
    with pytest.raises(StaleDocument):
        answer(change=seen, answer=Answer.ACCEPT, by=BY)
    rice.refresh_from_db()
    assert rice.price == 600_000
    assert the_change().after["price"] == 900_000


def test_what_is_no_longer_offered(counter: Counter) -> None:
    rice, eggs = counter.rice(), counter.eggs()
    withdraw(counter.musi.offers["BR-50"])
    assert prices_to_buy_at() == [280_000]
    assert find_changes(by=BY) == 1
    assert (waiting(), the_change().after, prices_to_buy_at()) == ([("gone", "proposed")], {}, [280_000])
    answer(change=the_change(), answer=Answer.ACCEPT, by=BY)
    rice.refresh_from_db()
    assert (rice.state, waiting()) == ("ended", [])
    suspend(counter.musi)
    find_changes(by=BY)
    assert waiting() == [("gone", "proposed")]
    suspend(counter.musi, SupplierState.VERIFIED)
    find_changes(by=BY)
    assert (waiting(), prices_to_buy_at()) == ([], [280_000])
    eggs.refresh_from_db()
    assert eggs.state == "active"


def test_a_pack_that_does_not_fit_asks_how_much_it_holds(counter: Counter) -> None:
    eggs = adopt(offer=counter.musi.offers["TL-180"], product=counter.cast.egg, base_quantity=181, by=BY)
    republish(counter.musi.offers["TL-180"], pack=("peti", 150))
    find_changes(by=BY)
    before = footprint()
    with pytest.raises(BadContent, match="Telur ayam"):
        answer(change=the_change(), answer=Answer.ACCEPT, by=BY)
    assert footprint() == before
    answer(change=the_change(), answer=Answer.NEXT_CYCLE, by=BY)
    assert apply_next_cycle_changes(by=BY) == 0
    assert waiting() == [("facts", "proposed")]
    answer(change=the_change(), answer=Answer.ACCEPT, by=BY, base_quantity=150)
    eggs.refresh_from_db()
    assert eggs.base_quantity == 150


def test_a_pack_that_grew_holds_as_many_times_more(counter: Counter) -> None:
    eggs = adopt(offer=counter.musi.offers["TL-180"], product=counter.cast.egg, base_quantity=360, by=BY)
    half = republish(counter.musi.offers["TL-180"], pack=("peti kecil", 90))
    find_changes(by=BY)
    answer(change=the_change(), answer=Answer.ACCEPT, by=BY)
    eggs.refresh_from_db()
    assert eggs.base_quantity == 180
    larger = republish(half, pack=("peti besar", 270))
    find_changes(by=BY)
    answer(change=the_change(), answer=Answer.ACCEPT, by=BY)
    eggs.refresh_from_db()
    assert eggs.base_quantity == 540
    republish(larger, pack=("peti", 10_000), unit=BaseUnit.GRAM)
    find_changes(by=BY)
    with pytest.raises(BadContent):
        answer(change=the_change(), answer=Answer.ACCEPT, by=BY)


def test_one_that_cannot_be_taken_does_not_hold_up_the_others(counter: Counter) -> None:
    rice = counter.rice()
    adopt(offer=counter.musi.offers["TL-180"], product=counter.cast.egg, base_quantity=181, by=BY)
    republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    republish(counter.musi.offers["TL-180"], pack=("peti", 150))
    assert find_changes(by=BY) == 2
    refused = answer_all(changes=list(AdoptionChange.objects.all()), answer=Answer.ACCEPT, by=BY)
    assert [(one.change.adoption.sku, one.error.code) for one in refused] == [("TL-180", "bad_content")]
    rice.refresh_from_db()
    assert (rice.price, waiting()) == (640_000, [("facts", "proposed")])


def test_what_is_paused_is_looked_at_and_what_ended_is_not(counter: Counter) -> None:
    rice, eggs = counter.rice(), counter.eggs()
    pause(adoption=rice, by=BY, reason="penuh")
    republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    republish(counter.musi.offers["TL-180"], prices=[(1, 290_000)])
    assert find_changes(by=BY) == 2
    end(adoption=eggs, by=BY, reason="cukup")
    assert waiting() == [("price", "proposed")]
    assert find_changes(by=BY) == 0
    answer(change=the_change(), answer=Answer.ACCEPT, by=BY)
    rice.refresh_from_db()
    assert (rice.state, rice.price) == ("paused", 640_000)


def test_finding_asks_no_more_for_more(counter: Counter) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            find_changes(by=BY)
        return len(queries)

    counter.rice()
    republish(counter.musi.offers["BR-50"], prices=[(1, 640_000)])
    few = asked()
    with on_platform():
        many = [offer(counter.musi.organisation, f"X-{n}", f"X {n}", pack=("dus", 10), price=9) for n in range(12)]
    for one in many:
        adopt(offer=one, product=counter.cast.egg, by=BY)
        republish(one, prices=[(1, 10)])
    assert asked() <= few + 1
    assert AdoptionChange.objects.filter(state="proposed").count() == 13
    assert Adoption.objects.count() == 13

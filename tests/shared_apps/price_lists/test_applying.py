"""A list is taken over once, whole or in part, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.price_lists.errors import BadList
from shared_apps.price_lists.models import ListState, PriceList, RowKind
from shared_apps.price_lists.services import applying, rows
from shared_apps.price_lists.services.applying import begin_applying, begin_undoing, choose, choose_kind, go_on
from shared_apps.price_lists.services.uploading import drop, name_columns_anew
from shared_apps.supplier_catalog.models import Article, Offer, SupplierArea
from shared_apps.supplier_catalog.services import publishing
from tenants.kernel.errors import StaleDocument
from tests.cast import BY
from tests.shared_apps.price_lists.lists import (
    AS_IT_IS,
    EGGS,
    everything_of,
    hand_in,
    in_force,
    take_back,
    take_over,
    worked,
)
from tests.shared_apps.supplier_catalog.wholesaler import Wholesaler, rinjani_pangan, sinar_musi

DEARER = "GL-20;Gula pasir 1 kg;dus 20;20 kg;310.000"
NEW = "MG-12;Minyak goreng;dus;12 x 1 liter;200.000"


@pytest.fixture
def musi(platform: None) -> Wholesaler:
    return sinar_musi()


@pytest.fixture
def rinjani(platform: None) -> Wholesaler:
    return rinjani_pangan()


def running(musi: Wholesaler) -> dict[str, int]:
    """Price of a pack by SKU, of what is offered."""
    offers = Offer.objects.filter(organisation=musi.organisation, ended_at=None, tiers__packs=1)
    return dict(offers.values_list("article__sku", "tiers__price"))


def test_good_rows_count_once_the_list_is_taken_over(musi: Wholesaler) -> None:
    made = take_over(hand_in(musi.organisation, AS_IT_IS[0], DEARER, NEW, "XX;;dus;1;5"))
    assert made.state == ListState.APPLIED
    assert (made.done, made.total) == (2, 2)
    # Eggs are missing in the list and stay.
    assert running(musi) == {"BR-50": 600_000, "GL-20": 310_000, "MG-12": 200_000, "TL-180": 280_000}
    assert dict(made.rows.values_list("sku", "outcome")) == {
        "BR-50": "",
        "GL-20": "applied",
        "MG-12": "applied",
        "XX": "",
        "TL-180": "",
    }


def test_a_second_tap_and_a_second_worker_change_nothing(musi: Wholesaler) -> None:
    made = take_over(hand_in(musi.organisation, DEARER, NEW))
    after = everything_of(musi.organisation)
    begin_applying(price_list=made, by=BY)
    worked(made)
    assert everything_of(musi.organisation) == after
    assert [event.move for event in made.history.all()] == ["take_in", "read", "finish", "apply", "complete"]
    # The same file once more has nothing to change.
    again = hand_in(musi.organisation, DEARER, NEW)
    assert again.counts.get("same") == 2
    with pytest.raises(BadList):
        begin_applying(price_list=again, by=BY)


def test_a_part_is_taken_over(musi: Wholesaler) -> None:
    made = hand_in(musi.organisation, DEARER, NEW, "MG-13;Minyak;dus;12;190.000")
    ids = {row.sku: row.pk for row in made.rows.all()}
    choose_kind(price_list=made, kind=RowKind.CHANGED, chosen=False)
    choose(price_list=made, shown=[ids["MG-12"], ids["MG-13"]], ticked=[ids["MG-13"]])
    take_over(made)
    assert running(musi) == {"BR-50": 600_000, "GL-20": 300_000, "TL-180": 280_000, "MG-13": 190_000}


def test_what_is_missing_ends_if_it_is_asked_for(musi: Wholesaler) -> None:
    before = in_force(musi.organisation)
    made = hand_in(musi.organisation, DEARER)
    choose_kind(price_list=made, kind=RowKind.MISSING, chosen=True)
    made = take_over(made)
    assert running(musi) == {"GL-20": 310_000}
    made = take_back(made)
    assert in_force(musi.organisation) == before


@pytest.mark.parametrize("kind", [RowKind.BAD, RowKind.SAME])
def test_what_is_bad_or_the_same_is_never_chosen(musi: Wholesaler, kind: RowKind) -> None:
    made = hand_in(musi.organisation, EGGS, "XX;;dus;1;5")
    choose_kind(price_list=made, kind=kind, chosen=True)
    every = list(made.rows.values_list("pk", flat=True))
    choose(price_list=made, shown=every, ticked=list(made.rows.filter(kind=kind).values_list("pk", flat=True)))
    assert not made.rows.filter(chosen=True).exists()


def test_another_lists_rows_are_not_chosen(musi: Wholesaler) -> None:
    one, other = hand_in(musi.organisation, NEW), hand_in(musi.organisation, DEARER)
    theirs = list(other.rows.values_list("pk", flat=True))
    choose(price_list=one, shown=theirs, ticked=[])
    assert other.rows.filter(chosen=True).count() == 1


def test_nothing_is_chosen_any_more_once_it_is_taken_over(musi: Wholesaler) -> None:
    made = take_over(hand_in(musi.organisation, DEARER))
    with pytest.raises(BadList):
        choose(price_list=made, shown=[], ticked=[])
    with pytest.raises(BadList):
        choose_kind(price_list=made, kind=RowKind.NEW, chosen=True)
    for step in (drop, name_columns_anew):
        with pytest.raises(StaleDocument):
            step(price_list=made, by=BY)


def test_taken_back_it_is_as_before(musi: Wholesaler) -> None:
    before = in_force(musi.organisation)
    made = take_over(hand_in(musi.organisation, DEARER, NEW, "BR-50;Beras super;karung;50 kg;650.000"))
    assert in_force(musi.organisation) != before
    made = take_back(made)
    assert made.state == ListState.UNDONE
    assert in_force(musi.organisation) == before
    assert not Article.objects.get(sku="MG-12").is_active
    begin_undoing(price_list=made, by=BY)
    worked(made)
    assert in_force(musi.organisation) == before


def test_what_a_later_list_changed_is_named_and_left(musi: Wholesaler) -> None:
    first = take_over(hand_in(musi.organisation, DEARER, NEW))
    take_over(hand_in(musi.organisation, "GL-20;Gula pasir 1 kg;dus 20;20 kg;320.000"))
    first = take_back(first)
    assert running(musi)["GL-20"] == 320_000
    assert "MG-12" not in running(musi)
    assert dict(first.rows.exclude(outcome="").values_list("sku", "outcome")) == {"GL-20": "left", "MG-12": "back"}


def test_two_lists_are_taken_back_in_turn(musi: Wholesaler) -> None:
    before = in_force(musi.organisation)
    first = take_over(hand_in(musi.organisation, DEARER))
    second = take_over(hand_in(musi.organisation, "GL-20;Gula lain;dus 20;20 kg;320.000"))
    take_back(second)
    take_back(first)
    assert in_force(musi.organisation) == before


def test_what_changed_while_it_was_looked_at_is_kept(musi: Wholesaler) -> None:
    slow = hand_in(musi.organisation, DEARER)
    take_over(
        hand_in(
            musi.organisation,
            "GL-20;Gula pasir 1 kg;dus 20;20 kg;300.000;Gulaku",
            head="sku;nama;kemasan;isi;harga;merek",
        )
    )
    take_over(slow)
    article = Article.objects.get(sku="GL-20")
    assert article.current is not None
    assert article.current.brand == "Gulaku"
    assert running(musi)["GL-20"] == 310_000


def test_a_row_that_is_refused_at_the_last_moment_says_why_and_the_others_count(musi: Wholesaler) -> None:
    made = hand_in(musi.organisation, DEARER, NEW)
    SupplierArea.objects.filter(organisation=musi.organisation).delete()
    made = take_over(made)
    assert made.state == ListState.APPLIED
    assert set(made.rows.exclude(number=None).values_list("outcome", flat=True)) == {"refused"}
    assert "tidak mengirim" in made.rows.filter(number=2).get().error


def test_a_killed_worker_publishes_no_row_twice(musi: Wholesaler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    made = hand_in(musi.organisation, *(f"A{n};N;dus;1;{n + 1}.000" for n in range(5)))
    begin_applying(price_list=made, by=BY)
    noted = rows.note_outcomes
    calls = iter([False, True])

    class Killed(BaseException):
        pass

    def dies(*args: Any) -> None:
        noted(*args)
        if next(calls, False):
            raise Killed

    monkeypatch.setattr(applying, "note_outcomes", dies)
    with pytest.raises(Killed):
        worked(made)
    assert Article.objects.filter(sku__startswith="A").count() == 2
    monkeypatch.setattr(applying, "note_outcomes", noted)
    made = worked(made)
    assert (made.state, made.done) == (ListState.APPLIED, 5)
    assert Article.objects.filter(sku__startswith="A").count() == 5
    assert Offer.objects.filter(article__sku__startswith="A").count() == 5


def test_what_stopped_goes_on_or_is_taken_back_but_never_dropped(
    musi: Wholesaler, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = in_force(musi.organisation)
    monkeypatch.setattr(applying, "CHUNK", 1)
    made = hand_in(musi.organisation, DEARER, NEW)
    begin_applying(price_list=made, by=BY)
    published, calls = publishing.publish, iter([False, True])

    def breaks(**kwargs: Any) -> Any:
        if next(calls, False):
            raise LookupError("broken")
        return published(**kwargs)

    monkeypatch.setattr(applying, "publish", breaks)
    failed = worked(made)
    assert failed.state == ListState.FAILED
    for step in (drop, name_columns_anew):
        with pytest.raises(BadList):
            step(price_list=failed, by=BY)
    with transaction.atomic():
        point = transaction.savepoint()
        go_on(price_list=failed, by=BY)
        assert worked(failed).state == ListState.APPLIED
        assert running(musi)["MG-12"] == 200_000
        transaction.savepoint_rollback(point)
    assert take_back(PriceList.objects.get(pk=failed.pk)).state == ListState.UNDONE
    assert in_force(musi.organisation) == before


def test_the_statements_do_not_grow_with_the_rows(musi: Wholesaler) -> None:
    def spent(count: int, price: int) -> list[int]:
        counted: list[int] = []
        made: list[PriceList] = []

        def step(work: Callable[[], PriceList]) -> None:
            with CaptureQueriesContext(connection) as caught:
                made.append(work())
            counted.append(len(caught))

        step(lambda: hand_in(musi.organisation, *(f"A{n};N;dus;1;{price}" for n in range(count))))
        choose_kind(price_list=made[0], kind=RowKind.MISSING, chosen=True)
        step(lambda: take_over(made[0]))
        step(lambda: take_back(made[0]))
        return counted

    spent(2, 1_000)
    assert spent(3, 2_000) == spent(80, 3_000)


SKUS = ["BR-50", "TL-180", "GL-20", "MG-1", "MG-2"]
PACKS = [("karung", "50 kg"), ("dus 20", "20 kg"), ("dus", "40x85g"), ("peti", "180")]
ROW = st.builds(
    lambda sku, name, pack, price: f"{sku};{name};{pack[0]};{pack[1]};{price}",
    st.sampled_from(SKUS),
    st.sampled_from(["Beras medium 50 kg", "Gula", "Mi"]),
    st.sampled_from(PACKS),
    st.sampled_from(["600.000", "280.000", "1.000", "salah"]),
)


@given(listed=st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row.split(";")[0]), ends=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_list_twice_changes_nothing_and_taken_back_restores_exactly(
    musi: Wholesaler, rinjani: Wholesaler, listed: list[str], ends: bool
) -> None:
    with transaction.atomic():
        theirs = everything_of(rinjani.organisation)
        before = in_force(musi.organisation)
        made = hand_in(musi.organisation, *listed)
        if ends:
            choose_kind(price_list=made, kind=RowKind.MISSING, chosen=True)
        if made.rows.filter(chosen=True).exists():
            made = take_over(made)
            after = everything_of(musi.organisation)
            again = hand_in(musi.organisation, *listed)
            assert not {"new", "changed"} & set(again.counts)
            worked(made)
            assert everything_of(musi.organisation) == after
            take_back(made)
            assert in_force(musi.organisation) == before
        assert everything_of(rinjani.organisation) == theirs
        transaction.set_rollback(True)

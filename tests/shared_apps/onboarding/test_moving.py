"""Warungs go with their kecamatan: both regions agree, nothing is owed, and what arrives there leaves here."""

from __future__ import annotations

from typing import Any

import pytest

from shared_apps.onboarding.errors import ConsentMissing
from shared_apps.onboarding.models import CarveOut, Registration, WarungMove
from shared_apps.onboarding.models import State as RegistrationState
from shared_apps.onboarding.moving_parts import Arrived, parts
from shared_apps.onboarding.services import moving
from tenant_apps.accounts.models import Invitation, Role
from tenant_apps.orders.services.filling import cancel_order
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.services import enter_villages, pause_warung
from tenants.context import in_region, on_platform
from tenants.errors import OutOfRegion
from tenants.kernel.errors import StaleDocument
from tenants.lifecycle.models import RegionEvent
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, VILLAGE, Cast, browser_of, build_cast, person
from tests.tenant_apps.orders.desk import place, seen

State = WarungMove.State
KALIDONI = "16.71.10"


@pytest.fixture
def cast(kalidoni: Region) -> Cast:
    with in_region(kalidoni):
        return build_cast()


@pytest.fixture
def carved(kalidoni: Region, lombok: Region, cast: Cast) -> CarveOut:
    """The kecamatan of Hasan and Siti has gone to the other region."""
    with on_platform():
        asking = Registration.objects.create(name="Lombok", state=RegistrationState.LIVE, region=lombok)
        made = CarveOut.objects.create(
            registration=asking, region=kalidoni, state=CarveOut.State.CARVED, kecamatan_codes=[KALIDONI],
            name="Lombok", institution="Kecamatan", applicant_name="Camat", applicant_email="camat@example.test",
        )  # fmt: skip
    with in_region(lombok):
        enter_villages(codes=[VILLAGE, "16.71.10.1003"])
    return made


def offered(carved: CarveOut, kalidoni: Region) -> WarungMove:
    return moving.offer(request=carved, region=kalidoni, by=BY)


def accepted(carved: CarveOut, kalidoni: Region, lombok: Region) -> WarungMove:
    found = offered(carved, kalidoni)
    moving.accept(found=found, region=lombok, by=BY)
    return found


def shelves(region: Region) -> dict[tuple[str, str], int]:
    """What lies in the warungs of a region."""
    with in_region(region):
        rows = StockLevel.objects.filter(location__warung__isnull=False).exclude(on_hand=0)
        return {
            (row.location.warung.name, row.product.sku): row.on_hand  # type: ignore[union-attr]
            for row in rows.select_related("location__warung", "product")
        }


def snapshot(region: Region) -> dict[str, Any]:
    with in_region(region):
        return {
            "warungs": sorted(Warung.objects.values_list("public_id", "name", "state")),
            "prices": sorted(WarungPrice.objects.filter(replaced_at=None).values_list("pack__label", "price")),
            "movements": StockMovement.objects.count(),
            "invited": sorted(Invitation.objects.values_list("email", "role")),
        }


def test_warungs_goods_and_prices_arrive_and_leave(
    kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut
) -> None:
    before = shelves(kalidoni)
    assert len(before) == 2
    found = offered(carved, kalidoni)
    told = moving.preview(found)
    assert (told["obstacles"], told["parts"]["warungs"], told["parts"]["stock"], told["parts"]["prices"]) == (
        [],
        2,
        2,
        2,
    )
    assert told["there"]["warungs"] == 0
    assert (shelves(kalidoni), shelves(lombok)) == (before, {})
    moving.accept(found=found, region=lombok, by=BY)
    assert moving.carry_out(found) == State.MOVED
    assert (shelves(kalidoni), shelves(lombok)) == ({}, before)
    with in_region(kalidoni):
        assert set(Warung.objects.values_list("state", flat=True)) == {WarungState.CLOSED}
        went = StockMovement.objects.filter(reason="went_along")
        out = {row.product.sku: row.delta_on_hand for row in went.select_related("product")}
    with in_region(lombok):
        came = StockMovement.objects.filter(reason="went_along")
        assert {row.product.sku: -row.delta_on_hand for row in came.select_related("product")} == out
        hasan = Warung.objects.get(name="Warung Hasan")
        assert (hasan.public_id, hasan.state, hasan.owner) == (cast.warung.public_id, WarungState.DRAFT, None)
        assert (hasan.address, hasan.delivery_fee, hasan.hours.count()) == ("Jalan Mawar 1", 2_000, 7)
        assert Invitation.objects.filter(role=Role.OWNER, email="hasan@example.test", subject=hasan.public_id).exists()
        assert OutboxMessage.objects.filter(payload__to="hasan@example.test").exists()
        prices = WarungPrice.objects.filter(warung=hasan, replaced_at=None).select_related("evidence")
        assert {(one.price, one.evidence.market) for one in prices} == {
            (14_500, "Pasar Induk Jakabaring"),
            (2_000, "Pasar Lemabang"),
        }
    with on_platform():
        moves = list(RegionEvent.objects.filter(region=lombok).order_by("pk").values_list("move", flat=True))
    assert moves == ["offer_warungs", "warungs_accept", "warungs_begin", "warungs_finish"]
    here, there = snapshot(kalidoni), snapshot(lombok)
    assert moving.carry_out(found) == State.MOVED
    assert (snapshot(kalidoni), snapshot(lombok)) == (here, there)


def test_what_is_owed_or_open_is_told_and_nothing_changes(
    kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut
) -> None:
    with in_region(kalidoni):
        order = place(cast, lines=seen((cast.kilo, 1, 14_500)))
    found = accepted(carved, kalidoni, lombok)
    here, there = snapshot(kalidoni), snapshot(lombok)
    assert moving.carry_out(found) == State.ACCEPTED
    assert [order.number in why for why in found.obstacles] == [True]
    assert (snapshot(kalidoni), snapshot(lombok)) == (here, there)
    with in_region(kalidoni):
        cancel_order(order=order, by=BY)
    assert moving.carry_out(found) == State.MOVED


@pytest.mark.parametrize("part", ["catalog", "warungs", "stock", "prices"])
@pytest.mark.parametrize("step", ["arrive", "leave"])
def test_a_killed_worker_is_gone_on_with(
    kalidoni: Region,
    lombok: Region,
    cast: Cast,
    carved: CarveOut,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    step: str,
) -> None:
    before = shelves(kalidoni)
    found = accepted(carved, kalidoni, lombok)
    victim = dict(parts())[part]

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(victim, step, die)
        moving.carry_out(found)
    with on_platform():
        assert moving.unfinished() == [found.pk]
    assert moving.carry_out(found) == State.MOVED
    assert (shelves(kalidoni), shelves(lombok)) == ({}, before)
    with in_region(lombok):
        assert (Warung.objects.count(), Invitation.objects.count()) == (2, 2)


def states(region: Region) -> dict[str, str]:
    with in_region(region):
        return dict(Warung.objects.values_list("name", "state"))


def test_warungs_that_stay_open_again(
    kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_region(kalidoni):
        pause_warung(warung=Warung.objects.get(name="Warung Siti"), by="user:siti")
    before = states(kalidoni)
    assert before["Warung Hasan"] == WarungState.OPEN
    found = accepted(carved, kalidoni, lombok)
    orders = dict(parts())["orders"]
    asked: list[dict[str, str]] = []

    def late(_villages: object) -> list[str]:
        asked.append(dict(Warung.objects.values_list("name", "state")))
        return ["order"] if len(asked) > 1 else []

    with monkeypatch.context() as patch:
        patch.setattr(orders, "obstacles", late)
        assert moving.carry_out(found) == State.ACCEPTED
    assert (asked[1]["Warung Hasan"], states(kalidoni)) == (WarungState.PAUSED, before)

    def die(_villages: object) -> list[str]:
        if Warung.objects.get(name="Warung Hasan").state == WarungState.PAUSED:
            raise KeyboardInterrupt
        return []

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(orders, "obstacles", die)
        moving.carry_out(found)
    assert states(kalidoni)["Warung Hasan"] == WarungState.PAUSED
    moving.refuse(found=found, region=kalidoni, by=BY, reason="Batal")
    assert moving.carry_out(found) == State.REFUSED
    assert states(kalidoni) == before


def test_what_was_left_out_outlives_a_killed_worker(
    kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = accepted(carved, kalidoni, lombok)
    warungs, stock = dict(parts())["warungs"], dict(parts())["stock"]
    arrive = warungs.arrive

    def without(data: Any, *, key: str, by: str) -> Arrived:
        told = arrive(data, key=key, by=by)
        return Arrived(told.count, ["undang pemilik"] if told.count else [])

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(warungs, "arrive", without)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(stock, "arrive", die)
        moving.carry_out(found)
    assert moving.carry_out(found) == State.MOVED
    with on_platform():
        found.refresh_from_db()
    assert found.result["warungs"] == {"count": 2, "left_out": ["undang pemilik"]}
    assert found.result["stock"]["count"] == 2


def test_nothing_arrives_in_a_region_that_is_shut(
    kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = accepted(carved, kalidoni, lombok)

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(dict(parts())["stock"], "arrive", die)
        moving.carry_out(found)
    with on_platform():
        Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.SUSPENDED)
    assert moving.carry_out(found) == State.MOVING
    assert (shelves(lombok), len(found.obstacles)) == ({}, 1)
    with on_platform():
        Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.READY)
    assert moving.carry_out(found) == State.MOVED


def test_goods_that_come_in_between_go_along_too(
    kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = accepted(carved, kalidoni, lombok)
    stock = dict(parts())["stock"]
    leave = stock.leave

    def late(data: Any, *, key: str, by: str) -> None:
        receive(location=location_of_warung(cast.warung), lines=[Line(cast.egg.pk, 5)], reference="late", by=BY)
        leave(data, key=key, by=by)

    with monkeypatch.context() as patch, pytest.raises(StaleDocument):
        patch.setattr(stock, "leave", late)
        moving.carry_out(found)
    with in_region(kalidoni):
        receive(location=location_of_warung(cast.warung), lines=[Line(cast.egg.pk, 5)], reference="late", by=BY)
    before = shelves(kalidoni)
    assert moving.carry_out(found) == State.MOVED
    assert (shelves(kalidoni), shelves(lombok)) == ({}, before)
    assert before["Warung Hasan", cast.egg.sku] == 15


def test_both_must_agree(kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut) -> None:
    with on_platform():
        CarveOut.objects.filter(pk=carved.pk).update(state=CarveOut.State.SEALED)
    with pytest.raises(ConsentMissing):
        offered(carved, kalidoni)
    with on_platform():
        CarveOut.objects.filter(pk=carved.pk).update(state=CarveOut.State.CARVED)
    with pytest.raises(OutOfRegion):
        moving.offer(request=carved, region=lombok, by=BY)
    found = offered(carved, kalidoni)
    assert offered(carved, kalidoni) == found
    assert moving.carry_out(found) == State.OFFERED
    with pytest.raises(OutOfRegion):
        moving.accept(found=found, region=kalidoni, by=BY)
    moving.refuse(found=found, region=lombok, by=BY, reason="Belum siap")
    with pytest.raises(StaleDocument):
        moving.accept(found=found, region=lombok, by=BY)
    assert len(shelves(kalidoni)) == 2
    again = offered(carved, kalidoni)
    assert again.pk != found.pk


def test_both_admins_see_it(kalidoni: Region, lombok: Region, cast: Cast, carved: CarveOut) -> None:
    with in_region(kalidoni):
        budi = browser_of(cast.budi)
    with in_region(lombok):
        made = browser_of(person("Made", Role.ADMIN), "lombok")
    assert "Ikutkan warungnya" in budi.get("/wilayah/pemekaran/").content.decode()
    assert made.post(f"/wilayah/pemekaran/{carved.public_id}/warung/").status_code == 404
    assert budi.post(f"/wilayah/pemekaran/{carved.public_id}/warung/").status_code == 302
    (found,) = moving.moves_of(kalidoni)
    moving.preview(found)
    assert "Kalidoni" in made.get("/wilayah/pemekaran/").content.decode()
    with on_platform():
        WarungMove.objects.filter(pk=found.pk).update(obstacles=["Hasan: Rp 75.000", "Pesanan K-1"])
    ours, theirs = (one.get("/wilayah/pemekaran/").content.decode() for one in (budi, made))
    assert ("75.000" in ours, "75.000" in theirs, "K-1" in theirs, "2 hal" in theirs) == (True, False, False, True)
    assert budi.post(f"/wilayah/pemekaran/warung/{found.public_id}/ambil/").status_code == 404
    assert made.post(f"/wilayah/pemekaran/warung/{found.public_id}/ambil/").status_code == 302
    assert moving.carry_out(found) == State.MOVED
    for page in (budi, made):
        assert "selesai" in page.get("/wilayah/pemekaran/").content.decode()

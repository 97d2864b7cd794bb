"""A citizen saw it cheaper elsewhere: the difference goes to their balance, once and never more than was paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.orders.models import Order, OrderLine, PackedLine, Return, ReturnLine, ReturnState
from tenant_apps.pricing.errors import BadPrice, ClaimedBefore, NotBought, NotLess
from tenant_apps.pricing.models import ClaimState, MarketObservation, PriceClaim, PriceClaimEvent, Source
from tenant_apps.pricing.services import (
    accept_claim,
    claimable_lines,
    reject_claim,
    set_price_rule,
    submit_claim,
    withdraw_claim,
)
from tenants.context import in_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast, browser_of, build_cast
from tests.tenant_apps.pricing.desk import footprint, proof, received, today, upload


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def rice(market: Cast) -> str:
    """Ratna's two kilos of rice, Rp 29.000, as a claim calls them."""
    return next(one.line for one in claimable_lines(_ordered(market)) if one.product_id == market.rice.pk)


def _ordered(market: Cast) -> Any:
    received(market)
    return market.ratna


def claim(market: Cast, line: str, /, **changed: Any) -> PriceClaim:
    told: dict[str, Any] = {
        "user": market.ratna,
        "line": line,
        "market": "Swalayan Makmur",
        "seen_on": today(),
        "per_quantity": 1_000,
        "price": 13_250,
        "photo": proof(),
    }
    return submit_claim(**{**told, **changed})


def balance(code: str) -> int:
    return sum(Account.objects.filter(code=code).values_list("balance", flat=True))


def of_ratna(market: Cast) -> int:
    return -balance(f"citizen:{market.ratna.pk}:balance")


@pytest.mark.parametrize(
    ("case", "per_quantity", "price", "amount"),
    [
        ("the difference per kilo, twice", 1_000, 13_250, 2_500),
        ("a rupiah in all", 2_000, 28_999, 1),
        ("told for a sack", 50_000, 660_000, 2_600),
        ("a third of a kilo: rounded in the customer's favour", 333, 4_000, 4_976),
        ("next to nothing: never more than was paid", 1_000_000_000, 1, 29_000),
    ],
)
def test_the_amount_is_the_difference_for_everything_that_was_bought(
    market: Cast, rice: str, case: str, per_quantity: int, price: int, amount: int
) -> None:
    made = claim(market, rice, per_quantity=per_quantity, price=price)
    assert (made.state, made.amount, made.paid) == (ClaimState.SUBMITTED, amount, 29_000)
    assert list(made.events.values_list("move", "after", "by")) == [("submit", "submitted", market.ratna.actor)]
    # Nothing is paid before somebody decides.
    assert of_ratna(market) == 0


def test_an_accepted_claim_is_credited_by_one_balanced_entry(market: Cast, rice: str) -> None:
    made = claim(market, rice)
    accept_claim(claim=made, by=market.yuli.actor)
    made.refresh_from_db()
    assert made.state == ClaimState.ACCEPTED and made.entry is not None
    assert {line.account.code: line.amount for line in made.entry.lines.select_related("account")} == {
        "region:guarantee": 2_500,
        f"citizen:{market.ratna.pk}:balance": -2_500,
    }
    assert made.entry.key == f"claim:{made.public_id}"
    assert of_ratna(market) == 2_500
    assert OutboxMessage.objects.filter(dedupe=f"claim.{made.public_id}.accepted").count() == 1


def test_accepting_twice_pays_once(market: Cast, rice: str) -> None:
    made = claim(market, rice)
    for _tap in range(2):
        accept_claim(claim=PriceClaim.objects.get(pk=made.pk), by=BY, observer="Yuli", as_evidence=True)
    assert of_ratna(market) == 2_500
    assert JournalEntry.objects.filter(key__startswith="claim:").count() == 1
    assert MarketObservation.objects.filter(source=Source.CLAIM).count() == 1


@pytest.mark.parametrize("ticked", [True, False])
def test_the_price_counts_as_evidence_only_when_the_satker_says_so(market: Cast, rice: str, ticked: bool) -> None:
    accept_claim(claim=claim(market, rice), by=BY, observer="Yuli", as_evidence=ticked)
    seen = MarketObservation.objects.filter(source=Source.CLAIM).values_list("market", "price", "observer")
    assert list(seen) == ([("Swalayan Makmur", 13_250, "Yuli")] if ticked else [])


@pytest.mark.parametrize(
    ("case", "changed", "refusal"),
    [
        ("not less", {"price": 14_500}, NotLess),
        ("dearer", {"price": 20_000}, NotLess),
        ("free", {"price": 0}, BadPrice),
        ("for nothing", {"per_quantity": 0}, BadPrice),
        ("nowhere", {"market": " "}, BadPrice),
        ("tomorrow", {"seen_on": -1}, BadPrice),
        ("long ago", {"seen_on": 15}, BadPrice),
        ("no such line", {"line": "ABCDEF-1"}, NotBought),
        ("no line at all", {"line": "\x00"}, NotBought),
    ],
)
def test_what_is_no_claim_is_refused_and_moves_nothing(
    market: Cast, rice: str, case: str, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    if "seen_on" in changed:
        changed = {"seen_on": today(changed["seen_on"])}
    before = footprint()
    with pytest.raises(refusal):
        claim(market, rice, **changed)
    assert footprint() == before


@pytest.mark.parametrize(("hours", "possible"), [(7 * 24 - 1, True), (7 * 24 + 1, False)])
def test_only_what_was_received_in_the_last_days(market: Cast, rice: str, hours: int, possible: bool) -> None:
    Order.objects.update(moved_at=clock.now() - timedelta(hours=hours))
    if possible:
        assert claim(market, rice).amount == 2_500
    else:
        with pytest.raises(NotBought):
            claim(market, rice)
        set_price_rule(minimum_saving=100, minimum_percent=0, freshness_days=30, claim_days=8)
        assert claim(market, rice).amount == 2_500


def test_what_was_not_handed_over_cannot_be_claimed(market: Cast) -> None:
    from tests.tenant_apps.orders.desk import place

    place(market)
    assert list(claimable_lines(market.ratna)) == []


def test_a_line_is_claimed_once_even_after_a_refusal(market: Cast, rice: str) -> None:
    reject_claim(claim=claim(market, rice), reason="Foto tidak terbaca", by=BY)
    before = footprint()
    with pytest.raises(ClaimedBefore):
        claim(market, rice)
    assert footprint() == before
    assert [one.product_id for one in claimable_lines(market.ratna)] == [market.egg.pk]


def test_a_claim_that_was_taken_back_makes_room(market: Cast, rice: str) -> None:
    withdraw_claim(claim=claim(market, rice), by=market.ratna.actor)
    assert claim(market, rice, price=13_000).amount == 3_000


def test_a_decided_claim_is_not_decided_otherwise(market: Cast, rice: str) -> None:
    made = claim(market, rice)
    reject_claim(claim=made, reason="Bukan barang yang sama", by=BY)
    before = footprint()
    with pytest.raises(StaleDocument):
        accept_claim(claim=PriceClaim.objects.get(pk=made.pk), by=BY)
    with pytest.raises(StaleDocument):
        withdraw_claim(claim=PriceClaim.objects.get(pk=made.pk), by=BY)
    assert footprint() == before
    assert of_ratna(market) == 0


def test_a_rejection_needs_its_reason(market: Cast, rice: str) -> None:
    made = claim(market, rice)
    with pytest.raises(BadPrice):
        reject_claim(claim=made, reason="  ", by=BY)
    assert PriceClaim.objects.get(pk=made.pk).state == ClaimState.SUBMITTED


def test_what_was_brought_back_meanwhile_is_not_paid(market: Cast, rice: str) -> None:
    made = claim(market, rice)
    line = OrderLine.objects.get(order__number=made.document, product=market.rice)
    back = Return.objects.create(number="KMBL01", order=line.order, reason="berkutu", state=ReturnState.ACCEPTED)
    ReturnLine.objects.create(document=back, line=line, base_quantity=500, amount=7_250)
    before = footprint()
    with pytest.raises(NotBought):
        accept_claim(claim=PriceClaim.objects.get(pk=made.pk), by=BY)
    assert footprint() == before
    # The rest can be claimed for what it cost.
    withdraw_claim(claim=made, by=market.ratna.actor)
    again = claim(market, rice)
    assert (again.base_quantity, again.paid, again.amount) == (1_500, 21_750, 21_750 - 19_875)


def test_what_was_weighed_is_claimed_as_packed(market: Cast, rice: str) -> None:
    line = OrderLine.objects.get(order__number=rice.partition("-")[0], product=market.rice)
    PackedLine.objects.create(line=line, base_quantity=1_900, total=27_550, by=BY)
    made = claim(market, rice)
    assert (made.base_quantity, made.paid, made.amount) == (1_900, 27_550, 27_550 - 25_175)


def test_the_database_pays_no_more_than_was_paid_and_keeps_the_history(market: Cast, rice: str) -> None:
    made = claim(market, rice)
    with pytest.raises(IntegrityError, match="claim_amount_within_paid"), transaction.atomic():
        PriceClaim.objects.filter(pk=made.pk).update(amount=29_001)
    for change in (PriceClaimEvent.objects.all().delete, lambda: PriceClaimEvent.objects.update(reason="x")):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            change()


# Pages


def sent(**changed: Any) -> dict[str, Any]:
    told = {"price": "13.250", "per": "1000", "market": "Swalayan Makmur", "seen_on": today().isoformat(), "note": ""}
    return {**told, "photo": upload(), **changed}


def test_ratna_claims_and_yuli_accepts_on_their_pages(market: Cast, rice: str) -> None:
    ratna, yuli = browser_of(market.ratna), browser_of(market.yuli)
    assert rice in ratna.get("/klaim/baru/").content.decode()
    assert "Rp\u00a029.000" in ratna.get(f"/klaim/baru/?baris={rice}").content.decode()
    assert ratna.post(f"/klaim/baru/?baris={rice}", sent()).status_code == 302
    made = PriceClaim.objects.get()
    picture = ratna.get(f"/klaim/{made.public_id}/foto/")
    assert picture["Content-Type"] == "image/jpeg" and b"".join(picture.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    assert "Rp\u00a02.500" in yuli.get("/satker/klaim/").content.decode()
    assert yuli.get(f"/klaim/{made.public_id}/foto/").status_code == 200
    assert yuli.post(f"/satker/klaim/{made.public_id}/", {"do": "accept", "evidence": "on"}).status_code == 302
    assert of_ratna(market) == 2_500
    assert "Rp\u00a02.500" in ratna.get(f"/klaim/{made.public_id}/").content.decode()
    assert ratna.get("/klaim/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price": "murah"}, "price"),
        ({"price": "9" * 40}, "price"),
        ({"per": "7"}, "per"),
        ({"per": "x"}, "per"),
        ({"market": "\x00"}, "market"),
        ({"seen_on": "kemarin"}, "seen_on"),
        ({"photo": ""}, "photo"),
        ({"price": "14.500"}, "__all__"),
    ],
)
def test_what_is_written_wrongly_comes_back_with_the_reason(
    market: Cast, rice: str, wrong: dict[str, Any], field: str
) -> None:
    answer = browser_of(market.ratna).post(f"/klaim/baru/?baris={rice}", sent(**wrong))
    assert list(answer.context["form"].errors) == [field]
    assert not PriceClaim.objects.exists()


@pytest.mark.parametrize("what", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff" * 9])
def test_what_is_no_photo_is_refused(market: Cast, rice: str, what: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent_along = sent(photo=SimpleUploadedFile("bukti.jpg", what, content_type="image/jpeg"))
    answer = browser_of(market.ratna).post(f"/klaim/baru/?baris={rice}", sent_along)
    assert list(answer.context["form"].errors) == ["photo"]
    assert not PriceClaim.objects.exists()


def test_a_photo_is_drawn_anew_without_what_a_phone_adds(market: Cast, rice: str) -> None:
    import io

    from PIL import Image

    kept = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Lorong Kenanga 5"
    Image.new("RGB", (4_000, 3_000)).save(kept, "JPEG", exif=exif)
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("bukti.jpg", kept.getvalue())
    browser_of(market.ratna).post(f"/klaim/baru/?baris={rice}", sent(photo=photo))
    with PriceClaim.objects.get().photo.open() as stored:
        data = stored.read()
    assert b"Kenanga" not in data
    assert Image.open(io.BytesIO(data)).size == (1_600, 1_200)


def test_strangers_neither_see_nor_claim_nor_decide(market: Cast, rice: str) -> None:
    siti = browser_of(market.siti)
    assert siti.post(f"/klaim/baru/?baris={rice}", sent()).status_code == 404
    made = claim(market, rice)
    before = footprint()
    for path in ("", "foto/"):
        assert siti.get(f"/klaim/{made.public_id}/{path}").status_code == 404
    assert siti.post(f"/klaim/{made.public_id}/tarik/").status_code == 404
    for who in (market.siti, market.ratna, market.budi):
        assert browser_of(who).post(f"/satker/klaim/{made.public_id}/", {"do": "accept"}).status_code == 404
    assert browser_of(None).get("/klaim/").status_code == 302
    assert footprint() == before


def test_the_board_asks_as_often_for_many_claims_as_for_few(market: Cast, rice: str) -> None:
    from django.test.utils import CaptureQueriesContext

    made = claim(market, rice)
    yuli = browser_of(market.yuli)

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert yuli.get("/satker/klaim/").status_code == 200
        return len(caught)

    asked()
    few = asked()
    for number in range(10):
        PriceClaim.objects.filter(pk=made.pk).update(line=f"OTHER-{number}")
        made.pk, made.public_id, made._state.adding, made.line = None, __import__("uuid").uuid4(), True, f"L-{number}"
        made.save()
    assert asked() == few


@pytest.fixture
def open_market(committed: None, kalidoni: Region) -> Iterator[Cast]:
    with in_region(kalidoni):
        yield build_cast()


def test_two_officers_at_once_pay_once(open_market: Cast, kalidoni: Region) -> None:
    received(open_market)
    line = claimable_lines(open_market.ratna)[0]
    made = submit_claim(
        user=open_market.ratna, line=line.line, market="Swalayan", seen_on=today(), per_quantity=1_000, price=13_000,
        photo=proof(),
    )  # fmt: skip
    barrier, refused = Barrier(4), []

    def work(accepts: bool) -> None:
        with in_region(kalidoni):
            mine = PriceClaim.objects.get(pk=made.pk)
            barrier.wait()
            try:
                if accepts:
                    accept_claim(claim=mine, by=BY)
                else:
                    reject_claim(claim=mine, reason="tidak", by=BY)
            except StaleDocument as late:
                refused.append(late)
            connection.close()

    workers = [Thread(target=work, args=(number != 3,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    made.refresh_from_db()
    paid = made.amount if made.state == ClaimState.ACCEPTED else 0
    assert of_ratna(open_market) == paid
    assert len(refused) == (1 if paid else 3)
    assert made.events.count() == 2


def test_two_taps_at_once_make_one_claim(open_market: Cast, kalidoni: Region) -> None:
    received(open_market)
    line = claimable_lines(open_market.ratna)[0].line
    barrier, refused = Barrier(4), []

    def work() -> None:
        with in_region(kalidoni):
            barrier.wait()
            try:
                submit_claim(
                    user=open_market.ratna, line=line, market="Swalayan", seen_on=today(), per_quantity=1_000,
                    price=13_000, photo=proof(),
                )  # fmt: skip
            except ClaimedBefore as twice:
                refused.append(twice)
            connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (PriceClaim.objects.count(), len(refused)) == (1, 3)

"""A pre-order is paid straight from savings, or not placed at all."""

from __future__ import annotations

import re
import uuid

import pytest

from tenant_apps.bank_sampah.errors import SavingsShort
from tenant_apps.fresh_buying.models import PreOrder
from tenant_apps.fresh_buying.services import cancel_preorder
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.sources import agree
from tests.cast import BY, browser_of
from tests.tenant_apps.bank_sampah.bank import PIN, Bank, balance, must_add_up, open_bank
from tests.tenant_apps.bank_sampah.test_spending import offer
from tests.tenant_apps.fresh_buying.dawn import Stand


@pytest.fixture
def saver(place: Stand) -> Bank:
    bank = offer(open_bank(place.cast))
    bank.weigh({"PL-01": 40_000})
    return bank


def test_exactly_the_total_leaves_the_book_once(place: Stand, saver: Bank) -> None:
    key, agreed = uuid.uuid4(), agree(place.cast.ratna, PIN)
    found = place.order(fish=1, key=key, pay=Pay.BALANCE, agreed=agreed)
    assert place.order(fish=1, key=key, pay=Pay.BALANCE, agreed=agreed).pk == found.pk
    assert saver.holds() == 140_000 - found.total
    with pytest.raises(SavingsShort):
        place.order(fish=9, pay=Pay.BALANCE, agreed=agreed)
    assert (PreOrder.objects.count(), saver.holds()) == (1, 140_000 - found.total)
    cancel_preorder(preorder=found, by=BY)
    assert balance(f"citizen:{place.cast.ratna.pk}:balance") == found.total
    must_add_up()


def test_the_page_asks_for_the_pin(place: Stand, saver: Bank) -> None:
    ratna, page = browser_of(place.cast.ratna), f"/pra-pesan/{place.stand.slug}/"
    text = ratna.get(page).content.decode()
    assert 'value="savings"' in text
    when = re.findall(r'<option value="([0-9-a-f]+)"', text)[0]
    told = {
        "key": str(uuid.uuid4()),
        "fee": "0",
        "method": "pickup",
        "when": when,
        "name": "Ratna",
        "pay": "savings",
        f"pack-{place.kilo.pk}": "1",
        f"seen-{place.kilo.pk}": str(place.price_of(place.kilo)),
    }
    wrong = ratna.post(page, {**told, "pin": "918273"})
    assert (wrong.status_code, "918273" in wrong.content.decode()) == (400, False)
    assert ratna.post(page, {**told, "pin": PIN}).status_code == 302
    assert saver.holds() == 140_000 - PreOrder.objects.get().total

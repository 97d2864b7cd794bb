"""One payer, many regions, one invoice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared_apps.billing import errors
from shared_apps.billing.models import Invoice, Sponsor, Subscription
from shared_apps.billing.services import paying, sponsoring
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.states import day_of
from tenants.kernel import clock
from tenants.models import Region
from tests.shared_apps.billing.house import BY, NPWP, fresh, pdf, subscribed, trial_over

pytestmark = pytest.mark.usefixtures("platform")


@pytest.fixture
def bumn() -> Sponsor:
    return sponsoring.add_sponsor(
        name="PT Contoh (Persero)", npwp=NPWP, address="Jakarta", email="bumn@example.test", interval="year", by=BY
    )


@pytest.fixture
def two(bumn: Sponsor, kalidoni: Region, lombok: Region) -> tuple[Subscription, Subscription]:
    rows = [trial_over(subscribed(region), days=40) for region in (kalidoni, lombok)]
    for row in rows:
        sponsoring.sponsor_region(sponsor=bumn, subscription=row, by=BY)
    sweep()
    return rows[0], rows[1]


def test_one_invoice_has_a_line_for_each_and_paying_it_opens_all(
    bumn: Sponsor, two: tuple[Subscription, Subscription]
) -> None:
    assert [fresh(row).state for row in two] == ["read_only", "read_only"]
    invoice = sponsoring.bill_sponsor(sponsor=bumn, by=BY, po_number="PO-1")
    assert [(line.subscription_id, line.amount, line.tax) for line in invoice.lines.all()] == [
        (two[0].pk, 2_500_000, 275_000),
        (two[1].pk, 2_500_000, 275_000),
    ]
    assert invoice.total == 5_550_000
    # Due later: both work until then.
    assert [fresh(row).state for row in two] == ["active", "active"]
    with pytest.raises(errors.NotBilled):
        sponsoring.bill_sponsor(sponsor=bumn, by=BY)
    payment = paying.claim(invoice=invoice, amount=5_550_000, paid_on=day_of(clock.now()), proof=pdf(), by=BY)
    paying.confirm(payment=payment, by=BY)
    for row in two:
        row = fresh(row)
        assert (row.state, row.terms_until) == ("active", None)
        assert row.invoice_until is not None and (row.invoice_until - clock.now()).days > 360


def test_a_region_leaves_when_what_was_paid_ends(bumn: Sponsor, two: tuple[Subscription, Subscription]) -> None:
    invoice = sponsoring.bill_sponsor(sponsor=bumn, by=BY)
    paying.confirm(
        payment=paying.claim(invoice=invoice, amount=invoice.total, paid_on=day_of(clock.now()), proof=pdf(), by=BY),
        by=BY,
    )
    sponsoring.leave_sponsor(subscription=two[0], by="user:budi")
    sweep()
    assert (fresh(two[0]).sponsor, fresh(two[0]).state) == (bumn, "active")
    sweep(clock.now() + timedelta(days=367))
    assert (fresh(two[0]).sponsor, fresh(two[0]).state) == (None, "past_due")
    assert fresh(two[1]).sponsor == bumn


def test_another_sponsor_takes_no_region_that_has_one(bumn: Sponsor, two: tuple[Subscription, Subscription]) -> None:
    other = sponsoring.add_sponsor(
        name="BUMD", npwp=NPWP, address="Palembang", email="x@example.test", interval="month", by=BY
    )
    with pytest.raises(errors.NotBilled):
        sponsoring.sponsor_region(sponsor=other, subscription=two[0], by=BY)
    with pytest.raises(errors.NotBilled):
        sponsoring.bill_sponsor(sponsor=other, by=BY)
    with pytest.raises(errors.BadBuyer):
        sponsoring.add_sponsor(name="x", npwp="1", address="x", email="x@example.test", interval="year", by=BY)
    assert Invoice.objects.count() == 0

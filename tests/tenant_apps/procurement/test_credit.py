"""What a warung may still order: its limit, less what it owes and what it has ordered."""

from __future__ import annotations

from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, account_of_satker, account_of_warung, post
from tenant_apps.procurement.credit import Credit, credit_of
from tenant_apps.procurement.models import CycleState, WarungCredit
from tenants.kernel import clock
from tests.cast import BY, Cast
from tests.tenant_apps.procurement.caravan import SACK, good_of, open_cycle, order_of


def test_who_has_no_row_has_no_credit_and_opens_no_account(market: Cast) -> None:
    assert credit_of(market.warung) == Credit(limit=None, owed=0, ordered_open=0)
    assert credit_of(market.warung).room == 0
    assert not Account.objects.exists()


def test_debts_and_open_orders_take_room(market: Cast) -> None:
    WarungCredit.objects.create(warung=market.warung, most=5_000_000, by=BY, changed_at=clock.now())
    post(
        key="trial",
        text="Percobaan",
        postings=[
            Posting(account_of_warung(market.warung, "wholesale_owed"), 700_000),
            Posting(account_of_satker(market.satker, "sales"), -700_000),
        ],
        by=BY,
    )
    for state in (CycleState.OPEN, CycleState.RECEIVING, CycleState.DISTRIBUTED, CycleState.CANCELLED):
        cycle = open_cycle(market, state)
        order_of(cycle, market.warung, {good_of(cycle, market.sack, SACK): (1, 3)})
        order_of(cycle, market.other_warung, {good_of(cycle, market.piece, 2_000): (9, 0)})
    credit = credit_of(market.warung)
    assert (credit.owed, credit.ordered_open) == (700_000, 2 * SACK)
    assert credit.room == 5_000_000 - 700_000 - 2 * SACK


def test_room_is_never_less_than_nothing(market: Cast) -> None:
    WarungCredit.objects.create(warung=market.warung, most=100_000, by=BY, changed_at=clock.now())
    cycle = open_cycle(market)
    order_of(cycle, market.warung, {good_of(cycle, market.sack, SACK): (1, 0)})
    assert credit_of(market.warung).room == 0

"""What a transaction does to drawer and float, once; what is refused, and how only the bank takes something back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tenant_apps.agent_banking.errors import (
    BadEntry,
    DayNotOpen,
    KeyReused,
    NotAnAgent,
    NotEnough,
    PrivateNumber,
    ReferenceUsed,
)
from tenant_apps.agent_banking.models import AgentCustomer, AgentTransaction, FeeRule, FeeWay, MoveKind
from tenant_apps.agent_banking.services import (
    count_day,
    record_transaction,
    reverse_transaction,
    set_fee,
    suspend_agent,
)
from tenants.kernel.errors import StaleDocument
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import (
    ANI,
    agent_at,
    begun,
    books,
    footprint,
    kind_of,
    moved,
    must_be_explained,
    record,
    reference,
    told,
)


@pytest.mark.parametrize(
    ("case", "code", "way", "shares", "cash", "deposit", "fees", "bank_share", "commission"),
    [
        ("a deposit", "setor_tunai", FeeWay.ON_TOP, (5_000, 0, 0), 1_005_000, -1_000_000, -5_000, 0, 0),
        ("a withdrawal", "tarik_tunai", FeeWay.ON_TOP, (5_000, 0, 0), -995_000, 1_000_000, -5_000, 0, 0),
        ("the fee is withheld", "tarik_tunai", FeeWay.WITHHELD, (5_000, 0, 0), -995_000, 1_000_000, -5_000, 0, 0),
        ("the bank takes the fee", "tarik_tunai", FeeWay.ACCOUNT, (5_000, 0, 0), -1_000_000, 1_005_000, -5_000, 0, 0),
        ("a part is the bank's", "bayar_pln", FeeWay.ON_TOP, (3_000, 1_200, 0), 1_003_000, -1_000_000, -1_800, -1_200, 0),
        ("all of it is the bank's", "bayar_pln", FeeWay.ON_TOP, (3_000, 3_000, 0), 1_003_000, -1_000_000, 0, -3_000, 0),
        ("free for the customer", "bansos", FeeWay.ON_TOP, (0, 0, 2_500), -1_000_000, 1_000_000, 0, 0, 2_500),
    ],
)  # fmt: skip
def test_what_it_does_to_the_books(
    market: Cast, case: str, code: str, way: FeeWay, shares: tuple[int, int, int],
    cash: int, deposit: int, fees: int, bank_share: int, commission: int,
) -> None:  # fmt: skip
    agent, _day = begun(market)
    kind = kind_of(code)
    kind.fee_way = way
    kind.save()
    fee, share, pays = shares
    set_fee(kind=kind, customer_fee=fee, bank_share=share, commission=pays, valid_from=None, by=BY)
    done = record(agent, code, 1_000_000)
    assert books(agent) == {
        name: amount
        for name, amount in {
            "cash": 5_000_000 + cash,
            "float": 5_000_000 + deposit,
            "capital": -10_000_000,
            "fees": fees,
            "bank_share": bank_share,
            "commission_due": commission,
            "commission": -commission,
        }.items()
        if amount
    }, case
    assert (done.cash, done.deposit, done.fee, done.own_fee) == (cash, deposit, fee, fee - share)
    must_be_explained(agent)


def test_a_second_tap_records_nothing(market: Cast) -> None:
    agent, _day = begun(market)
    key, one = uuid.uuid4(), told("setor_tunai", 100_000)
    first = record_transaction(agent=agent, key=key, told=one, by=BY)
    before = footprint()
    assert record_transaction(agent=agent, key=key, told=one, by=BY) == first
    with pytest.raises(KeyReused):
        record_transaction(agent=agent, key=key, told=told("setor_tunai", 100_001, ref=one.reference), by=BY)
    assert footprint() == before


def test_a_repeated_reference_names_the_earlier_receipt(market: Cast) -> None:
    agent, _day = begun(market)
    other = agent_at(market.other_warung)
    first = record(agent, "setor_tunai", 100_000, ref="TRX-0001")
    top_up = moved(agent, MoveKind.OWNER_TO_FLOAT, 50_000, ref="TOP-0001")
    before = footprint()
    for spelling in ("TRX-0001", " trx-0001 ", "trx - 0001"):
        with pytest.raises(ReferenceUsed) as refused:
            record(agent, "tarik_tunai", 20_000, ref=spelling)
        assert (refused.value.number, first.number in str(refused.value)) == (first.number, True)
    with pytest.raises(ReferenceUsed, match=top_up.number):
        record(agent, "setor_tunai", 20_000, ref="TOP-0001")
    with pytest.raises(ReferenceUsed):
        moved(agent, MoveKind.OWNER_TO_FLOAT, 10_000, ref="TRX-0001")
    assert footprint() == before
    assert other.bank == agent.bank


@pytest.mark.parametrize(
    ("case", "amount", "more", "refusal"),
    [
        ("nothing", 0, {}, BadEntry),
        ("less than nothing", -1, {}, BadEntry),
        ("too much to be true", 1_000_000_001, {}, BadEntry),
        ("no reference", 10_000, {"ref": " - "}, BadEntry),
        ("a card for a reference", 10_000, {"ref": "4111 1111 1111 1111"}, PrivateNumber),
        ("a PIN in the note", 10_000, {"note": "pin 123456"}, PrivateNumber),
        ("an account in the note", 10_000, {"note": "ke rekening 0123456789"}, PrivateNumber),
        ("a card for a name", 10_000, {"customer_name": "Ani 4111111111111111"}, PrivateNumber),
        ("more float than there is", 5_000_001, {}, NotEnough),
    ],
)
def test_what_is_refused_moves_nothing(
    market: Cast, case: str, amount: int, more: dict[str, Any], refusal: type[Exception]
) -> None:
    agent, _day = begun(market)
    before = footprint()
    with pytest.raises(refusal):
        record(agent, "setor_tunai", amount, **more)
    assert footprint() == before, case


def test_drawer_and_float_give_what_they_have_to_the_rupiah(market: Cast) -> None:
    agent, _day = begun(market, cash=100_000, deposit=100_000)
    with pytest.raises(NotEnough):
        record(agent, "tarik_tunai", 105_001)
    # The fee of 5,000 comes into the drawer with it.
    record(agent, "tarik_tunai", 105_000)
    assert books(agent)["float"] == 205_000
    with pytest.raises(NotEnough):
        record(agent, "setor_tunai", 205_001)
    record(agent, "setor_tunai", 205_000)
    assert "float" not in books(agent)
    must_be_explained(agent)


def test_only_an_active_agent_with_an_open_day_records(market: Cast) -> None:
    agent, day = begun(market)
    suspend_agent(agent=agent, reason="pelatihan ulang", by=BY)
    with pytest.raises(NotAnAgent):
        record(agent, "setor_tunai", 10_000)
    agent, _other = agent_at(market.other_warung), None
    with pytest.raises(DayNotOpen):
        record(agent, "setor_tunai", 10_000)
    count_day(day=day, cash=5_000_000, pieces={}, shown_float=5_000_000, by=BY)
    assert not AgentTransaction.objects.exists()


def test_a_new_fee_changes_no_receipt_and_is_seen_before_money_is_taken(market: Cast) -> None:
    agent, _day = begun(market)
    first, stale = record(agent, "setor_tunai", 100_000), told("setor_tunai", 100_000)
    set_fee(kind=kind_of("setor_tunai"), customer_fee=7_500, bank_share=2_500, commission=0, valid_from=None, by=BY)
    before = footprint()
    with pytest.raises(StaleDocument):
        record_transaction(agent=agent, key=uuid.uuid4(), told=stale, by=BY)
    assert footprint() == before
    assert record(agent, "setor_tunai", 100_000).fee == 7_500
    first.refresh_from_db()
    assert (first.fee, first.rule.customer_fee) == (5_000, 5_000)


def test_a_withheld_fee_is_less_than_the_amount(market: Cast) -> None:
    agent, _day = begun(market)
    kind = kind_of("tarik_tunai")
    kind.fee_way = FeeWay.WITHHELD
    kind.save()
    with pytest.raises(BadEntry):
        record(agent, "tarik_tunai", 5_000)
    assert record(agent, "tarik_tunai", 5_001).handed == 1


def test_a_referral_moves_no_money(market: Cast) -> None:
    agent, _day = begun(market)
    before = footprint()
    with pytest.raises(BadEntry):
        record(agent, "buka_rekening", 10_000)
    assert footprint() == before


def test_the_customer_is_a_mask_and_a_digest(market: Cast) -> None:
    agent, _day = begun(market)
    first, second = record(agent, "setor_tunai", 10_000), record(agent, "setor_tunai", 10_000, number="0123 456-789")
    assert (first.customer, first.customer.mask) == (second.customer, "****6789")
    assert AgentCustomer.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(t::text, ' ') FROM agent_banking_agenttransaction t"
            " UNION ALL SELECT string_agg(t::text, ' ') FROM agent_banking_agentcustomer t"
            " UNION ALL SELECT string_agg(t::text, ' ') FROM ledger_journalentry t"
        )
        assert not any(ANI in (text or "") for (text,) in cursor.fetchall())


def test_the_bank_takes_it_back(market: Cast) -> None:
    agent, _day = begun(market)
    before = books(agent)
    done = record(agent, "setor_tunai", 1_000_000)
    ref = reference()
    for _tap in range(2):
        done = reverse_transaction(transaction_=done, reference=ref, reason="gagal di bank", by=BY)
    assert (done.state, done.reversal_reference) == ("reversed", ref)
    assert [step.move for step in done.history.all()] == ["record", "reverse"]
    assert books(agent) == before
    must_be_explained(agent)
    after = footprint()
    with pytest.raises(StaleDocument):
        reverse_transaction(transaction_=done, reference=reference(), reason="lagi", by=BY)
    assert footprint() == after


@pytest.mark.parametrize(
    ("case", "ref", "reason", "refusal"),
    [
        ("no reference of the bank", "", "salah", BadEntry),
        ("no reason", "REV-1", " ", BadEntry),
        ("a reference that stands on another receipt", "USED-1", "salah", ReferenceUsed),
        ("a PIN in the reason", "REV-1", "pin 1234", PrivateNumber),
    ],
)
def test_without_the_banks_word_nothing_is_reversed(
    market: Cast, case: str, ref: str, reason: str, refusal: type[Exception]
) -> None:
    agent, _day = begun(market)
    done = record(agent, "setor_tunai", 100_000)
    record(agent, "setor_tunai", 100_000, ref="USED-1")
    before = footprint()
    with pytest.raises(refusal):
        reverse_transaction(transaction_=done, reference=ref, reason=reason, by=BY)
    assert footprint() == before, case


def test_what_was_recorded_is_not_rewritten_by_anybody(market: Cast) -> None:
    agent, _day = begun(market)
    done = record(agent, "setor_tunai", 100_000)
    for statement in (
        "UPDATE agent_banking_agenttransaction SET amount = 1",
        "UPDATE agent_banking_agenttransaction SET note = 'x'",
        "DELETE FROM agent_banking_transactionevent",
        "UPDATE agent_banking_feerule SET customer_fee = 1",
        "DELETE FROM agent_banking_limitrule",
        "UPDATE agent_banking_agentcustomer SET mask = '****0000'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    done.refresh_from_db()
    assert done.amount == 100_000
    assert FeeRule.objects.filter(pk=done.rule_id, customer_fee=5_000).exists()


def test_a_whole_number_finds_no_way_into_the_table(market: Cast) -> None:
    for mask in ("0123456789", "****12345", "1234"):
        with pytest.raises(IntegrityError), transaction.atomic():
            AgentCustomer.objects.create(blind_index="0" * 64, mask=mask)

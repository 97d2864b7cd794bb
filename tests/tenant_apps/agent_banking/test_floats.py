"""Money between drawer, float, owner, bank and Satker: what each move does, and who has to agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest

from tenant_apps.agent_banking.errors import BadEntry, NotEnough, ReferenceUsed
from tenant_apps.agent_banking.models import FloatMove, MoveKind
from tenant_apps.agent_banking.services import (
    close_day,
    confirm_move,
    count_day,
    end_agent,
    refuse_move,
    set_marks,
    submit_move,
    withdraw_move,
)
from tenant_apps.ledger.models import Account
from tenant_apps.notifications.models import Notice
from tenants.kernel.errors import StaleDocument
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import (
    begun,
    books,
    footprint,
    moved,
    must_be_explained,
    record,
    reference,
)

BEGUN = {"cash": 5_000_000, "float": 5_000_000, "capital": -10_000_000}


def satker(book: str) -> int:
    return Account.objects.filter(code=f"satker:{book}").values_list("balance", flat=True).first() or 0


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (MoveKind.OWNER_TO_FLOAT, {"float": 6_000_000, "capital": -11_000_000}),
        (MoveKind.FLOAT_TO_OWNER, {"float": 4_000_000, "capital": -9_000_000}),
        (MoveKind.OWNER_TO_CASH, {"cash": 6_000_000, "capital": -11_000_000}),
        (MoveKind.CASH_TO_OWNER, {"cash": 4_000_000, "capital": -9_000_000}),
        (MoveKind.CASH_TO_BANK, {"cash": 4_000_000, "float": 6_000_000}),
        (MoveKind.BANK_TO_CASH, {"cash": 6_000_000, "float": 4_000_000}),
        (MoveKind.SHARE_TO_BANK, {"float": 4_000_000, "bank_share": 1_000_000}),
        (MoveKind.COMMISSION_CAME, {"float": 6_000_000, "commission_due": -1_000_000}),
    ],
)
def test_moves_without_the_satker(market: Cast, kind: MoveKind, changed: dict[str, int]) -> None:
    agent, _day = begun(market)
    done = moved(agent, kind, 1_000_000)
    assert (done.state, books(agent)) == ("confirmed", BEGUN | changed)
    must_be_explained(agent)


OWES = {"satker_debt": -1_000_000, "satker_owed": 1_000_000}
IS_OWED = {"satker_debt": 1_000_000, "satker_owed": -1_000_000}


@pytest.mark.parametrize(
    ("kind", "sent", "confirmed", "book", "of_satker"),
    [
        (MoveKind.SATKER_TO_FLOAT, {}, {"float": 6_000_000, **OWES}, "bank", -1_000_000),
        (MoveKind.SATKER_TO_CASH, {}, {"cash": 6_000_000, **OWES}, "cash", -1_000_000),
        (
            MoveKind.CASH_TO_SATKER,
            {"cash": 4_000_000, "transit": 1_000_000},
            {"cash": 4_000_000, **IS_OWED},
            "cash",
            1_000_000,
        ),
        (
            MoveKind.FLOAT_TO_SATKER,
            {"float": 4_000_000, "transit": 1_000_000},
            {"float": 4_000_000, **IS_OWED},
            "bank",
            1_000_000,
        ),
    ],
)
def test_moves_with_the_satker_wait_for_its_word(
    market: Cast, kind: MoveKind, sent: dict[str, int], confirmed: dict[str, int], book: str, of_satker: int
) -> None:
    agent, _day = begun(market)
    had = satker(book)
    undoing: list[Callable[..., FloatMove]] = [
        partial(refuse_move, reason="tidak ada", by=market.yuli.actor),
        partial(withdraw_move, by=market.hasan.actor),
    ]
    for undo in undoing:
        waiting = moved(agent, kind, 1_000_000)
        assert (waiting.state, books(agent)) == ("submitted", BEGUN | sent)
        must_be_explained(agent)
        for _tap in range(2):
            undo(float_move=waiting)
        assert books(agent) == BEGUN
        with pytest.raises(StaleDocument):
            confirm_move(float_move=waiting, by=market.yuli.actor)
    waiting = moved(agent, kind, 1_000_000)
    for _tap in range(2):
        confirm_move(float_move=waiting, by=market.yuli.actor)
    assert books(agent) == BEGUN | confirmed
    assert satker(book) == had + of_satker
    must_be_explained(agent)
    with pytest.raises(StaleDocument):
        refuse_move(float_move=waiting, reason="terlambat", by=market.yuli.actor)


def test_what_is_refused_moves_nothing(market: Cast) -> None:
    agent, _day = begun(market)
    moved(agent, MoveKind.OWNER_TO_FLOAT, 1, ref="TOP-1")
    before = footprint()
    for kind, amount, ref, refusal in (
        (MoveKind.CASH_TO_OWNER, 5_000_001, "", NotEnough),
        (MoveKind.FLOAT_TO_SATKER, 5_000_002, "X-0001", NotEnough),
        (MoveKind.OWNER_TO_CASH, 0, "", BadEntry),
        (MoveKind.OWNER_TO_FLOAT, 10, "", BadEntry),
        (MoveKind.OWNER_TO_FLOAT, 10, "top-1", ReferenceUsed),
    ):
        with pytest.raises(refusal):
            moved(agent, kind, amount, ref=ref)
    assert footprint() == before


def test_a_refused_slip_may_be_sent_again(market: Cast) -> None:
    agent, _day = begun(market)
    first = moved(agent, MoveKind.SATKER_TO_FLOAT, 1_000_000, ref="SLIP-1")
    refuse_move(float_move=first, reason="belum masuk", by=market.yuli.actor)
    again = moved(agent, MoveKind.SATKER_TO_FLOAT, 1_000_000, ref="SLIP-1")
    assert confirm_move(float_move=again, by=market.yuli.actor).state == "confirmed"


def test_a_second_tap_moves_nothing(market: Cast) -> None:
    agent, _day = begun(market)
    key, ref = uuid.uuid4(), reference()
    for _tap in range(2):
        submit_move(agent=agent, key=key, kind=MoveKind.OWNER_TO_FLOAT, amount=10, reference=ref, by=BY)
    assert books(agent)["float"] == 5_000_010


def alerts() -> list[str]:
    return [
        message.payload["subject"]
        for message in OutboxMessage.objects.filter(dedupe__regex=r"\.(low|high)\.").order_by("pk")
    ]


def test_the_owner_is_told_at_the_crossing_alone(market: Cast) -> None:
    agent, _day = begun(market, cash=1_000_000, deposit=1_000_000)
    agent = set_marks(agent=agent, float_low=500_000, cash_high=1_500_000)
    record(agent, "setor_tunai", 495_000)
    assert alerts() == []
    # Float to 500.000, at the mark; the drawer to 1.505.000, above its own.
    record(agent, "setor_tunai", 5_000)
    assert len(alerts()) == 1
    record(agent, "setor_tunai", 1)
    assert len(alerts()) == 2
    record(agent, "setor_tunai", 10_000)
    assert len(alerts()) == 2
    moved(agent, MoveKind.OWNER_TO_FLOAT, 1_000_000)
    record(agent, "setor_tunai", 1_400_000)
    assert len(alerts()) == 3
    assert Notice.objects.count() == 0


def test_an_agent_ends_with_nothing_left(market: Cast) -> None:
    agent, day = begun(market)
    with pytest.raises(StaleDocument):
        end_agent(agent=agent, reason="pindah", by=BY)
    moved(agent, MoveKind.CASH_TO_OWNER, 5_000_000)
    waiting = moved(agent, MoveKind.FLOAT_TO_SATKER, 5_000_000)
    count_day(day=day, cash=0, pieces={}, shown_float=0, by=BY)
    close_day(day=day, reason="", by=market.hasan.actor)
    with pytest.raises(StaleDocument):
        end_agent(agent=agent, reason="pindah", by=BY)
    confirm_move(float_move=waiting, by=market.yuli.actor)
    # The Satker still owes what it got.
    with pytest.raises(StaleDocument):
        end_agent(agent=agent, reason="pindah", by=BY)
    confirm_move(float_move=moved(agent, MoveKind.SATKER_TO_CASH, 5_000_000), by=market.yuli.actor)
    moved(agent, MoveKind.CASH_TO_OWNER, 5_000_000)
    assert end_agent(agent=agent, reason="pindah", by=BY).state == "ended"

"""Where kinds, fees and limits come from: the building of a region, a blueprint, the Satker; and that they are dated."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tenant_apps.agent_banking.errors import BadEntry
from tenant_apps.agent_banking.hooks import AgentBankingSection, agent_banking
from tenant_apps.agent_banking.models import (
    Does,
    FeeRule,
    FeeWay,
    LimitRule,
    LimitScope,
    ToleranceRule,
    TransactionKind,
)
from tenant_apps.agent_banking.selectors.rules import fee_of, limits_of, tolerance_at
from tenant_apps.agent_banking.services import add_kind, seed_rules, set_fee, set_limit, set_tolerance
from tenants.context import in_region
from tenants.hooks import NewRegion
from tenants.kernel import clock
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import kind_of

# The starting data of the service: code, what it is, the customer's fee.
USUAL = {
    "setor_tunai": ("cash_in", 5_000),
    "tarik_tunai": ("cash_out", 5_000),
    "transfer_bni": ("cash_in", 5_000),
    "transfer_bank_lain": ("cash_in", 10_000),
    "bayar_pln": ("bill", 3_000),
    "token_pln": ("bill", 3_000),
    "bayar_pdam": ("bill", 3_000),
    "bayar_bpjs": ("bill", 2_500),
    "pulsa": ("top_up", 2_000),
    "topup_emoney": ("top_up", 2_000),
    "bansos": ("cash_out", 0),
    "buka_rekening": ("referral", 0),
}


def counts() -> tuple[int, int, int, int]:
    return (
        TransactionKind.objects.count(),
        FeeRule.objects.count(),
        LimitRule.objects.count(),
        ToleranceRule.objects.count(),
    )


def new_region(*services: str) -> NewRegion:
    return NewRegion(uuid4(), "Percobaan", "percobaan", (), services, "Ani", "ani@example.test", "", "")


def test_a_region_is_built_with_the_usual_rules_where_it_asked_for_the_service(market: Cast) -> None:
    agent_banking(new_region("sembako"))
    assert counts() == (0, 0, 0, 0)
    for _again in range(2):
        agent_banking(new_region("sembako", "agent_banking"))
        assert counts() == (12, 12, 3, 1)
    now = clock.now()
    found = {}
    for kind in TransactionKind.objects.all():
        fee = fee_of(kind, now)
        assert fee is not None
        found[kind.code] = (kind.does, fee.customer_fee)
    assert found == USUAL
    assert [kind.cash_sign for kind in TransactionKind.objects.order_by("pk")] == [1, -1, 1, 1, 1, 1, 1, 1, 1, 1, -1, 0]


def test_another_region_copies_what_holds_now(kalidoni: Region, lombok: Region) -> None:
    section = AgentBankingSection()
    with in_region(kalidoni):
        assert section.export() == {}
        seed_rules(by=BY)
        set_fee(kind=kind_of("pulsa"), customer_fee=2_500, bank_share=500, commission=100, valid_from=None, by=BY)
        set_limit(kind=kind_of("pulsa"), scope=LimitScope.AGENT_DAY, amount=9, valid_from=None, by=BY)
        set_limit(kind=None, scope=LimitScope.CUSTOMER_DAY, amount=None, valid_from=None, by=BY)
        set_tolerance(amount=7, valid_from=None, by=BY)
        told = section.export()
    with in_region(lombok):
        section.apply({})
        assert counts() == (0, 0, 0, 0)
        for _again in range(2):
            section.apply(told)
        assert section.export() == told
        fee = fee_of(kind_of("pulsa"), clock.now())
        assert fee is not None
        assert (fee.customer_fee, fee.bank_share, fee.commission) == (2_500, 500, 100)


def test_what_the_region_has_stays(market: Cast) -> None:
    seed_rules(by=BY)
    set_fee(kind=kind_of("pulsa"), customer_fee=1, bank_share=0, commission=0, valid_from=None, by=BY)
    kind = kind_of("pulsa")
    kind.name = "Pulsa kita"
    kind.save()
    assert seed_rules(by=BY) == 0
    fee = fee_of(kind_of("pulsa"), clock.now())
    assert fee is not None
    assert (fee.customer_fee, kind_of("pulsa").name) == (1, "Pulsa kita")


def test_rules_begin_on_their_day(market: Cast) -> None:
    seed_rules(by=BY)
    kind, now = kind_of("pulsa"), clock.now()
    tomorrow = clock.today() + timedelta(days=1)
    later = set_fee(kind=kind, customer_fee=9_000, bank_share=0, commission=0, valid_from=tomorrow, by=BY)
    set_limit(kind=kind, scope=LimitScope.TRANSACTION, amount=5, valid_from=tomorrow, by=BY)
    set_tolerance(amount=1, valid_from=tomorrow, by=BY)
    # Midnight of the region, to the second.
    for moment, fee, limit, tolerance in (
        (now + timedelta(seconds=1), 2_000, 10_000_000, 5_000),
        (later.valid_from - timedelta(seconds=1), 2_000, 10_000_000, 5_000),
        (later.valid_from, 9_000, 5, 1),
    ):
        held = fee_of(kind, moment)
        assert held is not None
        assert held.customer_fee == fee
        assert min(rule.amount or 0 for rule in limits_of(kind, moment)) == limit
        assert tolerance_at(moment) == tolerance


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("a code with a space", {"code": "bayar pajak"}),
        ("no name", {"name": " "}),
        ("a code that is taken", {"code": "pulsa"}),
        ("more for the bank than it costs", {"bank_share": 2_001}),
        ("less than nothing", {"commission": -1}),
        ("a fee that is no fee", {"customer_fee": 1_000_001}),
        ("a fee kept from cash that nobody hands out", {"fee_way": FeeWay.WITHHELD}),
        ("a referral with a fee", {"does": Does.REFERRAL}),
    ],
)
def test_kinds_that_cannot_be(market: Cast, case: str, change: dict[str, object]) -> None:
    seed_rules(by=BY)
    before = counts()
    told: dict[str, object] = {
        "code": "bayar_pajak", "name": "Pajak", "does": Does.BILL, "fee_way": FeeWay.ON_TOP,
        "customer_fee": 2_000, "bank_share": 0, "commission": 0, "customer_label": "", "by": BY,
    }  # fmt: skip
    with pytest.raises(BadEntry):
        add_kind(**(told | change))  # type: ignore[arg-type]
    assert counts() == before, case

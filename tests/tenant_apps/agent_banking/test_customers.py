"""How a customer's number is known again without being kept: by region, and across a change of the secret."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from tenant_apps.agent_banking.customers import customer_number, sealed, unsealed
from tenant_apps.agent_banking.errors import BadEntry, OverLimit, PrivateNumber
from tenant_apps.agent_banking.models import AgentCustomer, LimitScope
from tenant_apps.agent_banking.services import record_transaction
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY, Cast
from tests.tenant_apps.agent_banking.desk import ANI, begun, limit, no_limits, record, told


def test_one_number_is_one_customer_in_a_region_and_another_elsewhere(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        here, again = customer_number(ANI), customer_number(" 0123-456.789 ")
    with in_region(lombok):
        there = customer_number(ANI)
    assert here == again
    assert (here.mask, there.mask) == ("****6789", "****6789")
    assert set(here.indexes) & set(there.indexes) == set()


def test_a_new_secret_still_knows_the_customer(market: Cast, settings: Any) -> None:
    agent, _day = begun(market)
    no_limits()
    limit(LimitScope.CUSTOMER_DAY, 100_000)
    record(agent, "setor_tunai", 60_000)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-secret-of-the-installation"
    with pytest.raises(OverLimit):
        record(agent, "setor_tunai", 40_001)
    record_transaction(agent=agent, key=uuid.uuid4(), told=told("setor_tunai", 40_000), by=BY)
    assert AgentCustomer.objects.count() == 1


@pytest.mark.parametrize(
    ("case", "text", "refusal"),
    [
        ("five digits", "12345", BadEntry),
        ("twenty-one digits", "1" * 21, BadEntry),
        ("words", "rekening ibu", BadEntry),
        ("nothing", " ", BadEntry),
        ("a card", "4111 1111 1111 1111", PrivateNumber),
    ],
)
def test_what_is_no_number(market: Cast, case: str, text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        customer_number(text)
    # Not even the refusal repeats it.
    assert not any(part in str(refused.value) for part in ("4111", "12345", "11111")), case


def test_a_seal_holds_in_its_own_region_and_for_an_hour(
    kalidoni: Region, lombok: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_region(kalidoni):
        number = customer_number(ANI)
        seal = sealed(number)
        assert unsealed(seal) == number
        assert ANI not in seal
        assert [unsealed(text) for text in ("", "x", seal[:-1], seal + "x")] == [None] * 4
    with in_region(lombok):
        assert unsealed(seal) is None
    later = time.time() + 3_601
    monkeypatch.setattr(time, "time", lambda: later)
    with in_region(kalidoni):
        assert unsealed(seal) is None

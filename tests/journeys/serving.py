"""Work behind the pages of a running platform, by `warsa shell` as its operator has it: what would take a browser an hour."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Platform

_MANY = """
import json
from uuid import uuid4
from django.db import transaction
from tenant_apps.agent_banking.customers import customer_number
from tenant_apps.agent_banking.models import Agent, TransactionKind
from tenant_apps.agent_banking.selectors.rules import fee_of
from tenant_apps.agent_banking.services import Told, record_transaction
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region
with on_platform():
    region = Region.objects.get(name="Kalidoni")
made = []
with in_region(region):
    agent = Agent.objects.get(bank_number={number!r})
    for place in range({many}):
        kind = TransactionKind.objects.get(code=("setor_tunai", "tarik_tunai")[place % 2])
        told = Told(kind, fee_of(kind, clock.now()), 10_000 + place, customer_number(f"5500{{place:06}}"), f"JRN-M{{place:04}}")
        one = record_transaction(agent=agent, key=uuid4(), told=told, by="user:journey")
        made.append([one.reference, kind.name, one.amount, one.fee])
print("MADE " + json.dumps(made))
"""


_CITIZEN = """
from tenant_apps.bank_sampah.models import WasteUnit
from tenant_apps.bank_sampah.services import join
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.models import Region
with on_platform():
    region = Region.objects.get(name="Kalidoni")
with in_region(region):
    user = User.objects.create_user(
        password={password!r}, name={name!r}, email={mail!r}, phone={phone!r}, phone_verified=True
    )
    unit = WasteUnit.objects.exclude(warung=None).first()
    join(unit=unit, name={name!r}, phone={phone!r}, nik={nik!r}, user=user, by="user:journey", agrees=True)
"""
_SEARCH = """
import json
from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.personal.sweeping import Needles, found
with on_platform():
    region = Region.objects.get(name="Kalidoni")
with in_region(region):
    print("FOUND " + json.dumps(found(Needles(names=({name!r},), numbers=({number!r},), niks=({nik!r},), mails=({mail!r},)))))
"""


def a_citizen(platform: Platform, *, name: str, mail: str, phone: str, nik: str, password: str) -> None:
    """Somebody with an account and a savings book in Kalidoni."""
    _shell(platform.home, _CITIZEN.format(name=name, mail=mail, phone=phone, nik=nik, password=password))


def tables_that_name(platform: Platform, *, name: str, mail: str, phone: str, nik: str) -> dict[str, int]:
    """Rows of Kalidoni whose texts name this person, by table."""
    answer = _shell(platform.home, _SEARCH.format(name=name, mail=mail, number=phone.lstrip("+"), nik=nik))
    rows: dict[str, int] = json.loads(answer.split("FOUND ", 1)[1])
    return rows


def many_transactions(platform: Platform, *, number: str, many: int) -> list[tuple[str, str, int, int]]:
    """The agent with this number of the bank serves so many customers: reference, kind, amount and fee of each."""
    answer = _shell(platform.home, _MANY.format(number=number, many=many))
    rows: list[list[Any]] = json.loads(answer.split("MADE ", 1)[1])
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _shell(home: Path, code: str) -> str:
    warsa = Path(sys.executable).parent / "warsa"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARSA_", "DJANGO_"))}
    done = subprocess.run(
        [warsa, "shell", "-v", "0", "-c", code],
        env={**kept, "WARSA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


_DAYS_LATER = """
from datetime import timedelta
from django.db import transaction
from shared_apps.billing.locks import lock_subscription
from shared_apps.billing.models import Subscription
from shared_apps.billing.services.settling import settle
from tenants.context import on_platform
with on_platform(), transaction.atomic():
    row = lock_subscription(Subscription.objects.get(region__name={region!r}))
    for name in ("trial_until", "card_until", "invoice_until", "terms_until"):
        moment = getattr(row, name)
        if moment is not None:
            setattr(row, name, moment - timedelta(days={days}))
    row.save()
    settle(row)
    print("STATE " + row.state)
"""


def days_later(platform: Platform, region: str, days: int) -> str:
    """As if so many days had passed for the region's subscription. Returns its state then."""
    return _shell(platform.home, _DAYS_LATER.format(region=region, days=days)).split("STATE ", 1)[1].strip()

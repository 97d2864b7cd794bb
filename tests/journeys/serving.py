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

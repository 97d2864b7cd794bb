"""Each night all money is counted anew; what does not agree is kept, shown and told to the operators."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import connection

from shared_apps.operations.models import RegionCounter
from shared_apps.operations.services import push_counters
from tenant_apps.ledger import tasks
from tenant_apps.ledger.models import LedgerProof
from tenant_apps.ledger.proving import prove_ledger
from tenant_apps.ledger.services import Posting, post
from tenants.context import as_owner, in_region, on_platform, scope
from tenants.models import Region
from tenants.tasks import HEADER
from tests.cast import BY, Cast, browser_of
from tests.tenant_apps.ledger.test_services import opened
from tests.tenants.test_tasks import run


def tampered(sql: str) -> None:
    """What nobody can do while the triggers stand."""
    with as_owner(scope()), connection.cursor() as cursor:
        # What was booked until now was in order, and is not asked again at the end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def booked(market: Cast) -> Cast:
    post(key="a", text="a", postings=[Posting(opened("cash"), 700), Posting(opened("sales"), -700)], by=BY)
    return market


def test_books_in_order_are_proven(booked: Cast) -> None:
    proof = prove_ledger()
    assert (proof.ok, proof.entries, proof.lines, proof.accounts, proof.differences) == (True, 1, 2, 2, [])


@pytest.mark.parametrize(
    ("case", "sql", "found"),
    [
        ("a balance", "UPDATE ledger_account SET balance = 701 WHERE code = 'cash'", {"balance", "trial_balance"}),
        ("a line", "UPDATE ledger_journalline SET amount = 701 WHERE amount > 0", {"balance", "entry"}),
        ("a line gone", "DELETE FROM ledger_journalline WHERE amount < 0", {"balance", "entry"}),
        ("an entry gone", "DELETE FROM ledger_journalline; DELETE FROM ledger_journalentry", {"balance", "entries"}),
    ],
)
def test_what_does_not_agree_is_found_and_shown(booked: Cast, case: str, sql: str, found: set[str]) -> None:
    assert prove_ledger().ok
    tampered(sql)
    proof = prove_ledger()
    assert not proof.ok and {one["what"] for one in proof.differences} == found
    page = browser_of(booked.yuli).get("/satker/buku/").content.decode()
    assert f"{len(proof.differences)} " in page and 'class="pill bad"' in page


def test_the_task_proves_the_region_of_its_header_and_its_number_reaches_the_platform(
    committed: None, booked: Cast, kalidoni: Region, lombok: Region
) -> None:
    run(tasks.prove_region_ledger, kalidoni.schema_name)
    run(tasks.prove_region_ledger, kalidoni.schema_name)
    assert [(one.ok, one.entries) for one in LedgerProof.objects.all()] == [(True, 1), (True, 1)]
    with in_region(lombok):
        assert not LedgerProof.objects.exists()
    push_counters()
    with on_platform():
        told = dict(RegionCounter.objects.filter(region=kalidoni).values_list("name", "value"))
    assert (told["ledger_entries"], told["ledger_differences"]) == (1, 0)


def test_beat_asks_every_open_region(kalidoni: Region, lombok: Region) -> None:
    with patch.object(tasks.prove_region_ledger, "apply_async") as sent:
        run(tasks.prove_ledgers_nightly, "public")
    asked = {call.kwargs["headers"][HEADER] for call in sent.call_args_list}
    assert {kalidoni.schema_name, lombok.schema_name} <= asked

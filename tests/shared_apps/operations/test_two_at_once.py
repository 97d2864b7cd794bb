"""Two owners let the same person in at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection

from shared_apps.operations.models import OperatorGrant, OperatorRole
from shared_apps.operations.people import let_in
from shared_apps.operations.supervising import invite_supervisor
from shared_apps.operations.supervisors import SupervisorInvitation
from tenants.context import on_platform
from tenants.models import Region
from tests.trials import rounds


def both(job: Callable[[], object]) -> None:
    start = Barrier(2)

    def run() -> None:
        try:
            with on_platform():
                connection.ensure_connection()
                start.wait(60)
                job()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(run) for _ in range(2)]:
            one.result(60)


def test_the_same_operator(committed: None) -> None:
    for number in range(rounds(50)):
        mail = f"ani{number}@example.test"
        both(partial(let_in, email=mail, name="Ani", role=OperatorRole.READER, by="system:test"))
        with on_platform():
            assert OperatorGrant.objects.filter(user__email=mail).count() == 1


def test_the_same_supervisor(committed: None, kalidoni: Region) -> None:
    for number in range(rounds(50)):
        mail = f"bupati{number}@example.test"
        both(partial(invite_supervisor, email=mail, name="Bupati", area_code="16.71", by="system:test"))
        with on_platform():
            assert SupervisorInvitation.objects.filter(email=mail).count() == 1

"""What the database does for one piece of work: how long, and for whom, which it reads in the statement itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tenants.observing.correlation import current_work


class Clockwork:
    """Adds up the time of each statement, and puts the request's id behind it, where `pg_stat_activity` shows it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.number = 0
        self._note = f" /* request={current_work().request_id} */"

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if isinstance(sql, str):
            sql += self._note
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.number += 1


@contextmanager
def watched_statements() -> Iterator[Clockwork]:
    """The statements of this thread until the block ends."""
    with connection.execute_wrapper(watch := Clockwork()):
        yield watch

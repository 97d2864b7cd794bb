"""Requests that nobody thought of, drawn from the API's own document: no answer is a defect, and each is as described."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tenant_apps.api import throttling
from tenant_apps.api.views.document import document
from tests.cast import Cast
from tests.isolation.addresses import add_market_documents, ids_of
from tests.tenant_apps.api.caller import key_of
from tests.trials import FULL, rounds

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SITE = "https://kalidoni.localhost"
# A drawn request costs 10 to 20 ms.
EACH = 60
Draw = Callable[..., None]


def kept_open(app: Any) -> Any:
    """The application without what ends a request's connection: the test's transaction is on it."""

    def served(environ: Any, start_response: Any) -> Any:
        signals.request_started.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_old_connections)
        try:
            answer = app(environ, start_response)
            body = b"".join(answer)
            answer.close()
            return [body]
        finally:
            signals.request_started.connect(close_old_connections)
            signals.request_finished.connect(close_old_connections)

    return served


class Storm:
    """All operations with drawn values, as one person; effects are taken back after each request."""

    def __init__(self, market: Cast, key: str, real: dict[str, Any], *, at_counter: bool) -> None:
        self.api: Any = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
        self.api.app = kept_open(get_wsgi_application())
        self.key, self.real, self.at_counter = key, real, at_counter
        self.statuses: Counter[int] = Counter()
        self.packs = [market.kilo.pk, market.piece.pk, market.sack.pk]

    def run(self, number: int, examples: int) -> None:
        for result in self.api.get_all_operations():
            operation = result.ok()
            names = {one.name for one in operation.path_parameters}
            for mode, known in self._ways(operation.path, bool(names)):
                real = {name: self.real[self._kind(operation.path, name)] for name in names}
                more = {"path_parameters": real} if names and known else {}
                strategy = operation.as_strategy(generation_mode=mode, **more)
                share = max(1, examples // (4 if names else 2))
                self._draw(strategy, seed(number), share)

    def _ways(self, path: str, named: bool) -> list[tuple[GenerationMode, bool]]:
        """How values are drawn, and whether the address names what is there."""
        good, wrong = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
        if FULL:
            return [(mode, known) for mode in (good, wrong) for known in ((True, False) if named else (True,))]
        if not self.at_counter and "/toko/" in path:
            # A citizen's key is refused before anything of the request is looked at.
            return [(good, True)]
        return [(good, True), (wrong, True), (good, False)] if named else [(good, True), (wrong, True)]

    def _kind(self, path: str, name: str) -> str:
        """Documents of many kinds have numbers."""
        kinds = {
            "restocks": "restock",
            "purchases": "purchase",
            "sales": "sale",
            "counts": "count",
            "toko/{warung}/returns": "back",
        }
        return next((kind for word, kind in kinds.items() if name == "number" and word in path), name)

    def _draw(self, strategy: Any, with_seed: Callable[[Draw], Draw], examples: int) -> None:
        @with_seed
        @settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=strategy)
        def one(case: Any) -> None:
            self._real_packs(case)
            before = transaction.savepoint()
            try:
                answer = case.call(
                    base_url=SITE, headers={"Authorization": f"Bearer {self.key}", "Accept-Encoding": "identity"}
                )
            finally:
                transaction.savepoint_rollback(before)
                transaction.set_rollback(False)
                # Going back leaves the savepoint there: thousands inside each other make the server slow and large.
                transaction.savepoint_commit(before)
            self.statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        one()

    def _real_packs(self, case: Any) -> None:
        """Drawn packs are nobody's; every other request names real ones."""
        if not isinstance(case.body, dict) or sum(self.statuses.values()) % 2:
            return
        lists = [case.body.get(name) for name in ("lines", "prices")]
        for row in [case.body, *chain.from_iterable(rows for rows in lists if isinstance(rows, list))]:
            if isinstance(row, dict) and isinstance(row.get("pack"), int):
                row["pack"] = self.packs[row["pack"] % len(self.packs)]
            if isinstance(row, dict) and isinstance(row.get("product"), str):
                row["product"] = self.real["product"]
        if "method" in case.body and "lines" in case.body:
            case.body["warung"] = self.real["slug"]


def documents(market: Cast) -> dict[str, str]:
    """Something of each kind, and its names."""
    add_market_documents(market)
    ids = ids_of(market)
    same = (
        "slug",
        "warung",
        "product",
        "purchase",
        "restock",
        "payment",
        "claim",
        "notice",
        "sale",
        "count",
        "bon",
        "day",
        "lot",
    )
    return {
        **{name: getattr(ids, name) for name in (*same, "zone", "slot", "back", "account")},
        "number": ids.order,
        "issue": ids.payment_issue,
        "token": ids.receipt_link,
        "book": ids.waste_book,
    }


@pytest.mark.parametrize("who", ["ratna", "hasan"])
def test_no_request_breaks_the_api(market: Cast, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("ANONYMOUS", "PERSON", "KEY"):
        monkeypatch.setattr(throttling, limit, 10**9)
    # pytest keeps what is logged until the test ends, and with each refusal its whole request: gigabytes in the full trial.
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)
    real = documents(market)
    storm = Storm(market, key_of(getattr(market, who)), real, at_counter=who == "hasan")
    storm.run(20_261_125, rounds(EACH * 10) if FULL else 4)
    print(who, dict(sorted(storm.statuses.items())))
    assert not [status for status in storm.statuses if status >= 500]
    assert storm.statuses[200] > 30

"""Numbers of papers: a gapless series a year for each kind."""

from __future__ import annotations

from datetime import date

from shared_apps.billing.locks import next_number

QUOTATION, INVOICE, CREDIT = "PNW", "INV", "NK"


def number_for(kind: str, on: date) -> str:
    """ "INV/2026/000123". Called in the transaction that issues the paper, as late as can be."""
    return f"{kind}/{on.year}/{next_number(kind, on.year):06}"

"""What the agent earned, by month and kind; for a spreadsheet too."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import roles_only
from tenant_apps.agent_banking.access import COUNTER, AgentRequest, at_agent, owner_alone
from tenant_apps.agent_banking.accounting import balances_of
from tenant_apps.agent_banking.selectors.earning import (
    Earned,
    earned_in,
    month_before,
    month_of,
    next_month,
    own_by_month,
)
from tenants.exports import csv_file, xlsx_file
from tenants.kernel.cells import Cell
from tenants.kernel.money import rupiah_text

at_the_warung = roles_only(*COUNTER)


@at_the_warung
@never_cache
@require_safe
@at_agent
@owner_alone
def commission(request: AgentRequest) -> HttpResponse:
    """A month, and how the last ones went."""
    month = month_of(request.GET.get("bulan", ""))
    told = earned_in(request.agent, month)
    months = own_by_month(request.agent, month)
    owed = balances_of(request.agent, ("bank_share", "commission_due"))
    context = {
        "month": month,
        "before": month_before(month),
        "after": next_month(month),
        "told": told,
        "by_kind": [(row.name, max(0, row.own), rupiah_text(row.own)) for row in told.rows if row.own],
        "by_month": [(formats.date_format(day, "M Y"), max(0, own), rupiah_text(own)) for day, own in months],
        "has_earned": any(own for _day, own in months),
        "share_owed": -owed["bank_share"],
        "commission_due": owed["commission_due"],
    }
    return render(request, "agent_banking/commission.html", context)


@at_the_warung
@never_cache
@require_safe
@at_agent
@owner_alone
def commission_sheet(request: AgentRequest) -> HttpResponseBase:
    """The month for a spreadsheet: `bentuk` csv or xlsx."""
    month = month_of(request.GET.get("bulan", ""))
    told = earned_in(request.agent, month)
    name = f"komisi-agen-{request.agent.number}-{month:%Y-%m}"
    rows = _rows(told.rows, told.total)
    return xlsx_file(name, rows) if request.GET.get("bentuk") == "xlsx" else csv_file(name, rows)


def _rows(rows: list[Earned], total: Earned) -> Iterator[tuple[Cell, ...]]:
    yield (
        _("Kind of transaction"),
        _("Transactions"),
        _("Amount"),
        _("Customer fees"),
        _("The bank's share"),
        _("Own fees"),
        _("Commission from the bank"),
        _("Earned"),
    )
    for row in rows:
        yield (row.name, *_numbers(row))
    yield (_("Total"), *_numbers(total))


def _numbers(row: Earned) -> tuple[Cell, ...]:
    return row.count, row.amount, row.fee, row.bank_share, row.own_fee, row.commission, row.own

"""A statement on the screen, on paper and as a table, for the views of any app that shows an account to its owner.

Who may see the account is the view's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tenant_apps.ledger import selectors
from tenant_apps.ledger.forms import PeriodForm
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.sheets import Cell, moment, sheet
from tenants.context import current_region


def statement_shown(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What a statement's page shows (`ledger/_statement.html`); a period that makes no sense is told, and left out."""
    form = PeriodForm(request.GET)
    period = selectors.Period(**form.cleaned_data) if form.is_valid() else selectors.Period()
    statement = selectors.statement_of(account, period)
    page, movements = selectors.page_of(statement, request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    return {
        "account": account,
        "form": form,
        "statement": statement,
        "page": page,
        "movements": movements,
        "asked": f"?{asked.urlencode()}" if form.is_valid() and asked else "",
    }


def statement_printed(request: HttpRequest, account: Account | None, back: str) -> HttpResponse:
    """On paper; back to the page that says what is wrong with a period that makes no sense."""
    form = PeriodForm(request.GET)
    if account is None or not form.is_valid():
        return _back(request, back)
    statement = selectors.statement_of(account, selectors.Period(**form.cleaned_data))
    context = {
        "account": account,
        "statement": statement,
        "movements": selectors.oldest_first(statement, selectors.A_PRINT),
        "is_cut": statement.count > selectors.A_PRINT,
        "most": selectors.A_PRINT,
        "back": back,
    }
    return render(request, "ledger/print.html", context)


def statement_exported(request: HttpRequest, account: Account | None, back: str, name: str) -> HttpResponseBase:
    """As a table; back to the page that says what is wrong with a period that makes no sense."""
    form = PeriodForm(request.GET)
    if account is None or not form.is_valid():
        return _back(request, back)
    with selectors.one_moment():
        statement = selectors.statement_of(account, selectors.Period(**form.cleaned_data))
        return sheet(name, _statement_rows(statement, current_region().time_zone))


def _back(request: HttpRequest, where: str) -> HttpResponseRedirect:
    """To the page that says what is wrong with the period."""
    query = request.GET.urlencode()
    return redirect(f"{where}?{query}" if query else where)


def _statement_rows(statement: selectors.Statement, zone: str) -> Iterator[list[Cell]]:
    movements = selectors.all_movements(statement)
    head: list[Cell] = [_("Time"), _("Description"), _("In"), _("Out"), _("Balance"), _("Reference")]
    opening: list[Cell] = ["", _("Opening balance"), None, None, statement.opening, ""]
    closing: list[Cell] = ["", _("Closing balance"), statement.came, statement.went, statement.closing, ""]

    def rows() -> Iterator[list[Cell]]:
        yield head
        yield opening
        for one in movements:
            yield [moment(one.at, zone), one.text, one.came, one.went, one.balance, one.reference]
        yield closing

    return rows()

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
from tenant_apps.ledger.wallets import Wallet
from tenants.context import current_region

# Names the line before which a part of a wallet's movements begins.
BEFORE = "sebelum"


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


def wallet_shown(request: HttpRequest, wallet: Wallet) -> dict[str, Any]:
    """The movements of all that somebody has, newest first, each with its account's name (`ledger/_wallet.html`)."""
    form, asked = PeriodForm(request.GET), request.GET.copy()
    period = selectors.Period(**form.cleaned_data) if form.is_valid() else selectors.Period()
    statement = selectors.statement_of([one.account for one in wallet.held], period)
    movements, older = selectors.part_of(statement, _line(asked.pop(BEFORE, [""])[-1]))
    rest = f"{asked.urlencode()}&" if form.is_valid() and asked else ""
    return {
        "form": form,
        "statement": statement,
        "rows": [(one, wallet.names[one.account_id]) for one in movements],
        "asked": f"?{rest.rstrip('&')}" if rest else "",
        "older": f"?{rest}{BEFORE}={older}" if older else "",
        "is_newest": BEFORE not in request.GET,
    }


def _line(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 19 else None


def statement_printed(request: HttpRequest, account: Account | Wallet | None, back: str) -> HttpResponse:
    """On paper; back to the page that says what is wrong with a period that makes no sense."""
    form = PeriodForm(request.GET)
    accounts, names = _several(account)
    if not accounts or not form.is_valid():
        return _back(request, back)
    statement = selectors.statement_of(accounts, selectors.Period(**form.cleaned_data))
    movements = selectors.oldest_first(statement, selectors.A_PRINT)
    context = {
        "account": accounts[0],
        "several": bool(names),
        "person": request.user,
        "statement": statement,
        "rows": [(one, names.get(one.account_id, "")) for one in movements],
        "is_cut": statement.count > selectors.A_PRINT,
        "most": selectors.A_PRINT,
        "back": back,
    }
    return render(request, "ledger/print.html", context)


def statement_exported(
    request: HttpRequest, account: Account | Wallet | None, back: str, name: str
) -> HttpResponseBase:
    """As a table; back to the page that says what is wrong with a period that makes no sense."""
    form = PeriodForm(request.GET)
    accounts, names = _several(account)
    if not accounts or not form.is_valid():
        return _back(request, back)
    with selectors.one_moment():
        statement = selectors.statement_of(accounts, selectors.Period(**form.cleaned_data))
        return sheet(name, _statement_rows(statement, names, current_region().time_zone))


def _several(account: Account | Wallet | None) -> tuple[list[Account], dict[int, str]]:
    """The accounts, and what each is called where there may be several of them."""
    if isinstance(account, Wallet):
        return [one.account for one in account.held], account.names if len(account.held) > 1 else {}
    return ([] if account is None else [account]), {}


def _back(request: HttpRequest, where: str) -> HttpResponseRedirect:
    """To the page that says what is wrong with the period."""
    query = request.GET.urlencode()
    return redirect(f"{where}?{query}" if query else where)


def _statement_rows(statement: selectors.Statement, names: dict[int, str], zone: str) -> Iterator[list[Cell]]:
    """`names`: of several accounts, which get a column of their own."""
    movements = selectors.all_movements(statement)

    def row(account: str, *cells: Cell) -> list[Cell]:
        return [*cells, account] if names else list(cells)

    head = row(_("Account"), _("Time"), _("Description"), _("In"), _("Out"), _("Balance"), _("Reference"))
    opening = row("", "", _("Opening balance"), None, None, statement.opening, "")
    closing = row("", "", _("Closing balance"), statement.came, statement.went, statement.closing, "")

    def rows() -> Iterator[list[Cell]]:
        yield head
        yield opening
        for one in movements:
            name = names.get(one.account_id, "")
            yield row(name, moment(one.at, zone), one.text, one.came, one.went, one.balance, one.reference)
        yield closing

    return rows()

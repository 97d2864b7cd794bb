"""The books on the screen, on paper and as a table: a citizen's own, a warung's, and all of the region's."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.ledger import books, selectors
from tenant_apps.ledger.forms import KindForm
from tenant_apps.ledger.models import Account, AccountKind
from tenant_apps.ledger.sheets import Cell, sheet
from tenant_apps.ledger.statements import statement_exported, statement_printed, statement_shown, wallet_shown
from tenant_apps.ledger.wallets import wallet_of
from tenant_apps.warungs.counter import CounterRequest, at_counter, owners_only
from tenants.access import signed_in
from tenants.forms import asked_text

ACCOUNTS_A_PAGE = 50

owners = roles_only(Role.OWNER)
office = roles_only(Role.SATKER, Role.ADMIN)


@signed_in
@never_cache
@require_safe
def balance(request: RegionRequest) -> HttpResponse:
    """All that is kept for this person: what can be spent, what is bound, and how it came to that."""
    wallet = wallet_of(request.member.user)
    context = {
        "wallet": wallet,
        "print_url": reverse("ledger:balance_print"),
        "sheet_url": reverse("ledger:balance_sheet"),
        **(wallet_shown(request, wallet) if wallet.held else {}),
    }
    return render(request, "ledger/balance.html", context)


@signed_in
@never_cache
@require_safe
def balance_print(request: RegionRequest) -> HttpResponse:
    """One's own statement on paper."""
    return statement_printed(request, wallet_of(request.member.user), reverse("ledger:balance"))


@signed_in
@never_cache
@require_safe
def balance_sheet(request: RegionRequest) -> HttpResponseBase:
    """One's own statement as a table."""
    return statement_exported(request, wallet_of(request.member.user), reverse("ledger:balance"), "saldo")


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def warung_books(request: CounterRequest) -> HttpResponse:
    """The accounts of the owner's warung."""
    page = Paginator(selectors.accounts_of(request.counter.warung), ACCOUNTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledger/warung_books.html", {"page": page})


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def warung_account(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """The statement of one of them."""
    account = selectors.account_of_theirs(request.counter.warung, public_id)
    here = _addresses("ledger:warung_account", account)
    return render(request, "ledger/warung_account.html", {**here, **statement_shown(request, account)})


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def warung_print(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """On paper."""
    account = selectors.account_of_theirs(request.counter.warung, public_id)
    return statement_printed(request, account, reverse("ledger:warung_account", args=[public_id]))


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def warung_sheet(request: CounterRequest, public_id: UUID) -> HttpResponseBase:
    """As a table."""
    account = selectors.account_of_theirs(request.counter.warung, public_id)
    return statement_exported(request, account, reverse("ledger:warung_account", args=[public_id]), "buku")


@office
@never_cache
@require_safe
def region_books(request: RegionRequest) -> HttpResponse:
    """The trial balance, the nightly proofs, and every account of the region."""
    wanted, form = asked_text(request), KindForm(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    page = Paginator(selectors.accounts_with(wanted, kind), ACCOUNTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "trial": selectors.trial_balance(),
        "proofs": selectors.newest_proofs(),
        "page": page,
        "wanted": wanted,
        "kind": kind,
        "kinds": AccountKind.choices,
    }
    return render(request, "ledger/region_books.html", context)


@office
@never_cache
@require_safe
def region_sheet(request: RegionRequest) -> HttpResponseBase:
    """The trial balance as a table: every account, all seen at one moment."""
    accounts = list(selectors.accounts_with(""))
    return sheet("neraca-saldo", _trial_rows(accounts))


@office
@never_cache
@require_safe
def region_account(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The statement of any account."""
    account = selectors.account_for_office(public_id)
    here = _addresses("ledger:region_account", account)
    return render(request, "ledger/region_account.html", {**here, **statement_shown(request, account)})


@office
@never_cache
@require_safe
def region_print(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """On paper."""
    return statement_printed(
        request, selectors.account_for_office(public_id), reverse("ledger:region_account", args=[public_id])
    )


@office
@never_cache
@require_safe
def region_account_sheet(request: RegionRequest, public_id: UUID) -> HttpResponseBase:
    """As a table."""
    account = selectors.account_for_office(public_id)
    return statement_exported(request, account, reverse("ledger:region_account", args=[public_id]), "buku")


def _addresses(name: str, account: Account) -> dict[str, str]:
    """Where the same statement is on paper and as a table."""
    return {
        "print_url": reverse(f"{name}_print", args=[account.public_id]),
        "sheet_url": reverse(f"{name}_sheet", args=[account.public_id]),
    }


def _trial_rows(accounts: list[Account]) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[_("Code"), _("Account"), _("Whose"), _("Kind"), _("Debit"), _("Credit")]]
    for one in accounts:
        kind = str(AccountKind(one.kind).label)
        debit, credit = max(one.balance, 0), max(-one.balance, 0)
        rows.append([one.code, books.label_of(one), books.holder_of(one), kind, debit, credit])
    debits, credits = sum(int(row[4] or 0) for row in rows[1:]), sum(int(row[5] or 0) for row in rows[1:])
    return [*rows, ["", _("Total"), "", "", debits, credits]]

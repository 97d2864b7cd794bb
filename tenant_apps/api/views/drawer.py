"""The counter's money: single sales, the drawer's day, the bon, the warung's books."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.endpoint import Endpoint, listed, operation
from tenant_apps.api.paging import Page, page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.shapes import ReasonWish
from tenant_apps.api.toko_shapes import (
    AccountShape,
    BonPaymentWish,
    BonQuery,
    BonShape,
    BonWish,
    BookLineShape,
    CashMoveShape,
    CashMoveWish,
    CloseDayWish,
    CountDayWish,
    DayDetailShape,
    DayShape,
    DepositShape,
    DepositWish,
    DrawerShape,
    OpenDayWish,
    SaleDetailShape,
    WriteOffWish,
)
from tenant_apps.ledger.models import Account, JournalLine
from tenant_apps.ledger.selectors import account_of_theirs, accounts_of
from tenant_apps.payments.selectors import carried_at
from tenant_apps.payments.services import deposit_cash
from tenant_apps.pos.models import BonCustomer, CashDay, CashMoveKind, CounterSale
from tenant_apps.pos.reckoning import reckoning_of
from tenant_apps.pos.selectors import (
    bon_account,
    bon_for,
    bons_of,
    business_day,
    day_at_work,
    day_for,
    days_of,
    in_the_drawer,
    moves_of,
    owed_by,
    sale_for,
    takings_of,
)
from tenant_apps.pos.services import (
    change_bon,
    close_bon,
    close_day,
    count_day,
    mark_reviewed,
    move_cash,
    open_bon,
    open_day,
    pay_bon,
    recount_day,
    reopen_bon,
    void_sale,
    write_off_bon,
)


class SaleEndpoint(Endpoint):
    """A sale of the warung that the address names."""

    sale: CounterSale

    def find(self, *, number: str, **names: Any) -> None:
        self.sale = sale_for(self.here, number)

    def answer(self) -> Response:
        prefetch_related_objects([self.sale], "lines")
        return Response(SaleDetailShape(self.sale).data)


class OneSale(SaleEndpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("One sale with its lines"), answers=SaleDetailShape)
    def get(self, request: Request, warung: UUID, number: str) -> Response:
        return self.answer()


class VoidSale(SaleEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Take a sale of today back"), takes=ReasonWish, answers=SaleDetailShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        self.sale = void_sale(sale=self.sale, reason=self.told["reason"], by=self.by)
        return self.answer()


class ReviewSale(SaleEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say that you looked at the shelf after an uncounted sale"), answers=SaleDetailShape,
        needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, number: str) -> Response:
        mark_reviewed(sale=self.sale, by=self.by)
        self.sale.refresh_from_db()
        return self.answer()


class Drawer(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("The drawer now"), answers=DrawerShape)
    def get(self, request: Request, warung: UUID) -> Response:
        day, counts_for = day_at_work(self.here), business_day(self.here)
        shown = day.day if day else counts_for
        told = SimpleNamespace(
            day=day,
            counts_for=counts_for,
            in_drawer=in_the_drawer(self.here),
            carried=carried_at(self.here, told_to=self.member),
            takings=takings_of(self.here, shown),
            moves=moves_of(self.here, shown),
        )
        return Response(DrawerShape(told).data)


class OpenDay(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Open the drawer's day"), takes=OpenDayWish, answers=DayShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        return Response(DayShape(open_day(warung=self.here, by=self.by, **self.told)).data)


class DayEndpoint(Endpoint):
    """The day at work; 404 while none is open."""

    day: CashDay

    def find(self, *args: Any, **names: Any) -> None:
        found = day_at_work(self.here)
        if found is None:
            raise Http404("no day is open")
        self.day = found


class CountDay(DayEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Count the drawer"), takes=CountDayWish, answers=DayShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        told = self.told.get("pieces", [])
        pieces = {int(one["value"]): one["count"] for one in told}
        if len(pieces) != len(told):
            raise ValidationError({"pieces": [_("Name each of them once.")]})
        day = count_day(day=self.day, counted=self.told["counted"], pieces=pieces, by=self.by)
        return Response(DayShape(day).data)


class RecountDay(DayEndpoint):
    @operation(Scope.TOKO_WRITE, gettext_lazy("Forget the count"), answers=DayShape, needs_key=True)
    def post(self, request: Request, warung: UUID) -> Response:
        return Response(DayShape(recount_day(day=self.day, by=self.by)).data)


class CloseDay(DayEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Close the day, with a reason for a difference"), takes=CloseDayWish, answers=DayShape,
        needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        return Response(DayShape(close_day(day=self.day, reason=self.told["reason"], by=self.by)).data)


class CashMoves(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Money goes out of the drawer, or into it"), takes=CashMoveWish, answers=CashMoveShape,
        status=201, needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        assert self.key is not None
        told = {**self.told, "kind": CashMoveKind(self.told["kind"])}
        moved = move_cash(warung=self.here, key=self.key, by=self.by, **told)
        return Response(CashMoveShape(moved).data, status=201)


class DepositCarried(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("What somebody took at the door lies in the drawer"), takes=DepositWish,
        answers=DepositShape, needs_key=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        carried = carried_at(self.here, told_to=self.member)
        one = next((one for one in carried if one.courier.public_id == self.told["courier"]), None)
        if one is None:
            raise Http404("nothing is carried")
        amount = deposit_cash(courier=one.courier, warung=self.here, by=self.by)
        return Response({"amount": amount, "in_drawer": in_the_drawer(self.here)})


class Days(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("Days of the drawer, newest first"), answers=DayShape, paged=True, for_owners=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        page = page_of_rows(days_of(self.here), name="toko.days", order=("-day",), asked=self.asked)
        return listed(page, DayShape)


class OneDay(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("One day of the drawer"), answers=DayDetailShape, for_owners=True,
        about=gettext_lazy("The address names it as 2026-11-25."),
    )  # fmt: skip
    def get(self, request: Request, warung: UUID, day: str) -> Response:
        try:
            found: Any = day_for(self.here, date.fromisoformat(day))
        except ValueError as wrong:
            raise Http404("no such day") from wrong
        found.takings, found.moves = takings_of(self.here, found.day), moves_of(self.here, found.day)
        found.steps = reckoning_of(found)
        return Response(DayDetailShape(found).data)


def shown_bon(customer: BonCustomer) -> dict[str, Any]:
    account = bon_account(customer)
    return dict(BonShape({"customer": customer, "owed": account.amount if account else 0}).data)


class Bons(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("Who may pay later, and what they owe"), answers=BonShape, query=BonQuery, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        rows = bons_of(self.here)
        if self.asked["q"]:
            rows = rows.filter(name__icontains=self.asked["q"])
        page = page_of_rows(rows, name="toko.bons", order=("name", "pk"), asked=self.asked)
        owed = owed_by(page.items)
        shown = [{"customer": one, "owed": owed[one.pk]} for one in page.items]
        return listed(Page(shown, page.next_cursor), BonShape)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Somebody may pay later"), takes=BonWish, answers=BonShape, status=201, needs_key=True,
        for_owners=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID) -> Response:
        return Response(shown_bon(open_bon(warung=self.here, by=self.by, **self.told)), status=201)


class BonEndpoint(Endpoint):
    """A bon of the warung that the address names."""

    customer: BonCustomer

    def find(self, *, bon: UUID, **names: Any) -> None:
        self.customer = bon_for(self.here, bon)


class OneBon(BonEndpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("One bon"), answers=BonShape)
    def get(self, request: Request, warung: UUID, bon: UUID) -> Response:
        return Response(shown_bon(self.customer))

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Change the name, number or limit of a bon"), takes=BonWish, answers=BonShape,
        refusals=(409,), for_owners=True,
    )  # fmt: skip
    def put(self, request: Request, warung: UUID, bon: UUID) -> Response:
        return Response(shown_bon(change_bon(customer=self.customer, **self.told)))


class BonStatement(BonEndpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("How a bon came to what it is, newest first"), answers=BookLineShape, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID, bon: UUID) -> Response:
        return lines_of(bon_account(self.customer), asked=self.asked)


class PayBon(BonEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Part or all of a bon is paid"), takes=BonPaymentWish, answers=BonShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, bon: UUID) -> Response:
        assert self.key is not None
        pay_bon(customer=self.customer, key=self.key, by=self.by, **self.told)
        return Response(shown_bon(self.customer))


class WriteOffBon(BonEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Give up what nobody will pay"), takes=WriteOffWish, answers=BonShape, needs_key=True,
        for_owners=True,
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, bon: UUID) -> Response:
        assert self.key is not None
        write_off_bon(customer=self.customer, key=self.key, by=self.by, **self.told)
        return Response(shown_bon(self.customer))


class CloseBon(BonEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Write nothing more on a bon"), answers=BonShape, needs_key=True, for_owners=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, bon: UUID) -> Response:
        return Response(shown_bon(close_bon(customer=self.customer)))


class ReopenBon(BonEndpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Write on a closed bon again"), answers=BonShape, needs_key=True, for_owners=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, bon: UUID) -> Response:
        return Response(shown_bon(reopen_bon(customer=self.customer)))


class Books(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("The warung's accounts"), answers=AccountShape, paged=True, for_owners=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        page = page_of_rows(accounts_of(self.here), name="toko.books", order=("code",), asked=self.asked)
        return listed(page, AccountShape)


class Book(Endpoint):
    account: Account

    def find(self, *, account: UUID, **names: Any) -> None:
        self.account = account_of_theirs(self.here, account)

    @operation(
        Scope.TOKO_READ, gettext_lazy("What came and went on one account, newest first"), answers=BookLineShape, paged=True,
        for_owners=True,
    )  # fmt: skip
    def get(self, request: Request, warung: UUID, account: UUID) -> Response:
        return lines_of(self.account, asked=self.asked)


def lines_of(account: Account | None, *, asked: dict[str, Any]) -> Response:
    """A page of an account's movements; none where nothing was written yet."""
    rows = JournalLine.objects.select_related("entry", "account").filter(account=account)
    page = page_of_rows(rows, name=f"lines.{account.pk if account else 0}", order=("-pk",), asked=asked)
    return listed(page, BookLineShape)

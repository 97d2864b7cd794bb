"""A citizen's own savings from waste."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.endpoint import Endpoint, listed, operation
from tenant_apps.api.paging import Page, page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.waste_shapes import BookShape, PayoutShape, PayoutWish, SlipShape
from tenant_apps.bank_sampah.models import Way
from tenant_apps.bank_sampah.selectors.books import book_of_theirs, books_of, deposits_of, member_of, payouts_of
from tenant_apps.bank_sampah.selectors.units import open_units
from tenant_apps.bank_sampah.services import Wish, ask, check_pin


class WasteBooks(Endpoint):
    @operation(Scope.SHOP_READ, gettext_lazy("Your savings books"), answers=BookShape, paged=True)
    def get(self, request: Request) -> Response:
        member = member_of(self.member.user)
        return listed(Page(books_of(member) if member else [], None), BookShape)


class WasteSlips(Endpoint):
    @operation(
        Scope.SHOP_READ, gettext_lazy("What you brought into a book, newest first"), answers=SlipShape, paged=True
    )
    def get(self, request: Request, book: UUID) -> Response:
        rows = deposits_of(book_of_theirs(self.member.user, book)).prefetch_related("lines")
        return listed(page_of_rows(rows, name=f"slips.{book}", order=("-pk",), asked=self.asked), SlipShape)


class WastePayouts(Endpoint):
    def find(self, *args: Any, **names: Any) -> None:
        self.book = book_of_theirs(self.member.user, names["book"])
        if self.request.method == "POST":
            # Before the transaction in which a POST's answer is kept: wrong tries must stay counted.
            told = self.request.data
            check_pin(member=self.book.member, pin=str(told.get("pin", "") if isinstance(told, dict) else ""))

    @operation(Scope.SHOP_READ, gettext_lazy("Payouts of a book, newest first"), answers=PayoutShape, paged=True)
    def get(self, request: Request, book: UUID) -> Response:
        rows = payouts_of(self.book)
        return listed(page_of_rows(rows, name=f"payouts.{book}", order=("-pk",), asked=self.asked), PayoutShape)

    @operation(
        Scope.SHOP_WRITE,
        gettext_lazy("Ask for a payout"),
        takes=PayoutWish,
        answers=PayoutShape,
        status=201,
        needs_key=True,
        about=gettext_lazy(
            "The member's PIN goes along. The amount is set aside at once; to the WARSA balance it is paid at once. More than the"
            " book holds, or outside the terms, is refused (`savings_short`, `outside_terms`, `savings_bound`, `pin_wrong`,"
            " `pin_locked`, `pin_missing`)."
        ),
    )
    def post(self, request: Request, book: UUID) -> Response:
        told = self.told
        assert self.key is not None
        unit = open_units().filter(public_id=told["unit"]).first() if told["unit"] else None
        wish = Wish(Way(told["way"]), unit, told["bank"], told["account_end"])
        made = ask(book=self.book, key=self.key, amount=told["amount"], wish=wish, by=self.by)
        prefetch_related_objects([made], "unit")
        return Response(PayoutShape(made).data, status=201)

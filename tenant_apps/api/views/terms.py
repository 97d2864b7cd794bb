"""On what terms the warung sells: where and when it delivers, its QRIS code, and payments that somebody has to look at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.endpoint import Endpoint, listed, operation
from tenant_apps.api.paging import page_of_places, page_of_rows
from tenant_apps.api.scopes import Scope
from tenant_apps.api.shop_shapes import ZoneShape
from tenant_apps.api.toko_shapes import (
    CodeShape,
    CodeWish,
    DeliveryShape,
    IssueShape,
    MinimumWish,
    PastPaymentShape,
    SlotShape,
    SlotWish,
    StepWish,
    TermsShape,
    TermsWish,
    ZoneWish,
)
from tenant_apps.payments.models import PaymentIssue, WarungQris
from tenant_apps.payments.selectors import ShownIssue, issue_for, issues_shown, payments_seen_at
from tenant_apps.payments.services.codes import drop_code, keep_code, read_code
from tenant_apps.payments.services.queue import take_step
from tenant_apps.warungs.delivering import days_of
from tenant_apps.warungs.models import DeliverySlot, DeliveryZone, Kind
from tenant_apps.warungs.selectors import slot_of, zone_of
from tenant_apps.warungs.services import remove_slot, remove_zone, set_minimum, set_slot, set_terms, set_zone


class Delivery(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("Where and when the warung brings goods"), answers=DeliveryShape)
    def get(self, request: Request, warung: UUID) -> Response:
        told = SimpleNamespace(
            minimum=self.here.minimum_order,
            zones=self.here.zones.all(),
            slots=self.here.slots.all(),
            terms=self.here.terms.all(),
            days=days_of(self.here),
        )
        return Response(DeliveryShape(told).data)


class Minimum(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Say from how much on the warung delivers"), takes=MinimumWish, status=204
    )  # fmt: skip
    def put(self, request: Request, warung: UUID) -> Response:
        set_minimum(warung=self.here, minimum_order=self.told["minimum"])
        return Response(status=204)


class Zones(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Bring goods to a place, or other figures for one"), takes=ZoneWish, answers=ZoneShape,
        refusals=(409,),
    )  # fmt: skip
    def put(self, request: Request, warung: UUID) -> Response:
        told = self.told
        zone = set_zone(
            warung=self.here,
            village_code=told["village"],
            rw=told["rw"],
            fee=told["fee"],
            minimum_order=told["minimum"],
        )
        return Response(ZoneShape(zone).data)


class DropZone(Endpoint):
    zone: DeliveryZone

    def find(self, *, zone: UUID, **names: Any) -> None:
        self.zone = zone_of(self.here, zone)

    @operation(Scope.TOKO_WRITE, gettext_lazy("Bring nothing to a place any more"), status=204)
    def delete(self, request: Request, warung: UUID, zone: UUID) -> Response:
        remove_zone(zone=self.zone)
        return Response(status=204)


class Slots(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Bring goods at a time, or other figures for one"), takes=SlotWish, answers=SlotShape,
        refusals=(409,),
    )  # fmt: skip
    def put(self, request: Request, warung: UUID) -> Response:
        return Response(SlotShape(set_slot(warung=self.here, **self.told)).data)


class DropSlot(Endpoint):
    slot: DeliverySlot

    def find(self, *, slot: UUID, **names: Any) -> None:
        self.slot = slot_of(self.here, slot)

    @operation(Scope.TOKO_WRITE, gettext_lazy("Bring nothing at a time any more"), status=204)
    def delete(self, request: Request, warung: UUID, slot: UUID) -> Response:
        remove_slot(slot=self.slot)
        return Response(status=204)


class Terms(Endpoint):
    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Set a Fresh Food stand's delivery days and cut-off"), takes=TermsWish,
        answers=TermsShape, refusals=(409,), about=gettext_lazy("Other warungs have none: for them it is not there."),
    )  # fmt: skip
    def put(self, request: Request, warung: UUID) -> Response:
        return Response(TermsShape(set_terms(warung=self.here, **self.told)).data)

    def find(self, *args: Any, **names: Any) -> None:
        if self.here.kind != Kind.FRESH:
            raise Http404("no stand")


class Code(Endpoint):
    @operation(Scope.TOKO_READ, gettext_lazy("The warung's own QRIS code"), answers=CodeShape, for_owners=True)
    def get(self, request: Request, warung: UUID) -> Response:
        nothing = SimpleNamespace(payload="", merchant_name="", merchant_city="", nmid="")
        return Response(CodeShape(WarungQris.objects.filter(warung=self.here).first() or nothing).data)

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Read the text of a QRIS code, and keep it"), takes=CodeWish, answers=CodeShape,
        for_owners=True, about=gettext_lazy("Without `keep` it only tells whose code it is."),
    )  # fmt: skip
    def put(self, request: Request, warung: UUID) -> Response:
        text = self.told["payload"]
        if not self.told["keep"]:
            return Response(CodeShape(read_code(text)).data)
        return Response(CodeShape(keep_code(warung=self.here, text=text, by=self.by)).data)

    @operation(Scope.TOKO_WRITE, gettext_lazy("Take no more QRIS"), status=204, for_owners=True)
    def delete(self, request: Request, warung: UUID) -> Response:
        drop_code(warung=self.here)
        return Response(status=204)


class PastPayments(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("Payments that wait no more, newest first"), answers=PastPaymentShape, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        rows = payments_seen_at(self.here)
        page = page_of_rows(rows, name="toko.paid", order=("-created_at", "-pk"), asked=self.asked)
        return listed(page, PastPaymentShape)


class Issues(Endpoint):
    @operation(
        Scope.TOKO_READ, gettext_lazy("Payments that somebody has to look at; open ones first"), answers=IssueShape, paged=True
    )  # fmt: skip
    def get(self, request: Request, warung: UUID) -> Response:
        return listed(page_of_places(issues_shown(warung=self.here), name="issues", asked=self.asked), IssueShape)


class TakeStep(Endpoint):
    issue: PaymentIssue

    def find(self, *, issue: UUID, **names: Any) -> None:
        self.issue = issue_for(self.member, issue)
        if self.issue.warung_id != self.here.pk:
            raise Http404("an issue of their other warung")

    @operation(
        Scope.TOKO_WRITE, gettext_lazy("Take a step of an issue"), takes=StepWish, answers=IssueShape, needs_key=True
    )  # fmt: skip
    def post(self, request: Request, warung: UUID, issue: UUID) -> Response:
        done = take_step(issue=self.issue, step=self.told["step"], by=self.by, note=self.told["note"])
        return Response(IssueShape(ShownIssue(done, [])).data)

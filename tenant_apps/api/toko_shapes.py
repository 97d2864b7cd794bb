"""The shapes of the counter's money, shelf and terms."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from tenant_apps.api.shapes import (
    LevelShape,
    PaymentShape,
    SaleShape,
    Shape,
    WallTime,
    many,
    pack_id,
    rt_number,
    rupiah,
)
from tenant_apps.api.shop_shapes import OpenDayShape, ZoneShape
from tenant_apps.ledger.books import label_of
from tenant_apps.ledger.models import AccountKind
from tenant_apps.orders.models import MOST_OF_A_PACK
from tenant_apps.payments.models import IssueKind
from tenant_apps.payments.services.codes import MOST_TEXT
from tenant_apps.pos.models import CashMoveKind, DayState
from tenant_apps.pos.reckoning import STEP_KINDS
from tenant_apps.pos.services.drawer import PIECES
from tenant_apps.stock.models import CountState
from tenant_apps.stock.reasons import COUNT_REASONS
from tenants.kernel.units import BaseUnit

MOST_BASE_UNITS = 10**12
# Of one kind of note or coin.
MOST_PIECES = 100_000
MOST_COUNTED_AT_ONCE = 200


def base_units(**more: Any) -> s.IntegerField:
    more.setdefault("min_value", 1)
    return s.IntegerField(max_value=MOST_BASE_UNITS, **more)


# Orders ----------------------------------------------------------------------------------------------------------------


class StandInShape(Shape):
    pack = s.IntegerField(source="pack_id")
    product = s.UUIDField(source="pack.product.public_id")
    product_name = s.CharField(source="pack.product.name")
    pack_label = s.CharField(source="pack.label")
    price = s.IntegerField()


class InsteadWish(Shape):
    line = pack_id(help_text="The ordered pack.")
    pack = pack_id(help_text="What comes instead.")
    quantity = s.IntegerField(min_value=1, max_value=MOST_OF_A_PACK)


# Sales and the drawer --------------------------------------------------------------------------------------------------


class SaleLineShape(Shape):
    pack = s.IntegerField(source="pack_id", allow_null=True)
    product_name = s.CharField()
    pack_label = s.CharField()
    quantity = s.IntegerField()
    price = s.IntegerField()
    amount = s.IntegerField()


class SaleDetailShape(SaleShape):
    day = s.DateField(help_text="In whose closing it is counted.")
    customer = s.UUIDField(source="customer.public_id", allow_null=True, default=None, help_text="Whose bon it is.")
    void_reason = s.CharField(allow_blank=True)
    reviewed_at = s.DateTimeField(allow_null=True)
    lines = SaleLineShape(many=True)


class TakingsShape(Shape):
    count = s.IntegerField()
    total = s.IntegerField()
    cash = s.IntegerField()
    qris = s.IntegerField()
    bon = s.IntegerField()


class CashMoveShape(Shape):
    id = s.UUIDField(source="public_id")
    kind = s.ChoiceField(CashMoveKind.choices)
    amount = s.IntegerField()
    note = s.CharField(allow_blank=True)
    at = s.DateTimeField()


class PieceShape(Shape):
    value = s.ChoiceField(PIECES, help_text="Rupiah of the note or coin.")
    count = s.IntegerField(min_value=0, max_value=MOST_PIECES)


class DayShape(Shape):
    day = s.DateField()
    state = s.ChoiceField(DayState.choices)
    opening = s.IntegerField()
    expected = s.IntegerField(allow_null=True, help_text="By the books at the moment of counting.")
    counted = s.IntegerField(allow_null=True)
    difference = s.IntegerField(allow_null=True, help_text="Below zero: money is missing.")
    pieces = s.SerializerMethodField()
    reason = s.CharField(allow_blank=True)
    opened_at = s.DateTimeField()
    counted_at = s.DateTimeField(allow_null=True)
    closed_at = s.DateTimeField(allow_null=True)

    def get_pieces(self, day: Any) -> list[dict[str, int]]:
        return [{"value": int(value), "count": count} for value, count in day.pieces.items()]


class CarriedShape(Shape):
    courier = s.UUIDField(source="courier.public_id")
    name = s.CharField(source="courier.name")
    amount = s.IntegerField(help_text="Taken at the door, not yet in the drawer.")
    payments = s.IntegerField()


class DepositWish(Shape):
    courier = s.UUIDField(help_text="Whose money lies in the drawer now; staff say so of their own alone.")


class DepositShape(Shape):
    amount = s.IntegerField(help_text="What came into the drawer.")
    in_drawer = s.IntegerField(help_text="Cash that the books expect now.")


class DrawerShape(Shape):
    day = DayShape(allow_null=True, help_text="The day at work; null: it has to be opened.")
    counts_for = s.DateField(help_text="The day in whose closing a sale counts now.")
    in_drawer = s.IntegerField(help_text="Cash that the books expect now.")
    carried = CarriedShape(many=True, help_text="Cash on its way to the drawer; staff see their own.")
    takings = TakingsShape()
    moves = CashMoveShape(many=True)


class StepShape(Shape):
    kind = s.ChoiceField([(one, one) for one in STEP_KINDS])
    text = s.CharField(source="label", help_text="The same for people.")
    amount = s.IntegerField(help_text="What came into the drawer less what went out.")


class DayDetailShape(DayShape):
    steps = StepShape(many=True, help_text="They sum to what the books expect less what lay there at opening.")
    takings = TakingsShape()
    moves = CashMoveShape(many=True)


class OpenDayWish(Shape):
    opening = rupiah(min_value=0, help_text="What lies in the drawer.")
    reason = s.CharField(max_length=240, allow_blank=True, default="", help_text="Where the books expect another sum.")


class CountDayWish(Shape):
    counted = rupiah(min_value=0)
    pieces = many(PieceShape, max_length=len(PIECES), required=False, help_text="Nothing: only the sum is known.")


class CloseDayWish(Shape):
    reason = s.CharField(max_length=240, allow_blank=True, default="", help_text="For a difference.")


class CashMoveWish(Shape):
    kind = s.ChoiceField(CashMoveKind.choices)
    amount = rupiah()
    note = s.CharField(max_length=240, allow_blank=True, default="")


class BonShape(Shape):
    id = s.UUIDField(source="customer.public_id")
    name = s.CharField(source="customer.name")
    phone = s.CharField(source="customer.phone", allow_blank=True)
    limit = s.IntegerField(source="customer.limit")
    owed = s.IntegerField()
    closed_at = s.DateTimeField(source="customer.closed_at", allow_null=True)


class BonQuery(Shape):
    q = s.CharField(max_length=80, default="", allow_blank=True, help_text="Part of the name.")


class BonWish(Shape):
    name = s.CharField(max_length=120)
    phone = s.CharField(max_length=20, allow_blank=True, default="")
    limit = rupiah(min_value=0)


class BonPaymentWish(Shape):
    cash = rupiah(min_value=0, default=0)
    qris = rupiah(min_value=0, default=0)


class WriteOffWish(Shape):
    amount = rupiah()
    reason = s.CharField(max_length=240)


# Books -----------------------------------------------------------------------------------------------------------------


class AccountShape(Shape):
    id = s.UUIDField(source="public_id")
    name = s.SerializerMethodField()
    kind = s.ChoiceField(AccountKind.choices)
    amount = s.IntegerField(help_text="Rupiah, above zero as this kind of account grows.")

    def get_name(self, account: Any) -> str:
        return str(label_of(account))


class BookLineShape(Shape):
    at = s.DateTimeField(source="entry.at")
    text = s.CharField(source="entry.text", allow_blank=True)
    amount = s.SerializerMethodField(help_text="Rupiah: above zero came, below zero went.")
    reference = s.UUIDField(source="entry.public_id")

    def get_amount(self, line: Any) -> int:
        return int(line.amount) * AccountKind(line.account.kind).sign


# The shelf -------------------------------------------------------------------------------------------------------------


class ShelfQuery(Shape):
    low = s.BooleanField(default=False, help_text="Only what runs out.")


class ShelfLevelShape(LevelShape):
    low_at = s.IntegerField(
        allow_null=True, help_text="Below this it is told as running out; null: as fast as it sells."
    )


class MarkWish(Shape):
    low_at = base_units(min_value=0, allow_null=True)


class ArrivalWish(Shape):
    base_quantity = base_units()
    expires_on = s.DateField(required=False, allow_null=True, default=None)
    pack = s.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True, default=None, help_text="Came in unopened packs of it."
    )  # fmt: skip


class OpenPackWish(Shape):
    pack = pack_id()


class SealWish(Shape):
    pack = pack_id()
    count = s.IntegerField(min_value=1, max_value=MOST_PIECES)


class UnopenedShape(Shape):
    pack = s.IntegerField()
    count = s.IntegerField()


class LotQuery(Shape):
    days = s.IntegerField(
        min_value=0, max_value=366, default=3, help_text="What is good for so many days more at most."
    )


class LotShape(Shape):
    id = s.UUIDField(source="public_id")
    product = s.UUIDField(source="product.public_id")
    product_name = s.CharField(source="product.name")
    base_unit = s.ChoiceField(BaseUnit.choices, source="product.base_unit")
    expires_on = s.DateField()
    received_on = s.DateField()
    left = s.IntegerField()


class ShelfProductShape(Shape):
    level = ShelfLevelShape()
    unopened = UnopenedShape(many=True)
    lots = LotShape(many=True)


class NoteWish(Shape):
    note = s.CharField(max_length=240, allow_blank=True, default="")


class DiscardedShape(Shape):
    discarded = s.IntegerField(help_text="Base units; 0: it was gone already.")


class ShelfCountShape(Shape):
    number = s.CharField()
    state = s.ChoiceField(CountState.choices)
    opened_at = s.DateTimeField()
    closed_at = s.DateTimeField(allow_null=True)


class CountLineShape(Shape):
    product = s.UUIDField(source="product.public_id")
    product_name = s.CharField(source="product.name")
    base_unit = s.ChoiceField(BaseUnit.choices, source="product.base_unit")
    system = s.IntegerField(help_text="By the books at the moment of counting.")
    counted = s.IntegerField()
    difference = s.IntegerField()
    reason = s.CharField()


class CountedLineWish(Shape):
    product = s.UUIDField()
    counted = base_units(min_value=0)


class CountedWish(Shape):
    lines = many(CountedLineWish, min_length=1, max_length=MOST_COUNTED_AT_ONCE)


class WhyLineWish(Shape):
    product = s.UUIDField()
    reason = s.ChoiceField([name for name, _word in COUNT_REASONS])


class ApplyWish(Shape):
    reasons = many(
        WhyLineWish, required=False, max_length=2_000, help_text="Why it differs; what is not named was counted anew."
    )


# Payments --------------------------------------------------------------------------------------------------------------


class IssueShape(Shape):
    id = s.UUIDField(source="issue.public_id")
    kind = s.ChoiceField(IssueKind.choices, source="issue.kind")
    amount = s.IntegerField(source="issue.amount")
    payment = s.SerializerMethodField(help_text="The payment's id; null: it belongs to none.")
    steps = s.SerializerMethodField(help_text="What can be done now; empty once it is done.")
    created_at = s.DateTimeField(source="issue.created_at")
    done_at = s.DateTimeField(source="issue.done_at", allow_null=True)
    step_taken = s.CharField(source="issue.step_taken", allow_blank=True)
    note = s.CharField(source="issue.note", allow_blank=True)

    def get_payment(self, shown: Any) -> str | None:
        payment = shown.issue.payment
        return None if payment is None else str(payment.public_id)

    def get_steps(self, shown: Any) -> list[dict[str, str]]:
        return [{"step": name, "text": str(word)} for name, word in shown.steps]


class StepWish(Shape):
    step = s.CharField(max_length=20, help_text="One of the issue's steps.")
    note = s.CharField(max_length=240, allow_blank=True, default="")


class PastPaymentShape(PaymentShape):
    created_at = s.DateTimeField()


class CodeShape(Shape):
    payload = s.CharField(allow_blank=True, help_text="Empty: the warung takes no QRIS of its own.")
    merchant_name = s.CharField(allow_blank=True)
    merchant_city = s.CharField(allow_blank=True)
    nmid = s.CharField(allow_blank=True)


class CodeWish(Shape):
    payload = s.CharField(max_length=MOST_TEXT, help_text="Text of the printed code.")
    keep = s.BooleanField(
        default=False, help_text="You saw the merchant's name, and it is yours: customers can pay by it."
    )


# Delivery --------------------------------------------------------------------------------------------------------------


class SlotShape(Shape):
    id = s.UUIDField(source="public_id")
    weekday = s.IntegerField(help_text="Monday is 0.")
    starts = WallTime()
    ends = WallTime()
    capacity = s.IntegerField()


class TermsShape(Shape):
    valid_from = s.DateField()
    cutoff = WallTime()
    lead_days = s.IntegerField()
    weekdays = s.ListField(child=s.IntegerField(), source="days")


class DeliveryShape(Shape):
    minimum = s.IntegerField()
    zones = ZoneShape(many=True)
    slots = SlotShape(many=True)
    terms = TermsShape(many=True, help_text="Of a Fresh Food stand.")
    days = OpenDayShape(many=True, help_text="Days for which a stand takes orders now.")


class MinimumWish(Shape):
    minimum = rupiah(min_value=0)


class ZoneWish(Shape):
    village = s.CharField(max_length=13, help_text="Code of a kelurahan of the region.")
    rw = rt_number(help_text="Nothing: the whole kelurahan.")
    fee = s.IntegerField(min_value=0, max_value=1_000_000)
    minimum = rupiah(min_value=0, default=0)


class SlotWish(Shape):
    weekday = s.IntegerField(min_value=0, max_value=6, help_text="Monday is 0.")
    starts = WallTime()
    ends = WallTime()
    capacity = s.IntegerField(min_value=1, max_value=999)


class TermsWish(Shape):
    valid_from = s.DateField()
    cutoff = WallTime()
    lead_days = s.IntegerField(min_value=0, max_value=7)
    weekdays = s.ListField(child=s.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7)

"""The shapes of what surrounds shopping: favourites, news, delivery, returns, receipts, savings."""

from __future__ import annotations

from rest_framework import serializers as s

from tenant_apps.api.shapes import (
    LARGEST_ID,
    PAY_OR_SAVINGS,
    OrderShape,
    PackShape,
    Shape,
    WallTime,
    many,
    pack_id,
    rt_number,
)
from tenant_apps.orders.models import ReturnState
from tenant_apps.orders.services.carting import MOST_LINES
from tenant_apps.pricing.savings import FIRST_YEAR
from tenants.kernel.units import BaseUnit

LAST_YEAR = 2100
MOST_BASE_UNITS = 10**9

# How goods reach you ---------------------------------------------------------------------------------------------------


class ReachQuery(Shape):
    village = s.CharField(max_length=13, default="", allow_blank=True, help_text="Code of the kelurahan to deliver to.")
    rw = rt_number()


class ReachShape(Shape):
    fee = s.IntegerField()
    minimum = s.IntegerField(help_text="Rupiah of goods from which the warung delivers there.")


class OpenDayShape(Shape):
    day = s.DateField()
    until = s.DateTimeField(help_text="Orders for this day are taken until then.")


class OpenSlotShape(Shape):
    day = s.DateField()
    slot = s.UUIDField(source="slot.public_id", help_text="An order names it, with the day.")
    starts = WallTime(source="slot.starts")
    ends = WallTime(source="slot.ends")


class ZoneShape(Shape):
    id = s.UUIDField(source="public_id")
    village = s.CharField(source="village_code", help_text="Code of the kelurahan.")
    rw = s.IntegerField(allow_null=True, help_text="Null: the whole kelurahan.")
    fee = s.IntegerField()
    minimum = s.IntegerField(source="minimum_order")


class WaysShape(Shape):
    pay = s.ListField(
        child=s.ChoiceField(PAY_OR_SAVINGS), help_text="How it can be paid; balance and savings only for who has them."
    )
    pickup = s.BooleanField()
    delivers = s.BooleanField()
    reach = ReachShape(allow_null=True, help_text="What delivery to the asked place costs; null: not brought there.")
    zones = ZoneShape(many=True, help_text="Empty: everywhere for the same fee.")
    wants_day = s.BooleanField(help_text="An order names one of `days`.")
    days = OpenDayShape(many=True)
    wants_slot = s.BooleanField(help_text="A delivery names one of `slots`.")
    slots = OpenSlotShape(many=True, help_text="Delivery times that have a place left.")


# Favourites and news ---------------------------------------------------------------------------------------------------


class NewsQuery(Shape):
    unread = s.BooleanField(default=False, help_text="Only what you have not read.")


class NoticeShape(Shape):
    id = s.UUIDField(source="public_id")
    subject = s.CharField()
    body = s.CharField(allow_blank=True)
    path = s.CharField(allow_blank=True, help_text="A page of this site that shows more; empty: there is none.")
    created_at = s.DateTimeField()
    read_at = s.DateTimeField(allow_null=True)


class UnreadShape(Shape):
    unread = s.IntegerField(help_text="At most 99.")


class ReadUntilWish(Shape):
    until = s.DateTimeField(
        required=False, allow_null=True, default=None, help_text="What came later stays unread; nothing: until now."
    )


class ReadShape(Shape):
    read = s.IntegerField(help_text="How many were marked.")


# Returns and receipts --------------------------------------------------------------------------------------------------


class ReturnLineShape(Shape):
    pack = s.IntegerField(source="line.pack_id")
    product_name = s.CharField(source="line.product_name")
    pack_label = s.CharField(source="line.pack_label")
    base_unit = s.ChoiceField(BaseUnit.choices, source="line.base_unit")
    base_quantity = s.IntegerField()
    amount = s.IntegerField(help_text="Rupiah that go back for it.")
    on_shelf = s.BooleanField(allow_null=True, help_text="Null until it is decided.")


class ReturnShape(Shape):
    number = s.CharField()
    order = s.CharField(source="order.number")
    state = s.ChoiceField(ReturnState.choices)
    reason = s.CharField()
    answer = s.CharField(allow_blank=True)
    amount = s.IntegerField()
    asked_at = s.DateTimeField()
    decided_at = s.DateTimeField(allow_null=True)
    lines = ReturnLineShape(many=True)


class ReturnLineWish(Shape):
    pack = pack_id()
    base_quantity = s.IntegerField(min_value=1, max_value=MOST_BASE_UNITS)


class ReturnWish(Shape):
    lines = many(ReturnLineWish, min_length=1, max_length=MOST_LINES)
    reason = s.CharField(max_length=240, help_text="The warung reads it.")


class LeftLineShape(Shape):
    pack = s.IntegerField(source="line.pack_id")
    product_name = s.CharField(source="line.product_name")
    pack_label = s.CharField(source="line.pack_label")
    base_unit = s.ChoiceField(BaseUnit.choices, source="line.base_unit")
    base_quantity = s.IntegerField(help_text="Base units that can still be brought back.")


class ReturnableShape(Shape):
    may_ask = s.BooleanField()
    until = s.DateTimeField(allow_null=True, help_text="Null before the hand-over.")
    lines = LeftLineShape(many=True)


class TakenBackWish(Shape):
    on_shelf = s.ListField(
        child=s.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        max_length=MOST_LINES,
        help_text="Packs that can be sold again; the others are spoiled.",
    )


class ShareShape(Shape):
    address = s.CharField(allow_blank=True, help_text="Page on this site; empty while nothing is shared.")
    token = s.CharField(allow_blank=True)


class ReceiptLineShape(Shape):
    product_name = s.CharField()
    pack_label = s.CharField()
    quantity = s.IntegerField()
    price = s.IntegerField()
    due = s.IntegerField(help_text="What the line costs, as packed.")


class ReceiptShape(OrderShape):
    """An order without who placed it and where they live."""

    lines = ReceiptLineShape(many=True)


# Prices and savings ----------------------------------------------------------------------------------------------------


class DayPriceShape(Shape):
    day = s.DateField()
    market_price = s.IntegerField(source="market", allow_null=True)
    market = s.CharField(source="where", allow_blank=True)
    price = s.IntegerField(source="ours", allow_null=True, help_text="The lowest of an open warung.")


class HistoryShape(Shape):
    pack = PackShape(allow_null=True, help_text="All prices are for this pack; null: it has none.")
    days = DayPriceShape(
        many=True, help_text="Days of the last 90 on which something changed, oldest first, and today."
    )


class YearQuery(Shape):
    year = s.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, allow_null=True, default=None)


class MonthQuery(Shape):
    month = s.RegexField(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", help_text="As 2026-11.")


class MonthSavedShape(Shape):
    month = s.DateField(help_text="Its first day.")
    saved = s.IntegerField()
    paid = s.IntegerField()
    documents = s.IntegerField()


class YearSavedShape(Shape):
    year = s.IntegerField()
    saved = s.IntegerField(help_text="Rupiah against the market prices that the lines carry.")
    paid = s.IntegerField()
    documents = s.IntegerField()
    months = MonthSavedShape(many=True)


class OrderSavedShape(Shape):
    order = s.CharField(source="document")
    warung_name = s.CharField(source="warung")
    bought_at = s.DateTimeField()
    saved = s.IntegerField()
    paid = s.IntegerField()


class LineSavedShape(Shape):
    line = s.CharField()
    product_name = s.CharField()
    pack_label = s.CharField()
    base_unit = s.ChoiceField(BaseUnit.choices)
    base_quantity = s.IntegerField()
    paid = s.IntegerField()
    market_price = s.IntegerField()
    market = s.CharField(allow_blank=True)
    observed_on = s.DateField()
    saved = s.IntegerField()


class OrderLinesSavedShape(Shape):
    lines = LineSavedShape(many=True)

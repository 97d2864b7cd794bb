"""The shapes of savings from waste: books, slips, payouts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers as s

from tenant_apps.api.shapes import Shape
from tenant_apps.bank_sampah.models import DepositState, Way, WithdrawalState

BY_WEIGHT_OR_PIECE = "g or pcs"


class BookShape(Shape):
    id = s.UUIDField(source="book.public_id")
    number = s.CharField(source="book.number")
    purpose = s.CharField(source="book.purpose", allow_blank=True, help_text="Empty: free savings.")
    bound_until = s.DateField(source="book.bound_until", allow_null=True, help_text="Nothing is paid out before.")
    holds = s.IntegerField(help_text="Whole rupiah.")
    spendable = s.IntegerField(help_text="Whole rupiah; 0 while the book is kept for its purpose.")
    reserved = s.IntegerField(help_text="Rupiah set aside for payouts that wait.")


class SlipLineShape(Shape):
    name = s.CharField()
    unit = s.CharField(source="measure", help_text=BY_WEIGHT_OR_PIECE)
    quantity = s.IntegerField(help_text="Grams or pieces.")
    price = s.IntegerField(help_text="Rupiah for a kilogram or a piece.")
    value = s.IntegerField(help_text="Rupiah.")


class SlipShape(Shape):
    number = s.CharField()
    at = s.DateTimeField()
    place = s.CharField(source="unit.name", help_text="The unit where it was weighed.")
    state = s.ChoiceField(DepositState.choices)
    grams = s.IntegerField()
    value = s.IntegerField(help_text="Rupiah.")
    share = s.IntegerField(help_text="Rupiah of the value that are the committee's.")
    saved = s.IntegerField(help_text="Rupiah of the value that are the member's.")
    lines = SlipLineShape(many=True)


class PayoutShape(Shape):
    number = s.CharField()
    at = s.DateTimeField()
    way = s.ChoiceField(Way.choices)
    amount = s.IntegerField(help_text="Whole rupiah.")
    state = s.ChoiceField(WithdrawalState.choices)
    place = s.SerializerMethodField(help_text="The unit where cash is fetched; null for other ways.")

    def get_place(self, payout: Any) -> str | None:
        return payout.unit.name if payout.unit else None


class PayoutWish(Shape):
    pin = s.RegexField(
        r"^[0-9]{6}$", write_only=True, help_text="The member's PIN; after five wrong ones it is closed for 15 minutes."
    )
    amount = s.IntegerField(min_value=1, max_value=1_000_000_000, help_text="Whole rupiah.")
    way = s.ChoiceField([(way.value, way.label) for way in Way.asked_for()])
    unit = s.UUIDField(required=False, allow_null=True, default=None, help_text="For cash: where it is fetched.")
    bank = s.CharField(max_length=40, required=False, default="", allow_blank=True)
    account_end = s.RegexField(
        r"^([0-9]{4})?$", required=False, default="", allow_blank=True, help_text="Last four digits, never more."
    )

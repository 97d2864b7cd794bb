"""The shapes of what the API takes and answers. No rule of the market is in here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

from tenant_apps.orders.forms import LONGEST_NOTE
from tenant_apps.orders.models import MOST_OF_A_PACK, Method, OrderState
from tenant_apps.orders.services.carting import MOST_LINES
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.models import PaymentState
from tenant_apps.payments.selectors import payload_to_pay
from tenant_apps.payments.sources import SAVINGS
from tenant_apps.pos.batches import MOST_SALES
from tenant_apps.pricing.models import ClaimState
from tenants.forms import MOST_RUPIAH
from tenants.kernel.units import BaseUnit

LARGEST_ID = 2**63 - 1
PAY_OR_SAVINGS = [*Pay.choices, (SAVINGS, _("waste savings"))]
LARGEST_RT = 999
MOST_RESTOCK_LINES = 200
Shape = s.Serializer[Any]


def rupiah(**more: Any) -> s.IntegerField:
    more.setdefault("min_value", 1)
    return s.IntegerField(max_value=MOST_RUPIAH, **more)


def pack_id(**more: Any) -> s.IntegerField:
    return s.IntegerField(min_value=1, max_value=LARGEST_ID, **more)


def rt_number(**more: Any) -> s.IntegerField:
    return s.IntegerField(min_value=1, max_value=LARGEST_RT, required=False, allow_null=True, default=None, **more)


def many(shape: type[Shape], *, max_length: int, **more: Any) -> s.BaseSerializer[Any]:
    """A bounded list of these: `shape(many=True, ...)`, whose stub does not know the bounds."""
    return shape.many_init(max_length=max_length, **more)


@extend_schema_field({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"})
class WallTime(s.TimeField):
    """A time of the day in the region's own time: the format `time` of JSON Schema would need an offset."""


# What people ask for -------------------------------------------------------------------------------------------------


class PlaceQuery(Shape):
    village = s.CharField(max_length=13, default="", allow_blank=True, help_text="Code of the kelurahan where you are.")
    rw = rt_number()
    rt = rt_number()


def degrees(most: int, **more: Any) -> s.DecimalField:
    return s.DecimalField(
        max_digits=9, decimal_places=6, min_value=-most, max_value=most, required=False, allow_null=True, default=None, **more
    )  # fmt: skip


class WarungQuery(PlaceQuery):
    open_now = s.BooleanField(default=False, help_text="Only warungs that take orders now.")
    only_here = s.BooleanField(default=False, help_text="Only warungs of that kelurahan, and of the RW and RT if told.")
    latitude = degrees(90, help_text="Where you stand; with `longitude`, warungs on the map come by their distance.")
    longitude = degrees(180)


class GoodsQuery(Shape):
    q = s.CharField(max_length=80, default="", allow_blank=True, help_text="Words; spelling is forgiven.")
    category = s.CharField(max_length=80, default="", allow_blank=True, help_text="Slug of a category.")


class SearchQuery(PlaceQuery):
    q = s.CharField(max_length=80, min_length=1, help_text="Words; spelling is forgiven.")
    category = s.CharField(max_length=80, default="", allow_blank=True, help_text="Slug of a category.")
    open_now = s.BooleanField(default=False, help_text="Only at warungs that take orders now.")


# The region and its goods --------------------------------------------------------------------------------------------


class ServiceShape(Shape):
    code = s.CharField()
    # No attribute of the shape: the metaclass takes declared fields off the class.
    label = s.CharField()  # type: ignore[assignment]
    enabled = s.BooleanField()


class RuleShape(Shape):
    minimum_saving = s.IntegerField(help_text="Rupiah that a price must stay below the market.")
    minimum_percent = s.IntegerField()
    freshness_days = s.IntegerField(help_text="Days for which a market price is evidence.")


class VillageShape(Shape):
    code = s.CharField()
    name = s.CharField()


class RegionShape(Shape):
    name = s.CharField()
    time_zone = s.CharField()
    welcome = s.CharField(allow_blank=True)
    services = ServiceShape(many=True)
    price_rule = RuleShape()
    villages = VillageShape(many=True)


class CategoryShape(Shape):
    slug = s.CharField()
    name = s.CharField()


class PackShape(Shape):
    id = s.IntegerField(help_text="Carts and orders name the pack by it.")
    # No attribute of the shape: the metaclass takes declared fields off the class.
    label = s.CharField()  # type: ignore[assignment]
    base_quantity = s.IntegerField(help_text="In the product's base unit.")


class ProductShape(Shape):
    id = s.UUIDField(source="public_id")
    sku = s.CharField()
    name = s.CharField()
    category = CategoryShape()
    kind = s.CharField()
    base_unit = s.ChoiceField(BaseUnit.choices)
    by_weight = s.BooleanField()
    photo = s.CharField(source="large_photo", allow_blank=True, help_text="Address on this site; empty without one.")


class ProductDetailShape(ProductShape):
    packs = PackShape(many=True)


class OpeningShape(Shape):
    is_open = s.BooleanField()
    changes_at = s.DateTimeField(allow_null=True)


class WarungShape(Shape):
    id = s.UUIDField(source="warung.public_id")
    slug = s.CharField(source="warung.slug")
    name = s.CharField(source="warung.name")
    village = s.CharField(source="village_name", allow_blank=True)
    rw = s.IntegerField(source="warung.rw", allow_null=True)
    rt = s.IntegerField(source="warung.rt", allow_null=True)
    address = s.CharField(source="warung.address", allow_blank=True)
    phone = s.CharField(source="warung.phone", allow_blank=True)
    note = s.CharField(source="warung.note", allow_blank=True)
    state = s.CharField(source="warung.state")
    delivers = s.BooleanField(source="warung.delivers")
    pickup = s.BooleanField(source="warung.pickup")
    delivery_fee = s.IntegerField(source="warung.delivery_fee")
    opening = OpeningShape()
    distance = s.IntegerField(
        source="steps", help_text="0 same RT, 1 same RW, 2 same kelurahan, 3 elsewhere or not known."
    )
    metres = s.SerializerMethodField(help_text="As the crow flies from where you stand; null where that is not known.")

    def get_metres(self, nearby: Any) -> int | None:
        return None if nearby.metres is None else round(nearby.metres)


class GuaranteeShape(Shape):
    holds = s.BooleanField()
    reason = s.CharField(allow_blank=True, help_text="Why not: no_evidence, stale, not_cheaper.")
    saving = s.IntegerField(help_text="Rupiah for the pack; 0 unless it holds.")
    market = s.CharField(allow_blank=True)
    observed_on = s.DateField(allow_null=True)
    market_price = s.IntegerField(allow_null=True, help_text="What the market asks for the same pack.")


class GoodProductShape(Shape):
    id = s.UUIDField(source="public_id")
    name = s.CharField()
    category = CategoryShape()
    base_unit = s.ChoiceField(BaseUnit.choices)


class GoodShape(Shape):
    pack = PackShape(source="price.pack")
    product = GoodProductShape(source="price.pack.product")
    price = s.IntegerField(source="price.price", help_text="Rupiah for one pack.")
    guarantee = GuaranteeShape()
    packs_left = s.IntegerField()


class OfferShape(GoodShape):
    warung = s.CharField(source="price.warung.slug")
    warung_name = s.CharField(source="price.warung.name")


class FoundShape(Shape):
    warung = WarungShape(source="nearby")
    goods = GoodShape(many=True)
    more = s.IntegerField(help_text="How many goods more fit at this warung.")


# Yourself ------------------------------------------------------------------------------------------------------------


class PlaceShape(Shape):
    village = s.CharField(max_length=13, allow_blank=True, source="village_code", help_text="Code; empty: not told.")
    rw = s.IntegerField(min_value=1, max_value=LARGEST_RT, allow_null=True, required=False, default=None)
    rt = s.IntegerField(min_value=1, max_value=LARGEST_RT, allow_null=True, required=False, default=None)
    address = s.CharField(max_length=240, allow_blank=True, required=False, default="")


class MeShape(Shape):
    id = s.UUIDField(source="user.public_id")
    name = s.CharField(source="user.name", allow_blank=True)
    language = s.CharField(source="user.language")
    phone = s.CharField(source="user.phone", allow_blank=True)
    email = s.CharField(source="user.email", allow_blank=True)
    roles = s.ListField(child=s.CharField())
    place = PlaceShape()


class MeWish(Shape):
    name = s.CharField(max_length=120)
    language = s.ChoiceField(["id", "en"])


# Carts and orders ----------------------------------------------------------------------------------------------------


class CartLineShape(Shape):
    pack = PackShape()
    product = s.UUIDField(source="pack.product.public_id")
    product_name = s.CharField(source="pack.product.name")
    wanted = s.IntegerField()
    orderable = s.IntegerField(help_text="How many of them can be had now.")
    price = s.SerializerMethodField(help_text="Rupiah for one pack; null when it is no longer sold.")
    total = s.IntegerField()

    def get_price(self, line: Any) -> int | None:
        return line.price.price if line.price else None


class CartShape(Shape):
    warung = s.CharField(source="warung.slug")
    warung_name = s.CharField(source="warung.name")
    opening = OpeningShape()
    lines = CartLineShape(many=True)
    goods_total = s.IntegerField()
    delivery_fee = s.IntegerField(source="warung.delivery_fee")
    saving = s.IntegerField()


class CartLineWish(Shape):
    pack = pack_id()
    quantity = s.IntegerField(min_value=0, max_value=MOST_OF_A_PACK, help_text="Exactly so many; 0 takes it out.")


class SeenLineWish(Shape):
    pack = pack_id()
    quantity = s.IntegerField(min_value=1, max_value=MOST_OF_A_PACK)
    price = rupiah(help_text="Rupiah for one pack, as you showed it.")
    may_replace = s.BooleanField(default=False, help_text="Something else that costs no more will do.")
    note = s.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="")


class WhenWish(Shape):
    day = s.DateField()
    slot = s.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="A delivery time of that day, where the warung has some.",
    )


def when_wish() -> WhenWish:
    return WhenWish(required=False, allow_null=True, default=None, help_text="One of the warung's days or times.")


class AddressWish(Shape):
    village = s.CharField(max_length=13, help_text="Code of a kelurahan of the region.")
    street = s.CharField(max_length=240)
    rw = rt_number()
    rt = rt_number()


def pin_wish() -> s.RegexField:
    return s.RegexField(
        r"^([0-9]{6})?$",
        required=False,
        default="",
        allow_blank=True,
        write_only=True,
        help_text="For `savings`: the member's PIN; after five wrong ones it is closed for 15 minutes.",
    )


class OrderWish(Shape):
    warung = s.SlugField(max_length=60)
    lines = many(SeenLineWish, min_length=1, max_length=MOST_LINES)
    method = s.ChoiceField(Method.choices)
    name = s.CharField(max_length=120)
    phone = s.CharField(max_length=40, allow_blank=True, default="")
    fee = rupiah(min_value=0, default=0, help_text="The delivery fee that you showed.")
    address = AddressWish(required=False, allow_null=True, default=None, help_text="Where to; for a delivery.")
    note = s.CharField(max_length=240, allow_blank=True, default="")
    pay = s.ChoiceField(PAY_OR_SAVINGS, default=Pay.CASH, help_text="One of the warung's ways to pay.")
    pin = pin_wish()
    when = when_wish()


class ShopWish(Shape):
    warung = s.SlugField(max_length=60)
    lines = many(SeenLineWish, min_length=1, max_length=MOST_LINES)
    method = s.ChoiceField(Method.choices)
    fee = rupiah(min_value=0, default=0, help_text="The delivery fee that you showed.")
    note = s.CharField(max_length=240, allow_blank=True, default="")
    when = when_wish()


class PurchaseWish(Shape):
    shops = many(ShopWish, min_length=1, max_length=20)
    name = s.CharField(max_length=120)
    phone = s.CharField(max_length=40, allow_blank=True, default="")
    address = AddressWish(required=False, allow_null=True, default=None, help_text="Where to; for deliveries.")
    pay = s.ChoiceField(PAY_OR_SAVINGS, default=Pay.CASH)
    pin = pin_wish()


class OrderLineShape(Shape):
    product = s.UUIDField(source="product.public_id")
    product_name = s.CharField()
    pack = s.IntegerField(source="pack_id")
    pack_label = s.CharField()
    quantity = s.IntegerField()
    price = s.IntegerField()
    total = s.IntegerField()
    market_price = s.IntegerField(allow_null=True)
    market = s.CharField(allow_blank=True)
    observed_on = s.DateField(allow_null=True)
    base_unit = s.ChoiceField(BaseUnit.choices)
    in_bag = s.IntegerField(help_text="Base units that were packed, or are to be packed.")
    due = s.IntegerField(help_text="What the line costs: as packed, once it is packed.")
    may_replace = s.BooleanField()
    note = s.CharField(allow_blank=True)
    replaced_by = s.SerializerMethodField(help_text="The pack that comes instead; null while none does.")

    def get_replaced_by(self, line: Any) -> int | None:
        row = line.packed_row
        return row.replaced_by.pack_id if row is not None and row.replaced_by is not None else None


class OrderEventShape(Shape):
    move = s.CharField()
    after = s.CharField()
    reason = s.CharField(allow_blank=True)
    at = s.DateTimeField()


class OrderShape(Shape):
    number = s.CharField()
    warung = s.CharField(source="warung.slug")
    warung_name = s.CharField(source="warung.name")
    state = s.ChoiceField(OrderState.choices)
    method = s.ChoiceField(Method.choices)
    pay = s.ChoiceField(Pay.choices)
    goods_total = s.IntegerField(help_text="As ordered.")
    delivery_fee = s.IntegerField()
    total = s.IntegerField(help_text="As ordered.")
    due = s.IntegerField(help_text="What is paid in all: as packed, once it is packed.")
    due_on = s.DateField(allow_null=True, help_text="The day that was chosen.")
    due_from = WallTime(allow_null=True)
    due_until = WallTime(allow_null=True)
    placed_at = s.DateTimeField()
    moved_at = s.DateTimeField()


class OrderDetailShape(OrderShape):
    customer_name = s.CharField()
    customer_phone = s.CharField(allow_blank=True)
    village = s.CharField(source="village_name", allow_blank=True)
    rw = s.IntegerField(allow_null=True)
    rt = s.IntegerField(allow_null=True)
    address = s.CharField(allow_blank=True)
    note = s.CharField(allow_blank=True)
    lines = OrderLineShape(many=True)
    history = OrderEventShape(source="events", many=True)


class PurchaseShape(Shape):
    number = s.CharField()
    placed_at = s.DateTimeField()
    orders = OrderDetailShape(many=True)


class PaymentShape(Shape):
    id = s.UUIDField(source="public_id")
    reference = s.CharField()
    method = s.ChoiceField(Pay.choices)
    state = s.ChoiceField(PaymentState.choices)
    amount = s.IntegerField()
    paid = s.IntegerField()
    refunded = s.IntegerField()
    missing = s.IntegerField()
    expires_at = s.DateTimeField(allow_null=True)
    claimed_at = s.DateTimeField(allow_null=True, help_text="When the payer said that it is paid.")


class OwnPaymentShape(PaymentShape):
    qris = s.SerializerMethodField(help_text="Text of the QR code that can be paid now; empty where there is none.")

    def get_qris(self, payment: Any) -> str:
        return payload_to_pay(payment)


class ConfirmWish(Shape):
    amount = rupiah(required=False, allow_null=True, default=None, help_text="All that came, where it is another sum.")


class ClaimableShape(Shape):
    line = s.CharField(help_text="A claim names it.")
    order = s.CharField(source="document")
    product_name = s.CharField()
    pack_label = s.CharField()
    base_unit = s.CharField()
    base_quantity = s.IntegerField()
    paid = s.IntegerField()
    bought_at = s.DateTimeField()


class ClaimShape(Shape):
    id = s.UUIDField(source="public_id")
    state = s.ChoiceField(ClaimState.choices)
    order = s.CharField(source="document")
    product_name = s.CharField()
    pack_label = s.CharField()
    paid = s.IntegerField()
    market = s.CharField()
    seen_on = s.DateField()
    per_quantity = s.IntegerField()
    price = s.IntegerField()
    note = s.CharField(allow_blank=True)
    amount = s.IntegerField(help_text="The difference in rupiah; on your balance once accepted.")
    decision = s.CharField(allow_blank=True)
    created_at = s.DateTimeField()


class ClaimWish(Shape):
    line = s.CharField(max_length=80)
    market = s.CharField(max_length=120)
    seen_on = s.DateField()
    per_quantity = s.IntegerField(min_value=1, max_value=10**9, help_text="Base units that the price is for.")
    price = rupiah()
    photo = s.CharField(max_length=900_000, help_text="The proof: JPEG, PNG or WebP, as base64.")
    note = s.CharField(max_length=240, allow_blank=True, default="")


class AgainShape(Shape):
    cart = CartShape()
    no_longer_sold = s.ListField(child=s.CharField())


class PackedLineWish(Shape):
    pack = pack_id()
    base_quantity = s.IntegerField(min_value=0, max_value=10**9, help_text="Base units that went into the bag.")
    agreed = s.BooleanField(default=False, help_text="The customer takes so much more than ordered.")


class PackedWish(Shape):
    packed = many(
        PackedLineWish,
        required=False,
        max_length=MOST_LINES,
        help_text="Lines that were weighed or left out; others as ordered.",
    )


class SaleLineWish(Shape):
    pack = pack_id()
    quantity = s.IntegerField(min_value=1, max_value=MOST_OF_A_PACK)
    price = rupiah(help_text="Rupiah for one pack, as the shelf showed it.")


class SaleWish(Shape):
    id = s.UUIDField(help_text="Made where it was sold; sent again it finds its sale.")
    lines = many(SaleLineWish, min_length=1, max_length=MOST_LINES)
    cash = rupiah(min_value=0, default=0)
    qris = rupiah(min_value=0, default=0)
    bon = rupiah(min_value=0, default=0)
    received = rupiah(min_value=0, required=False, allow_null=True, default=None, help_text="Cash handed over.")
    customer = s.UUIDField(required=False, allow_null=True, default=None, help_text="Whose bon it is.")
    at = s.DateTimeField(help_text="When it was sold.")
    gone = s.BooleanField(default=False, help_text="The goods have left already, as without network.")


class SalesWish(Shape):
    sales = many(SaleWish, min_length=1, max_length=MOST_SALES)


class AppliedSaleShape(Shape):
    id = s.CharField()
    status = s.ChoiceField(["applied", "duplicate", "refused"])
    number = s.CharField(required=False)
    short = s.BooleanField(required=False)
    code = s.CharField(required=False)
    reason = s.CharField(required=False)


class AppliedSalesShape(Shape):
    sales = AppliedSaleShape(many=True)


class SaleShape(Shape):
    id = s.UUIDField(source="public_id")
    number = s.CharField()
    state = s.CharField()
    at = s.DateTimeField()
    total = s.IntegerField()
    cash = s.IntegerField()
    qris = s.IntegerField()
    bon = s.IntegerField()
    change = s.IntegerField()
    short = s.BooleanField()


class ReasonWish(Shape):
    reason = s.CharField(max_length=240, help_text="The other side reads it.")


class BalanceShape(Shape):
    amount = s.IntegerField(help_text="Whole rupiah.")


class MovementShape(Shape):
    at = s.DateTimeField(source="entry.at")
    text = s.CharField(source="entry.text", allow_blank=True)
    amount = s.SerializerMethodField(help_text="Rupiah: above zero came, below zero went.")
    reference = s.UUIDField(source="entry.public_id")

    def get_amount(self, line: Any) -> int:
        # A balance is what the region owes the person: it grows by credits.
        return -int(line.amount)


# The counter ---------------------------------------------------------------------------------------------------------


class OwnWarungShape(Shape):
    id = s.UUIDField(source="public_id")
    slug = s.CharField()
    name = s.CharField()
    state = s.CharField()
    delivers = s.BooleanField()
    pickup = s.BooleanField()
    delivery_fee = s.IntegerField()
    note = s.CharField(allow_blank=True)


class BoardQuery(Shape):
    state = s.ChoiceField(OrderState.choices, required=False, allow_blank=True, default="")


class PriceShape(Shape):
    pack = PackShape()
    product = s.UUIDField(source="pack.product.public_id")
    product_name = s.CharField(source="pack.product.name")
    price = s.IntegerField()
    valid_from = s.DateTimeField()
    guarantee = GuaranteeShape()


class PriceWish(Shape):
    pack = pack_id()
    price = rupiah()


class PricesWish(Shape):
    prices = many(PriceWish, min_length=1, max_length=100)


class RefusedPriceShape(Shape):
    pack = s.IntegerField()
    code = s.CharField()
    detail = s.CharField()


class PublishedShape(Shape):
    prices = PriceShape(many=True)
    refused = RefusedPriceShape(many=True, help_text="Each price is judged for itself; these are not in force.")


class PackWish(Shape):
    pack = pack_id()


class LevelShape(Shape):
    product = s.UUIDField(source="product.public_id")
    product_name = s.CharField(source="product.name")
    base_unit = s.ChoiceField(BaseUnit.choices, source="product.base_unit")
    on_hand = s.IntegerField()
    reserved = s.IntegerField()
    available = s.IntegerField()


class CountWish(Shape):
    counted = s.IntegerField(min_value=0, max_value=10**12, help_text="Base units that lie there.")
    reason = s.ChoiceField(["count", "opening", "spoiled", "broken", "own_use"])
    note = s.CharField(max_length=240, allow_blank=True, default="")


class CountedShape(Shape):
    difference = s.IntegerField()
    level = LevelShape()


class StockMovementShape(Shape):
    at = s.DateTimeField()
    on_hand = s.IntegerField(source="delta_on_hand")
    reserved = s.IntegerField(source="delta_reserved")
    reason = s.CharField()
    reference = s.CharField()
    note = s.CharField(allow_blank=True)


class SpanShape(Shape):
    weekday = s.IntegerField(min_value=0, max_value=6, help_text="Monday is 0.")
    opens = WallTime()
    closes = WallTime(help_text="Not after `opens`: on the next day.")


class HoursShape(Shape):
    hours = many(SpanShape, max_length=70)


class PauseWish(Shape):
    reason = s.CharField(max_length=240, allow_blank=True, default="")


class WholesaleShape(Shape):
    pack = PackShape()
    product = s.UUIDField(source="pack.product.public_id")
    product_name = s.CharField(source="pack.product.name")
    price = s.IntegerField(source="price.price")
    packs_free = s.IntegerField()


class RestockLineWish(Shape):
    pack = pack_id()
    quantity = s.IntegerField(min_value=1, max_value=9_999)
    price = rupiah(help_text="Rupiah for one pack, as you saw it.")


class RestockWish(Shape):
    lines = many(RestockLineWish, min_length=1, max_length=MOST_RESTOCK_LINES)
    note = s.CharField(max_length=240, allow_blank=True, default="")


class RestockLineShape(Shape):
    pack = s.IntegerField(source="pack_id")
    product_name = s.CharField()
    pack_label = s.CharField()
    price = s.IntegerField()
    quantity_asked = s.IntegerField()
    quantity_accepted = s.IntegerField()
    quantity_received = s.IntegerField()


class RestockShape(Shape):
    number = s.CharField()
    state = s.CharField()
    total = s.IntegerField()
    asked_at = s.DateTimeField()
    moved_at = s.DateTimeField()
    note = s.CharField(allow_blank=True)


class RestockDetailShape(RestockShape):
    lines = RestockLineShape(many=True)


class ArrivedLineWish(Shape):
    pack = pack_id()
    quantity = s.IntegerField(min_value=0, max_value=9_999)


class ArrivedWish(Shape):
    lines = many(ArrivedLineWish, min_length=1, max_length=MOST_RESTOCK_LINES)

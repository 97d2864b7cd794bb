"""What is sold: products, prices and tax rates."""

from __future__ import annotations

from infra.stripe_standin.api import browse, retrieve, route
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.params import (
    Spec,
    amount,
    anything,
    boolean,
    choice,
    currency,
    group,
    integer,
    merged,
    percentage,
    several,
    table,
    text,
)
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing

RECURRING: Spec = {
    "interval!": choice("day", "week", "month", "year"),
    "interval_count": integer,
    "usage_type": choice("licensed"),
}
PRICE: Spec = {
    "currency!": currency,
    "unit_amount!": integer,
    "recurring": group(RECURRING),
    "tax_behavior": choice("exclusive", "inclusive", "unspecified"),
}
PRODUCT: Spec = {
    "active": boolean,
    "description": text,
    "metadata": table,
    "unit_label": text,
    "statement_descriptor": text,
    "tax_code": text,
    "url": text,
    "images": several(text),
}
TAX_RATE: Spec = {
    "active": boolean,
    "country": text,
    "description": text,
    "jurisdiction": text,
    "metadata": table,
    "state": text,
    "tax_type": text,
}


@route(
    "POST", "/v1/products", {**PRODUCT, "name!": text, "id": text, "default_price_data": group(PRICE), "type": anything}
)
def create_product(book: Book, asked: Thing) -> Thing:
    if asked.get("id") and book.seek(asked["id"]):
        raise Refusal(f"Product already exists: {asked['id']}", code="resource_already_exists", param="id")
    product = book.new(
        "product",
        id=asked.get("id"),
        name=asked["name"],
        type="service",
        active=asked.get("active", True),
        description=asked.get("description"),
        metadata=merged({}, asked.get("metadata")),
        unit_label=asked.get("unit_label"),
        statement_descriptor=asked.get("statement_descriptor"),
        tax_code=asked.get("tax_code"),
        url=asked.get("url"),
        images=asked.get("images", []),
        default_price=None,
        marketing_features=[],
        package_dimensions=None,
        shippable=None,
        updated=book.now(),
    )
    if asked.get("default_price_data"):
        product["default_price"] = new_price(book, product, asked["default_price_data"])["id"]
        book.put(product)
    emit(book, "product.created", product)
    return product


@route("POST", "/v1/products/{id}", {**PRODUCT, "name": text, "default_price": text})
def update_product(book: Book, id: str, asked: Thing) -> Thing:
    product = book.get("product", id)
    if asked.get("default_price"):
        book.get("price", asked["default_price"], param="default_price")
    with change(book, product, "product.updated"):
        updated(product, asked)
        product["updated"] = book.now()
    return product


def updated(thing: Thing, asked: Thing) -> None:
    """Fields that were given, as they were given; metadata is merged."""
    fields = {name: value for name, value in asked.items() if name not in ("expand", "metadata")}
    thing |= fields | {"metadata": merged(thing["metadata"], asked.get("metadata"))}


@route("DELETE", "/v1/products/{id}")
def delete_product(book: Book, id: str, asked: Thing) -> Thing:
    product = book.get("product", id)
    if book.find("price", product=id):
        raise Refusal("This product cannot be deleted because it has one or more user-created prices.", param="id")
    emit(book, "product.deleted", product)
    return book.entomb(product)


def new_price(book: Book, product: Thing, asked: Thing) -> Thing:
    value = amount(asked["unit_amount"], asked["currency"], "unit_amount")
    if value < 0:
        raise Refusal("Invalid non-negative integer", code="parameter_invalid_integer", param="unit_amount")
    recurring = asked.get("recurring")
    if recurring is not None:
        recurring = {
            "interval_count": 1,
            "usage_type": "licensed",
            "meter": None,
            "trial_period_days": None,
            **recurring,
        }
    price = book.new(
        "price",
        active=asked.get("active", True),
        billing_scheme="per_unit",
        currency=asked["currency"],
        custom_unit_amount=None,
        lookup_key=asked.get("lookup_key"),
        metadata=merged({}, asked.get("metadata")),
        nickname=asked.get("nickname"),
        product=product["id"],
        recurring=recurring,
        tax_behavior=asked.get("tax_behavior") or "unspecified",
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=value,
        unit_amount_decimal=str(value),
    )
    emit(book, "price.created", price)
    return price


@route(
    "POST",
    "/v1/prices",
    {
        **PRICE,
        "product": text,
        "product_data": group({"name!": text, "metadata": table, "unit_label": text}),
        "lookup_key": text,
        "transfer_lookup_key": boolean,
        "nickname": text,
        "metadata": table,
        "active": boolean,
        "billing_scheme": choice("per_unit"),
    },
)
def create_price(book: Book, asked: Thing) -> Thing:
    if bool(asked.get("product")) == bool(asked.get("product_data")):
        raise Refusal("You must specify either product or product_data.", code="parameter_missing", param="product")
    if asked.get("product"):
        product = book.get("product", asked["product"], param="product")
    else:
        product = create_product(book, asked["product_data"])
    for other in book.find("price", lookup_key=asked.get("lookup_key")) if asked.get("lookup_key") else []:
        if not asked.get("transfer_lookup_key"):
            raise Refusal(
                f"A price (`{other['id']}`) already uses that lookup key.",
                code="resource_already_exists",
                param="lookup_key",
            )
        other["lookup_key"] = None
        book.put(other)
    return new_price(book, product, asked)


@route(
    "POST",
    "/v1/prices/{id}",
    {
        "active": boolean,
        "nickname": text,
        "metadata": table,
        "lookup_key": text,
        "tax_behavior": choice("exclusive", "inclusive", "unspecified"),
    },
)
def update_price(book: Book, id: str, asked: Thing) -> Thing:
    price = book.get("price", id)
    with change(book, price, "price.updated"):
        updated(price, asked)
    return price


@route("POST", "/v1/tax_rates", {**TAX_RATE, "display_name!": text, "inclusive!": boolean, "percentage!": percentage})
def create_tax_rate(book: Book, asked: Thing) -> Thing:
    rate = book.new(
        "tax_rate",
        active=asked.get("active", True),
        country=asked.get("country"),
        description=asked.get("description"),
        display_name=asked["display_name"],
        effective_percentage=None,
        flat_amount=None,
        inclusive=asked["inclusive"],
        jurisdiction=asked.get("jurisdiction"),
        jurisdiction_level=None,
        metadata=merged({}, asked.get("metadata")),
        percentage=asked["percentage"],
        rate_type="percentage",
        state=asked.get("state"),
        tax_type=asked.get("tax_type"),
    )
    emit(book, "tax_rate.created", rate)
    return rate


@route("POST", "/v1/tax_rates/{id}", {**TAX_RATE, "display_name": text})
def update_tax_rate(book: Book, id: str, asked: Thing) -> Thing:
    rate = book.get("tax_rate", id)
    with change(book, rate, "tax_rate.updated"):
        updated(rate, asked)
    return rate


def keeps_price(price: Thing, asked: Thing) -> bool:
    keys = asked.get("lookup_keys")
    recurring = (asked.get("recurring") or {}).get("interval")
    same = all(asked.get(name) in (None, price[name]) for name in ("active", "currency", "product", "type"))
    return (
        same
        and (keys is None or price["lookup_key"] in keys)
        and (recurring is None or (price["recurring"] or {}).get("interval") == recurring)
    )


retrieve("/v1/products", "product")
retrieve("/v1/prices", "price")
retrieve("/v1/tax_rates", "tax_rate")
browse("/v1/products", "product", {"active": boolean})
browse("/v1/tax_rates", "tax_rate", {"active": boolean, "inclusive": boolean})
browse(
    "/v1/prices",
    "price",
    {
        "active": boolean,
        "currency": currency,
        "product": text,
        "type": choice("one_time", "recurring"),
        "lookup_keys": several(text),
        "recurring": group({"interval": text}),
    },
    keeps_price,
)

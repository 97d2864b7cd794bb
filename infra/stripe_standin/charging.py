"""Taking money from a card and giving it back: payment intents, charges, refunds."""

from __future__ import annotations

from infra.stripe_standin.api import browse, retrieve, route
from infra.stripe_standin.customers import WORDS, decline_of, declined
from infra.stripe_standin.events import change, emit
from infra.stripe_standin.params import amount, choice, integer, merged, table, text
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing

# What a charge says of its card.
ON_CHARGES = ("brand", "last4", "exp_month", "exp_year", "country", "fingerprint", "funding")


def intent(book: Book, value: int, currency: str, customer: str | None, *, description: str | None = None) -> Thing:
    """A payment that waits for a card."""
    payment = book.new(
        "payment_intent",
        amount=value,
        amount_capturable=0,
        amount_received=0,
        amount_details={"tip": {}},
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic",
        client_secret=None,
        confirmation_method="automatic",
        currency=currency,
        customer=customer,
        description=description,
        last_payment_error=None,
        latest_charge=None,
        metadata={},
        next_action=None,
        payment_method=None,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        processing=None,
        receipt_email=None,
        review=None,
        setup_future_usage=None,
        shipping=None,
        statement_descriptor=None,
        status="requires_payment_method",
    )
    payment["client_secret"] = f"{payment['id']}_secret_stand_in"
    book.put(payment)
    emit(book, "payment_intent.created", payment)
    return payment


def charge(book: Book, payment: Thing, method: Thing, *, watched: bool) -> str:
    """Ask the card once. Returns why it refused, or nothing when the money came.

    `watched`: the owner of the card is there, so that a card which fails later does not fail yet.
    """
    why = "" if method["_fails"] == "later" and watched else str(method["_fails"])
    failing = book.setting("fail_next", 0)
    if not why and failing:
        book.set("fail_next", failing - 1)
        why = str(book.setting("fail_with", "card_declined"))
    paid = not why
    taken = book.new(
        "charge",
        amount=payment["amount"],
        amount_captured=payment["amount"] if paid else 0,
        amount_refunded=0,
        balance_transaction=None,
        billing_details=method["billing_details"],
        captured=paid,
        currency=payment["currency"],
        customer=payment["customer"],
        description=payment["description"],
        disputed=False,
        failure_code=None if paid else declined(why).error["code"],
        failure_message=None if paid else WORDS.get(why, WORDS["card_declined"]),
        fraud_details={},
        metadata={},
        outcome={
            "network_status": "approved_by_network" if paid else "declined_by_network",
            "reason": None if paid else decline_of(why),
            "risk_level": "normal",
            "seller_message": "Payment complete." if paid else "The bank did not return any further details.",
            "type": "authorized" if paid else "issuer_declined",
        },
        paid=paid,
        payment_intent=payment["id"],
        payment_method=method["id"],
        payment_method_details={
            "type": "card",
            "card": {name: value for name, value in method["card"].items() if name in ON_CHARGES},
        },
        receipt_email=None,
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        shipping=None,
        status="succeeded" if paid else "failed",
    )
    emit(book, f"charge.{taken['status']}", taken)
    payment["latest_charge"] = taken["id"]
    if paid:
        payment |= {"status": "succeeded", "amount_received": payment["amount"], "payment_method": method["id"]}
        payment["last_payment_error"] = None
    else:
        refused = declined(why, charge=taken["id"]).error
        payment["last_payment_error"] = {name: value for name, value in refused.items() if value}
    book.put(payment)
    emit(book, f"payment_intent.{'succeeded' if paid else 'payment_failed'}", payment)
    return why


def give_back(book: Book, taken: Thing, value: int, *, reason: str | None, metadata: dict[str, str]) -> Thing:
    """Returns the refund. Raises Refusal for more than is left of the charge."""
    left = taken["amount_captured"] - taken["amount_refunded"]
    if taken["status"] != "succeeded" or left == 0:
        raise Refusal(f"Charge {taken['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < value <= left:
        raise Refusal(
            f"Refund amount ({value}) is greater than unrefunded amount on charge ({left}).",
            code="amount_too_large",
            param="amount",
        )
    refund = book.new(
        "refund",
        amount=value,
        balance_transaction=None,
        charge=taken["id"],
        currency=taken["currency"],
        destination_details={"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        metadata=metadata,
        payment_intent=taken["payment_intent"],
        reason=reason,
        receipt_number=None,
        source_transfer_reversal=None,
        status="succeeded",
        transfer_reversal=None,
    )
    refund.pop("livemode")
    emit(book, "refund.created", book.put(refund))
    with change(book, taken, "charge.refunded"):
        taken["amount_refunded"] += value
        taken["refunded"] = taken["amount_refunded"] == taken["amount_captured"]
    return refund


@route(
    "POST",
    "/v1/refunds",
    {
        "charge": text,
        "payment_intent": text,
        "amount": integer,
        "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
        "metadata": table,
    },
)
def create_refund(book: Book, asked: Thing) -> Thing:
    if asked.get("payment_intent"):
        payment = book.get("payment_intent", asked["payment_intent"], param="payment_intent")
        if not payment["latest_charge"]:
            raise Refusal(f"This PaymentIntent ({payment['id']}) does not have a successful charge to refund.")
        taken = book.get("charge", payment["latest_charge"])
    elif asked.get("charge"):
        taken = book.get("charge", asked["charge"], param="charge")
    else:
        raise Refusal("One of charge or payment_intent is required.", code="parameter_missing", param="charge")
    value = asked.get("amount", taken["amount_captured"] - taken["amount_refunded"])
    amount(value, taken["currency"], "amount")
    return give_back(book, taken, value, reason=asked.get("reason"), metadata=merged({}, asked.get("metadata")))


@route("POST", "/v1/refunds/{id}", {"metadata": table})
def update_refund(book: Book, id: str, asked: Thing) -> Thing:
    refund = book.get("refund", id)
    with change(book, refund, "refund.updated"):
        refund["metadata"] = merged(refund["metadata"], asked.get("metadata"))
    return refund


for _name, _kind in (("charges", "charge"), ("payment_intents", "payment_intent"), ("refunds", "refund")):
    retrieve(f"/v1/{_name}", _kind)
browse("/v1/charges", "charge", {"customer": text, "payment_intent": text})
browse("/v1/payment_intents", "payment_intent", {"customer": text})
browse("/v1/refunds", "refund", {"charge": text, "payment_intent": text})

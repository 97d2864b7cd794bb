"""The pages that a person sees: Checkout, the portal, an invoice. In Indonesian, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from html import escape
from urllib.parse import parse_qs

from infra.stripe_standin import checkout, invoices, subscriptions, waiting
from infra.stripe_standin.customers import attach, card
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing
from infra.stripe_standin.subscriptions_api import changed_terms

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f6f8fa;color:#1a1f36}
main{max-width:34rem;margin:0 auto;padding:1rem}
section{background:#fff;border:1px solid #d5dbe1;border-radius:8px;padding:1rem;margin:1rem 0}
h1{font-size:1.25rem}h2{font-size:1rem;margin-top:0}
table{width:100%;border-collapse:collapse}td{padding:.25rem 0;vertical-align:top}td+td{text-align:right}
label{display:block;margin:.75rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;min-height:44px;padding:.5rem;border:1px solid #697386;border-radius:6px}
button,.button{font:inherit;min-height:44px;padding:.5rem 1rem;border:0;border-radius:6px;background:#4f3fd1;color:#fff;cursor:pointer;
display:inline-flex;align-items:center;box-sizing:border-box;text-decoration:none}
button.quiet{background:#e3e8ee;color:#1a1f36}
:focus-visible{outline:3px solid #0a66c2;outline-offset:2px}
.error{background:#fdecec;border:1px solid #b3261e;color:#8c1d18;padding:.75rem;border-radius:6px}
.note{color:#4a5568;font-size:.9rem}
"""
JAKARTA = timezone(timedelta(hours=7))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
STATES = {
    "trialing": "masa percobaan",
    "active": "aktif",
    "past_due": "terlambat dibayar",
    "unpaid": "belum dibayar",
    "canceled": "dibatalkan",
    "incomplete": "belum selesai",
    "incomplete_expired": "kedaluwarsa",
    "draft": "konsep",
    "open": "belum dibayar",
    "paid": "lunas",
    "void": "dibatalkan",
    "uncollectible": "tidak tertagih",
}
REFUSED = {
    "generic_decline": "Kartu Anda ditolak. Coba kartu lain.",
    "insufficient_funds": "Saldo kartu tidak cukup. Coba kartu lain.",
    "expired_card": "Masa berlaku kartu sudah habis. Coba kartu lain.",
    "incorrect_number": "Nomor kartu salah. Periksa lagi nomornya.",
}
CARD = """
<label for="card">Nomor kartu</label>
<input id="card" name="card" inputmode="numeric" autocomplete="cc-number" required placeholder="4242 4242 4242 4242"{described}>
<label for="expiry">Berlaku sampai (BB/TT)</label>
<input id="expiry" name="expiry" autocomplete="cc-exp" required placeholder="12/34" pattern="[0-9]{{2}} ?/ ?[0-9]{{2}}">
<label for="cvc">CVC</label>
<input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" required pattern="[0-9]{{3,4}}" placeholder="123">
<label for="name">Nama di kartu</label>
<input id="name" name="name" autocomplete="cc-name" required value="{name}">
"""
HELP = """<p class="note">Stripe tiruan: tidak ada uang sungguhan. 4242 4242 4242 4242 membayar; 4000 0000 0000 0341 diterima
lalu gagal pada tagihan berikutnya; 4000 0000 0000 0002 ditolak.</p>"""


class Elsewhere(str):
    """Instead of a page: the person goes on at this address."""


def rupiah(value: int, currency: str) -> str:
    if currency != "idr":
        return f"{currency.upper()} {value / 100:,.2f}"
    return f"{'-' if value < 0 else ''}Rp {abs(value) // 100:,}".replace(",", ".")


def day(at: int | None) -> str:
    if not at:
        return "–"
    found = datetime.fromtimestamp(at, JAKARTA)
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def whole_page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/assets/style.css"></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def rows(lines: list[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in lines) + "</table>"


def form(action: str, button: str, *, fields: str = "", quiet: bool = False) -> str:
    return (
        f'<form method="post" action="{escape(action)}">{fields}'
        f"<p><button{' class=quiet' if quiet else ''}>{escape(button)}</button></p></form>"
    )


def card_fields(error: str, name: str = "") -> str:
    shown = f'<p class="error" id="error" role="alert">{escape(error)}</p>' if error else ""
    described = ' aria-describedby="error" aria-invalid="true" autofocus' if error else ""
    return shown + CARD.format(described=described, name=escape(name)) + HELP


def respond(book: Book, method: str, path: str, body: str) -> str:
    """The page, as HTML, or an Elsewhere. Raises Refusal when there is no such page."""
    given = {name: values[-1].strip() for name, values in parse_qs(body).items()}
    parts = path.strip("/").split("/")
    pages: dict[tuple[str, ...], Callable[[Book, str, list[str], Thing], str]] = {
        ("c", "pay"): checkout_page,
        ("p", "session"): portal_page,
        ("i",): invoice_page,
    }
    for start, page in pages.items():
        if tuple(parts[: len(start)]) == start and len(parts) > len(start):
            return page(book, method, parts[len(start) :], given)
    raise Refusal("Halaman ini tidak ada.", status=404)


def explained(refusal: Refusal) -> str:
    reason = str(refusal.error.get("decline_code") or refusal.error["code"])
    return REFUSED.get(reason, str(refusal))


def expiry(given: Thing) -> tuple[int, int]:
    """Month and year. Raises Refusal for what is no date or is past."""
    month, _, year = str(given.get("expiry", "")).replace(" ", "").partition("/")
    if not (month.isdigit() and year.isdigit() and len(year) == 2 and 1 <= int(month) <= 12):
        raise Refusal("Tulis masa berlaku sebagai bulan dan tahun, misalnya 12/34.")
    if not str(given.get("cvc", "")).isdigit():
        raise Refusal("Tulis tiga angka CVC di belakang kartu.")
    return int(month), 2000 + int(year)


def checkout_page(book: Book, method: str, rest: list[str], given: Thing) -> str:
    session = book.get("checkout.session", rest[0])
    back, error = session["cancel_url"], ""
    if session["status"] != "open":
        return whole_page(
            "Pembayaran",
            f"<p>Halaman pembayaran ini {'sudah dipakai' if session['status'] == 'complete' else 'sudah kedaluwarsa'}.</p>",
        )
    if method == "POST":
        try:
            month, year = expiry(given)
            checkout.complete(
                book,
                session,
                given.get("card", ""),
                month=month,
                year=year,
                name=given.get("name", ""),
                email=given.get("email", ""),
            )
        except Refusal as refusal:
            error = explained(refusal)
            session = book.get("checkout.session", rest[0])
        else:
            return Elsewhere(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    currency = session["currency"]
    lines = [
        (f"{one['quantity']} × {one['description']}", rupiah(one["amount_subtotal"], currency))
        for one in session["_line_items"]["data"]
    ]
    lines.append(("Pajak", rupiah(session["total_details"]["amount_tax"], currency)))
    lines.append(("Dibayar sekarang", rupiah(session["amount_total"], currency)))
    known = session["customer_details"]["email"]
    mail = "" if known else '<label for="email">Surel</label><input id="email" name="email" type="email" required>'
    action = f"/c/pay/{session['id']}"
    label = "Mulai berlangganan" if session["mode"] == "subscription" else "Bayar"
    cancel = f'<p><a href="{escape(back)}">Kembali tanpa membayar</a></p>' if back else ""
    pay = form(
        action,
        label,
        fields=(f'<p class="note">{escape(known)}</p>' if known else mail) + card_fields(error, given.get("name", "")),
    )
    return whole_page(
        "Pembayaran", f"<section><h2>Pesanan</h2>{rows(lines)}</section><section><h2>Kartu</h2>{pay}</section>{cancel}"
    )


def portal_page(book: Book, method: str, rest: list[str], given: Thing) -> str:
    portal = book.get("billing_portal.session", rest[0])
    customer = book.get("customer", portal["customer"])
    here, error = f"/p/session/{portal['id']}", ""
    if method == "POST" and len(rest) > 1:
        try:
            if rest[1] == "card":
                month, year = expiry(given)
                checkout.change_card(book, customer, given.get("card", ""), month, year, given.get("name", ""))
            elif len(rest) > 2 and rest[1] in ("cancel", "resume"):
                subscription = book.get("subscription", rest[2])
                if subscription["customer"] != customer["id"] or subscription["status"] in subscriptions.OVER:
                    raise Refusal("Langganan ini tidak dapat diubah lagi.", status=404)
                changed_terms(book, subscription, {"cancel_at_period_end": rest[1] == "cancel"})
            return Elsewhere(here)
        except Refusal as refusal:
            error = explained(refusal)
            customer = book.get("customer", portal["customer"])
    content = ""
    for one in reversed(book.find("subscription", customer=customer["id"])):
        names = ", ".join(
            f"{item['quantity']} × {waiting.name_of(book, item['price'])}" for item in subscriptions.items(one)
        )
        over = one["status"] in subscriptions.OVER
        ending = bool(one["cancel_at_period_end"]) and not over
        lines = [("Langganan", names), ("Keadaan", STATES[one["status"]])]
        lines.append(
            (
                "Berakhir" if ending or over else "Tagihan berikutnya",
                day(one["ended_at"] or subscriptions.period(one)[1]),
            )
        )
        act = "resume" if ending else "cancel"
        button = form(
            f"{here}/{act}/{one['id']}", "Lanjutkan langganan" if ending else "Batalkan langganan", quiet=not ending
        )
        content += f"<section><h2>Langganan</h2>{rows(lines)}{'' if over else button}</section>"
    method_now = book.seek(customer["invoice_settings"]["default_payment_method"] or "") or next(
        iter(book.find("payment_method", customer=customer["id"])), None
    )
    now = (
        f"Kartu sekarang: {method_now['card']['brand']} •••• {method_now['card']['last4']}"
        if method_now
        else "Belum ada kartu."
    )
    content += f"<section><h2>Kartu</h2><p>{escape(now)}</p>{form(f'{here}/card', 'Ganti kartu', fields=card_fields(error))}</section>"
    bills = [one for one in reversed(book.find("invoice", customer=customer["id"])) if one["status"] != "draft"]
    listed = "".join(
        f'<tr><td><a href="{escape(one["hosted_invoice_url"] or "")}">{escape(one["number"] or "")}</a><br>{day(one["created"])}</td>'
        f"<td>{rupiah(one['total'], one['currency'])}<br>{STATES[one['status']]}</td></tr>"
        for one in bills
    )
    content += (
        f"<section><h2>Tagihan</h2>{f'<table>{listed}</table>' if bills else '<p>Belum ada tagihan.</p>'}</section>"
    )
    if portal["return_url"]:
        content += f'<p><a class="button" href="{escape(portal["return_url"])}">Kembali ke WARSA</a></p>'
    return whole_page("Kelola langganan", content)


def invoice_page(book: Book, method: str, rest: list[str], given: Thing) -> str:
    found = book.find("invoice", _token=rest[0])
    if not found:
        raise Refusal("Tagihan ini tidak ada.", status=404)
    invoice, error = found[0], ""
    ident = invoice["id"]
    if method == "POST" and invoice["status"] in ("open", "uncollectible"):
        try:
            month, year = expiry(given)
            with book.undone_by(Refusal):
                customer = book.get("customer", invoice["customer"])
                fresh = card(book, given.get("card", ""), month, year, {"name": given.get("name") or None})
                attach(book, fresh, customer)
                refused = invoices.attempt(book, invoice, fresh, watched=True)
                if refused is not None:
                    raise refused
            return Elsewhere(f"/i/{rest[0]}")
        except Refusal as refusal:
            error = explained(refusal)
            invoice = book.get("invoice", ident)
    currency = invoice["currency"]
    lines = [(one["description"] or "", rupiah(one["amount"], currency)) for one in invoice["lines"]["data"]]
    taxes = sum(one["amount"] for one in invoice["total_taxes"])
    lines += [("Pajak", rupiah(taxes, currency)), ("Jumlah", rupiah(invoice["total"], currency))]
    lines += [("Harus dibayar", rupiah(invoice["amount_remaining"], currency)), ("Keadaan", STATES[invoice["status"]])]
    lines.append(("Jatuh tempo", day(invoice["due_date"])))
    pay = ""
    if invoice["status"] in ("open", "uncollectible") and invoice["amount_remaining"]:
        pay = f"<section><h2>Bayar dengan kartu</h2>{form(f'/i/{rest[0]}', 'Bayar tagihan', fields=card_fields(error))}</section>"
    return whole_page(f"Tagihan {invoice['number']}", f"<section>{rows(lines)}</section>{pay}")


def front_page(book: Book) -> str:
    counts = dict(book.db.execute("SELECT kind, count(*) FROM things GROUP BY kind ORDER BY kind").fetchall())
    lines = [("Waktu akun ini", f"{day(book.clock())} {datetime.fromtimestamp(book.clock(), JAKARTA):%H.%M} WIB")]
    lines += [(kind, str(count)) for kind, count in counts.items()]
    return whole_page("Stripe tiruan", f'<section>{rows(lines)}</section><p class="note">docs/stripe-standin.md</p>')

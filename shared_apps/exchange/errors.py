"""Why an order does not go out, or a step of it is not taken."""

from __future__ import annotations

from tenants.kernel.errors import DomainError, StaleDocument


class BadOrder(DomainError):
    """Nothing is ordered, an offer twice, or so many packs that nobody means it."""

    code = "bad_order"
    status = 400


class SupplierNotOpen(DomainError):
    """The supplier is not verified, or suspended: it takes no orders."""

    code = "supplier_not_open"


class OfferGone(DomainError):
    """The region sees no such offer of this supplier, or it has ended. `offers` names all of them."""

    code = "offer_gone"


class BelowMinimum(DomainError):
    """Fewer packs than the offer asks for, or less goods than the supplier takes an order for."""

    code = "below_minimum"


class AboveStock(DomainError):
    """More packs than the supplier has."""

    code = "above_stock"


class OtherContent(StaleDocument):
    """The key, or the number, names something else that was written down before."""

    code = "other_content"


class BadPacks(DomainError):
    """Packs or a price of a line that cannot be; `line_id` names it."""

    code = "bad_packs"
    status = 400


class BadInvoice(DomainError):
    """A bill that cannot be: no number, days in the wrong order, more than was shipped, or dearer than was agreed."""

    code = "bad_invoice"
    status = 400


class ReasonMissing(DomainError):
    """The other side is told why; so there must be a reason."""

    code = "reason_missing"
    status = 400


class BadPool(DomainError):
    """A joint purchase that cannot be: nothing in it, a time that has gone by, or a supplier that does not take part."""

    code = "bad_pool"


class NoSuchRegion(DomainError):
    """No open region of that name or address where the supplier delivers, or more than one."""

    code = "no_such_region"

"""The stable words that movements carry, and how people call them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What a person may give for a difference.
COUNT_REASONS: tuple[tuple[str, str | Promise], ...] = (
    ("count", _("counted anew")),
    ("opening", _("first entry")),
    ("spoiled", _("spoiled")),
    ("broken", _("broken")),
    ("own_use", _("own use")),
)
REASONS: dict[str, str | Promise] = {
    **dict(COUNT_REASONS),
    "cleaned": _("cleaned and trimmed"),
    "received": _("received"),
    "reserved": _("promised to a customer"),
    "released": _("promise taken back"),
    "shipped": _("handed over"),
    "sold": _("sold at the counter"),
    "sold_uncounted": _("sold, but never counted"),
    "returned": _("brought back by a customer"),
    "given_back": _("given back to the supplier"),
    "expired": _("past its date, thrown away"),
    "opened": _("opened"),
    "sealed": _("unopened again"),
    "went_along": _("went along with the warung to another region"),
    "transferred": _("moved between Satker and warung"),
}

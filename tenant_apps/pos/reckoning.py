"""How the books come to what they expect in a drawer: the day's lines of the warung's cash account, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, CharField, Q, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_apps.ledger.models import Account, JournalLine
from tenant_apps.pos.models import CashDay
from tenants.kernel import clock

OTHER = "other"
# What an entry is for is told by its key; the first that fits counts.
_KINDS: tuple[tuple[str, Q, str | Promise], ...] = (
    ("sold", Q(entry__key__startswith="sale:"), _("Cash from the counter")),
    ("bons", Q(entry__key__startswith="bon:"), _("Bons paid")),
    ("brought", Q(entry__key__startswith="order:", entry__key__endswith=":deposited"), _("Brought from the door")),
    ("back", Q(entry__key__startswith="order:", entry__key__contains=":back:"), _("Given back")),
    ("orders", Q(entry__key__startswith="order:"), _("Orders paid in cash")),
    ("moved", Q(entry__key__startswith="cash_move:"), _("Money out and in")),
    ("restock", Q(entry__key__startswith="restock:"), _("Paid to the Satker")),
)
_LABELS: dict[str, str | Promise] = {**{name: label for name, _fits, label in _KINDS}, OTHER: _("Other entries")}
STEP_KINDS = tuple(_LABELS)


@dataclass(frozen=True)
class Step:
    """What came into the drawer for one purpose less what went out for it, in rupiah."""

    kind: str
    amount: int

    @property
    def label(self) -> str | Promise:
        return _LABELS[self.kind]


def reckoning_of(day: CashDay) -> list[Step]:
    """From what lay in the drawer at opening to what the books expect: steps that sum to the difference, none of zero.

    Until the counting; while the day is open, until now.
    """
    account = Account.objects.filter(code=f"warung:{day.warung_id}:cash").first()
    if account is None:
        return []
    lines = JournalLine.objects.filter(
        account=account, entry__at__gt=day.opened_at, entry__at__lte=day.counted_at or clock.now()
    ).exclude(entry__key=f"cash_day:{day.pk}:open")
    kind = Case(
        *(When(fits, then=Value(name)) for name, fits, _label in _KINDS),
        default=Value(OTHER),
        output_field=CharField(),
    )
    sums = dict(
        lines.order_by().annotate(kind=kind).values("kind").annotate(sum=Sum("amount")).values_list("kind", "sum")
    )
    if day.expected is not None:
        # An entry that was being written while the drawer was counted must not leave the sum wrong.
        sums[OTHER] = sums.get(OTHER, 0) + day.expected - day.opening - sum(sums.values())
    return [Step(name, sums[name]) for name in _LABELS if sums.get(name)]


def pieces_shown(pieces: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """Notes and coins of a count, the largest first: value, how many, and what they come to."""
    largest_first = sorted(((int(value), count) for value, count in pieces.items()), reverse=True)
    return [(value, count, value * count) for value, count in largest_first]

"""The shape of what people write at the counter."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.pos.models import CashMoveKind
from tenant_apps.pos.selectors import bons_of
from tenant_apps.pos.services.drawer import PIECES
from tenant_apps.pos.services.selling import SaleLine, Tenders
from tenant_apps.warungs.models import Warung
from tenants.forms import RupiahField
from tenants.kernel.money import rupiah_text

_LINE = re.compile(r"([0-9]{1,18}):([0-9]{1,9}):([0-9]{1,15})")


def line_of(text: str) -> SaleLine | None:
    """A line as a form carries it, "pack:quantity:price"; None for what is none."""
    found = _LINE.fullmatch(text) if text.isascii() else None
    return SaleLine(int(found[1]), int(found[2]), int(found[3])) if found else None


class TenderForm(forms.Form):
    """How the basket is paid. What is neither QRIS nor bon is cash; without a sum received, it was exactly that."""

    received = RupiahField(label=_("Cash received"), required=False, min_value=0)
    qris = RupiahField(label=_("By QRIS"), required=False, min_value=0)
    bon = RupiahField(label=_("On the bon"), required=False, min_value=0)

    def __init__(self, warung: Warung, data: Any = None) -> None:
        super().__init__(data)
        self.fields["customer"] = forms.ModelChoiceField(
            bons_of(warung).filter(closed_at=None),
            to_field_name="public_id",
            label=_("Whose bon"),
            required=False,
            empty_label=_("Choose a customer"),
        )

    def tenders(self, total: int) -> Tenders:
        """The parts of this total."""
        qris, bon = self.cleaned_data["qris"] or 0, self.cleaned_data["bon"] or 0
        cash = total - qris - bon
        received = self.cleaned_data["received"]
        # Nobody hands over cash for nothing; an emptied field says "exactly".
        return Tenders(cash=cash, qris=qris, bon=bon, received=received if cash > 0 and received else None)

    def qris_due(self) -> int:
        """What the code on the page asks for; 0 while nothing that can be read is written there."""
        if not self.is_bound:
            return 0
        self.is_valid()
        return self.cleaned_data.get("qris") or 0


class SavingsForm(forms.Form):
    """Whose savings pay: the card or its number, and the PIN, never kept by the browser and never shown again."""

    member = forms.CharField(
        label=_("Card or number of the member"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True}),
    )
    pin = forms.CharField(
        label=_("PIN, typed by the member"),
        max_length=6,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}),
    )


class BonForm(forms.Form):
    """Who may take goods on credit, and up to how much."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    limit = RupiahField(label=_("May owe at most"), min_value=0)


class BonPaymentForm(forms.Form):
    """What a customer pays on their bon."""

    amount = RupiahField(label=_("Paid now"))
    way = forms.ChoiceField(label=_("Paid by"), choices=[("cash", _("Cash")), ("qris", _("QRIS"))], initial="cash")
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})


class WriteOffForm(forms.Form):
    """What is given up, and why."""

    amount = RupiahField(label=_("Given up"))
    reason = forms.CharField(label=_("Reason"), max_length=240)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="off", initial={"key": uuid.uuid4()})


class OpeningForm(forms.Form):
    """What lies in the drawer in the morning."""

    opening = RupiahField(label=_("In the drawer now"), min_value=0)
    reason = forms.CharField(label=_("Why it differs from the last closing"), max_length=240, required=False)


class CountingForm(forms.Form):
    """The drawer piece by piece, or as one sum."""

    counted = RupiahField(label=_("Counted in all"), required=False, min_value=0)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for value in PIECES:
            self.fields[f"piece-{value}"] = forms.IntegerField(
                label=rupiah_text(value),
                required=False,
                min_value=0,
                max_value=100_000,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "data-piece": str(value)}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        pieces = {value: data.get(f"piece-{value}") or 0 for value in PIECES}
        if not self.errors:
            if not any(pieces.values()) and data.get("counted") is None:
                self.add_error("counted", _("Write down how many of each there are, or the sum."))
            data["pieces"] = {value: count for value, count in pieces.items() if count}
            data["sum"] = (
                sum(value * count for value, count in pieces.items())
                if data["pieces"] and data.get("counted") is None
                else data.get("counted")
            )
        return data

    @property
    def piece_fields(self) -> list[Any]:
        return [self[f"piece-{value}"] for value in PIECES]


class CashMoveForm(forms.Form):
    """Money that goes out of the drawer or into it."""

    kind = forms.ChoiceField(label=_("What for"), choices=CashMoveKind.choices)
    amount = RupiahField(label=_("Amount"))
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="move", initial={"key": uuid.uuid4()})

"""The shape of what people write. What may be ordered, bought and shared out is said by the services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenant_apps.fresh_buying.models import GoodOnOrder, PreOrderLine, ShrinkReason, TripLine, WayReason
from tenant_apps.fresh_buying.services.advancing import MOST_ADVANCE
from tenant_apps.fresh_buying.services.buying import MOST_PAID
from tenant_apps.fresh_buying.services.ordering import MORE_PERCENT, Wish
from tenant_apps.orders.forms import CheckoutForm
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.sources import Purse
from tenant_apps.warungs.delivering import OpenDay
from tenant_apps.warungs.models import Warung
from tenants.forms import AmountField, RupiahField
from tenants.kernel.units import BaseUnit

_WISH = re.compile(r"pack-([0-9]{1,18})")
_DIGITS = re.compile(r"[0-9]{1,5}")
_RUPIAH = re.compile(r"[0-9]{1,12}")
# People write kilograms and litres with a comma; what is counted in pieces is written as it is.
PER = {BaseUnit.GRAM: 1_000, BaseUnit.MILLILITRE: 1_000, BaseUnit.PIECE: 1}
UNITS = {BaseUnit.GRAM: "kg", BaseUnit.MILLILITRE: "L", BaseUnit.PIECE: "pcs"}


def base_units(amount: Decimal, unit: str) -> int:
    """1.5 kg -> 1,500 g. Fields take at most three decimals; a part of a piece is cut off."""
    return int(amount * PER[BaseUnit(unit)])


def as_written(quantity: int, unit: str) -> Decimal:
    """1,500 g -> 1.5, as a field shows it."""
    return Decimal(quantity) / PER[BaseUnit(unit)]


class PreOrderForm(CheckoutForm):
    """What goes with the goods of a pre-order."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    agrees = forms.BooleanField(required=False)
    for_warung = forms.ChoiceField(label=_("For whom is it?"), required=False)

    def __init__(
        self,
        stand: Warung,
        warungs: Sequence[Warung],
        ways: Sequence[Pay],
        purse: Purse | None,
        days: Iterable[OpenDay],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(stand, ways, purse, *args, **kwargs)
        words = gettext("If the market is dearer that day, up to %(percent)s %% more is fine with me")
        self.fields["agrees"].label = words % {"percent": MORE_PERCENT}
        if when := self.fields.get("when"):
            # Somebody may be at the market for a day already.
            open_days = {f"{one.day:%Y%m%d}" for one in days}
            choices: Any = when
            choices.choices = [one for one in choices.choices if not one[0] or one[0][:8] in open_days]
        self.warungs = {str(one.public_id): one for one in warungs if one.pk != stand.pk}
        if self.warungs:
            field: Any = self.fields["for_warung"]
            field.choices = [("", _("For my kitchen")), *((key, one.name) for key, one in self.warungs.items())]
        else:
            del self.fields["for_warung"]

    def chosen_warung(self) -> Warung | None:
        return self.warungs.get(self.cleaned_data.get("for_warung") or "")


@dataclass(frozen=True)
class Written:
    """What a page of goods sent: wishes by pack, and what could not be read, as it was written."""

    wishes: dict[int, Wish]
    unreadable: dict[int, str]


def written(data: QueryDict) -> Written:
    """ "pack-12" is how many of pack 12, "seen-12" the price that was shown."""
    wishes: dict[int, Wish] = {}
    unreadable: dict[int, str] = {}
    for name in data:
        found = _WISH.fullmatch(name)
        if found is None:
            continue
        pack_id, text, seen = int(found[1]), str(data[name]).strip(), str(data.get(f"seen-{found[1]}", ""))
        if text and not _DIGITS.fullmatch(text):
            unreadable[pack_id] = text[:20].replace("\x00", "")
        elif text and int(text):
            wishes[pack_id] = Wish(pack_id, int(text), int(seen) if _RUPIAH.fullmatch(seen) else 0)
    return Written(wishes, unreadable)


class TermsForm(forms.Form):
    """How a stand buys on order."""

    market = forms.CharField(label=_("Market"), max_length=120)
    margin_percent = forms.IntegerField(
        label=_("Margin"),
        min_value=0,
        max_value=100,
        help_text=_("Put on top of what the goods cost, never beyond the promised price."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    is_open = forms.BooleanField(label=_("Takes pre-orders"), required=False)


class GoodForm(forms.Form):
    """One product that is bought on order."""

    product = forms.ChoiceField(label=_("Product"))
    section = forms.CharField(label=_("Section of the market"), max_length=40)
    daily_limit = AmountField(label=_("At most a day"), help_text=_("In kilograms, litres or pieces."))
    is_active = forms.BooleanField(label=_("Bought on order"), required=False, initial=True)

    def __init__(self, products: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.choices = [("", _("Choose …")), *products]


class StartForm(forms.Form):
    """Who goes, and with how much cash."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    buyer = forms.ChoiceField(label=_("Who goes to the market?"))
    amount = RupiahField(label=_("Cash advance"), min_value=0, max_value=MOST_ADVANCE)

    def __init__(self, buyers: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["buyer"]
        field.choices = [("", _("Choose …")), *buyers]


class AdvanceForm(forms.Form):
    """More cash."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    amount = RupiahField(label=_("More cash"), max_value=MOST_ADVANCE)


class PurchaseForm(forms.Form):
    """Bought at one stall."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    quantity = AmountField(label=_("Bought"))
    paid = RupiahField(label=_("What was paid"), min_value=0, max_value=MOST_PAID)
    seller = forms.CharField(label=_("Seller"), max_length=80, required=False)
    over_reason = forms.CharField(label=_("Why above the limit?"), max_length=240, required=False)
    photo = forms.FileField(
        label=_("Photo of the receipt"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, line: TripLine, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"id_{line.pk}_%s"
        self.line = line

    @property
    def unit(self) -> str:
        return UNITS[BaseUnit(self.line.base_unit)]


class AbsentForm(forms.Form):
    """It is not there."""

    absent = forms.BooleanField(required=False)
    note = forms.CharField(label=_("What might do instead?"), max_length=240, required=False)


class TransportForm(forms.Form):
    """Carrying, parking."""

    amount = RupiahField(label=_("Transport and parking"), min_value=0, max_value=MOST_PAID)


class WeighForm(forms.Form):
    """What the scales say of each line that was bought."""

    def __init__(self, lines: Iterable[tuple[TripLine, int]], transport: int, data: Any = None) -> None:
        """Each line with the base units that were bought."""
        super().__init__(data, initial={"transport": transport})
        self.fields["transport"] = RupiahField(label=_("Transport and parking"), min_value=0, max_value=MOST_PAID)
        self.lines = list(lines)
        for line, bought in self.lines:
            self.fields[f"got-{line.pk}"] = AmountField(
                label=_("On the scales"), allow_zero=True, initial=as_written(bought, line.base_unit)
            )
            self.fields[f"why-{line.pk}"] = forms.ChoiceField(
                label=_("Why less?"), required=False, choices=[("", "—"), *WayReason.choices]
            )

    @property
    def rows(self) -> list[tuple[TripLine, int, str, forms.BoundField, forms.BoundField]]:
        return [
            (line, bought, UNITS[BaseUnit(line.base_unit)], self[f"got-{line.pk}"], self[f"why-{line.pk}"])
            for line, bought in self.lines
        ]

    def weighed(self) -> Mapping[int, tuple[int, str]]:
        told = self.cleaned_data
        return {
            line.pk: (base_units(told[f"got-{line.pk}"], line.base_unit), told[f"why-{line.pk}"])
            for line, _bought in self.lines
        }


class ShrinkForm(forms.Form):
    """Thrown away or cleaned off."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    line = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    quantity = AmountField(label=_("How much?"))
    reason = forms.ChoiceField(label=_("Why?"), choices=ShrinkReason.choices)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"), max_length=240, error_messages={"required": _("Write down why; the customer reads it.")}
    )


class HandOverForm(forms.Form):
    """What the scales say of each line at the hand-over."""

    def __init__(self, lines: Iterable[PreOrderLine], data: Any = None) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"given-{line.pk}"] = AmountField(
                label=f"{line.product_name}, {line.pack_label}",
                allow_zero=True,
                initial=as_written(line.allocated or 0, line.base_unit),
            )

    @property
    def rows(self) -> list[tuple[PreOrderLine, forms.BoundField, str]]:
        return [(line, self[f"given-{line.pk}"], UNITS[BaseUnit(line.base_unit)]) for line in self.lines]

    def given(self) -> dict[int, int]:
        """Base units by line id."""
        return {line.pk: base_units(self.cleaned_data[f"given-{line.pk}"], line.base_unit) for line in self.lines}


def limit_written(good: GoodOnOrder) -> Decimal:
    return as_written(good.daily_limit, good.product.base_unit)

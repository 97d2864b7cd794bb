"""The shape of what suppliers write. What may be confirmed, sent and billed is said by the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shared_apps.exchange.models import MOST_PACKS
from shared_apps.exchange.reckoning import LineState
from shared_apps.exchange.services import Answer, Billed, Shipped
from shared_apps.exchange.services.answering import MOST_PRICE
from tenants.forms import AmountField, RupiahField
from tenants.forms import PacksField as WholePacksField
from tenants.kernel import clock

# A day further away than this is a typing error.
FAR = timedelta(days=400)


class PacksField(WholePacksField):
    """A number of packs as this app bounds it."""

    def __init__(self, *, most: int = MOST_PACKS, **kwargs: Any) -> None:
        super().__init__(most=most, digits=6, **kwargs)


class DayField(forms.DateField):
    """A day within a year or so from today."""

    default_error_messages = {"far": _("That day is too far away.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and abs(day - clock.today()) > FAR:
            raise ValidationError(self.error_messages["far"], code="far")
        return day


def _text(label: Any, length: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs
    )


class ConfirmForm(forms.Form):
    """All of it comes; perhaps on another day."""

    promised_on = DayField(label=_("Arrives on"), required=False)


class ReasonForm(forms.Form):
    """Why not."""

    reason = _text(_("Reason"), 240, error_messages={"required": _("Write down why; the buyer reads it.")})


class LinesForm(forms.Form):
    """A form with fields for each line of an order."""

    def __init__(self, lines: Iterable[LineState], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = list(lines)
        for one in self.lines:
            self.add_line(one)

    def add_line(self, one: LineState) -> None:
        raise NotImplementedError

    def packs(self, one: LineState) -> int:
        return int(self.cleaned_data.get(f"packs-{one.line.pk}") or 0)

    def rows(self) -> list[tuple[LineState, list[forms.BoundField]]]:
        """Each line with its own fields."""
        return [(one, [self[name] for name in self.fields if name.endswith(f"-{one.line.pk}")]) for one in self.lines]


class ChangeForm(LinesForm):
    """What comes instead: packs and price of each line, the day, a note."""

    promised_on = DayField(label=_("Arrives on"), required=False)
    note = _text(_("Note for the buyer"), 240, required=False)

    def add_line(self, one: LineState) -> None:
        line = one.line
        self.fields[f"packs-{line.pk}"] = PacksField(
            label=_("Packs that come"), most=line.packs, initial=line.packs, widget=_number(line.packs)
        )
        self.fields[f"price-{line.pk}"] = RupiahField(
            label=_("Price of a pack"), max_value=MOST_PRICE, initial=line.price
        )

    def answers(self) -> dict[int, Answer]:
        return {one.line.pk: Answer(self.packs(one), self.cleaned_data[f"price-{one.line.pk}"]) for one in self.lines}


class ShipForm(LinesForm):
    """What leaves now."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    shipped_on = DayField(label=_("Sent off on"))
    reference = _text(_("Number on the delivery note"), 60, required=False)
    note = _text(_("Note for the buyer"), 240, required=False)

    def __init__(self, lines: Iterable[LineState], data: Any = None) -> None:
        chosen = [one for one in lines if one.to_ship or _is_written(one, data)]
        super().__init__(chosen, data, initial={"key": uuid4(), "shipped_on": clock.today()})

    def add_line(self, one: LineState) -> None:
        self.fields[f"packs-{one.line.pk}"] = PacksField(
            label=_("Packs"), most=one.line.packs, initial=one.to_ship, required=False, widget=_number(one.to_ship)
        )
        if one.line.catch_weight:
            self.fields[f"weight-{one.line.pk}"] = AmountField(label=_("Weight in kg"), required=False)

    def shipped(self) -> list[Shipped]:
        return [Shipped(one.line.pk, self.packs(one), self._grams(one)) for one in self.lines if self.packs(one)]

    def _grams(self, one: LineState) -> int | None:
        weight: Decimal | None = self.cleaned_data.get(f"weight-{one.line.pk}")
        return None if weight is None else int(weight * 1000)


class InvoiceForm(LinesForm):
    """What is billed, at the agreed prices."""

    number = _text(_("Invoice number"), 60)
    issued_on = DayField(label=_("Issued on"))
    due_on = DayField(label=_("Due on"), required=False)
    freight = RupiahField(label=_("Freight"), min_value=0, required=False)

    def __init__(self, lines: Iterable[LineState], data: Any = None, *, freight: int = 0) -> None:
        initial = {"issued_on": clock.today(), "freight": freight}
        super().__init__([one for one in lines if one.to_bill or _is_written(one, data)], data, initial=initial)

    def add_line(self, one: LineState) -> None:
        self.fields[f"packs-{one.line.pk}"] = PacksField(
            label=_("Packs"), most=one.line.packs, initial=one.to_bill, required=False, widget=_number(one.to_bill)
        )

    def billed(self) -> list[Billed]:
        return [Billed(one.line.pk, self.packs(one)) for one in self.lines if self.packs(one)]


def _is_written(one: LineState, data: Any) -> bool:
    """Whether a sent form names the line: a second tap names what the first one has done, and the service knows it again."""
    return data is not None and f"packs-{one.line.pk}" in data


def _number(most: int) -> forms.NumberInput:
    return forms.NumberInput(attrs={"min": 0, "max": most, "inputmode": "numeric"})

"""The shape of what a customer tells. The rules are in the services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.dateformat import time_format
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.accounts.forms import PasskeyField
from tenant_apps.accounts.services.passkeys import confirm, step_of
from tenant_apps.orders.errors import BadLine
from tenant_apps.orders.finding import Wanted
from tenant_apps.orders.models import MOST_OF_A_PACK, Method, OrderLine
from tenant_apps.orders.services.carting import MOST_LINES
from tenant_apps.orders.services.delivering import When, free_slots
from tenant_apps.orders.services.filling import MORE_PERCENT
from tenant_apps.orders.services.placing import SeenLine
from tenant_apps.orders.services.returning import MOST_RETURN_DAYS
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.sources import SAVINGS, Agreed, Purse, agree
from tenant_apps.warungs.delivering import days_of
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import Point, village_choices
from tenants.identity.forms import PhoneField
from tenants.identity.models import User
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError
from tenants.kernel.units import quantity_text

LARGEST_RT = 999
LARGEST_ID = 2**63 - 1
PAY_WORDS = {
    Pay.CASH: gettext_lazy("In cash, when you get your goods"),
    Pay.BALANCE: gettext_lazy("From your WARSA balance, now"),
    Pay.QRIS: gettext_lazy("By QRIS, from any bank or wallet app"),
}
# What fits on the owner's picking list.
LONGEST_NOTE = 120
# Pack, how many, price seen.
_LINE = re.compile(r"([0-9]{1,18}):([0-9]{1,4}):([0-9]{1,15})")


def _number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=LARGEST_RT,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class PlaceForm(forms.Form):
    """Where somebody lives, as well as they want to tell."""

    village = forms.ChoiceField(label=gettext_lazy("Kelurahan"))
    rw = _number(gettext_lazy("RW"))
    rt = _number(gettext_lazy("RT"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        village: Any = self.fields["village"]
        village.choices = cache(lambda: [("", _("Choose your kelurahan")), *village_choices()])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("rt") and not data.get("rw") and "rw" not in self.errors:
            self.add_error("rw", _("Tell the RW that this RT is part of."))
        return data


class FindForm(forms.Form):
    """Which warungs somebody looks for. What cannot be read is said, and leaves no warung out."""

    kelurahan = forms.ChoiceField(label=gettext_lazy("Kelurahan"), required=False)
    rw = _number(gettext_lazy("RW"))
    rt = _number(gettext_lazy("RT"))
    buka = forms.BooleanField(label=gettext_lazy("Open now"), required=False)
    # Where the phone stands, in degrees; a script fills them in.
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        village: Any = self.fields["kelurahan"]
        village.choices = [("", _("All kelurahan")), *village_choices()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("rt") and not data.get("rw"):
            data["rt"] = None
            if "rw" not in self.errors:
                self.add_error("rw", _("Tell the RW that this RT is part of."))
        return data

    def wanted(self) -> Wanted:
        """What was asked for."""
        self.is_valid()
        told = self.cleaned_data
        lat, lon = told.get("lat"), told.get("lon")
        point = None if lat is None or lon is None else Point(lat, lon)
        return Wanted(told.get("kelurahan") or "", told.get("rw"), told.get("rt"), bool(told.get("buka")), point)


class BuyerForm(PlaceForm):
    """Who orders, where they live, and how they pay: the same for every warung of a purchase."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField(required=False)
    street = forms.CharField(
        label=gettext_lazy("Street and number"),
        max_length=240,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    pay = forms.ChoiceField(label=gettext_lazy("How do you pay?"), widget=forms.RadioSelect, required=False)
    passkey = PasskeyField()
    # Only for those who have savings: never kept by the browser, never shown again.
    pin = forms.CharField(
        label=gettext_lazy("PIN of your savings"),
        max_length=6,
        required=False,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}),
    )

    def __init__(self, ways: Sequence[Pay], purse: Purse | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].required = False
        pay: Any = self.fields["pay"]
        pay.choices = [(way.value, PAY_WORDS[way]) for way in ways]
        self.agreed: Agreed | None = None
        # In rupiah; None where there are none. Whoever had some a moment ago is told how much there is now.
        self.savings = None if purse is None else purse.amount
        if Pay.BALANCE in ways and (self.savings or (self.is_bound and purse is not None)):
            pay.choices = [*pay.choices, (SAVINGS, gettext_lazy("From your waste savings, now"))]
        else:
            del self.fields["pin"], self.fields["passkey"]
        pay.error_messages["invalid_choice"] = _("Not every warung here takes this way of paying. Choose another one.")
        pay.initial = Pay.CASH.value

    def clean_pay(self) -> Pay:
        """Cash, where nothing was chosen. Savings pay by way of the balance."""
        chosen: str = self.cleaned_data["pay"] or Pay.CASH
        return Pay.BALANCE if chosen == SAVINGS else Pay(chosen)

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        if self.pays_from_savings and not pin and not self.cleaned_data.get("passkey"):
            raise forms.ValidationError(_("Write the PIN of your savings."))
        return pin

    def is_agreed(self, request: HttpRequest, user: User) -> bool:
        """Whether nothing stands against paying so: PIN or passkey is judged, before anything is locked, and `agreed` set."""
        if not self.pays_from_savings:
            return True
        confirmed = None
        try:
            if answer := self.cleaned_data["passkey"]:
                step = step_of(request.path, request.POST)
                confirmed = confirm(user=user, site=site_of(request), step=step, answer=answer)
            self.agreed = agree(user, self.cleaned_data["pin"], confirmed)
        except DomainError as refusal:
            self.add_error("pin", str(refusal.message))
        return self.agreed is not None

    @property
    def pays_from_savings(self) -> bool:
        """Whether savings were chosen, and the PIN is to be judged."""
        return "pin" in self.fields and self["pay"].value() == SAVINGS

    def need_address(self) -> None:
        """Something is to be brought: say what is missing for that."""
        needed = {
            "village": _("Choose the kelurahan that it goes to."),
            "street": _("Write down street and number, so that it finds you."),
            "phone": _("Write down a number at which whoever brings it can reach you."),
        }
        for name, message in needed.items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, message)


class ShopForm(forms.Form):
    """How the goods of one warung reach the customer."""

    # The fee that the customer saw.
    fee = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST_ID)
    method = forms.ChoiceField(label=gettext_lazy("How do you get your goods?"), widget=forms.RadioSelect)
    # Only where there is something to choose: a day of a stand, a delivery time of a warung.
    when = forms.ChoiceField(label=gettext_lazy("When?"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note for the warung"),
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, warung: Warung, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_ways(self, warung)


class CheckoutForm(ShopForm, BuyerForm):
    """Both in one, for a purchase at a single warung. A pick-up needs no address."""

    def __init__(self, warung: Warung, ways: Sequence[Pay], purse: Purse | None, *args: Any, **kwargs: Any) -> None:
        BuyerForm.__init__(self, ways, purse, *args, **kwargs)
        _offer_ways(self, warung)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("method") == Method.DELIVERY:
            self.need_address()
        return data


def _offer_ways(form: forms.Form, warung: Warung) -> None:
    method: Any = form.fields["method"]
    method.choices = ways_of(warung)
    method.error_messages["invalid_choice"] = _("The warung does not offer this way. Choose another one.")
    method.initial = method.choices[0][0]
    times = times_of(warung)
    when: Any = form.fields["when"]
    when.choices = [("", _("Choose …")), *times]
    when.error_messages["invalid_choice"] = _("That delivery time is over. Choose another one.")
    if not times:
        del form.fields["when"]


def times_of(warung: Warung) -> list[tuple[str, str]]:
    """When a warung's goods can come: its free delivery times, and the days of a stand."""
    free = free_slots(warung)
    found = [
        (
            one.value,
            _("%(day)s, %(starts)s to %(ends)s")
            % {
                "day": date_format(one.day, "l, j F"),
                "starts": time_format(one.slot.starts, "H.i"),
                "ends": time_format(one.slot.ends, "H.i"),
            },
        )
        for one in free
    ]
    for one in days_of(warung):
        if not warung.slots.all() or warung.pickup:
            day = date_format(one.day, "l, j F")
            found.append((f"{one.day:%Y%m%d}", _("%(day)s, picked up") % {"day": day} if free else day))
    return found


def chosen_time(value: str) -> When | None:
    """What a choice of `times_of` means."""
    day, _dash, slot = value.partition("-")
    return When(date.fromisoformat(day), UUID(slot) if slot else None) if day else None


class PackForm(forms.Form):
    """What really went into the bag, one field a line: grams of what is weighed, packs of what is counted."""

    def __init__(self, lines: Iterable[OrderLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            weighed = line.product.by_weight
            self.fields[f"packed-{line.pk}"] = forms.IntegerField(
                label=f"{line.product_name}, {line.pack_label}",
                min_value=0,
                max_value=LARGEST_ID,
                required=False,
                initial=line.ordered if weighed else line.quantity,
                help_text=_("Ordered: %(quantity)s")
                % {"quantity": quantity_text(line.ordered, line.base_unit) if weighed else f"{line.quantity} ×"},
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

            if weighed:
                self.fields[f"agreed-{line.pk}"] = forms.BooleanField(
                    label=_("The customer agrees to more than %(percent)s %% above") % {"percent": MORE_PERCENT},
                    required=False,
                )

    def agreed(self) -> set[int]:
        """Ids of the lines whose customer agreed to more."""
        return {line.pk for line in self.lines if self.cleaned_data.get(f"agreed-{line.pk}")}

    def packed(self) -> dict[int, int]:
        """Base units by line id, of the fields that were filled in."""
        return {
            line.pk: value if line.product.by_weight else value * line.base_quantity
            for line in self.lines
            if (value := self.cleaned_data.get(f"packed-{line.pk}")) is not None
        }

    @property
    def rows(self) -> list[PackRow]:
        """What the page shows of each line."""
        return [
            PackRow(line, self[f"packed-{line.pk}"], "g", self[f"agreed-{line.pk}"])
            if line.product.by_weight
            else PackRow(line, self[f"packed-{line.pk}"], "×")
            for line in self.lines
        ]


@dataclass(frozen=True)
class PackRow:
    """A line at packing: its field with the unit that stands behind it, and where it is weighed, the tick of its customer."""

    line: OrderLine
    field: forms.BoundField
    unit: str
    agreed: forms.BoundField | None = None


class ReturnForm(forms.Form):
    """How much of each line comes back, in packs; of weighed goods, all that is left or nothing."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=240, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, lines: Iterable[OrderLine], left: Mapping[int, int], data: Any = None) -> None:
        super().__init__(data)
        self.lines = list(lines)
        self.left = left
        for line in self.lines:
            self.fields[f"back-{line.pk}"] = forms.IntegerField(
                label=f"{line.product_name}, {line.pack_label}",
                min_value=0,
                max_value=self._most(line),
                required=False,
                initial=0,
                help_text=_("You have: %(quantity)s") % {"quantity": quantity_text(left[line.pk], line.base_unit)},
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def _most(self, line: OrderLine) -> int:
        return 1 if line.product.by_weight else -(-self.left[line.pk] // line.base_quantity)

    def quantities(self) -> dict[int, int]:
        """Base units by line id."""
        return {
            line.pk: self.left[line.pk]
            if count == self._most(line)
            else min(count * line.base_quantity, self.left[line.pk])
            for line in self.lines
            if (count := self.cleaned_data.get(f"back-{line.pk}"))
        }

    @property
    def rows(self) -> list[Any]:
        """The fields of the lines."""
        return [self[f"back-{line.pk}"] for line in self.lines]


def ways_of(warung: Warung) -> list[tuple[str, str]]:
    """How the warung's goods reach people."""
    ways = []
    if warung.delivers:
        ways.append((Method.DELIVERY.value, _("Bring it to me")))
    if warung.pickup:
        ways.append((Method.PICKUP.value, _("I pick it up at the warung")))
    return ways


def seen_lines(texts: Iterable[str], data: Mapping[str, Any] | None = None, prefix: str = "") -> list[SeenLine]:
    """The lines that a checkout page showed, as its form sends them back. `data`: what was said of each, by its pack.

    Raises:  BadLine for what no page of ours sends.
    """
    lines = []
    told = data or {}
    for text in list(texts)[: MOST_LINES + 1]:
        found = _LINE.fullmatch(text)
        if found is None:
            raise BadLine(_("This cart cannot be ordered as it is. Look at it again."))
        pack, quantity, price = map(int, found.groups())
        note = str(told.get(f"{prefix}note-{pack}", "")).replace("\x00", "").strip()[:LONGEST_NOTE]
        lines.append(SeenLine(pack, quantity, price, f"{prefix}replace-{pack}" in told, note))
    return lines


class ReturnDaysForm(forms.Form):
    """For how many days goods can be brought back."""

    days = forms.IntegerField(
        label=gettext_lazy("Days to bring goods back"),
        min_value=0,
        max_value=MOST_RETURN_DAYS,
        help_text=gettext_lazy("Counted from the hand-over; 0 means not at all. It counts for every warung."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class InsteadForm(forms.Form):
    """What goes into the bag instead of a line."""

    line = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    pack = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = forms.IntegerField(min_value=1, max_value=MOST_OF_A_PACK)


class CartForm(forms.Form):
    """So many of a pack, on a shelf or in a cart."""

    pack = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    quantity = forms.IntegerField(
        min_value=0,
        max_value=MOST_OF_A_PACK,
        error_messages={
            name: gettext_lazy("Choose a number from 1 to 999.") for name in ("invalid", "min_value", "max_value")
        },
    )

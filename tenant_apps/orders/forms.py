"""The shape of what a customer tells. The rules are in the services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.orders.errors import BadLine
from tenant_apps.orders.models import MOST_OF_A_PACK, Method
from tenant_apps.orders.services.carting import MOST_LINES
from tenant_apps.orders.services.placing import SeenLine
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import village_choices
from tenants.identity.forms import PhoneField

LARGEST_RT = 999
LARGEST_ID = 2**63 - 1
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
        village.choices = [("", _("Choose your kelurahan")), *village_choices()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("rt") and not data.get("rw") and "rw" not in self.errors:
            self.add_error("rw", _("Tell the RW that this RT is part of."))
        return data


class CheckoutForm(PlaceForm):
    """How an order reaches its customer. A pick-up needs no address."""

    # The fee that the customer saw.
    fee = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST_ID)
    method = forms.ChoiceField(label=gettext_lazy("How do you get your goods?"), widget=forms.RadioSelect)
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
    note = forms.CharField(
        label=gettext_lazy("Note for the warung"),
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, warung: Warung, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].required = False
        method: Any = self.fields["method"]
        method.choices = ways_of(warung)
        method.error_messages["invalid_choice"] = _("The warung does not offer this way. Choose another one.")
        method.initial = method.choices[0][0]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("method") == Method.DELIVERY:
            needed = {
                "village": _("Choose the kelurahan that it goes to."),
                "street": _("Write down street and number, so that it finds you."),
                "phone": _("Write down a number at which whoever brings it can reach you."),
            }
            for name, message in needed.items():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return data


def ways_of(warung: Warung) -> list[tuple[str, str]]:
    """How the warung's goods reach people."""
    ways = []
    if warung.delivers:
        ways.append((Method.DELIVERY.value, _("Bring it to me")))
    if warung.pickup:
        ways.append((Method.PICKUP.value, _("I pick it up at the warung")))
    return ways


def seen_lines(texts: Iterable[str]) -> list[SeenLine]:
    """The lines that a checkout page showed, as its form sends them back.

    Raises:  BadLine for what no page of ours sends.
    """
    lines = []
    for text in list(texts)[: MOST_LINES + 1]:
        found = _LINE.fullmatch(text)
        if found is None:
            raise BadLine(_("This cart cannot be ordered as it is. Look at it again."))
        lines.append(SeenLine(*map(int, found.groups())))
    return lines


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

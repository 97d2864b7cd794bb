"""The shape of what people write. What may be asked, sent and received is said by the services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Pack
from tenant_apps.procurement.models import MOST_OF_A_PACK, RestockLine
from tenant_apps.procurement.services import Supply, Wish
from tenant_apps.procurement.services.supplying import MOST_COST
from tenant_apps.procurement.services.supplying import MOST_LINES as MOST_SUPPLIES
from tenants.forms import PacksField as WholePacksField
from tenants.forms import RupiahField

_WISH = re.compile(r"packs-([0-9]{1,18})")
_DIGITS = re.compile(r"[0-9]{1,5}")
_RUPIAH = re.compile(r"[0-9]{1,10}")


class PacksField(WholePacksField):
    """A number of packs as this app bounds it."""

    def __init__(self, *, most: int = MOST_OF_A_PACK, **kwargs: Any) -> None:
        super().__init__(most=most, digits=5, **kwargs)


class PacksForm(forms.Form):
    """So many packs of each line of a request."""

    def __init__(self, lines: Iterable[tuple[RestockLine, int, int]], data: Any = None) -> None:
        """Each line with the number that is written there at first, and the most that can be."""
        super().__init__(data)
        self.lines: list[RestockLine] = []
        for line, packs, most in lines:
            self.lines.append(line)
            self.fields[f"packs-{line.pk}"] = PacksField(label=line.product_name, initial=packs, most=most)

    def field_of(self, line: RestockLine) -> forms.BoundField:
        return self[f"packs-{line.pk}"]

    def quantities(self) -> dict[int, int]:
        """Packs by line id."""
        return {line.pk: self.cleaned_data[f"packs-{line.pk}"] for line in self.lines}


class ReasonForm(forms.Form):
    """Why not. `missing` is said where nothing is written: it names who reads the reason, the warung unless told."""

    reason = forms.CharField(label=_("Reason"), max_length=240)

    def __init__(self, data: Any = None, *, missing: str | Promise = "") -> None:
        super().__init__(data)
        self.fields["reason"].error_messages["required"] = str(missing or _("Write down why; the warung reads it."))


class AskForm(forms.Form):
    """What goes with the packs of a new request, or with the units of an order in a cycle."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note for the Satker"),
        max_length=240,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    q = forms.CharField(max_length=80, required=False)
    shown = forms.IntegerField(min_value=0, max_value=10_000, required=False)


@dataclass(frozen=True)
class Written:
    """What the owner's page sent: wishes by pack, and what could not be read, as it was written."""

    wishes: dict[int, Wish]
    unreadable: dict[int, str]


def written(data: QueryDict) -> Written:
    """The packs of a new request: "packs-12" is how many of pack 12, "seen-12" the price that was shown."""
    wishes: dict[int, Wish] = {}
    unreadable: dict[int, str] = {}
    for name in data:
        found = _WISH.fullmatch(name)
        if found is None:
            continue
        pack_id, text, seen = int(found[1]), str(data[name]).strip(), data.get(f"seen-{found[1]}", "")
        price = int(seen) if _RUPIAH.fullmatch(seen) else 0
        if text and not _DIGITS.fullmatch(text):
            unreadable[pack_id] = text[:20]
        elif text and int(text):
            wishes[pack_id] = Wish(pack_id, int(text), price)
    return Written(wishes, unreadable)


class ReceiptForm(forms.Form):
    """The supplier's paper."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    supplier = forms.CharField(
        label=_("Supplier"), max_length=120, widget=forms.TextInput(attrs={"list": "suppliers", "autocomplete": "off"})
    )
    supplier_reference = forms.CharField(
        label=_("Number on the paper"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    received_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    note = forms.CharField(
        label=_("Note"), max_length=240, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, today: date, initial: Any = None) -> None:
        super().__init__(data, initial={"received_on": today, **(initial or {})})
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()


class SupplyForm(forms.Form):
    """One line of the supplier's paper; an empty one is no line."""

    quantity = PacksField(label=_("Number of packs"), required=False)
    cost = RupiahField(label=_("Cost of one pack"), min_value=0, max_value=MOST_COST, required=False)

    def __init__(self, choices: Sequence[tuple[str, str]], packs: dict[str, Pack], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.packs = packs
        self.fields["pack"] = forms.ChoiceField(label=_("Product and pack"), required=False, choices=choices)
        self.order_fields(["pack", "quantity", "cost"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        given = [name for name in ("pack", "quantity", "cost") if told.get(name) not in (None, "")]
        if given and not self.errors:
            for name in ("pack", "quantity", "cost"):
                if name not in given:
                    self.add_error(name, _("This belongs to the line as well."))
            if told.get("quantity") == 0:
                self.add_error("quantity", _("Write a number above zero."))
        return told

    def supply(self) -> Supply | None:
        """The line; None for an empty one."""
        told = self.cleaned_data
        if not told.get("pack"):
            return None
        return Supply(self.packs[told["pack"]], told["quantity"], told["cost"])


class SupplyForms:
    """The lines of a receipt: a few empty ones, those that were sent, or these and some more."""

    FIRST = MORE = 6

    def __init__(self, packs: Iterable[Pack], data: QueryDict | None = None, *, more: bool = False) -> None:
        by_key = {str(pack.pk): pack for pack in packs}
        choices = [("", "—"), *((key, f"{pack.product.name}, {pack.label}") for key, pack in by_key.items())]
        sent = self.FIRST if data is None else self._count(data.get("lines", ""))
        self.count = min(sent + (self.MORE if more else 0), MOST_SUPPLIES)
        self.forms = [
            SupplyForm(
                choices,
                by_key,
                None if more else data,
                prefix=f"line{index}",
                initial={name: data.get(f"line{index}-{name}", "") for name in ("pack", "quantity", "cost")}
                if data is not None and more
                else None,
            )
            for index in range(self.count)
        ]

    @property
    def is_full(self) -> bool:
        return self.count >= MOST_SUPPLIES

    def is_valid(self) -> bool:
        answers = [form.is_valid() for form in self.forms]
        return all(answers)

    def supplies(self) -> list[Supply]:
        return [line for form in self.forms if (line := form.supply()) is not None]

    def _count(self, text: str) -> int:
        return min(int(text), MOST_SUPPLIES) if _DIGITS.fullmatch(text) else self.FIRST

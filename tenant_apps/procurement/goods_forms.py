"""The shape of what people write about goods and money of a cycle. What may be is said by the services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenant_apps.pricing.forms import photo_field
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.procurement.agreed import Standing, Tally, Terms
from tenant_apps.procurement.allotting import Share, Sharing
from tenant_apps.procurement.forms import PacksField
from tenant_apps.procurement.models import MOST_UNITS, FreightBy, HandOverLine, PaidHow, RouteStop
from tenant_apps.procurement.services.handing import Signed
from tenant_apps.procurement.services.paying import Paid
from tenant_apps.procurement.services.receiving import Counted
from tenant_apps.warungs.models import Warung
from tenants.forms import AmountField, RupiahField

# Shares that one page lets somebody change.
MOST_SHARES = 300


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write a day.")},
    )


def text_field(label: Any, most: int, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class ReasonField(forms.Form):
    """Why, where somebody else reads it or looks for it later."""

    reason = text_field(_("Reason"), 240, required=True)


class KeyForm(forms.Form):
    """A step that may be sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True)
class CountRow:
    """A line with what is still to come, and its fields."""

    terms: Terms
    tally: Tally
    fields: dict[str, forms.BoundField]

    @property
    def more(self) -> int:
        return self.terms.more(self.tally)

    @property
    def is_odd(self) -> bool:
        """Whether something besides whole good cartons is written down."""
        return any(
            field.value() or field.errors for name, field in self.fields.items() if name not in ("cartons", "grams")
        )


class CountForm(KeyForm):
    """What was counted at the door, line by line."""

    received_on = day_field(_("Day"))
    reference = text_field(_("Number on the delivery note"), 60)
    note = text_field(_("Note"), 240)
    scan = text_field(_("Scan a carton"), 20)

    def __init__(
        self, standing: Standing, data: Any = None, files: Any = None, *, today: date, key: Any = None
    ) -> None:
        super().__init__(data, files, initial={"received_on": today, "key": key})
        self.fields["received_on"].widget.attrs["max"] = today.isoformat()
        self.standing = standing
        for pk, terms in standing.terms.items():
            name = terms.line.offer.article_name
            self.fields[f"cartons-{pk}"] = PacksField(label=name, most=MOST_UNITS, required=False)
            self.fields[f"rejected-{pk}"] = PacksField(label=_("Rejected cartons"), most=MOST_UNITS, required=False)
            self.fields[f"units-{pk}"] = PacksField(label=_("Good units out of them"), most=MOST_UNITS, required=False)
            self.fields[f"reason-{pk}"] = text_field(_("Why rejected"), 240)
            self.fields[f"photo-{pk}"] = photo_field(required=False)
            self.fields[f"expires-{pk}"] = day_field(_("Good until"), required=False)
            if terms.is_weighed:
                self.fields[f"grams-{pk}"] = AmountField(label=_("Weight of all that is good"), required=False)

    def rows(self) -> list[CountRow]:
        names = ("cartons", "rejected", "units", "reason", "photo", "expires", "grams")
        return [
            CountRow(
                terms,
                self.standing.tallies[pk],
                {name: self[f"{name}-{pk}"] for name in names if f"{name}-{pk}" in self.fields},
            )
            for pk, terms in self.standing.terms.items()
        ]

    def counts(self) -> list[Counted]:
        """What was counted. Raises BadPicture for a photo that is none."""
        found = []
        for pk in self.standing.terms:
            told = {name: self.cleaned_data.get(f"{name}-{pk}") for name in ("cartons", "rejected", "units", "reason")}
            weight, photo = self.cleaned_data.get(f"grams-{pk}"), self.cleaned_data.get(f"photo-{pk}")
            found.append(
                Counted(
                    pk,
                    told["cartons"] or 0,
                    rejected=told["rejected"] or 0,
                    units=told["units"] or 0,
                    reason=told["reason"] or "",
                    grams=None if weight is None else int(weight * 1_000),
                    expires_on=self.cleaned_data.get(f"expires-{pk}"),
                    photo=redrawn(photo) if photo else None,
                )
            )
        return found


def scanned(data: Any, standing: Standing) -> tuple[Any, bool]:
    """The form's data with one more carton of what was scanned, and whether that is known here."""
    told, code = data.copy(), data.get("scan", "").strip()
    told["scan"] = ""
    for pk, terms in standing.terms.items():
        if code and terms.line.offer.barcode == code:
            before = told.get(f"cartons-{pk}", "")
            number = int(before) if before.isascii() and before.isdecimal() and len(before) <= 5 else 0
            told[f"cartons-{pk}"] = str(number + 1)
            return told, True
    return told, False


class ReturnForm(KeyForm):
    """Cartons that go back."""

    cartons = PacksField(label=_("Cartons"), most=MOST_UNITS)
    weight = AmountField(label=_("Weight"), required=False)
    reason = text_field(_("Reason"), 240, required=True)
    photo = photo_field(required=False)

    def __init__(self, lines: Iterable[Terms], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = list(lines)
        choices = [(str(one.line.pk), f"{one.line.offer.article_name}, {one.line.offer.carton_label}") for one in lines]
        self.fields["line"] = forms.ChoiceField(label=_("Article"), choices=choices)
        if not any(one.is_weighed for one in lines):
            del self.fields["weight"]
        self.order_fields(["line", "cartons", "weight", "reason", "photo"])


class ShareForm(KeyForm):
    """Units for each warung, as fair as they are computed or as the Satker shifts them."""

    reason = text_field(_("Why other than fair"), 240)

    def __init__(self, found: Iterable[Sharing], data: Any = None, *, key: Any = None) -> None:
        super().__init__(data, initial={"key": key})
        self.sharings = list(found)
        for sharing in self.sharings:
            for share in sharing.shares:
                self.fields[f"units-{share.part.pk}"] = PacksField(
                    label=str(share.warung or _("the Satker")), initial=share.fair, most=MOST_UNITS, required=False
                )

    def rows(self) -> list[tuple[Sharing, list[tuple[Share, forms.BoundField]]]]:
        return [
            (sharing, [(share, self[f"units-{share.part.pk}"]) for share in sharing.shares])
            for sharing in self.sharings
        ]

    def units(self) -> dict[int, int]:
        """By part id, what was written; what was left empty stays fair."""
        found = {}
        for sharing in self.sharings:
            for share in sharing.shares:
                number = self.cleaned_data.get(f"units-{share.part.pk}")
                if number is not None:
                    found[share.part.pk] = number
        return found


class RoutesForm(forms.Form):
    """On which route and at which place each warung is."""

    def __init__(self, stops: Iterable[RouteStop], data: Any = None) -> None:
        super().__init__(data)
        self.stops = list(stops)
        for stop in self.stops:
            self.fields[f"route-{stop.warung_id}"] = forms.CharField(
                label=_("Route"),
                max_length=80,
                initial=stop.route.name,
                widget=forms.TextInput(attrs={"list": "routes", "autocomplete": "off"}),
            )
            self.fields[f"place-{stop.warung_id}"] = PacksField(label=_("Place"), initial=stop.position)

    def rows(self) -> list[tuple[RouteStop, forms.BoundField, forms.BoundField]]:
        return [(stop, self[f"route-{stop.warung_id}"], self[f"place-{stop.warung_id}"]) for stop in self.stops]

    def places(self) -> dict[int, tuple[str, int]]:
        told = self.cleaned_data
        return {
            stop.warung_id: (told[f"route-{stop.warung_id}"], told[f"place-{stop.warung_id}"]) for stop in self.stops
        }


def sent_warungs(data: QueryDict) -> list[int]:
    """Ids of the warungs whose routes were sent."""
    return [int(found[1]) for name in data if (found := re.fullmatch(r"route-([0-9]{1,18})", name))]


class HandForm(KeyForm):
    """What the warung took, why not the rest, who signed and what was paid at once."""

    name = text_field(_("Name of who takes the goods"), 120)
    code = forms.CharField(
        label=_("Code from the warung's app"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    signature = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)
    paid = RupiahField(label=_("Paid in cash now"), min_value=0, required=False)

    def __init__(self, lines: Iterable[HandOverLine], data: Any = None, *, key: Any = None, name: str = "") -> None:
        super().__init__(data, initial={"key": key, "name": name})
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"units-{line.pk}"] = PacksField(label=line.product_name, initial=line.units, most=line.units)
            self.fields[f"reason-{line.pk}"] = text_field(_("Why not all of it"), 240)

    def rows(self) -> list[tuple[HandOverLine, forms.BoundField, forms.BoundField]]:
        return [(line, self[f"units-{line.pk}"], self[f"reason-{line.pk}"]) for line in self.lines]

    def handed(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[f"units-{line.pk}"] for line in self.lines}

    def reasons(self) -> dict[int, str]:
        return {line.pk: self.cleaned_data[f"reason-{line.pk}"] for line in self.lines}

    def signed(self) -> Signed:
        told = self.cleaned_data
        return Signed(told["name"], told["signature"], "".join(told["code"].split()))


class MatchForm(forms.Form):
    """How freight is shared out, and why a difference is taken as it is."""

    freight_by = forms.ChoiceField(
        label=_("Share out freight"), choices=FreightBy.choices, initial=FreightBy.VALUE, widget=forms.RadioSelect
    )
    explanation = text_field(_("Why it is taken as it is"), 240)


class PayForm(KeyForm):
    """How and when something was paid."""

    how = forms.ChoiceField(label=_("Paid by"), choices=PaidHow.choices, widget=forms.RadioSelect)
    reference = text_field(_("Reference"), 60)
    paid_on = day_field(_("Day"))

    def __init__(self, data: Any = None, *, today: date, key: Any = None) -> None:
        super().__init__(data, initial={"paid_on": today, "key": key, "how": PaidHow.CASH})
        self.fields["paid_on"].widget.attrs["max"] = today.isoformat()


class DeskForm(PayForm):
    """What several warungs paid at once."""

    def __init__(self, warungs: Mapping[int, Warung], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.warungs = warungs
        for warung in warungs.values():
            self.fields[self.name_of(warung)] = RupiahField(label=warung.name, required=False, min_value=0)

    @staticmethod
    def name_of(warung: Warung) -> str:
        return f"amount-{warung.public_id}"

    def field_of(self, warung: Warung) -> forms.BoundField:
        return self[self.name_of(warung)]

    def paid(self) -> list[Paid]:
        found = ((warung, self.cleaned_data.get(self.name_of(warung))) for warung in self.warungs.values())
        return [Paid(warung, amount) for warung, amount in found if amount]


class SettleForm(forms.Form):
    """Why goods came that nobody invoices."""

    explanation = text_field(_("Why no invoice comes"), 240)

"""The shape of what people write about a warung. The rules are in the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.warungs.models import OpeningHours, Warung, WarungState, Weekday
from tenant_apps.warungs.selectors import Point, village_groups
from tenants.forms import RupiahField
from tenants.identity.forms import PhoneField

LARGEST_RT = 999
MIDNIGHT = time(0)
Span = tuple[int, time, time]


def number_field(label: Any, **kwargs: Any) -> forms.IntegerField:
    """The number of an RW or RT."""
    kwargs.setdefault("required", False)
    kwargs.setdefault("min_value", 1)
    return forms.IntegerField(
        label=label, max_value=LARGEST_RT, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **kwargs
    )


def _degrees(label: Any, most: int) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=False,
        min_value=-most,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "text", "step": "any"}),
    )


class ShopForm(forms.Form):
    """What the owner says about the warung."""

    name = forms.CharField(label=_("Name of the warung"), max_length=120, help_text=_("As it stands on the sign."))
    address = forms.CharField(label=_("Street and number"), max_length=240, required=False)
    phone = PhoneField(required=False)
    pickup = forms.BooleanField(label=_("Customers may pick up their orders"), required=False)
    delivers = forms.BooleanField(label=_("The warung delivers"), required=False)
    delivery_fee = RupiahField(label=_("Delivery fee"), min_value=0, max_value=1_000_000, required=False)
    note = forms.CharField(
        label=_("Note for customers"),
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: delivery before seven in the evening."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("pickup") and not data.get("delivers"):
            self.add_error("pickup", _("Choose at least one: pick-up or delivery."))
        data["delivery_fee"] = data.get("delivery_fee") or 0
        return data

    @staticmethod
    def initial_of(warung: Warung) -> dict[str, Any]:
        return {
            name: getattr(warung, name)
            for name in (
                "name", "village_code", "rw", "rt", "address", "phone", "delivers", "pickup", "delivery_fee", "note",
            )
        }  # fmt: skip


class StandForm(forms.Form):
    """Where the warung stands on the map, in degrees; empty takes it off."""

    lat = _degrees(_("Latitude"), 90)
    lon = _degrees(_("Longitude"), 180)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        # It stands beside other forms.
        super().__init__(data, auto_id="stand_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and (data["lat"] is None) != (data["lon"] is None):
            self.add_error("lon" if data["lon"] is None else "lat", _("Write both numbers, or neither."))
        return data

    def point(self) -> Point | None:
        """What was written."""
        lat, lon = self.cleaned_data["lat"], self.cleaned_data["lon"]
        return None if lat is None else Point(lat, lon)

    @staticmethod
    def initial_of(warung: Warung) -> dict[str, Any]:
        return {"lat": warung.latitude, "lon": warung.longitude}


class WarungForm(ShopForm):
    """The same with its place, which only an admin says: citizens find the nearest warung by it."""

    village_code = forms.ChoiceField(label=_("Kelurahan"))
    rw = number_field(_("RW"))
    rt = number_field(_("RT"))

    field_order = ("name", "village_code", "rw", "rt")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = village_groups()
        choices: list[Any] = [("", _("Choose …"))]
        # One kecamatan needs no heading.
        choices += groups[0][1] if len(groups) == 1 else groups
        village: Any = self.fields["village_code"]
        village.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("rt") and not data.get("rw") and "rw" not in self.errors:
            self.add_error("rw", _("An RT is part of an RW: write that one too."))
        return data


class NewWarungForm(WarungForm):
    """The same for one that is being registered: what it is does not change later."""

    fresh = forms.BooleanField(
        label=_("A Fresh Food stand of the Satker"),
        required=False,
        help_text=_("People order ahead, for a day of delivery. The Satker's people run it; it needs no owner."),
    )


class InviteForm(forms.Form):
    """Whom to invite to the warung."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = PhoneField(required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False, max_length=254)

    def __init__(self, data: Any = None) -> None:
        # It stands beside other forms that ask for a name too.
        super().__init__(data, auto_id="invite_%s")


class RegistryForm(forms.Form):
    """How an admin narrows the list of warungs."""

    q = forms.CharField(required=False, max_length=80, label=_("Search"))
    state = forms.ChoiceField(required=False, label=_("State"), choices=[("", _("all")), *WarungState.choices])
    village = forms.CharField(required=False, max_length=13)


def time_field(label: Any = "", **kwargs: Any) -> forms.TimeField:
    """A time of day, as the clock of a phone gives it."""
    kwargs.setdefault("required", False)
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs)


class SameHoursForm(forms.Form):
    """A week whose open days are all alike."""

    whole_day = forms.BooleanField(label=_("Open 24 hours"), required=False)
    opens = time_field(_("Opens"))
    closes = time_field(_("Closes"))
    days = forms.TypedMultipleChoiceField(
        label=_("Open on"), choices=Weekday.choices, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("whole_day"):
            for name in ("opens", "closes"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Write a time such as 07.00."))
        return data

    def week(self) -> list[Span]:
        data = self.cleaned_data
        opens, closes = (MIDNIGHT, MIDNIGHT) if data["whole_day"] else (data["opens"], data["closes"])
        return [(day, opens, closes) for day in data["days"]]

    @staticmethod
    def initial_of(hours: Sequence[OpeningHours]) -> dict[str, Any]:
        first = hours[0] if hours else None
        whole = first is not None and first.opens == first.closes
        return {
            "whole_day": whole,
            "opens": time(7) if first is None or whole else first.opens,
            "closes": time(21) if first is None or whole else first.closes,
            "days": [row.weekday for row in hours] or [day.value for day in Weekday],
        }


class DayHoursForm(forms.Form):
    """One day of a week: up to two openings, or all 24 hours; nothing written means closed."""

    whole_day = forms.BooleanField(label=_("24 hours"), required=False)
    opens = time_field(_("Opens"))
    closes = time_field(_("Closes"))
    opens_again = time_field(_("Opens again"))
    closes_again = time_field(_("Closes again"))

    def __init__(self, data: Any = None, *, day: Weekday, initial: Any = None) -> None:
        super().__init__(data, prefix=f"day{day.value}", initial=initial)
        self.day = day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("whole_day"):
            return data
        for opens, closes in (("opens", "closes"), ("opens_again", "closes_again")):
            if opens in self.errors or closes in self.errors:
                continue
            if (data.get(opens) is None) != (data.get(closes) is None):
                missing = opens if data.get(opens) is None else closes
                self.add_error(missing, _("Write both times, or none if it is closed."))
        self._in_order(data)
        return data

    def _in_order(self, data: dict[str, Any]) -> None:
        again = data.get("opens_again")
        if again is None or self.errors:
            return
        first_ends = data.get("closes")
        if data.get("opens") is None or first_ends is None:
            self.add_error("opens", _("Write the first opening here."))
        elif first_ends <= data["opens"] or again < first_ends:
            self.add_error("opens_again", _("The second opening begins after the first one has ended."))

    def spans(self) -> list[Span]:
        data, day = self.cleaned_data, self.day.value
        if data["whole_day"]:
            return [(day, MIDNIGHT, MIDNIGHT)]
        pairs = ((data["opens"], data["closes"]), (data["opens_again"], data["closes_again"]))
        return [(day, opens, closes) for opens, closes in pairs if opens is not None]

    @staticmethod
    def initial_of(rows: Sequence[OpeningHours]) -> dict[str, Any]:
        if rows and rows[0].opens == rows[0].closes:
            return {"whole_day": True}
        names = (("opens", "closes"), ("opens_again", "closes_again"))
        pairs = zip(names, rows, strict=False)
        return {name: at for (opens, closes), row in pairs for name, at in ((opens, row.opens), (closes, row.closes))}


MOST_RUPIAH = 10_000_000


class MinimumForm(forms.Form):
    """From how many rupiah of goods on the warung delivers."""

    minimum_order = RupiahField(label=_("Deliver from"), min_value=0, max_value=MOST_RUPIAH)


class ZoneForm(forms.Form):
    """Where the warung delivers, and for how much."""

    village_code = forms.ChoiceField(label=_("Kelurahan"))
    rw = number_field(_("RW"))
    fee = RupiahField(label=_("Delivery fee"), min_value=0, max_value=1_000_000)
    minimum_order = RupiahField(label=_("Deliver from"), min_value=0, max_value=MOST_RUPIAH, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = village_groups()
        village: Any = self.fields["village_code"]
        village.choices = [("", _("Choose …")), *(groups[0][1] if len(groups) == 1 else groups)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["minimum_order"] = data.get("minimum_order") or 0
        return data


class SlotForm(forms.Form):
    """A part of a weekday in which the warung brings goods."""

    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=Weekday.choices, coerce=int)
    starts = time_field(_("From"), required=True)
    ends = time_field(_("Until"), required=True)
    capacity = forms.IntegerField(label=_("Orders at most"), min_value=1, max_value=999, initial=5)


class TermsForm(forms.Form):
    """Until when a Fresh Food stand takes orders for which days."""

    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    cutoff = time_field(_("Orders until"), required=True)
    lead_days = forms.IntegerField(label=_("Days before delivery"), min_value=0, max_value=7, initial=1)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Delivery days"), choices=Weekday.choices, coerce=int, widget=forms.CheckboxSelectMultiple
    )

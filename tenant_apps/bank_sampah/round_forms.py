"""The shape of what people write about collection days, pick-ups and stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenant_apps.bank_sampah.days import places_from
from tenant_apps.bank_sampah.forms import KeyForm, PlaceForm
from tenant_apps.bank_sampah.models import Every, Group, Load
from tenant_apps.bank_sampah.selectors.rounds import CollectionDay
from tenant_apps.bank_sampah.services.collecting import Heap, Place
from tenant_apps.warungs.models import Weekday
from tenants.forms import ReasonForm


class DayForm(forms.Form):
    """A weekday on which the unit comes by."""

    weekday = forms.TypedChoiceField(
        label=pgettext_lazy("weekday", "Day"), choices=Weekday.choices, coerce=int, initial=Weekday.SATURDAY
    )
    every = forms.ChoiceField(label=_("How often?"), choices=Every.choices, initial=Every.WEEK)
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}))
    places = forms.CharField(
        label=_("Where?"),
        max_length=400,
        required=False,
        help_text=_("RW, or RT/RW, with commas: 1, 3/2. Empty: everywhere."),
    )
    valid_from = forms.DateField(
        label=_("From which day on?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_places(self) -> list[int]:
        try:
            return places_from(self.cleaned_data["places"])
        except ValueError as wrong:
            raise forms.ValidationError(
                _now("%(part)s is no RW. Write 1 for RW 1, or 3/2 for RT 3 of RW 2.") % {"part": str(wrong)[:20]}
            ) from wrong

    @property
    def told(self) -> dict[str, Any]:
        """For `services.set_collection_day`."""
        return {**self.cleaned_data, "every": Every(self.cleaned_data["every"])}


class SkipForm(ReasonForm):
    """A day on which the unit does not come."""

    day = forms.DateField(label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ("day", "reason")


class PickupForm(KeyForm, PlaceForm):
    """A member has waste fetched."""

    day = forms.ChoiceField(label=_("On which day?"), widget=forms.RadioSelect)
    load = forms.ChoiceField(
        label=_("Roughly how much?"), choices=Load.choices, widget=forms.RadioSelect, initial=Load.SACK
    )
    groups = forms.MultipleChoiceField(
        label=_("What is it?"), choices=Group.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False, help_text=_("Such as: next to the mushola"))

    field_order = ("day", "load", "groups", "rw", "rt", "address", "note")

    def __init__(self, days: Sequence[CollectionDay], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = {one.day.isoformat(): one.day for one in days}
        self.fields["address"].required = True
        # A day with a round in the morning and one in the afternoon is one day.
        hours: dict[str, list[str]] = {}
        for one in days:
            text = f"{one.starts:%H.%M}–{one.ends:%H.%M}" + (f" ({one.where})" if one.places else "")
            hours.setdefault(one.day.isoformat(), []).append(text)
        field: Any = self.fields["day"]
        field.choices = [
            (key, f"{date_format(self.days[key], 'l, j F')} · {', '.join(told)}") for key, told in hours.items()
        ]
        self.initial.setdefault("day", next(iter(self.days), ""))
        for name in ("load", "groups"):
            choices: Any = self.fields[name]
            choices.choices = [(value, str(label).capitalize()) for value, label in choices.choices]

    @property
    def told(self) -> dict[str, Any]:
        """For `services.ask_pickup`."""
        told = self.cleaned_data
        return {
            "day": self.days[told["day"]],
            "key": told["key"],
            "place": Place(told["rw"], told["rt"], told["address"]),
            "heap": Heap(Load(told["load"]), tuple(Group(one) for one in told["groups"]), told["note"]),
        }

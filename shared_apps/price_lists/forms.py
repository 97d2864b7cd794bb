"""The shape of what a supplier writes about its lists. What may be taken over is said by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shared_apps.price_lists.columns import COLUMNS
from shared_apps.price_lists.models import Every, PriceFeed, PriceList
from shared_apps.price_lists.places import choice_of, choices_for, place_in
from shared_apps.supplier_catalog.models import SupplierOrganisation
from shared_apps.supplier_catalog.services.standing import Place


class PlaceForm(forms.Form):
    """Where the prices of a list count."""

    place = forms.ChoiceField(label=_("Where these prices count"))

    def __init__(self, organisation: SupplierOrganisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices_for(organisation)  # type: ignore[attr-defined]

    def told_place(self) -> Place:
        return place_in(self.cleaned_data["place"])


class UploadForm(PlaceForm):
    """A file that is handed in."""

    file = forms.FileField(
        label=_("Price list"),
        help_text=_("CSV or XLSX, at most 60,000 rows. Nothing counts before you have looked at it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )

    field_order = ("file", "place")


class FeedForm(PlaceForm):
    """An address from which lists are pulled."""

    url = forms.CharField(
        label=_("Address of the list"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    every = forms.TypedChoiceField(label=_("How often"), coerce=int, choices=Every.choices, initial=Every.DAY)
    is_automatic = forms.BooleanField(
        label=_("Apply it by itself when no row is bad and no price jumps"), required=False
    )

    field_order = ("url", "place", "every", "is_automatic")

    @classmethod
    def of(cls, feed: PriceFeed) -> FeedForm:
        initial = {"url": feed.url, "every": feed.every, "is_automatic": feed.is_automatic}
        return cls(feed.organisation, initial={**initial, "place": choice_of((feed.area_id, feed.region_id))})


class ColumnsForm(forms.Form):
    """What each column of a file means."""

    def __init__(self, price_list: PriceList, data: Any = None) -> None:
        super().__init__(data)
        choices = [("", _("is not read")), *COLUMNS.items()]
        samples = price_list.samples or []
        for place, heading in enumerate(price_list.headings):
            key = price_list.columns[place] if place < len(price_list.columns) else ""
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or _("Column %(number)s") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=key,
                help_text=", ".join(samples[place]) if place < len(samples) else "",
            )

    def keys(self) -> Sequence[str]:
        return [self.cleaned_data[name] for name in self.fields]

"""The shape of prices as people write them. What a price may be is said by the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Pack, Product
from tenant_apps.catalog.selectors import units_of
from tenants.forms import RupiahField

Line = TypeVar("Line")
# A row's number in a field's name; longer ones are no row of ours.
_LONGEST_NUMBER = 18


def posted_numbers(data: QueryDict, start: str) -> dict[int, int]:
    """The rows that a form names, with their places in it: "price-12" is row 12."""
    names = (name.removeprefix(start) for name in data if name.startswith(start))
    numbers = (int(text) for text in names if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER)
    return {number: place for place, number in enumerate(numbers)}


def as_posted(lines: Iterable[Line], places: Mapping[int, int], numbers: Callable[[Line], Iterable[int]]) -> list[Line]:
    """The lines that a form named, in its order, so that the page comes back as it was sent."""
    placed = [(min((places[one] for one in numbers(line) if one in places), default=-1), line) for line in lines]
    return [line for place, line in sorted(placed, key=lambda pair: pair[0]) if place >= 0]


class PricesForm(forms.Form):
    """A price for each of many packs. What was shown travels along, so that only what somebody changed is changed."""

    def __init__(self, prices: Iterable[tuple[Pack, int | None]], data: Any = None) -> None:
        super().__init__(data)
        self.packs: list[Pack] = []
        for pack, price in prices:
            self.packs.append(pack)
            self.fields[self.name_of(pack)] = RupiahField(
                label=pack.label, required=False, initial=price, show_hidden_initial=True
            )

    @staticmethod
    def name_of(pack: Pack) -> str:
        return f"price-{pack.pk}"

    def changes(self) -> list[tuple[Pack, int | None]]:
        """Packs whose price somebody changed and wrote well; None where it was emptied."""
        wrong, changed = set(self.errors), set(self.changed_data)
        names = ((pack, self.name_of(pack)) for pack in self.packs)
        return [(pack, self.cleaned_data[name]) for pack, name in names if name in changed and name not in wrong]

    def field_of(self, pack: Pack) -> forms.BoundField:
        return self[self.name_of(pack)]

    def shown_of(self, pack: Pack) -> str:
        """The hidden field that keeps what was shown."""
        return self.field_of(pack).as_hidden(only_initial=True)


class WhereForm(forms.Form):
    """At which market, on which day."""

    market = forms.CharField(
        label=_("Market"), max_length=120, widget=forms.TextInput(attrs={"list": "markets", "autocomplete": "off"})
    )
    observed_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )

    def __init__(self, data: Any = None, *, today: date, initial: Any = None) -> None:
        super().__init__(data, initial={"observed_on": today, **(initial or {})})
        self.today = today
        self.fields["observed_on"].widget.attrs["max"] = today.isoformat()

    def clean_observed_on(self) -> date:
        day: date = self.cleaned_data["observed_on"]
        if day > self.today:
            raise forms.ValidationError(_("That day has not come yet."))
        return day


class RoundForm(forms.Form):
    """What one walk over a market saw: a price for each of many products."""

    def __init__(self, products: Iterable[tuple[Product, Sequence[Pack]]], data: Any = None) -> None:
        super().__init__(data)
        self.products: list[Product] = []
        for product, packs in products:
            self.products.append(product)
            self.fields[f"price-{product.pk}"] = RupiahField(label=product.name, required=False)
            self.fields[f"per-{product.pk}"] = per_field(product, packs)

    def seen(self) -> list[tuple[Product, int, int]]:
        """Product, rupiah and base units, where a price was written."""
        told = self.cleaned_data
        rows = ((product, told.get(f"price-{product.pk}"), told.get(f"per-{product.pk}")) for product in self.products)
        return [(product, price, per) for product, price, per in rows if price and per]


class ObservationForm(WhereForm):
    """One price of one product."""

    price = RupiahField(label=_("Price"))

    field_order = ("price", "per", "market", "observed_on")

    def __init__(self, product: Product, packs: Sequence[Pack], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["per"] = per_field(product, packs)
        self.order_fields(self.field_order)


def per_field(product: Product, packs: Sequence[Pack]) -> forms.TypedChoiceField:
    """For how much a price was asked."""
    return forms.TypedChoiceField(label=_("for"), choices=units_of(product, packs), coerce=int)


class RuleForm(forms.Form):
    """How the region understands "cheaper than the market"."""

    minimum_saving = RupiahField(
        label=_("Smallest saving"), help_text=_("Every price is at least this much less than at the market.")
    )
    minimum_percent = forms.IntegerField(
        label=_("Smallest saving in percent"),
        min_value=0,
        max_value=99,
        help_text=_("0 if the rupiah above are enough. The larger of the two counts."),
    )
    freshness_days = forms.IntegerField(
        label=_("A market price counts for"),
        min_value=1,
        max_value=365,
        help_text=_("Older ones are no evidence any more; the Satker then writes down a new one."),
    )

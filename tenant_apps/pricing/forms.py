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
from tenant_apps.pricing.arithmetic import in_base_units
from tenant_apps.pricing.models import MarketKind, RoundingStep
from tenants.forms import AmountField, RupiahField
from tenants.kernel.units import BaseUnit

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


def photo_field(*, required: bool, help_text: Any = "") -> forms.FileField:
    """A photo, straight from a phone's camera where there is one."""
    return forms.FileField(
        label=_("Photo"),
        required=required,
        help_text=help_text,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


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

    def __init__(self, data: Any = None, files: Any = None, *, today: date, initial: Any = None) -> None:
        super().__init__(data, files, initial={"observed_on": today, **(initial or {})})
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

    photo = photo_field(required=False)

    field_order = ("price", "per", "market", "observed_on", "photo")

    def __init__(
        self, product: Product, packs: Sequence[Pack], data: Any = None, files: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.fields["per"] = per_field(product, packs)
        self.order_fields(self.field_order)


def per_field(product: Product, packs: Sequence[Pack]) -> forms.TypedChoiceField:
    """For how much a price was asked; in base units. A litre of what is counted in grams only by its density."""
    choices = dict(units_of(product, packs))
    if product.density_g_per_l:
        unit, name = (BaseUnit.MILLILITRE, "L") if product.base_unit == BaseUnit.GRAM else (BaseUnit.GRAM, "kg")
        other = in_base_units(1_000, unit, base_unit=product.base_unit, density_g_per_l=product.density_g_per_l)
        if other:
            choices.setdefault(other, name)
    return forms.TypedChoiceField(label=_("for"), choices=list(choices.items()), coerce=int)


class ClaimForm(forms.Form):
    """Where a citizen saw their purchase cheaper."""

    price = RupiahField(label=_("Price there"))
    market = forms.CharField(
        label=_("Where"), max_length=120, widget=forms.TextInput(attrs={"list": "markets", "autocomplete": "off"})
    )
    seen_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    photo = photo_field(
        required=True, help_text=_("A photo of the price tag or the receipt, on which the price can be read.")
    )

    field_order = ("price", "per", "market", "seen_on", "photo", "note")

    def __init__(
        self, product: Product, packs: Sequence[Pack], data: Any = None, files: Any = None, *, today: date
    ) -> None:
        super().__init__(data, files, initial={"seen_on": today})
        self.fields["per"] = per_field(product, packs)
        self.fields["seen_on"].widget.attrs["max"] = today.isoformat()
        self.order_fields(self.field_order)


class DecisionForm(forms.Form):
    """What the Satker says to a claim."""

    do = forms.ChoiceField(choices=[("accept", ""), ("reject", "")], widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason for the customer"), max_length=240, required=False)
    evidence = forms.BooleanField(label=_("Also write it down as a market price"), required=False)


class MarketForm(forms.Form):
    """A place where prices are seen."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=MarketKind.choices)
    village_name = forms.CharField(label=_("Kelurahan"), max_length=120, required=False)
    address = forms.CharField(label=_("Street and number"), max_length=240, required=False)
    is_active = forms.BooleanField(label=_("Offer it when prices are written down"), required=False, initial=True)


class WithdrawForm(forms.Form):
    """Why a market price is wrong."""

    seen = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("What is wrong with it"), max_length=240)


class TableForm(forms.Form):
    """A table of prices, as a file."""

    file = forms.FileField(
        label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}), max_length=160
    )
    market = forms.CharField(
        label=_("Market"),
        max_length=120,
        required=False,
        help_text=_("For lines without a market of their own."),
        widget=forms.TextInput(attrs={"list": "markets", "autocomplete": "off"}),
    )
    observed_on = forms.DateField(
        label=_("Day"),
        required=False,
        help_text=_("For lines without a day of their own."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )


class CeilingForm(forms.Form):
    """A highest retail price (HET)."""

    product = forms.CharField(
        label=_("Product"),
        max_length=160,
        help_text=_("Its name or article number."),
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )
    price = RupiahField(label=_("Highest price"))
    quantity = AmountField(label=_("Quantity"), initial=1)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("kg", "kg"), ("l", "L"), ("g", "g"), ("ml", "ml"), ("pcs", "pcs")]
    )
    valid_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    valid_to = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )
    source = forms.CharField(label=_("Regulation"), max_length=160)


class MarginForm(forms.Form):
    """How prices are suggested."""

    target = forms.CharField(
        label=_("For"),
        max_length=160,
        required=False,
        help_text=_("A category, or the name or article number of a product. Empty: the whole region."),
        widget=forms.TextInput(attrs={"list": "targets", "autocomplete": "off"}),
    )
    percent = forms.IntegerField(label=_("Percent over the cost"), min_value=0, max_value=500)
    least = RupiahField(label=_("At least per pack"), min_value=0, initial=0)
    step = forms.TypedChoiceField(
        label=_("Round to"), choices=RoundingStep.choices, coerce=lambda text: RoundingStep(int(text)), initial=100
    )
    rounds_up = forms.TypedChoiceField(
        label=_("How"), choices=[("1", _("up")), ("0", _("down"))], coerce=lambda text: text == "1", initial="1"
    )


class WhenForm(forms.Form):
    """From which moment on prices are asked, as clocks in the region show it."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    time = forms.TimeField(
        label=_("Hour"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), input_formats=["%H:%M"]
    )


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
    claim_days = forms.IntegerField(
        label=_("A claim can be made for"),
        min_value=1,
        max_value=90,
        required=False,
        help_text=_("So long after they got their goods, citizens may say that they saw them cheaper."),
    )

"""The shape of an article and of an offer as somebody writes them. What must hold is in `services.drafts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from shared_apps.supplier_catalog.catalogue import addresses_of, regions_called
from shared_apps.supplier_catalog.models import Article, ArticleVersion, Offer, Tax
from shared_apps.supplier_catalog.services.drafts import (
    MOST_LADDER,
    MOST_LEAD_DAYS,
    MOST_PACKS,
    MOST_TIERS,
    ArticleDraft,
    OfferDraft,
    PackDraft,
)
from tenants.forms import AmountField, RupiahField
from tenants.kernel import clock
from tenants.kernel.barcodes import check_digit
from tenants.kernel.units import BaseUnit

# How many base units one of these holds, and of which base unit they are.
LARGE_UNITS = {"kg": ("g", 1_000), "L": ("ml", 1_000)}
_DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]


class ArticleForm(forms.Form):
    """The article itself, but for its packs."""

    sku = forms.CharField(
        label=_("SKU"), max_length=60, help_text=_("Your own number of the article. It never changes.")
    )
    name = forms.CharField(label=_("Name"), max_length=160, help_text=_("For example: Minyak goreng 2 L"))
    brand = forms.CharField(label=_("Brand"), max_length=80, required=False)
    base_unit = forms.ChoiceField(
        label=_("Counted in"),
        choices=[("pcs", _("pieces")), ("g", _("grams")), ("ml", _("millilitres"))],
        initial=BaseUnit.PIECE,
    )
    tax = forms.ChoiceField(label=_("PPN"), choices=Tax.choices, initial=Tax.NONE, widget=forms.RadioSelect)
    catch_weight = forms.BooleanField(
        label=_("Weighed on arrival"),
        required=False,
        help_text=_("For meat, fish and the like: what counts is the weight when it comes."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=10**9)

    def __init__(self, data: Any = None, *, article: Article | None = None) -> None:
        super().__init__(data, initial=self.initial_of(article) if article else None)
        if article:
            del self.fields["sku"]

    @staticmethod
    def initial_of(article: Article) -> dict[str, Any]:
        version = article.current
        if version is None:
            return {}
        names = ("name", "brand", "base_unit", "tax", "catch_weight")
        return {**{name: getattr(version, name) for name in names}, "seen": version.number}

    def draft(self, packs: Sequence[PackDraft]) -> ArticleDraft:
        told = self.cleaned_data
        return ArticleDraft(
            sku=told.get("sku", ""),
            name=told["name"],
            brand=told["brand"],
            base_unit=told["base_unit"],
            tax=told["tax"],
            catch_weight=told["catch_weight"],
            packs=tuple(packs),
        )


class PackLine(forms.Form):
    """One step of the ladder: "dus 12", 12 pieces."""

    label = forms.CharField(label=_("Pack"), max_length=40, required=False)
    content = AmountField(label=_("Holds"), required=False)
    # Empty: the unit in which the article is counted.
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("", _("as counted")), *((name, name) for name in LARGE_UNITS)], required=False
    )
    barcode = forms.CharField(
        label=_("Barcode"),
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_barcode(self) -> str:
        code: str = "".join(self.cleaned_data["barcode"].split())
        if code and not (code.isascii() and code.isdigit() and 8 <= len(code) <= 14):
            raise ValidationError(_("A barcode has 8 to 14 digits. Leave it empty if there is none."))
        if len(code) in (8, 12, 13, 14) and check_digit(code[:-1]) != code[-1]:
            raise ValidationError(_("The last digit does not fit: a digit is wrong. Scan it again."))
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if {"content", "label"} & self.errors.keys():
            return data
        if data.get("label") and data.get("content") is None:
            self.add_error("content", _("Write how much the pack holds."))
        if data.get("content") is not None and not data.get("label"):
            self.add_error("label", _("Give the pack a name."))
        return data

    def draft(self, base_unit: str) -> PackDraft | None:
        """The pack in base units; None for an empty line. What cannot be told in them is an error of the line."""
        told = self.cleaned_data
        if not told.get("label"):
            return None
        amount: Decimal = told["content"]
        unit = told.get("unit")
        if unit:
            base, factor = LARGE_UNITS[unit]
            if base != base_unit:
                self.add_error("unit", _("The article is counted in another kind of unit."))
                return None
            amount *= factor
        if amount != int(amount):
            self.add_error("content", _("Write a whole number, or choose kg or L beside it."))
            return None
        return PackDraft(told["label"], int(amount), told["barcode"])


_PackLines = forms.formset_factory(PackLine, extra=2, max_num=MOST_LADDER, absolute_max=MOST_LADDER, validate_max=True)


def pack_lines(version: ArticleVersion | None, data: Any = None) -> forms.BaseFormSet[PackLine]:
    """Lines for the packs of a version and a few new ones; an emptied line takes its pack away."""
    initial = [
        {"label": pack.label, "content": Decimal(pack.base_quantity), "barcode": pack.barcode}
        for pack in (version.packs.all() if version else ())
    ]
    every_line = {"empty_permitted": False, "use_required_attribute": False}
    return _PackLines(data, prefix="packs", initial=initial, form_kwargs=every_line)


def packs_of(lines: forms.BaseFormSet[PackLine], base_unit: str) -> list[PackDraft]:
    """The packs that are written; what is wrong with a line stands at it."""
    return [draft for draft in (line.draft(base_unit) for line in lines.forms) if draft is not None]


class _DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=_DAYS, widget=widget, **kwargs)


class OfferForm(forms.Form):
    """Terms of an offer; the place is told only once, with a new one."""

    place = forms.ChoiceField(
        label=_("For whom?"),
        choices=[("area", _("All regions of an area")), ("region", _("One region alone"))],
        initial="area",
        widget=forms.RadioSelect,
    )
    area = forms.ChoiceField(label=_("Delivery area"), required=False)
    region = forms.CharField(
        label=_("Region"), max_length=120, required=False, help_text=_("Its name, or the address of its site.")
    )
    pack = forms.ChoiceField(label=_("Pack"))
    least = forms.IntegerField(
        label=_("Fewest packs of an order"), min_value=1, max_value=MOST_PACKS, initial=1, help_text=_("MOQ")
    )
    most = forms.IntegerField(
        label=_("Most packs of an order"), min_value=1, max_value=MOST_PACKS, required=False,
        help_text=_("As many as you have; empty for no limit."),
    )  # fmt: skip
    lead_days = forms.IntegerField(label=_("Days until delivery"), min_value=0, max_value=MOST_LEAD_DAYS, initial=1)
    freight = RupiahField(
        label=_("Freight of a pack"), min_value=0, initial=0, help_text=_("Rupiah for bringing one pack; 0 for none.")
    )
    valid_from = _DayField(
        label=_("From"),
        required=False,
        help_text=_("Empty: from today on. A later day: what counts now goes on until then."),
    )
    valid_to = _DayField(label=_("Until"), required=False, help_text=_("Empty: until you change it."))

    def __init__(
        self,
        data: Any = None,
        *,
        article: Article,
        areas: Sequence[tuple[str, str]] = (),
        offer: Offer | None = None,
        initial: Any = None,
    ) -> None:
        super().__init__(data, initial=self.initial_of(offer) if offer else initial)
        if offer:
            del self.fields["place"], self.fields["area"], self.fields["region"]
        else:
            self._choices("area", areas)
        packs = article.current.packs.all() if article.current else ()
        self._choices("pack", [(pack.label, pack.label) for pack in packs])

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    @staticmethod
    def initial_of(offer: Offer) -> dict[str, Any]:
        told = {name: getattr(offer, name) for name in ("least", "most", "lead_days", "freight", "valid_to")}
        begins = offer.valid_from if offer.valid_from > clock.today() else None
        return {**told, "pack": offer.pack.label, "valid_from": begins}

    def clean_region(self) -> Any:
        """The one market that is meant."""
        text = self.cleaned_data["region"]
        if self.data.get("place") != "region":
            return None
        if not text.strip():
            raise ValidationError(_now("Write the name of the region."))
        found = regions_called(text.replace("\x00", ""))
        if not found:
            raise ValidationError(_now("No open region has a name like that."))
        if len(found) > 1:
            raise ValidationError(
                _now("Several regions are called like that. Write the address of one of them: %(addresses)s")
                % {"addresses": ", ".join(addresses_of(found))}
            )
        return found[0]

    def draft(self, tiers: Sequence[tuple[int, int]], *, smaller: str = "", offer: Offer | None = None) -> OfferDraft:
        """The offer. `smaller` is the code of an area inside the chosen one; with `offer`, the place is that offer's."""
        told = self.cleaned_data
        region = offer.region if offer else told.get("region")
        area = None if region else offer.area_id if offer else smaller or told.get("area")
        begins: date | None = told["valid_from"]
        return OfferDraft(
            pack=told["pack"],
            tiers=tuple(tiers),
            area=area or None,
            region=region.pk if region else None,
            least=told["least"],
            most=told["most"],
            lead_days=told["lead_days"],
            freight=told["freight"],
            valid_from=begins,
            valid_to=told["valid_to"],
        )


class TierLine(forms.Form):
    """From so many packs on, a pack costs so much."""

    packs = forms.IntegerField(label=_("From (packs)"), min_value=1, max_value=MOST_PACKS, required=False)
    price = RupiahField(label=_("Price of a pack"), required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if {"packs", "price"} & self.errors.keys():
            return data
        if data.get("packs") and not data.get("price"):
            self.add_error("price", _("Write the price from that many packs on."))
        if data.get("price") and not data.get("packs"):
            self.add_error("packs", _("Write from how many packs on this price counts."))
        return data


_TierLines = forms.formset_factory(TierLine, extra=3, max_num=MOST_TIERS, absolute_max=MOST_TIERS, validate_max=True)


def tier_lines(offer: Offer | None, data: Any = None) -> forms.BaseFormSet[TierLine]:
    """Lines for the tiers of an offer and a few more; the first of a new offer begins at one pack."""
    initial: list[dict[str, Any]] = [{"packs": 1}]
    if offer:
        initial = [{"packs": tier.packs, "price": tier.price} for tier in offer.tiers.all()]
    every_line = {"empty_permitted": False, "use_required_attribute": False}
    return _TierLines(data, prefix="tiers", initial=initial, form_kwargs=every_line)


def tiers_of(lines: forms.BaseFormSet[TierLine]) -> list[tuple[int, int]]:
    told = [line.cleaned_data for line in lines.forms]
    return [(line["packs"], line["price"]) for line in told if line.get("packs")]

"""The shape of an article as an admin writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.barcodes import LONGEST_BARCODE
from tenant_apps.catalog.conversion import Unit
from tenant_apps.catalog.models import MOST_DENSITY, Category, Kind, Product, Use
from tenant_apps.catalog.services import Facts, PackDraft
from tenants.forms import RupiahField
from tenants.kernel.units import BaseUnit

MOST_OF_A_PACK = 1_000_000_000
# Empty lines for new packs; more come with the next saving.
SPARE_LINES = 2


class ProductForm(forms.Form):
    """The article itself."""

    name = forms.CharField(label=_("Name"), max_length=160)
    sku = forms.CharField(label=_("Article number"), max_length=40, help_text=_("For example SB-001."))
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), to_field_name="slug", empty_label=_("Choose …")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    base_unit = forms.ChoiceField(
        label=_("Counted in"), choices=[("g", _("grams")), ("ml", _("millilitres")), ("pcs", _("pieces"))]
    )
    synonyms = forms.CharField(
        label=_("Also called"),
        max_length=240,
        required=False,
        help_text=_("Local names by which people look for it, separated by commas."),
    )
    market_price_hint = RupiahField(
        label=_("Price hint"),
        required=False,
        help_text=_("About what the first selling pack costs at the market. It is never evidence."),
    )

    by_weight = forms.BooleanField(
        label=_("Weighed at packing"),
        required=False,
        help_text=_(
            "For meat, fish and the like: the order names an estimate, the scale decides. Only for goods in grams."
        ),
    )
    density_g_per_l = forms.IntegerField(
        label=_("Grams in a litre"),
        required=False,
        min_value=1,
        max_value=MOST_DENSITY,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Only where packs come in kg and are sold by the litre, as cooking oil does (about 910)."),
    )
    family = forms.CharField(
        label=_("Family"), max_length=120, required=False, help_text=_("What variants have in common: Mi instan.")
    )
    variant = forms.CharField(
        label=_("Variant"), max_length=60, required=False, help_text=_("Which one this is: goreng, soto.")
    )

    def __init__(self, data: Any = None, *, product: Product | None = None) -> None:
        super().__init__(data, initial=self.initial_of(product) if product else {"base_unit": BaseUnit.GRAM})
        field: Any = self.fields["category"]
        field.queryset = Category.objects.all()

    @staticmethod
    def initial_of(product: Product) -> dict[str, Any]:
        told = {name: getattr(product, name) for name in ("name", "sku", "kind", "base_unit", "synonyms")}
        told |= {name: getattr(product, name) for name in ("by_weight", "density_g_per_l", "variant")}
        family = product.family.name if product.family else ""
        hint = product.market_price_hint
        return {**told, "category": product.category.slug, "market_price_hint": hint, "family": family}

    def facts(self) -> Facts:
        return Facts(
            **{name: self.cleaned_data[name] for name in ("by_weight", "density_g_per_l", "family", "variant")}
        )


class PackForm(forms.Form):
    """One pack: "karung 50 kg", 50,000 base units, for buying."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=10**18)
    label = forms.CharField(label=_("Pack"), max_length=40, required=False)
    base_quantity = forms.IntegerField(
        label=_("Holds"), required=False, min_value=1, max_value=MOST_OF_A_PACK,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    # Empty: the unit that the product is counted in.
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("", _("base")), *((unit.value, unit.label) for unit in Unit)], required=False
    )
    use = forms.ChoiceField(label=_("Used for"), choices=Use.choices, required=False)
    barcode = forms.CharField(
        label=_("Barcode"),
        max_length=LONGEST_BARCODE,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "base_quantity" in self.errors or "label" in self.errors:
            return data
        if data.get("label") and not data.get("base_quantity"):
            self.add_error("base_quantity", _("Write how much the pack holds."))
        if data.get("base_quantity") and not data.get("label"):
            self.add_error("label", _("Give the pack a name."))
        return data

    def draft(self) -> PackDraft | None:
        """The pack; None for an empty line, which removes the pack that stood there."""
        told = self.cleaned_data
        if not told.get("label"):
            return None
        return PackDraft(
            told["label"],
            told["base_quantity"],
            Use(told.get("use") or Use.SELL),
            told.get("pk"),
            told.get("barcode", ""),
            Unit(told["unit"]) if told.get("unit") else None,
        )


_Lines = forms.formset_factory(PackForm, extra=SPARE_LINES, max_num=40, absolute_max=40, validate_max=True)


def pack_lines(product: Product | None, data: Any = None) -> forms.BaseFormSet[PackForm]:
    """Lines for the product's packs and a few new ones."""
    packs = product.packs.order_by("-use", "order", "pk") if product else []
    initial = [
        {
            "pk": pack.pk,
            "label": pack.label,
            "base_quantity": pack.base_quantity,
            "use": pack.use,
            "barcode": pack.barcode,
        }
        for pack in packs
    ]
    # Every line is read, also one that nobody changed: a line that is left out removes its pack.
    every_line = {"empty_permitted": False, "use_required_attribute": False}
    return _Lines(data, prefix="packs", initial=initial, form_kwargs=every_line)


def drafts_of(lines: forms.BaseFormSet[PackForm]) -> list[PackDraft]:
    """The packs that are left, in their order."""
    drafts = (form.draft() for form in lines.forms)
    return [draft for draft in drafts if draft is not None]


class CategoryForm(forms.Form):
    """A shelf."""

    name = forms.CharField(label=_("Name"), max_length=80)
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9_999, initial=0)

"""The gallery: every component once, for those who build pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.access import public_page
from tenants.kernel import clock


class SampleForm(forms.Form):
    """Each kind of field that `<c-field>` lays out. The words are samples and stay Indonesian."""

    name = forms.CharField(label="Nama warung", help_text="Seperti tertulis di papan nama.", max_length=60)
    price = forms.IntegerField(label="Harga jual", min_value=0)
    kind = forms.ChoiceField(label="Kategori", choices=[("beras", "Beras & tepung"), ("sayur", "Sayur")])
    way = forms.ChoiceField(
        label="Cara terima", choices=[("antar", "Diantar"), ("ambil", "Ambil sendiri")], widget=forms.RadioSelect
    )
    services = forms.MultipleChoiceField(
        label="Layanan",
        choices=[("bank", "Bank Sampah"), ("latih", "Pelatihan")],
        widget=forms.CheckboxSelectMultiple,
    )
    photo = forms.FileField(label="Foto", required=False)
    note = forms.CharField(label="Catatan", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label="Saya setuju dengan aturan pasar ini")


# Name, category, price, market price, unit.
PRODUCTS = [
    ("Beras premium", "Beras & tepung", 15_200, 15_800, "kg"),
    ("Telur ayam ras", "Telur & susu", 28_500, 29_000, "kg"),
    ("Minyak goreng 1 L", "Minyak", 16_000, None, "pcs"),
    ("Ikan patin", "Fresh Food: ikan", 26_000, None, "kg"),
    ("Kangkung", "Fresh Food: sayur", 3_000, None, "ikat"),
    ("Kopi bubuk sachet", "Minuman", 1_500, None, "pcs"),
]


def samples() -> dict[str, Any]:
    """What the gallery's page shows its components with."""
    refused = SampleForm({"refused-name": "", "refused-price": "-5", "refused-kind": "beras"}, prefix="refused")
    refused.is_valid()
    return {
        "form": SampleForm(initial={"name": "Warung Hasan", "kind": "sayur", "way": "antar"}),
        "refused": refused,
        "products": PRODUCTS,
        "page": Paginator(range(30), 10).page(2),
        "moment": clock.now(),
        "week": [4, 7, 5, 9, 12, 11, 15],
        "bars": [("Beras", 420_000, "Rp 420.000"), ("Telur", 310_500, "Rp 310.500"), ("Kopi", 64_000, "Rp 64.000")],
        "tokens": ("paper", "card", "sunk", "leaf", "leaf-soft", "chilli", "chilli-soft", "saffron", "saffron-soft"),
    }


@public_page
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in its states."""
    return render(request, "ui/gallery.html", samples())

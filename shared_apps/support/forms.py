"""The shape of a request for access."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shared_apps.support.models import MOST_HOURS, SupportAccess
from tenants.models import Region, RegionStatus


class AskForm(forms.Form):
    """Which region, why, how long, and in which way."""

    region = forms.CharField(label=_("Region"), max_length=253, help_text=_("Its address, such as kalidoni.warsa.id."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The region's admin reads it before answering, and it stays in the region's log."),
    )
    hours = forms.IntegerField(label=pgettext_lazy("how long", "Hours"), min_value=1, max_value=MOST_HOURS, initial=2)
    kind = forms.ChoiceField(
        label=_("Who lets you in"),
        choices=[
            (SupportAccess.Kind.ASKED, _("the region's admin")),
            (SupportAccess.Kind.BREAK_GLASS, _("a second operator, without the region's word: only in an emergency")),
        ],
        initial=SupportAccess.Kind.ASKED,
        widget=forms.RadioSelect,
    )

    def clean_region(self) -> Region:
        host = self.cleaned_data["region"].strip().lower().removeprefix("https://").removeprefix("http://").strip("/")
        found: Region | None = Region.objects.filter(domains__domain=host.partition(":")[0]).first()
        if found is None or found.status != RegionStatus.READY:
            raise forms.ValidationError(_("No open region answers at this address."))
        return found

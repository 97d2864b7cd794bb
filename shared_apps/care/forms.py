"""The shape of what operators write for care. Areas come from the picker of the same page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from shared_apps.care.models.reaching import Kind
from tenants.models import Domain, Region

MOST_REGIONS = 100
# The address at which flags are made.
RESERVED = "baru"
MOMENT = "%Y-%m-%dT%H:%M"


class FlagForm(forms.Form):
    """A flag and where it is on, areas apart."""

    name = forms.SlugField(
        label=_("name"), max_length=60, help_text=_("As the code asks for it: small letters and dashes.")
    )
    words = forms.CharField(label=_("what it does"), max_length=240)
    everybody = forms.BooleanField(label=_("on in all regions"), required=False)
    percent = forms.IntegerField(
        label=_("share of all regions, in percent"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=_("A region that is in stays in when the share grows."),
    )
    regions = forms.CharField(
        label=_("addresses of single regions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, such as kalidoni.example.id."),
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name == RESERVED:
            raise forms.ValidationError(_("This name is taken by a page: choose another one."))
        return name

    def clean_regions(self) -> list[UUID]:
        hosts = [line.strip().lower() for line in self.cleaned_data["regions"].splitlines() if line.strip()]
        if len(hosts) > MOST_REGIONS:
            raise forms.ValidationError(
                _("At most %(most)s regions: choose their area instead."), params={"most": MOST_REGIONS}
            )
        known = dict(Domain.objects.filter(domain__in=hosts).values_list("domain", "tenant__public_id"))
        lost = [host for host in hosts if host not in known]
        if lost:
            raise forms.ValidationError(_("No region answers at %(host)s."), params={"host": lost[0][:100]})
        return list(known.values())


def hosts_of(ids: list[UUID]) -> str:
    """The primary addresses of these regions, one a line, as the form shows them."""
    rows = (
        Domain.objects.filter(tenant__public_id__in=ids)
        .order_by("tenant_id", "-is_primary", "pk")
        .distinct("tenant_id")
    )
    return "\n".join(rows.values_list("domain", flat=True))


class AnnouncementForm(forms.Form):
    """A text for some regions, for a time."""

    kind = forms.ChoiceField(label=_("kind"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.NEWS)
    text_id = forms.CharField(label=_("text in Indonesian"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    text_en = forms.CharField(label=_("text in English"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    everybody = forms.BooleanField(label=_("in all regions"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("who reads it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a tick everybody reads it, visitors too."),
    )
    starts_at = forms.DateTimeField(
        label=_("from"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text=_("Western Indonesian time (WIB)."),
    )
    ends_at = forms.DateTimeField(
        label=_("until"),
        input_formats=[MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        for name, moment in (("starts_at", starts), ("ends_at", ends)):
            if moment and not 2000 <= moment.year < 3000:
                self.add_error(name, _("That is no day of ours."))
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end comes after the beginning."))
        return data


class DrillForm(forms.Form):
    """Which region is restored for a trial; empty draws some by lot."""

    region = forms.CharField(label=_("address of a region"), max_length=253, required=False)

    def clean_region(self) -> Region | None:
        host = self.cleaned_data["region"].strip().lower()
        if not host:
            return None
        found: Region | None = Region.objects.filter(domains__domain=host).first()
        if found is None:
            raise forms.ValidationError(_("No region answers at %(host)s."), params={"host": host})
        return found

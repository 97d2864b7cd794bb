"""The shape of what the wizard's pages ask. The rules are in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shared_apps.onboarding.models import Registration, Service


class ApplicantForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120)
    position = forms.CharField(
        label=_("Your position"), max_length=120, help_text=_("For example: Camat, Head of the Satker")
    )
    institution = forms.CharField(label=_("Institution"), max_length=160)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("We mail a link there; opening it confirms the address.")
    )
    phone = forms.CharField(label=_("Phone number"), max_length=20)

    @staticmethod
    def initial_of(registration: Registration) -> dict[str, Any]:
        return {
            "name": registration.applicant_name,
            "position": registration.applicant_position,
            "institution": registration.institution,
            "email": registration.email,
            "phone": registration.phone,
        }


class ProofForm(forms.Form):
    proof = forms.FileField(
        label=_("Proof document"),
        required=False,
        help_text=_("Letter of the institution: PDF, JPEG or PNG of at most 5 MB."),
    )
    services = forms.MultipleChoiceField(
        label=_("Services wanted"), choices=Service.choices, widget=forms.CheckboxSelectMultiple
    )

    @staticmethod
    def initial_of(registration: Registration) -> dict[str, Any]:
        return {"services": registration.services or [Service.SEMBAKO]}


class AddressForm(forms.Form):
    name = forms.CharField(label=_("Name of the region"), max_length=120)
    slug = forms.CharField(
        label=_("Address"), max_length=30, help_text=_("Small letters, digits and hyphens: kalidoni")
    )

    @staticmethod
    def initial_of(registration: Registration) -> dict[str, Any]:
        return {"name": registration.name, "slug": registration.slug}


class RejectForm(forms.Form):
    reason = forms.CharField(label=_("Reason, mailed to the applicant"), widget=forms.Textarea, max_length=2000)

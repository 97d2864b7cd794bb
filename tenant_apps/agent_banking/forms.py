"""The shape of what people write at an agent and at the Satker."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenant_apps.agent_banking.customers import CustomerNumber, customer_number, sealed, unsealed
from tenant_apps.agent_banking.models import (
    DocumentKind,
    Does,
    FeeWay,
    LimitScope,
    MoveKind,
    TransactionKind,
)
from tenant_apps.agent_banking.selectors.rules import kinds_offered
from tenant_apps.agent_banking.statement_tables import COLUMNS
from tenant_apps.pos.forms import CountingForm as DrawerForm
from tenant_apps.pricing.forms import photo_field
from tenants.forms import RupiahField
from tenants.kernel.errors import DomainError

# What the owner alone decides: it is their own money.
OWNERS_MOVES = frozenset(
    {MoveKind.OWNER_TO_FLOAT, MoveKind.FLOAT_TO_OWNER, MoveKind.OWNER_TO_CASH, MoveKind.CASH_TO_OWNER}
)


class UnshownInput(forms.TextInput):
    """A text that never comes back with the page."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class ForCustomer(forms.Form):
    """A form with a customer's number. It is masked here: what was written stays in no field and on no page.

    A form that comes back carries the masked number under our seal, so that nobody types it twice.
    """

    customer = forms.CharField(
        label=_("Customer's number"),
        required=False,
        max_length=40,
        widget=UnshownInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.number: CustomerNumber | None = None
        if not self.is_bound:
            return
        self.number = unsealed(str(self.data.get(self.add_prefix("customer_seal"), "")))
        written = str(self.data.get(self.add_prefix("customer"), "")).strip()
        self._refused = ""
        if written:
            try:
                self.number = customer_number(written)
            except DomainError as refused:
                self.number, self._refused = None, str(refused.message)
        # From here on nobody can read what was written.
        told = self.data.dict() if isinstance(self.data, QueryDict) else self.data
        self.data = {**told, self.add_prefix("customer"): ""}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.number is None:
            self.add_error("customer", self._refused or _("Write the customer's number."))
        data["customer"] = self.number
        return data

    @property
    def seal(self) -> str:
        return sealed(self.number) if self.number else ""

    @property
    def seal_name(self) -> str:
        return self.add_prefix("customer_seal")


class RecordForm(ForCustomer):
    """What the device printed. `rule` is the fee that the page shows."""

    amount = RupiahField(label=_("Amount, without the fee"))
    reference = forms.CharField(
        label=_("The bank's reference"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    customer_name = forms.CharField(label=_("Name"), max_length=60, required=False)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    rule = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("amount", "customer", "reference", "customer_name", "note")

    def __init__(self, kind: TransactionKind, data: Any = None, *, rule: int = 0) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "rule": rule})
        if kind.customer_label:
            self.fields["customer"].label = kind.customer_label


class LateForm(ForCustomer):
    """What the statement proves and nobody recorded."""

    kind = forms.ModelChoiceField(
        kinds_offered(), to_field_name="code", label=_("Kind of transaction"), empty_label=None
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("kind", "customer")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="late", initial={"key": uuid.uuid4()})


class ReversalForm(forms.Form):
    """How the bank took it back."""

    reference = forms.CharField(label=_("The bank's reference of the reversal"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=240)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="back")


class DocumentForm(forms.Form):
    """A paper as a photo."""

    kind = forms.ChoiceField(label=_("Kind of paper"), choices=DocumentKind.choices)
    photo = photo_field(required=True)


class MarksForm(forms.Form):
    """When the owner wants to be told."""

    float_low = RupiahField(label=_("Tell me when the float is below"), min_value=0, required=False)
    cash_high = RupiahField(label=_("Tell me when the drawer is above"), min_value=0, required=False)


class OpeningForm(forms.Form):
    """What the agent begins with, on the first day."""

    cash = RupiahField(label=_("In the agent's drawer now"), min_value=0)
    deposit = RupiahField(label=_("Float that the device shows"), min_value=0)


class CountForm(DrawerForm):
    """The drawer piece by piece or as one sum, and the float of the device."""

    shown_float = RupiahField(label=_("Float that the device shows"), min_value=0)


class MoveForm(forms.Form):
    """Money that moves without a customer."""

    kind = forms.ChoiceField(label=_("What moves"))
    amount = RupiahField(label=_("Amount"))
    reference = forms.CharField(
        label=_("The bank's reference"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    photo = photo_field(required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, is_owner: bool, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"key": uuid.uuid4()})
        kinds = [(kind.value, kind.label) for kind in MoveKind if is_owner or kind not in OWNERS_MOVES]
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = kinds


class ReferralForm(forms.Form):
    """Who wants an account at the bank."""

    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False, widget=UnshownInput())
    note = forms.CharField(label=_("Note"), max_length=240, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})


class StatementForm(forms.Form):
    """The bank's file."""

    file = forms.FileField(
        label=_("File of the bank (CSV or XLSX)"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"})
    )


class ColumnsForm(forms.Form):
    """What each column of a statement is."""

    def __init__(self, head: Iterable[str], columns: Iterable[str], data: Any = None) -> None:
        super().__init__(data)
        choices = [("", _("not read")), *((key, label) for key, label in COLUMNS.items())]
        for place, (heading, key) in enumerate(zip(head, columns, strict=True)):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or f"{place + 1}", choices=choices, required=False, initial=key
            )

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


class ApprovalForm(forms.Form):
    """Under which number the bank knows the agent."""

    bank_number = forms.CharField(label=_("The bank's agent number"), max_length=32)


class FeeForm(forms.Form):
    """What a kind costs from a day on."""

    customer_fee = RupiahField(label=_("Customer fee"), min_value=0)
    bank_share = RupiahField(label=_("Of it the bank's share"), min_value=0)
    commission = RupiahField(label=_("Commission from the bank"), min_value=0)
    valid_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class KindForm(FeeForm):
    """A new kind with its first fee."""

    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=80)
    does = forms.ChoiceField(label=_("What it is"), choices=Does.choices)
    fee_way = forms.ChoiceField(label=_("How the fee is paid"), choices=FeeWay.choices)
    customer_label = forms.CharField(label=_("Number asked for"), max_length=60, required=False)

    field_order = ("code", "name", "does", "fee_way", "customer_label", "customer_fee", "bank_share", "commission")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="new", initial={"customer_fee": 0, "bank_share": 0, "commission": 0})
        del self.fields["valid_from"]


class NameForm(forms.Form):
    """How a kind is called, and whether it may be recorded."""

    name = forms.CharField(label=_("Name"), max_length=80)
    is_offered = forms.BooleanField(label=_("Agents may record it"), required=False)


class LimitForm(forms.Form):
    """At most so much from a day on."""

    kind = forms.ModelChoiceField(
        TransactionKind.objects.exclude(does=Does.REFERRAL),
        to_field_name="code",
        label=_("Kind of transaction"),
        required=False,
        empty_label=_("all kinds together"),
    )
    scope = forms.ChoiceField(label=_("For"), choices=LimitScope.choices)
    amount = RupiahField(label=_("At most"), min_value=0, max_value=100_000_000_000, required=False)
    valid_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="limit")


class ToleranceForm(forms.Form):
    """Up to which difference the owner's own reason is enough."""

    amount = RupiahField(label=_("Up to"), min_value=0)
    valid_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="tolerance")

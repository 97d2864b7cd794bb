"""The shape of what people write. What may be weighed in and paid out is said by the services."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.forms import PasskeyField
from tenant_apps.bank_sampah.models import (
    BankTerms,
    Buyer,
    Composition,
    Group,
    LossReason,
    Measure,
    MemberKind,
    Settled,
    WasteGrade,
    WasteUnit,
    Way,
)
from tenant_apps.bank_sampah.selectors.prices import PricedGrade
from tenant_apps.bank_sampah.selectors.store import StoreRow, TransferRow
from tenant_apps.bank_sampah.services.selling import Sold
from tenant_apps.bank_sampah.services.weighing import Weighed
from tenants.forms import AmountField, PacksField, ReasonForm, RupiahField


class KeyForm(forms.Form):
    """Names the attempt: sent again, it finds what it made."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class OfAGrade(Protocol):
    """A row about a grade: what is taken, lies in store, or was sent."""

    @property
    def grade(self) -> WasteGrade: ...


Row = TypeVar("Row", bound=OfAGrade)


class AmountsForm(forms.Form, Generic[Row]):
    """An amount for each row's grade: kilograms with a comma, or pieces."""

    most_pieces = 10_000_000
    needs_all = False

    def __init__(self, rows: Iterable[Row], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_name = {f"q-{row.grade.pk}": row for row in rows}
        for name, row in self.by_name.items():
            by_weight = row.grade.type.measure == Measure.GRAM
            field: forms.Field = (
                AmountField(allow_zero=True)
                if by_weight
                else PacksField(most=self.most_pieces, digits=len(str(self.most_pieces)))
            )
            field.label, field.required = str(row.grade), self.needs_all
            self.fields[name] = field

    @property
    def rows(self) -> list[tuple[Row, Any]]:
        """Each row with its field."""
        return [(row, self[name]) for name, row in self.by_name.items()]

    @property
    def told(self) -> dict[WasteGrade, int]:
        """Grams or pieces by grade; what was left empty or is nothing is left out."""
        amounts = ((row.grade, self.cleaned_data.get(name)) for name, row in self.by_name.items())
        return {grade: base_units(grade, amount) for grade, amount in amounts if amount}


class WeighForm(KeyForm, AmountsForm[PricedGrade]):
    """What the scales say of what a member brought."""

    most_pieces = 1_000_000

    @property
    def weighed(self) -> list[Weighed]:
        return [Weighed(grade, quantity) for grade, quantity in self.told.items()]


def base_units(grade: WasteGrade, amount: Decimal | int) -> int:
    """1,25 kg -> 1.250 g; pieces stay pieces."""
    return int(amount * grade.type.per)


class PlaceForm(forms.Form):
    """Where somebody lives."""

    rw = forms.IntegerField(label=_("RW"), min_value=1, max_value=99, required=False)
    rt = forms.IntegerField(label=_("RT"), min_value=1, max_value=99, required=False)
    address = forms.CharField(label=_("Street and number"), max_length=240, required=False)


class MemberForm(PlaceForm):
    """Another name, telephone or place."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    field_order: tuple[str, ...] = ("kind", "name", "phone", "nik", "rw", "rt", "address", "agrees")


def nik_field() -> forms.CharField:
    """Sixteen digits of an identity card."""
    return forms.CharField(
        label=_("NIK"),
        max_length=24,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Only where the card was shown: it tells two people of one name apart."),
    )


class ChangeMemberForm(MemberForm):
    """What is not to be seen stays as it is where nothing is written."""

    nik = nik_field()
    no_phone = forms.BooleanField(label=_("Take the telephone number away"), required=False)

    field_order = ("name", "phone", "no_phone", "nik", "rw", "rt", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("Empty: it stays as it is.")
        self.fields["nik"].help_text = _("Empty: it stays as it is.")

    def clean(self) -> dict[str, Any]:
        told = dict(super().clean() or {})
        none = told.pop("no_phone", False)
        told["phone"] = "" if none else told.get("phone") or None
        told["nik"] = told.get("nik") or None
        return told


class JoinForm(MemberForm):
    """Somebody becomes a member at a unit."""

    nik = nik_field()

    kind = forms.ChoiceField(label=_("Who saves?"), choices=MemberKind.choices, initial=MemberKind.PERSON)
    agrees = forms.BooleanField(label=_("The member agrees to what is kept of them"), required=False)


class OwnJoinForm(PlaceForm):
    """A citizen becomes a member from their own phone."""

    unit = forms.ChoiceField(label=_("At which unit?"), widget=forms.RadioSelect)
    agrees = forms.BooleanField(label=_("I agree to what is kept of me"), required=False)

    field_order = ("unit", "rw", "rt", "address", "agrees")

    def __init__(self, units: Sequence[WasteUnit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(one.public_id): one for one in units}
        field: Any = self.fields["unit"]
        field.choices = [
            (key, f"{one.name} · {one.hours}" if one.hours else one.name) for key, one in self.units.items()
        ]


class LeavingForm(ReasonForm):
    """A member may leave without saying why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class BookForm(forms.Form):
    """One more book, for a purpose."""

    purpose = forms.CharField(label=_("What for?"), max_length=60)
    bound_until = forms.DateField(
        label=_("Paid out from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Until that day the money stays in the book. Without a day it can be taken out at any time."),
    )


def pin_input(**attrs: str) -> forms.PasswordInput:
    """Digits on a phone, never kept by the browser, never shown again."""
    return forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "6", **attrs})


class PinForm(forms.Form):
    """A new PIN, twice."""

    pin = forms.CharField(label=_("New PIN"), max_length=6, widget=pin_input())
    again = forms.CharField(label=_("The same PIN again"), max_length=6, widget=pin_input())

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("pin") != told.get("again"):
            self.add_error("again", _("These are two different PINs."))
        return told


class OwnPinForm(PinForm):
    """On one's own phone: whoever sets it knows the account's password."""

    password = forms.CharField(
        label=_("Password of your account"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    field_order = ("password", "pin", "again")


class LinkForm(forms.Form):
    """A member of a unit who has an account now."""

    number = forms.CharField(
        label=_("Number on the card"), max_length=6, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    pin = forms.CharField(label=_("PIN that you set at the unit"), max_length=6, widget=pin_input())


class AskForm(KeyForm):
    """A payout: how much, and how it shall come; the member's PIN says that it is them."""

    pin = forms.CharField(label=_("PIN of the member"), max_length=6, widget=pin_input())

    amount = RupiahField(label=_("How much?"))
    way = forms.ChoiceField(label=_("How?"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(label=_("Cash is fetched at"), required=False)
    bank = forms.CharField(label=_("Bank"), max_length=40, required=False)
    account_end = forms.CharField(
        label=_("Last four digits of the account"),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Never the whole number: the Satker asks for it when it transfers."),
    )

    def __init__(self, units: Sequence[WasteUnit], ways: Sequence[Way], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(one.public_id): one for one in units}
        unit: Any = self.fields["unit"]
        unit.choices = [(key, one.name) for key, one in self.units.items()]
        way: Any = self.fields["way"]
        way.choices = [(one.value, str(one.label).capitalize()) for one in ways]
        self.initial.setdefault("way", ways[0].value)

    def clean_account_end(self) -> str:
        end: str = self.cleaned_data["account_end"].strip()
        return end

    @property
    def chosen_unit(self) -> WasteUnit | None:
        return self.units.get(self.cleaned_data.get("unit", ""))


class OwnAskForm(AskForm):
    """On one's own phone a passkey may stand instead of the PIN."""

    passkey = PasskeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pin"].required = False

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not told.get("pin") and not told.get("passkey") and "pin" not in self.errors:
            self.add_error("pin", self.fields["pin"].error_messages["required"])
        return told


class ReferenceForm(forms.Form):
    """The bank's reference of a transfer."""

    bank_reference = forms.CharField(label=_("Bank's reference"), max_length=60)


class BoxForm(KeyForm):
    """Cash into a unit's box, or out of it."""

    amount = RupiahField(label=_("Amount"))
    direction = forms.ChoiceField(
        label=_("Which way?"),
        choices=[("in", _("Into the box")), ("out", _("Out of the box"))],
        widget=forms.RadioSelect,
        initial="in",
    )

    @property
    def signed(self) -> int:
        amount: int = self.cleaned_data["amount"]
        return amount if self.cleaned_data["direction"] == "in" else -amount


class UnitForm(forms.Form):
    """A unit of the waste bank."""

    name = forms.CharField(label=_("Name"), max_length=120)
    warung = forms.ChoiceField(label=_("At a warung"), required=False)
    address = forms.CharField(label=_("Street and number"), max_length=240, required=False)
    hours = forms.CharField(
        label=_("When it is open"), max_length=120, required=False, help_text=_("Such as: Sabtu 08.00–11.00")
    )
    is_open = forms.BooleanField(label=_("Takes waste"), required=False, initial=True)

    def __init__(self, warungs: Sequence[Any] | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warungs = {str(one.public_id): one for one in warungs or ()}
        if warungs is None:
            del self.fields["warung"]
        else:
            field: Any = self.fields["warung"]
            field.choices = [("", _("Run by the Satker")), *((key, one.name) for key, one in self.warungs.items())]


class TypeForm(forms.Form):
    """A type that units may take."""

    code = forms.CharField(label=_("Code"), max_length=12, help_text=_("Short and of your own: PL-09"))
    name = forms.CharField(label=_("Name"), max_length=120)
    group = forms.ChoiceField(label=_("Group"), choices=Group.choices)
    composition = forms.ChoiceField(label=_("Kind in SIPSN"), choices=Composition.choices)
    measure = forms.ChoiceField(label=_("Counted"), choices=Measure.choices)
    piece_g = forms.IntegerField(
        label=_("Grams of one piece"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Only for what is counted in pieces."),
    )
    hint = forms.CharField(label=_("How it should be"), max_length=240, required=False)


class GradeForm(forms.Form):
    """One more grade of a type."""

    name = forms.CharField(label=_("Grade"), max_length=40)


class PriceForm(forms.Form):
    """A new price from now on: for members of all units or of one, or what a buyer pays."""

    price = RupiahField(label=_("New price"), min_value=0, max_value=10_000_000)
    place = forms.ChoiceField(label=_("Whose price is it?"), required=False)

    def __init__(self, units: Sequence[WasteUnit], buyers: Sequence[Buyer], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {f"unit:{one.public_id}": one for one in units}
        self.buyers = {f"buyer:{one.public_id}": one for one in buyers}
        field: Any = self.fields["place"]
        field.choices = [
            ("", _("Members of all units")),
            (_("Members of one unit"), [(key, one.name) for key, one in self.units.items()]),
            (_("What a buyer pays"), [(key, one.name) for key, one in self.buyers.items()]),
        ]

    @property
    def told(self) -> dict[str, Any]:
        """For `services.set_price`."""
        place = self.cleaned_data["place"]
        return {
            "price": self.cleaned_data["price"],
            "unit": self.units.get(place),
            "buyer": self.buyers.get(place),
        }


class TermsForm(forms.Form):
    """The rules from now on. Shares in percent."""

    share_percent = AmountField(label=_("Committee's share of each slip"), allow_zero=True)
    proceeds_percent = AmountField(label=_("Committee's share of the margin of sales"), allow_zero=True)
    least_payout = RupiahField(label=_("Smallest payout"))
    most_a_day = RupiahField(label=_("Most for a member in one day"))
    first_day = forms.IntegerField(label=_("Payouts from the day"), min_value=1, max_value=31, required=False)
    last_day = forms.IntegerField(label=_("until the day of the month"), min_value=1, max_value=31, required=False)

    @staticmethod
    def of(terms: BankTerms) -> dict[str, Any]:
        """The present rules, as the form shows them."""
        return {
            "share_percent": Decimal(terms.share_bps) / 100,
            "proceeds_percent": Decimal(terms.proceeds_bps) / 100,
            "least_payout": terms.least_payout,
            "most_a_day": terms.most_a_day,
            "first_day": terms.first_day,
            "last_day": terms.last_day,
        }

    @property
    def told(self) -> dict[str, Any]:
        """For `services.set_bank_terms`."""
        rest = {name: self.cleaned_data[name] for name in ("least_payout", "most_a_day", "first_day", "last_day")}
        return {
            "share_bps": int(self.cleaned_data["share_percent"] * 100),
            "proceeds_bps": int(self.cleaned_data["proceeds_percent"] * 100),
            **rest,
        }


class SendForm(KeyForm, AmountsForm[StoreRow]):
    """Waste goes to another unit."""

    receiver = forms.ChoiceField(label=_("To which unit?"))

    def __init__(self, units: Sequence[WasteUnit], rows: Iterable[StoreRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(rows, *args, **kwargs)
        self.units = {str(one.public_id): one for one in units}
        field: Any = self.fields["receiver"]
        field.choices = [(key, one.name) for key, one in self.units.items()]


class ArrivedForm(AmountsForm[TransferRow]):
    """What the scales of the receiver say of each grade; what was sent stands there first."""

    needs_all = True

    def __init__(self, rows: Iterable[TransferRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(rows, *args, **kwargs)
        for name, row in self.by_name.items():
            by_weight = row.grade.type.measure == Measure.GRAM
            self.initial.setdefault(name, Decimal(row.quantity) / row.grade.type.per if by_weight else row.quantity)

    @property
    def arrived(self) -> dict[int, int]:
        """Grams or pieces by the id of the grade, also of what did not come at all."""
        return {row.grade.pk: base_units(row.grade, self.cleaned_data[name]) for name, row in self.by_name.items()}


class SaleForm(KeyForm, AmountsForm[StoreRow]):
    """Waste goes to a buyer: amounts and prices, and the weighbridge note."""

    buyer = forms.ChoiceField(label=_("Who buys it?"))
    note_number = forms.CharField(label=_("Number of the weighbridge note"), max_length=40)
    settled = forms.ChoiceField(
        label=_("How is it paid?"),
        choices=[("", _("Later")), *Settled.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, buyers: Sequence[Buyer], rows: Iterable[StoreRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(rows, *args, **kwargs)
        self.buyers = {str(one.public_id): one for one in buyers}
        field: Any = self.fields["buyer"]
        field.choices = [(key, one.name) for key, one in self.buyers.items()]
        for row in self.by_name.values():
            self.fields[f"p-{row.grade.pk}"] = RupiahField(
                label=_("Price"), min_value=0, max_value=10_000_000, required=False
            )

    @property
    def priced_rows(self) -> list[tuple[Any, Any, Any]]:
        """What lies in store, with the fields of its amount and price."""
        return [(row, field, self[f"p-{row.grade.pk}"]) for row, field in self.rows]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for row in self.by_name.values():
            if told.get(f"q-{row.grade.pk}") and told.get(f"p-{row.grade.pk}") is None:
                self.add_error(f"p-{row.grade.pk}", _("Write down what is paid for it."))
        return told

    @property
    def sold(self) -> list[Sold]:
        return [Sold(grade, quantity, self.cleaned_data[f"p-{grade.pk}"]) for grade, quantity in self.told.items()]


class BuyerForm(forms.Form):
    """Somebody who buys waste."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    address = forms.CharField(label=_("Address"), max_length=240, required=False)


class OffForm(KeyForm):
    """Waste that is no more."""

    quantity = AmountField(label=_("How much?"))
    reason = forms.ChoiceField(label=_("Why?"), choices=LossReason.choices)
    note = forms.CharField(label=_("Note"), max_length=240, required=False)


class SortForm(KeyForm):
    """One grade becomes others, weighed anew."""

    quantity = AmountField(label=_("How much goes in?"))

    def __init__(self, into: Sequence[WasteGrade], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into = list(into)
        for grade in self.into:
            self.fields[f"q-{grade.pk}"] = AmountField(label=str(grade), allow_zero=True, required=False)

    @property
    def rows(self) -> list[Any]:
        return [self[f"q-{grade.pk}"] for grade in self.into]

    @property
    def outcome(self) -> dict[WasteGrade, int]:
        """Grams by grade."""
        told = ((grade, self.cleaned_data.get(f"q-{grade.pk}")) for grade in self.into)
        return {grade: base_units(grade, amount) for grade, amount in told if amount}


class YearForm(forms.Form):
    """A calendar year."""

    tahun = forms.IntegerField(label=_("Year"), min_value=2019, max_value=2100, required=False)


class CommitteeForm(KeyForm):
    """Cash to the committee of a unit."""

    amount = RupiahField(label=_("Amount"))

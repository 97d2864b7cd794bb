"""Form fields for what people write everywhere: rupiah with dots, quantities with a comma."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# A price above this is a typing error, whatever it is for.
MOST_RUPIAH = 1_000_000_000

_RUPIAH = re.compile(r"(?:rp\.?)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,-|,00)?", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,3})?")
_PLAIN = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?")


class RupiahField(forms.IntegerField):
    """Whole rupiah as people write them: 12500, "12.500", "Rp 12.500". Django's own field reads "14.000" as 14."""

    default_error_messages = {"invalid": _("Write whole rupiah, such as 12.500.")}

    def __init__(self, *, min_value: int = 1, max_value: int = MOST_RUPIAH, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").replace("\u00a0", " ").strip()
        if not text:
            return None
        found = _RUPIAH.fullmatch(text) if len(text) <= 24 else None
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(found[1].replace(".", ""))

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}".replace(",", ".") if isinstance(value, int) else value


class AmountField(forms.Field):
    """A quantity with at most three decimals: "12", "1,5", "1.250,5"."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Write a number such as 12 or 1,5."),
        "negative": _("Write a number above zero."),
    }

    def __init__(self, *, allow_zero: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        self.allow_zero = allow_zero
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        if len(text) <= 20 and _GROUPED.fullmatch(text):
            text = text.replace(".", "")
        elif not _PLAIN.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Decimal(text.replace(",", "."))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and (value < 0 or (value == 0 and not self.allow_zero)):
            raise ValidationError(self.error_messages["negative"], code="negative")

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value


class PacksField(forms.Field):
    """A number of packs, of at most so many digits: digits alone. Django's own field reads "1.000" as 1."""

    widget = forms.NumberInput
    default_error_messages = {"invalid": _("Write a whole number."), "most": _("Write a number from 0 to %(most)s.")}

    def __init__(self, *, most: int, digits: int, **kwargs: Any) -> None:
        self.most, self.digits = most, digits
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        if not re.fullmatch(rf"[0-9]{{1,{self.digits}}}", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value > self.most:
            raise ValidationError(self.error_messages["most"], code="most", params={"most": self.most})


class ReasonForm(forms.Form):
    """Why something is refused, undone or ended."""

    reason = forms.CharField(label=_("Reason"), max_length=240)


def asked_text(request: HttpRequest, name: str = "q") -> str:
    """What somebody searches for: a short text without characters that a database refuses."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:80]

"""The shape of what people write about cycles. What may be opened and ordered is said by the services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tenant_apps.procurement.cycle_selectors import Orderable
from tenant_apps.procurement.models import MOST_UNITS, BelowMinimum, Cycle
from tenant_apps.procurement.services import CycleTerms, CycleWish

_NAME = re.compile(r"(firm|tolerance)-([0-9]{1,18})")
_DIGITS = re.compile(r"[0-9]{1,5}")
_RUPIAH = re.compile(r"[0-9]{1,12}")
_LOCAL = "%Y-%m-%dT%H:%M"


class ClosesForm(forms.Form):
    """Until when warungs may order, on the region's clock."""

    closes_at = forms.DateTimeField(
        label=_("Open until"),
        widget=forms.DateTimeInput(format=_LOCAL, attrs={"type": "datetime-local"}),
        input_formats=[_LOCAL],
        error_messages={"invalid": _("Write a day and a time.")},
    )


class CycleForm(ClosesForm):
    """A cycle that is being prepared, and the packs that warungs may order."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    deliver_on = forms.DateField(
        label=_("Delivery on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write a day.")},
    )
    below = forms.ChoiceField(
        label=_("Where a supplier's smallest order is not reached"),
        choices=BelowMinimum.choices,
        widget=forms.RadioSelect,
        initial=BelowMinimum.KEEP,
    )
    repeats_days = forms.IntegerField(
        label=_("Again after so many days"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=_("7 opens the next cycle a week later by itself. Empty: once."),
    )
    note = forms.CharField(
        label=_("Note for the warungs"),
        max_length=240,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    packs = forms.MultipleChoiceField(
        label=_("Goods"),
        required=False,
        error_messages={"invalid_choice": _("One of these goods is gone. Choose again.")},
    )

    field_order = ("name", "closes_at", "deliver_on", "repeats_days", "below", "note", "packs")

    def __init__(self, offered: Sequence[Orderable], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.offered = offered
        self.fields["packs"].choices = [(str(one.pack.pk), str(one.pack)) for one in offered]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, cycle: Cycle, offered: Sequence[Orderable]) -> CycleForm:
        """The form with what a draft says already."""
        initial = {
            name: getattr(cycle, name) for name in ("name", "closes_at", "deliver_on", "below", "repeats_days", "note")
        }
        initial["packs"] = [str(pk) for pk in cycle.goods.values_list("pack_id", flat=True)]
        return cls(offered, initial=initial)

    def terms(self) -> CycleTerms:
        told = self.cleaned_data
        return CycleTerms(
            told["name"], told["closes_at"], told["deliver_on"], told["below"], told["repeats_days"], told["note"]
        )

    def pack_ids(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["packs"]]

    @property
    def goods(self) -> Iterable[tuple[Orderable, bool]]:
        """Each pack that may be offered, and whether it is ticked."""
        ticked = set(self["packs"].value() or ())
        return [(one, str(one.pack.pk) in ticked) for one in self.offered]


class PlanForm(forms.Form):
    """How a closed cycle is put together."""

    below = forms.ChoiceField(
        label=_("Where a supplier's smallest order is not reached"),
        choices=BelowMinimum.choices,
        widget=forms.RadioSelect,
    )
    left_out = forms.TypedMultipleChoiceField(label=_("Leave out"), required=False, coerce=str)

    def __init__(self, suppliers: Sequence[tuple[str, str]], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["left_out"].choices = suppliers  # type: ignore[attr-defined]
        self.fields["left_out"].widget = forms.CheckboxSelectMultiple(choices=suppliers)


@dataclass(frozen=True)
class WrittenOrder:
    """What the order page sent, by good: firm and tolerated units as they were written, and the price that was shown."""

    texts: dict[int, tuple[str, str]]
    seen: dict[int, int]

    @property
    def unreadable(self) -> set[int]:
        """Goods whose numbers cannot be read."""
        return {good for good, pair in self.texts.items() if any(text and not _DIGITS.fullmatch(text) for text in pair)}

    @property
    def lonely(self) -> set[int]:
        """Goods with a tolerance and nothing firm: a carton is never opened for these."""
        return {
            good
            for good, (firm, tolerance) in self.texts.items()
            if good not in self.unreadable and not int(firm or 0) and int(tolerance or 0)
        }

    def wishes(self) -> list[CycleWish]:
        """What is ordered, of what can be read."""
        return [
            CycleWish(good, int(firm), min(int(tolerance or 0), MOST_UNITS), self.seen.get(good, 0))
            for good, (firm, tolerance) in self.texts.items()
            if good not in self.unreadable and int(firm or 0)
        ]


def written_order(data: QueryDict) -> WrittenOrder:
    """ "firm-12" and "tolerance-12" are units of good 12, "seen-12" is the price that was shown."""
    texts: dict[int, tuple[str, str]] = {}
    seen: dict[int, int] = {}
    for name in data:
        found = _NAME.fullmatch(name)
        if found is None:
            continue
        good = int(found[2])
        texts[good] = (
            str(data.get(f"firm-{good}", "")).strip()[:20],
            str(data.get(f"tolerance-{good}", "")).strip()[:20],
        )
        price = data.get(f"seen-{good}", "")
        seen[good] = int(price) if _RUPIAH.fullmatch(price) else 0
    return WrittenOrder(texts, seen)
